//! Rows as they stand, for whoever does not believe them.
//!
//! Every other read of the ports answers records, and refuses a row that is none. Somebody who looks for what was altered
//! behind the application's back needs the opposite: each column of each row, whatever it says, so that the row and the
//! column can be named. [`InspectReads`] reads so, in pages by key, inside the same snapshot as all other reads.
//!
//! A [`Scratch`] is a copy of one tenant's rows that only its holder sees and that ends with it. It keeps no rule: no
//! guard, no key, no wall. A drill alters it and sees whether the alteration is found.

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use super::{Read, table_of};
use crate::audit::{Class, Value};
use crate::erasure::{ERASED, ERASED_ADDRESSES};
use crate::money::{Currency, Money};
use crate::tenancy::TenantId;

/// What a column holds, in the store's own types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A truth value, where the store has such.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Words.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An identifier, where the store has such.
    Id(Uuid),
    /// A date as ISO 8601 writes it, where the store has such.
    Date(String),
}

impl Cell {
    /// How many bytes it holds, about.
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Text(text) | Self::Date(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Id(_) => size_of::<Self>(),
        }
    }

    /// How a store with types for everything keeps `value`. What is withheld stands in no table.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null | Value::Withheld(_) => Self::Null,
            Value::Bool(yes) => Self::Bool(*yes),
            Value::Int(n) => Self::Int(*n),
            Value::Money(money) => Self::Int(money.minor()),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Value::Id(id) => Self::Id(*id),
            Value::List(_) => Self::Bytes(value.to_bytes()),
        }
    }

    /// Whether this is how a store keeps `value`. A value that was erased from the log must be gone from the table.
    pub fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Null, Value::Null | Value::Withheld(_)) => true,
            (Self::Text(text), Value::Withheld(_)) => is_blank(text),
            (Self::Bool(cell), Value::Bool(value)) => cell == value,
            (Self::Int(cell), Value::Bool(value)) => *cell == i64::from(*value),
            (Self::Int(cell), Value::Int(value)) => cell == value,
            (Self::Int(cell), Value::Money(value)) => *cell == value.minor(),
            (Self::Text(cell) | Self::Date(cell), Value::Text(value)) => cell == value,
            (Self::Bytes(cell), Value::Bytes(value)) => cell == value,
            (Self::Bytes(cell), Value::Id(value)) => cell == value.as_bytes(),
            (Self::Id(cell), Value::Id(value)) => cell == value,
            (Self::Bytes(cell), Value::List(_)) => *cell == value.to_bytes(),
            _ => false,
        }
    }

    /// The values that a record may have meant by it, for secrets: of these the log keeps a fingerprint only.
    pub fn meant(&self) -> Vec<Value> {
        match self {
            Self::Null => vec![Value::Null],
            Self::Bool(yes) => vec![Value::Bool(*yes)],
            Self::Int(n) => vec![Value::Int(*n)],
            Self::Text(text) | Self::Date(text) => vec![Value::Text(text.clone())],
            Self::Id(id) => vec![Value::Id(*id)],
            Self::Bytes(bytes) => {
                let id = Uuid::from_slice(bytes).ok().map(Value::Id);
                let nested = Value::from_bytes(bytes).ok();
                [Some(Value::Bytes(bytes.clone())), id, nested].into_iter().flatten().collect()
            }
        }
    }

    /// The number, where it is one.
    pub const fn int(&self) -> Option<i64> {
        if let Self::Int(n) = self { Some(*n) } else { None }
    }

    /// The words, where it is some.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) | Self::Date(text) = self { Some(text) } else { None }
    }

    /// The bytes, where it is some.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Id(id) => Some(id.as_bytes()),
            _ => None,
        }
    }
}

/// Whether a text is what stands where one that cannot be missing was erased.
fn is_blank(text: &str) -> bool {
    text == ERASED || text.ends_with(ERASED_ADDRESSES)
}

/// A row as it stands. Its columns are named as the fields of its record; beside them stand `tenant_id` and, where the row
/// has amounts, their `currency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    names: Arc<[String]>,
    cells: Vec<Cell>,
}

impl RawRow {
    /// A row of these columns; a column without a cell holds nothing.
    pub fn new(names: Arc<[String]>, mut cells: Vec<Cell>) -> Self {
        cells.resize(names.len(), Cell::Null);
        Self { names, cells }
    }

    /// The columns in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Cell)> {
        self.names.iter().map(String::as_str).zip(&self.cells)
    }

    /// What stands in a column; nothing, where there is no such column.
    pub fn get(&self, name: &str) -> &Cell {
        self.columns().find(|(of, _)| *of == name).map_or(&Cell::Null, |(_, cell)| cell)
    }

    /// The same row with another cell in a column that it has.
    #[must_use]
    pub fn with(mut self, name: &str, cell: Cell) -> Self {
        if let Some((_, kept)) = self.names.iter().zip(&mut self.cells).find(|(of, _)| *of == name) {
            *kept = cell;
        }
        self
    }

    /// What a column may mean, for reading a record back: the column's type decides which of it.
    pub fn meanings(&self, column: &str) -> Vec<Value> {
        let cell = self.get(column);
        let currency = self.get("currency").text().and_then(|code| Currency::from_code(code).ok());
        let mut meanings = cell.meant();
        // An identifier before bare bytes, which every sixteen of them could be.
        meanings.sort_by_key(|value| matches!(value, Value::Bytes(_)));
        if let Some(n) = cell.int() {
            meanings.extend(match n {
                0 => Some(Value::Bool(false)),
                1 => Some(Value::Bool(true)),
                _ => None,
            });
            meanings.extend(currency.and_then(|of| Money::new(n, of).ok()).map(Value::Money));
        }
        meanings
    }

    /// The cells of these columns.
    pub fn key(&self, columns: &[&str]) -> Vec<Cell> {
        columns.iter().map(|column| self.get(column).clone()).collect()
    }

    /// Whether the row says that it is this tenant's.
    pub fn is_of(&self, tenant: TenantId) -> bool {
        self.get("tenant_id").bytes() == Some(tenant.uuid().as_bytes())
    }
}

/// The columns behind the tenant that tell a table's rows apart, for the tables that can be inspected: facts, sums and
/// the log. `None` for any other.
pub fn key_columns(table: &str) -> Option<Vec<&'static str>> {
    Some(match table {
        "audit_entry" => vec!["seq"],
        "audit_opening" => vec!["seq", "slot"],
        "head" => Vec::new(),
        "balance" => vec!["account"],
        "lot_on_hand" => vec!["lot"],
        "invoice_settled" => vec!["invoice"],
        name => {
            let facts = table_of(name).filter(|table| !table.fields.is_empty())?;
            facts.fields.iter().filter(|field| field.class == Class::Key).map(|field| field.name).collect()
        }
    })
}

/// Reading rows without believing them.
#[async_trait]
pub trait InspectReads {
    /// At most `limit` rows of a table, in the store's own order of [`key_columns`], after the row with the key `after`.
    /// A store whose files are each a tenant's own also answers rows in it that say they are another's.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`](super::StoreError::Corrupt) for a table that has no such rows.
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>>;
}

/// A copy of one tenant's rows, for a drill. Nobody else sees it, nothing of it outlives it, and it keeps no rule: any row
/// can be put and removed.
#[async_trait]
pub trait Scratch: InspectReads + Send {
    /// From here on what is done can be undone.
    async fn begin(&mut self) -> Read<()>;

    /// Undoes everything since [`Scratch::begin`].
    async fn undo(&mut self) -> Read<()>;

    /// Adds a row.
    async fn put_row(&mut self, table: &str, row: &RawRow) -> Read<()>;

    /// Removes the rows with this key; answers how many there were.
    async fn remove_row(&mut self, table: &str, key: &[Cell]) -> Read<u64>;

    /// Lets the copy go.
    async fn close(self: Box<Self>);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{TABLES, TableKind};

    #[test]
    fn a_cell_holds_what_a_store_writes_for_a_value_and_nothing_else() {
        let id = Uuid::from_u128(7);
        let list = Value::List(vec![Value::Int(1)]);
        let money = Value::Money(Money::new(5, Currency::INR).unwrap());
        for (cell, value) in [
            (Cell::Null, Value::Null),
            (Cell::Int(1), Value::Bool(true)),
            (Cell::Bool(true), Value::Bool(true)),
            (Cell::Int(5), money.clone()),
            (Cell::Date("2026-04-01".to_owned()), Value::Text("2026-04-01".to_owned())),
            (Cell::Bytes(id.as_bytes().to_vec()), Value::Id(id)),
            (Cell::Id(id), Value::Id(id)),
            (Cell::Bytes(list.to_bytes()), list),
            (Cell::Null, Value::Withheld(3)),
        ] {
            assert!(cell.holds(&value), "{cell:?} {value:?}");
            assert!(!Cell::Int(9).holds(&value) && !Cell::Text("x".to_owned()).holds(&value));
        }
        assert!(!Cell::Text("Asha".to_owned()).holds(&Value::Withheld(3)), "it was to be erased");
        assert!(!Cell::Null.holds(&money));
    }

    #[test]
    fn every_table_of_facts_sums_and_the_log_has_a_key() {
        for table in TABLES {
            let inspected = !matches!(table.kind, TableKind::Index | TableKind::Housekeeping);
            assert_eq!(key_columns(table.name).is_some(), inspected, "{}", table.name);
        }
    }
}
