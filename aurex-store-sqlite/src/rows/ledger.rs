//! Rows of the ledger.

use aurex_core::ledger::{Account, JournalEntry, Posting, Series};

use super::row;

row! {
    AccountRow => Account {
        id: Vec<u8>, code: String, name: String, class: String, commodity: String, purpose: String,
        party: Option<Vec<u8>>, state: String, opened_at: i64,
    }
}

row! {
    JournalEntryRow => JournalEntry {
        id: Vec<u8>, effective: String, recorded_at: i64, source_kind: String, source_id: String,
        narration: String, reverses: Option<Vec<u8>>,
    }
}

row! {
    PostingRow => Posting {
        entry: Vec<u8>, line: i64, account: Vec<u8>, commodity: String, amount: i64, effective: String,
    }
}

row! {
    SeriesRow => Series {
        kind: String, prefix: String, year: i64, next: i64, last_date: String,
    }
}

/// Rows of `account`; the first argument is the tenant.
macro_rules! account {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::AccountRow,
            "SELECT tenant_id, id, code, name, class, commodity, purpose, party, state, opened_at \
             FROM account WHERE tenant_id = ? " + $rest $(+ $more)*
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
             FROM journal_entry WHERE tenant_id = ? " + $rest $(+ $more)*
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
             FROM posting WHERE tenant_id = ? " + $rest $(+ $more)*
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
             FROM series WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use series;
