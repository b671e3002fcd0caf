//! Rows of the shop's counter: particulars, rates, parties, stock.

use aurex_core::shop::business::Business;
use aurex_core::shop::parties::Party;
use aurex_core::shop::rates::PostedRate;
use aurex_core::shop::stock::{Item, Lot, StockMovement};

use super::row;

row! {
    BusinessRow => Business {
        state: String, legal_name: Option<String>, address: Option<String>, gstin: Option<String>,
        scheme: String, version: i64, rate_move: i64,
    }
}

row! {
    PostedRateRow => PostedRate {
        id: Vec<u8>, metal: String, fineness: i64, kind: String, per: i64, business_date: String,
        effective_from: i64, supersedes: Option<Vec<u8>>, basis: String, multiple: Option<i64>,
        reason: Option<String>,
    } money in currency {
        amount
    }
}

row! {
    PartyRow => Party {
        id: Vec<u8>, kind: String, name: String, phone: Option<String>, email: Option<String>,
        gstin: Option<String>, pan: Option<Vec<u8>>, state: Option<String>, address: Option<String>,
        created_at: i64, version: i64, identity: Option<Vec<u8>>,
    }
}

row! {
    ItemRow => Item {
        id: Vec<u8>, tag: String, description: String, huid: Option<String>, metal: String, fineness: i64,
        gross: i64, less: i64, stones: Vec<u8>, making: Option<Vec<u8>>, hsn: String, state: String,
        created_at: i64, version: i64,
    } money in currency {
        cost
    }
}

row! {
    LotRow => Lot {
        id: Vec<u8>, description: String, metal: String, fineness: i64, created_at: i64, kind: String,
    }
}

row! {
    StockMovementRow => StockMovement {
        id: Vec<u8>, entry: Vec<u8>, item: Option<Vec<u8>>, lot: Option<Vec<u8>>, pieces: i64, mass: i64,
        fine: i64, effective: String,
    } money in currency {
        cost
    }
}

/// Rows of `business`; the first argument is the tenant.
macro_rules! business {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::BusinessRow,
            "SELECT tenant_id, state, legal_name, address, gstin, scheme, version, rate_move \
             FROM business WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use business;

/// Rows of `rate`; the first argument is the tenant.
macro_rules! rate {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::PostedRateRow,
            "SELECT tenant_id, id, metal, fineness, kind, currency, amount, per, business_date, effective_from, \
             supersedes, basis, multiple, reason \
             FROM rate WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use rate;

/// Rows of `party`; the first argument is the tenant.
macro_rules! party {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::PartyRow,
            "SELECT tenant_id, id, kind, name, phone, email, gstin, pan, state, address, created_at, version, \
             identity \
             FROM party WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use party;

/// Rows of `item`; the first argument is the tenant.
macro_rules! item {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::ItemRow,
            "SELECT tenant_id, id, tag, description, huid, metal, fineness, gross, less, stones, making, hsn, \
             currency, cost, state, created_at, version \
             FROM item WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use item;

/// Rows of `lot`; the first argument is the tenant.
macro_rules! lot {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::LotRow,
            "SELECT tenant_id, id, description, metal, fineness, created_at, kind \
             FROM lot WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use lot;

/// Rows of `stock_movement`; the first argument is the tenant.
macro_rules! stock_movement {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::StockMovementRow,
            "SELECT tenant_id, id, entry, item, lot, pieces, mass, fine, currency, cost, effective \
             FROM stock_movement WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use stock_movement;
