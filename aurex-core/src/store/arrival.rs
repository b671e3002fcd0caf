//! A workspace that comes from another store, row by row, as it stood there.
//!
//! What arrives was proved elsewhere and is proved here again before it exists: an [`Arrival`] takes rows as
//! [`InspectReads`](super::InspectReads) gave them, can be read as a reader can, so that log and tables are held against each
//! other while nobody else sees them, and then becomes a workspace or leaves nothing behind. It puts no entry of its own:
//! the log that arrives is the log that left.
//!
//! Rows come table by table in the order of [`arriving_tables`], the rows of a table in the order of their keys, so that
//! whatever a row refers to is there before it.

use async_trait::async_trait;

use super::{Cell, InspectReads, RawRow, Read, StoreError, TABLES, TableKind};

/// The tables that travel, in the order in which they arrive: the head, the log, the facts, the sums.
pub fn arriving_tables() -> impl Iterator<Item = &'static str> {
    let of = |kind: fn(TableKind) -> bool| TABLES.iter().filter(move |table| kind(table.kind));
    let log = ["head", "audit_entry", "audit_opening"];
    let facts = of(|kind| matches!(kind, TableKind::State | TableKind::AppendOnly));
    let sums = of(|kind| kind == TableKind::Derived);
    log.into_iter().chain(facts.chain(sums).map(|table| table.name))
}

impl Cell {
    /// The same in the four types that every store has: truth as 0 or 1, identifiers as their 16 bytes, dates as text.
    #[must_use]
    pub fn plain(self) -> Self {
        match self {
            Self::Bool(yes) => Self::Int(i64::from(yes)),
            Self::Id(id) => Self::Bytes(id.as_bytes().to_vec()),
            Self::Date(date) => Self::Text(date),
            cell => cell,
        }
    }
}

/// A workspace on its way in. Nobody else sees it before [`Arrival::finish`]; dropped, it leaves nothing behind, on a store
/// of files at the latest when that is opened again.
///
/// ```
/// use aurex_core::store::{Arrival, InspectReads};
///
/// // What is arriving can be checked as any snapshot can.
/// fn is_checked_before_it_exists<R: InspectReads + ?Sized>(_: &mut R) {}
/// fn f(arrival: &mut dyn Arrival) {
///     is_checked_before_it_exists(arrival);
/// }
/// ```
#[async_trait]
pub trait Arrival: InspectReads + Send {
    /// Puts rows of one table, at most some hundred. Their cells are plain ([`Cell::plain`]); the tenant's own column is
    /// the arrival's, whatever they say, and a column that the table does not have is refused.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a table that does not travel or a value that is none of its column; after any error
    /// nothing is left but to abandon it.
    async fn put_rows(&mut self, table: &str, rows: &[RawRow]) -> Read<()>;

    /// Makes it a workspace, durably.
    ///
    /// # Errors
    /// [`StoreError::SlugTaken`] when somebody was quicker; nothing is left of it then.
    async fn finish(self: Box<Self>) -> Result<(), StoreError>;

    /// Lets go of it.
    async fn abandon(self: Box<Self>);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::key_columns;

    #[test]
    fn everything_that_can_be_inspected_travels_once() {
        let mut travel: Vec<_> = arriving_tables().collect();
        let mut inspected: Vec<_> =
            TABLES.iter().map(|table| table.name).filter(|table| key_columns(table).is_some()).collect();
        travel.sort_unstable();
        inspected.sort_unstable();
        assert_eq!(travel, inspected);
    }

    #[test]
    fn a_plain_cell_still_holds_what_it_held() {
        use crate::audit::Value;
        let id = uuid::Uuid::from_u128(7);
        for (cell, value) in [
            (Cell::Bool(true), Value::Bool(true)),
            (Cell::Id(id), Value::Id(id)),
            (Cell::Date("2026-04-01".to_owned()), Value::Text("2026-04-01".to_owned())),
            (Cell::Int(-1), Value::Int(-1)),
        ] {
            assert!(cell.clone().holds(&value) && cell.plain().holds(&value));
        }
    }
}
