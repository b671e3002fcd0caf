//! Rows of journal vouchers.

use aurex_core::shop::vouchers::JournalVoucher;

use super::row;

row! {
    JournalVoucherRow => JournalVoucher {
        id: Vec<u8>, number: String, remark: String, business_date: String, recorded_at: i64, entry: Vec<u8>,
        state: String, reverse_reason: Option<String>, reversed_at: Option<i64>, version: i64,
    } money in currency {
        total
    }
}

/// Rows of `journal_voucher`; the first argument is the tenant.
macro_rules! journal_voucher {
    ($rest:literal $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::JournalVoucherRow,
            "SELECT tenant_id, id, number, remark, currency, total, business_date, recorded_at, entry, state, \
             reverse_reason, reversed_at, version \
             FROM journal_voucher WHERE tenant_id = ? " + $rest
            $(, $arg)*
        )
    };
}
pub(crate) use journal_voucher;
