//! Rows of vouchers that move metal, and of payments.

use aurex_core::shop::metal::{MetalVoucher, MetalVoucherLine};
use aurex_core::shop::payments::OutgoingPayment;

use super::row;

row! {
    MetalVoucherRow => MetalVoucher {
        id: Vec<u8>, kind: String, number: String, party: Option<Vec<u8>>, business_date: String,
        recorded_at: i64, reference: Option<String>, reference_date: Option<String>,
        reference_year: Option<i64>, declared: i64, place_of_supply: Option<String>,
        reason: Option<String>, entry: Vec<u8>, state: String, cancel_reason: Option<String>,
        cancelled_at: Option<i64>, version: i64, rate_kind: Option<String>,
    } money in currency {
        value, cgst, sgst, igst, round_off, total, settled
    }
}

row! {
    MetalVoucherLineRow => MetalVoucherLine {
        voucher: Vec<u8>, line: i64, role: String, item: Option<Vec<u8>>, lot: Option<Vec<u8>>,
        description: String, metal: String, fineness: i64, gross: i64, less: i64, net: i64,
        fine: i64, hsn: Option<String>, rate_id: Option<Vec<u8>>, rate_per: i64, tax_rate: i64,
    } money in currency {
        rate_amount, value, labour, cgst, sgst, igst, cost
    }
}

row! {
    OutgoingPaymentRow => OutgoingPayment {
        id: Vec<u8>, number: String, party: Vec<u8>, mode: String, reference: Option<String>,
        voucher: Option<Vec<u8>>, business_date: String, recorded_at: i64, entry: Vec<u8>,
        over_cash_limit: i64, state: String, reverse_reason: Option<String>,
        reversed_at: Option<i64>, version: i64,
    } money in currency {
        amount
    }
}

/// Rows of `metal_voucher`; the first argument is the tenant.
macro_rules! metal_voucher {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::MetalVoucherRow,
            "SELECT tenant_id, id, kind, number, party, business_date, recorded_at, reference, \
             reference_date, reference_year, declared, place_of_supply, currency, value, cgst, sgst, \
             igst, round_off, total, settled, reason, entry, state, cancel_reason, cancelled_at, \
             version, rate_kind \
             FROM metal_voucher WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use metal_voucher;

/// Rows of `metal_voucher_line`; the first argument is the tenant.
macro_rules! metal_voucher_line {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::MetalVoucherLineRow,
            "SELECT tenant_id, voucher, line, role, item, lot, description, metal, fineness, gross, less, \
             net, fine, hsn, rate_id, currency, rate_amount, rate_per, value, labour, tax_rate, cgst, \
             sgst, igst, cost \
             FROM metal_voucher_line WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use metal_voucher_line;

/// Rows of `payment`; the first argument is the tenant.
macro_rules! payment {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::OutgoingPaymentRow,
            "SELECT tenant_id, id, number, party, mode, currency, amount, reference, voucher, business_date, \
             recorded_at, entry, over_cash_limit, state, reverse_reason, reversed_at, version \
             FROM payment WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use payment;
