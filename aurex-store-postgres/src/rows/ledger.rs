//! Rows of the ledger.

use aurex_core::ledger::{Account, JournalEntry, Posting, Series};

use chrono::NaiveDate;
use uuid::Uuid;

use super::row;

row! {
    AccountRow => Account {
        id: Uuid, code: String, name: String, class: String, commodity: String, purpose: String,
        party: Option<Uuid>, state: String, opened_at: i64,
    }
}

row! {
    JournalEntryRow => JournalEntry {
        id: Uuid, effective: NaiveDate, recorded_at: i64, source_kind: String, source_id: String,
        narration: String, reverses: Option<Uuid>,
    }
}

row! {
    PostingRow => Posting {
        entry: Uuid, line: i64, account: Uuid, commodity: String, amount: i64, effective: NaiveDate,
    }
}

row! {
    SeriesRow => Series {
        kind: String, prefix: String, year: i64, next: i64, last_date: NaiveDate,
    }
}

/// Rows of `account`; the first argument is the tenant.
macro_rules! account {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::AccountRow,
            "SELECT tenant_id, id, code, name, class, commodity, purpose, party, state, opened_at \
             FROM aurex.account WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use account;

/// Rows of `journal_entry`; the first argument is the tenant.
macro_rules! journal_entry {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::JournalEntryRow,
            "SELECT tenant_id, id, effective, recorded_at, source_kind, source_id, narration, reverses \
             FROM aurex.journal_entry WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use journal_entry;

/// Rows of `posting`; the first argument is the tenant.
macro_rules! posting {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::PostingRow,
            "SELECT tenant_id, entry, line, account, commodity, amount, effective \
             FROM aurex.posting WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use posting;

/// Rows of `series`; the first argument is the tenant.
macro_rules! series {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::SeriesRow,
            "SELECT tenant_id, kind, prefix, year, next, last_date \
             FROM aurex.series WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use series;
