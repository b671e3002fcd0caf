//! Rows of credit and debit notes and of refunds.

use aurex_core::shop::notes::{BillNote, BillNoteLine};
use aurex_core::shop::refunds::Refund;

use super::row;

row! {
    BillNoteRow => BillNote {
        id: Vec<u8>, kind: String, number: String, invoice: Vec<u8>, invoice_number: String,
        invoice_date: String, party: Vec<u8>, business_date: String, issued_at: i64,
        place_of_supply: String, reason_code: String, reason: Option<String>, tax_effect: i64,
        entry: Vec<u8>, state: String, cancel_reason: Option<String>, cancelled_at: Option<i64>,
        version: i64,
    } money in currency {
        taxable, cgst, sgst, igst, total, round_off, payable
    }
}

row! {
    BillNoteLineRow => BillNoteLine {
        note: Vec<u8>, line: i64, invoice_line: i64, item: Option<Vec<u8>>, lot: Option<Vec<u8>>,
        description: String, metal: String, hsn: String, fineness: i64, pieces: i64, net: i64, fine: i64,
        tax_rate: i64,
    } money in currency {
        cost, metal_value, wastage_value, making_value, stones_value, other_value, discount,
        bill_discount, taxable, cgst, sgst, igst
    }
}

row! {
    RefundRow => Refund {
        id: Vec<u8>, number: String, party: Vec<u8>, mode: String, reference: Option<String>,
        note: Option<Vec<u8>>, reason: Option<String>, over_cash_limit: i64, business_date: String,
        recorded_at: i64, entry: Vec<u8>, state: String, reverse_reason: Option<String>,
        reversed_at: Option<i64>, version: i64, advance: Option<Vec<u8>>,
    } money in currency {
        amount
    }
}

/// Rows of `bill_note`; the first argument is the tenant.
macro_rules! bill_note {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::BillNoteRow,
            "SELECT tenant_id, id, kind, number, invoice, invoice_number, invoice_date, party, business_date, \
             issued_at, place_of_supply, reason_code, reason, tax_effect, currency, taxable, cgst, \
             sgst, igst, total, round_off, payable, entry, state, cancel_reason, cancelled_at, version \
             FROM bill_note WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use bill_note;

/// Rows of `bill_note_line`; the first argument is the tenant.
macro_rules! bill_note_line {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::BillNoteLineRow,
            "SELECT tenant_id, note, line, invoice_line, item, lot, description, metal, hsn, fineness, pieces, \
             net, fine, currency, cost, metal_value, wastage_value, making_value, stones_value, \
             other_value, discount, bill_discount, taxable, tax_rate, cgst, sgst, igst \
             FROM bill_note_line WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use bill_note_line;

/// Rows of `refund`; the first argument is the tenant.
macro_rules! refund {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::RefundRow,
            "SELECT tenant_id, id, number, party, mode, currency, amount, reference, note, reason, \
             over_cash_limit, business_date, recorded_at, entry, state, reverse_reason, reversed_at, \
             version, advance \
             FROM refund WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use refund;
