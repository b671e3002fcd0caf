//! Rows of bookings and advances.

use aurex_core::shop::bookings::{Advance, Booking};

use super::row;

row! {
    BookingRow => Booking {
        id: Vec<u8>, number: String, party: Vec<u8>, metal: String, fineness: i64, weight: i64,
        rate_id: Option<Vec<u8>>, rate_per: i64, policy: String, expires: String, used: i64,
        business_date: String, booked_at: i64, state: String, cancel_reason: Option<String>,
        cancelled_at: Option<i64>, version: i64,
    } money in currency {
        rate_amount, least_advance, advanced
    }
}

row! {
    AdvanceRow => Advance {
        id: Vec<u8>, number: String, party: Vec<u8>, mode: String, reference: Option<String>,
        booking: Option<Vec<u8>>, business_date: String, recorded_at: i64, entry: Vec<u8>, state: String,
        reverse_reason: Option<String>, reversed_at: Option<i64>, version: i64, occasion: Option<String>,
    } money in currency {
        amount, used
    }
}

/// Rows of `booking`; the first argument is the tenant.
macro_rules! booking {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::BookingRow,
            "SELECT tenant_id, id, number, party, metal, fineness, weight, rate_id, currency, rate_amount, rate_per, \
             policy, least_advance, expires, advanced, used, business_date, booked_at, state, \
             cancel_reason, cancelled_at, version \
             FROM booking WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use booking;

/// Rows of `advance`; the first argument is the tenant.
macro_rules! advance {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::AdvanceRow,
            "SELECT tenant_id, id, number, party, mode, currency, amount, reference, booking, used, business_date, \
             recorded_at, entry, state, reverse_reason, reversed_at, version, occasion \
             FROM advance WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use advance;
