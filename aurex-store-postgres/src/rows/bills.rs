//! Rows of bills and receipts.

use aurex_core::shop::invoices::{Invoice, InvoiceLine, InvoiceParties};
use aurex_core::shop::receipts::{PaymentReceipt, Settlement};

use chrono::NaiveDate;
use uuid::Uuid;

use super::row;

row! {
    InvoiceRow => Invoice {
        id: Uuid, kind: String, number: String, party: Uuid, business_date: NaiveDate, issued_at: i64,
        place_of_supply: String, pricing_policy: String, entry: Uuid, state: String,
        cancel_reason: Option<String>, cancelled_at: Option<i64>, revision: i64, version: i64,
    } money in currency {
        taxable, cgst, sgst, igst, total, round_off, payable, credited, debited
    }
}

row! {
    InvoiceLineRow => InvoiceLine {
        invoice: Uuid, line: i64, item: Option<Uuid>, lot: Option<Uuid>, description: String,
        metal: String, hsn: String, gross: i64, less: i64, rate_id: Option<Uuid>, rate_per: i64,
        fineness: i64, wastage: Option<Vec<u8>>, making: Option<Vec<u8>>, stones: Vec<u8>,
        other_charges: Vec<u8>, net: i64, wastage_mass: i64, chargeable: i64, fine: i64, tax_rate: i64,
        huid: Option<String>, lock: Option<Vec<u8>>,
    } money in currency {
        rate_amount, metal_value, wastage_value, making_value, stones_value, other_value, gross_value,
        discount, bill_discount, taxable, cgst, sgst, igst
    }
}

row! {
    InvoicePartiesRow => InvoiceParties {
        invoice: Uuid, party: Uuid, seller_name: String, seller_address: String,
        seller_gstin: Option<String>, seller_state: String, scheme: String, buyer_name: String,
        buyer_phone: Option<String>, buyer_gstin: Option<String>, buyer_state: Option<String>,
        buyer_address: Option<String>,
    }
}

row! {
    PaymentReceiptRow => PaymentReceipt {
        id: Uuid, number: String, party: Uuid, mode: String, reference: Option<String>,
        business_date: NaiveDate, recorded_at: i64, entry: Uuid, state: String, reverse_reason: Option<String>,
        reversed_at: Option<i64>, version: i64, old_metal: Option<Uuid>, advance: Option<Uuid>, occasion: Option<String>,
    } money in currency {
        amount
    }
}

row! {
    SettlementRow => Settlement {
        receipt: Uuid, line: i64, invoice: Uuid,
    } money in currency {
        amount
    }
}

/// Rows of `invoice`; the first argument is the tenant.
macro_rules! invoice {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::InvoiceRow,
            "SELECT tenant_id, id, kind, number, party, business_date, issued_at, place_of_supply, currency, taxable, \
             cgst, sgst, igst, total, round_off, payable, pricing_policy, entry, state, cancel_reason, \
             cancelled_at, revision, version, credited, debited \
             FROM aurex.invoice WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use invoice;

/// Rows of `invoice_line`; the first argument is the tenant.
macro_rules! invoice_line {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::InvoiceLineRow,
            "SELECT tenant_id, invoice, line, item, lot, description, metal, hsn, gross, less, rate_id, currency, \
             rate_amount, rate_per, fineness, wastage, making, stones, other_charges, net, wastage_mass, \
             chargeable, fine, metal_value, wastage_value, making_value, stones_value, other_value, \
             gross_value, discount, bill_discount, taxable, tax_rate, cgst, sgst, igst, huid, lock \
             FROM aurex.invoice_line WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use invoice_line;

/// Rows of `invoice_parties`; the first argument is the tenant.
macro_rules! invoice_parties {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::InvoicePartiesRow,
            "SELECT tenant_id, invoice, party, seller_name, seller_address, seller_gstin, seller_state, scheme, \
             buyer_name, buyer_phone, buyer_gstin, buyer_state, buyer_address \
             FROM aurex.invoice_parties WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use invoice_parties;

/// Rows of `receipt`; the first argument is the tenant.
macro_rules! receipt {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::PaymentReceiptRow,
            "SELECT tenant_id, id, number, party, mode, currency, amount, reference, business_date, recorded_at, \
             entry, state, reverse_reason, reversed_at, version, old_metal, advance, occasion \
             FROM aurex.receipt WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use receipt;

/// Rows of `settlement`; the first argument is the tenant.
macro_rules! settlement {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::SettlementRow,
            "SELECT tenant_id, receipt, line, invoice, currency, amount \
             FROM aurex.settlement WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use settlement;
