//! Rows of journal vouchers.

use aurex_core::shop::vouchers::JournalVoucher;
use chrono::NaiveDate;
use uuid::Uuid;

use super::row;

row! {
    JournalVoucherRow => JournalVoucher {
        id: Uuid, number: String, remark: String, business_date: NaiveDate, recorded_at: i64, entry: Uuid,
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
             FROM aurex.journal_voucher WHERE tenant_id = $1 " + $rest
            $(, $arg)*
        )
    };
}
pub(crate) use journal_voucher;
