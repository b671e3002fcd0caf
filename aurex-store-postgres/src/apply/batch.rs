//! The rows of a change, each table's as one array of the table's own row type, in PostgreSQL's binary form.
//!
//! One parameter a table, whatever its columns: `unnest` of one array of rows costs a fifth of `unnest` of an array a
//! column, because PostgreSQL puts aside the result of each array that it unnests. The form is what `array_recv` and
//! `record_recv` read (`arrayfuncs.c`, `rowtypes.c`; the row type's own number may be left open since PostgreSQL 14).

use std::collections::BTreeMap;

use aurex_core::audit::{Sealed, Value};
use aurex_core::money::Currency;
use aurex_core::store::StoreError;
use aurex_core::tenancy::TenantId;
use chrono::NaiveDate;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

use super::layout::{Kind, Layout, layout_of};

/// The rows of a change by table.
pub(super) struct Batch {
    tenant: TenantId,
    tables: BTreeMap<&'static str, Rows>,
}

/// One table's rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    rows: Vec<Vec<u8>>,
    /// Where the row of each key is: one statement cannot replace a row twice, so the last stands for all.
    places: BTreeMap<Vec<u8>, usize>,
}

impl Batch {
    /// No rows yet.
    pub(super) const fn new(tenant: TenantId) -> Self {
        Self { tenant, tables: BTreeMap::new() }
    }

    /// The rows that `sealed` puts.
    pub(super) fn rows_of(tenant: TenantId, sealed: &Sealed) -> Result<Self, StoreError> {
        let mut batch = Self::new(tenant);
        for fact in sealed.facts() {
            batch.add(fact.table(), fact.fields().iter().map(|spec| spec.name).zip(fact.values()))?;
        }
        Ok(batch)
    }

    /// Adds a row. Its values come in the order of the table's columns; the currency of its amounts, where the table has
    /// a column for it, is put in from them.
    pub(super) fn add(
        &mut self,
        table: &str,
        values: impl Iterator<Item = (&'static str, Value)>,
    ) -> Result<(), StoreError> {
        let layout = layout_of(table).ok_or_else(|| StoreError::corrupt("a row of an unknown table"))?;
        let values: Vec<(&str, Value)> = values.collect();
        let currency = currency_of(&values)?;
        let mut values = values.into_iter().peekable();
        let mut row = Row::new(layout, self.tenant)?;
        for (n, (column, kind)) in layout.columns.iter().enumerate() {
            if Some(n) == layout.replaced_by {
                row.end_key();
            }
            match values.next_if(|(name, _)| name == column) {
                Some((_, value)) => row.put(*kind, &value)?,
                None if *column == "currency" => row.put(*kind, &currency)?,
                None => return Err(StoreError::corrupt(format!("a row of {table} without {column}"))),
            }
        }
        if let Some((name, _)) = values.next() {
            return Err(StoreError::corrupt(format!("{table} has no {name}")));
        }
        self.tables.entry(layout.table).or_default().put(row);
        Ok(())
    }

    /// Whether there are rows of no other tables.
    pub(super) fn are_only_of(&self, tables: &[&str]) -> bool {
        self.tables.keys().all(|table| tables.contains(table))
    }

    /// A table's rows.
    pub(super) fn of(&mut self, table: &str) -> Rows {
        self.tables.remove(table).unwrap_or_default()
    }
}

/// The currency of a row's amounts; there is one.
fn currency_of(values: &[(&str, Value)]) -> Result<Value, StoreError> {
    let mut found: Option<Currency> = None;
    for (_, value) in values {
        if let Value::Money(money) = value
            && *found.get_or_insert(money.currency()) != money.currency()
        {
            return Err(StoreError::corrupt("a row in two currencies"));
        }
    }
    Ok(found.map_or(Value::Null, |currency| Value::Text(currency.code().to_owned())))
}

/// A row being written.
struct Row {
    bytes: Vec<u8>,
    key: Option<usize>,
}

impl Row {
    fn new(layout: &Layout, tenant: TenantId) -> Result<Self, StoreError> {
        let mut row = Self { bytes: Vec::with_capacity(32 * layout.columns.len()), key: None };
        row.bytes.extend_from_slice(&length(layout.columns.len() + 1)?);
        row.put(Kind::Id, &Value::Id(tenant.uuid()))?;
        Ok(row)
    }

    /// What was put so far is the row's key.
    fn end_key(&mut self) {
        self.key = Some(self.bytes.len());
    }

    fn put(&mut self, kind: Kind, value: &Value) -> Result<(), StoreError> {
        self.bytes.extend_from_slice(&kind.oid().to_be_bytes());
        match (kind, value) {
            // A withheld value stands in the log only; in a row there is none.
            (_, Value::Null | Value::Withheld(_)) => self.bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
            (Kind::Bool, Value::Bool(yes)) => self.field(&[u8::from(*yes)])?,
            (Kind::Int, Value::Int(n)) => self.field(&n.to_be_bytes())?,
            (Kind::Int, Value::Money(money)) => self.field(&money.minor().to_be_bytes())?,
            (Kind::Text, Value::Text(text)) => self.field(text.as_bytes())?,
            (Kind::Date, Value::Text(text)) => self.field(&days(text)?.to_be_bytes())?,
            (Kind::Id, Value::Id(id)) => self.field(id.as_bytes())?,
            (Kind::Bytes, Value::Bytes(bytes)) => self.field(bytes)?,
            (Kind::Bytes, Value::List(_)) => self.field(&value.to_bytes())?,
            _ => return Err(StoreError::corrupt("a value that its column does not hold")),
        }
        Ok(())
    }

    fn field(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.bytes.extend_from_slice(&length(bytes.len())?);
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

/// PostgreSQL counts days from the first of January 2000.
fn days(date: &str) -> Result<i32, StoreError> {
    let corrupt = || StoreError::corrupt("a date that there is not");
    let date: NaiveDate = date.parse().map_err(|_| corrupt())?;
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).ok_or_else(corrupt)?;
    i32::try_from((date - first).num_days()).map_err(|_| corrupt())
}

fn length(of: usize) -> Result<[u8; 4], StoreError> {
    i32::try_from(of).map(i32::to_be_bytes).map_err(|_| StoreError::corrupt("a value is too long"))
}

impl Rows {
    fn put(&mut self, row: Row) {
        let Row { bytes, key } = row;
        let place = match key.and_then(|end| bytes.get(..end)) {
            Some(key) => *self.places.entry(key.to_vec()).or_insert(self.rows.len()),
            None => self.rows.len(),
        };
        match self.rows.get_mut(place) {
            Some(before) => *before = bytes,
            None => self.rows.push(bytes),
        }
    }
}

impl Type<Postgres> for Rows {
    /// Left open: the statement casts it.
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Rows {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let dimensions: i32 = if self.rows.is_empty() { 0 } else { 1 };
        buf.extend_from_slice(&dimensions.to_be_bytes());
        // No element is null; the element's type is left open.
        buf.extend_from_slice(&[0; 8]);
        if !self.rows.is_empty() {
            buf.extend_from_slice(&length(self.rows.len())?);
            buf.extend_from_slice(&1_i32.to_be_bytes());
        }
        for row in &self.rows {
            buf.extend_from_slice(&length(row.len())?);
            buf.extend_from_slice(row);
        }
        Ok(IsNull::No)
    }

    fn size_hint(&self) -> usize {
        20 + self.rows.iter().map(|row| 4 + row.len()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use aurex_core::money::Money;
    use uuid::Uuid;

    use super::*;

    fn tenant() -> TenantId {
        TenantId::from_directory_row(Uuid::from_bytes([7; 16]))
    }

    fn settlement(line: i64, amount: Value) -> [(&'static str, Value); 4] {
        let id = Value::Id(Uuid::from_bytes([1; 16]));
        [("receipt", id.clone()), ("line", Value::Int(line)), ("invoice", id), ("amount", amount)]
    }

    fn rupees(minor: i64) -> Value {
        Value::Money(Money::new(minor, Currency::INR).unwrap())
    }

    #[test]
    fn a_row_begins_with_its_tenant_and_has_the_currency_of_its_amounts() {
        let mut batch = Batch::new(tenant());
        batch.add("settlement", settlement(1, rupees(-5)).into_iter()).unwrap();
        let rows = batch.of("settlement");
        let row = rows.rows.first().unwrap();
        assert_eq!(row[..4], 6_i32.to_be_bytes());
        assert_eq!(row[4..8], 2950_u32.to_be_bytes());
        assert_eq!(row[8..12], 16_i32.to_be_bytes());
        assert_eq!(row[12..28], [7; 16]);
        assert!(row.windows(11).any(|field| field == [0, 0, 0, 25, 0, 0, 0, 3, b'I', b'N', b'R']));
        assert_eq!(row[row.len() - 8..], (-5_i64).to_be_bytes());
        assert_eq!(batch.of("settlement").rows.len(), 0, "a table's rows are taken once");
    }

    #[test]
    fn of_two_rows_of_state_with_one_key_the_last_stands() {
        let mut batch = Batch::new(tenant());
        let series = |year, next| {
            [
                ("kind", Value::Text("invoice".to_owned())),
                ("prefix", Value::Text("INV".to_owned())),
                ("year", Value::Int(year)),
                ("next", Value::Int(next)),
                ("last_date", Value::Text("2026-11-23".to_owned())),
            ]
        };
        for (year, next) in [(2026, 1), (2025, 9), (2026, 2)] {
            batch.add("series", series(year, next).into_iter()).unwrap();
        }
        let rows = batch.of("series");
        assert_eq!(rows.rows.len(), 2);
        assert!(rows.rows[0].windows(8).any(|field| field == 2_i64.to_be_bytes()));
        for line in [1, 1] {
            batch.add("settlement", settlement(line, rupees(5)).into_iter()).unwrap();
        }
        assert_eq!(batch.of("settlement").rows.len(), 2, "the database refuses the second");
    }

    #[test]
    fn a_row_that_the_table_cannot_hold_is_not_written() {
        let mut batch = Batch::new(tenant());
        for row in [
            settlement(1, Value::Text("5".to_owned())).to_vec(),
            settlement(1, rupees(5))[..3].to_vec(),
            settlement(1, rupees(5)).into_iter().chain([("more", Value::Null)]).collect(),
        ] {
            assert!(matches!(batch.add("settlement", row.into_iter()), Err(StoreError::Corrupt(_))));
        }
        assert!(matches!(batch.add("nothing", [].into_iter()), Err(StoreError::Corrupt(_))));
        assert_eq!(days("1999-12-31").unwrap(), -1);
        assert!(days("1999-02-30").is_err());
    }
}
