//! What the tables must say, as the log tells it: the last image of every row, and every kept sum.
//!
//! It is filled from the log's bodies, oldest first, and emptied by the tables' rows in whatever order they come. What is
//! left then is missing in the tables. It holds as many rows as the tables do; where that is too many, the rows are dealt
//! by their keys into parts ([`Part`]) that are held one after the other, each from a walk of its own through the log.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};

use super::finding::{FindingCode as Code, Findings, Place};
use crate::audit::record::fingerprint;
use crate::audit::{Body, BodyPut, Class, Value};
use crate::store::{Cell, RawRow, Table, key_columns, table_of};

/// Which rows are looked at: those whose keys fall into part `nth`, counted from 0, of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which part.
    pub nth: u64,
    /// Of how many.
    pub of: u64,
}

impl Part {
    /// All rows.
    pub const ALL: Self = Self { nth: 0, of: 1 };

    fn holds(self, table: &str, key: &[u8]) -> bool {
        if self.of <= 1 {
            return true;
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(table.as_bytes());
        hasher.write(key);
        hasher.finish() % self.of == self.nth
    }
}

/// More rows than may be held at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more rows than may be held at once")]
pub struct Overfull;

/// Which postings, movements and settlements a kept sum is the sum of.
struct Sum {
    from: &'static str,
    into: &'static str,
    /// The key of the sum: a field of that name on both sides. Rows without one belong to no sum.
    by: &'static str,
    /// What is the same in all rows of one sum.
    carried: Option<&'static str>,
    /// Column of the sum, field of the row, and which amounts count.
    columns: &'static [(&'static str, &'static str, Counts)],
}

#[derive(Clone, Copy)]
enum Counts {
    All,
    Above,
    Below,
}

impl Counts {
    const fn of(self, amount: i64) -> i64 {
        match self {
            Self::All => amount,
            Self::Above if amount > 0 => amount,
            Self::Below if amount < 0 => amount.saturating_neg(),
            Self::Above | Self::Below => 0,
        }
    }
}

const SUMS: &[Sum] = &[
    Sum {
        from: "posting",
        into: "balance",
        by: "account",
        carried: Some("commodity"),
        columns: &[("debit", "amount", Counts::Above), ("credit", "amount", Counts::Below)],
    },
    #[cfg(feature = "shop")]
    Sum {
        from: "stock_movement",
        into: "lot_on_hand",
        by: "lot",
        carried: None,
        columns: &[
            ("mass", "mass", Counts::All),
            ("fine", "fine", Counts::All),
            ("cost", "cost", Counts::All),
        ],
    },
    #[cfg(feature = "shop")]
    Sum {
        from: "settlement",
        into: "invoice_settled",
        by: "invoice",
        carried: None,
        columns: &[("amount", "amount", Counts::All)],
    },
];

/// A row as the log tells it.
#[derive(Debug, Clone, PartialEq)]
struct ToldRow {
    key: String,
    fields: BTreeMap<&'static str, Value>,
}

impl ToldRow {
    /// The columns of the row that do not hold what was told, with what that is.
    fn differing<'r>(&self, table: &Table, row: &'r RawRow) -> Vec<(&'r str, Value)> {
        let currency = self.fields.values().find_map(|value| match value {
            Value::Money(money) => Some(Value::Text(money.currency().code().to_owned())),
            _ => None,
        });
        let mut differing = Vec::new();
        for (name, cell) in row.columns() {
            let field = table.fields.iter().find(|field| field.name == name);
            let value = match self.fields.get(name) {
                Some(value) => value,
                None if field.is_some() => &Value::Null,
                None if name == "currency" => match &currency {
                    Some(code) => code,
                    None => continue,
                },
                None => continue,
            };
            let is_secret = field.is_some_and(|field| field.class == Class::Secret);
            let holds = if is_secret && *value != Value::Null {
                cell.meant().iter().any(|meant| fingerprint(meant) == *value)
            } else {
                cell.holds(value)
            };
            if !holds {
                differing.push((name, value.clone()));
            }
        }
        differing
    }
}

type Rows = BTreeMap<Vec<u8>, ToldRow>;

/// What the tables must say.
#[derive(Debug)]
pub struct Told {
    part: Part,
    most: usize,
    held: usize,
    tables: BTreeMap<&'static str, Rows>,
    own: u64,
}

impl Told {
    /// Nothing yet; at most `most` rows of `part` are held.
    pub const fn new(part: Part, most: usize) -> Self {
        Self { part, most, held: 0, tables: BTreeMap::new(), own: 0 }
    }

    /// How many rows were told of an embedder's own tables, which only the embedder can reconcile.
    pub const fn own(&self) -> u64 {
        self.own
    }

    /// Takes what an entry wrote.
    ///
    /// # Errors
    /// [`Overfull`].
    pub fn take(&mut self, body: Body) -> Result<(), Overfull> {
        for put in body.puts {
            let Some(table) = table_of(&put.table).filter(|table| !table.fields.is_empty()) else {
                self.own = self.own.saturating_add(1);
                continue;
            };
            for sum in SUMS.iter().filter(|sum| sum.from == table.name) {
                self.add_to(sum, table, &put)?;
            }
            self.put(table, put)?;
        }
        Ok(())
    }

    fn put(&mut self, table: &'static Table, put: BodyPut) -> Result<(), Overfull> {
        let fields: BTreeMap<&'static str, Value> =
            put.fields.into_iter().filter_map(|(tag, value)| Some((table.field_name(tag)?, value))).collect();
        let keys = table.fields.iter().filter(|field| field.class == Class::Key);
        let key: Vec<Cell> = keys.map(|field| fields.get(field.name).map_or(Cell::Null, Cell::of)).collect();
        let place = place(&key);
        if self.part.holds(table.name, &place) {
            let row = ToldRow { key: shown(&key), fields };
            if self.tables.entry(table.name).or_default().insert(place, row).is_none() {
                self.one_more()?;
            }
        }
        Ok(())
    }

    fn add_to(&mut self, sum: &Sum, table: &Table, put: &BodyPut) -> Result<(), Overfull> {
        let field = |name: &str| {
            let found = put.fields.iter().find(|(tag, _)| table.field_name(*tag) == Some(name));
            found.map(|(_, value)| value)
        };
        let Some(by) = field(sum.by) else { return Ok(()) };
        let key = [Cell::of(by)];
        let place = place(&key);
        if !self.part.holds(sum.into, &place) {
            return Ok(());
        }
        let rows = self.tables.entry(sum.into).or_default();
        let is_new = !rows.contains_key(&place);
        let row = rows.entry(place).or_insert_with(|| {
            let by = std::iter::once((sum.by, by.clone()));
            let carried = sum.carried.and_then(|name| Some((name, field(name)?.clone())));
            ToldRow { key: shown(&key), fields: by.chain(carried).collect() }
        });
        for (column, name, counts) in sum.columns {
            let value = field(name);
            if let Some(Value::Money(money)) = value {
                let code = money.currency().code().to_owned();
                row.fields.entry("currency").or_insert(Value::Text(code));
            }
            let amount = counts.of(value.map_or(0, number));
            let kept = row.fields.entry(column).or_insert(Value::Int(0));
            *kept = Value::Int(number(kept).saturating_add(amount));
        }
        if is_new { self.one_more() } else { Ok(()) }
    }

    const fn one_more(&mut self) -> Result<(), Overfull> {
        self.held += 1;
        if self.held > self.most { Err(Overfull) } else { Ok(()) }
    }

    /// Compares a row of a table with what was told of it. Rows of other parts are passed over.
    pub fn compare(&mut self, table: &'static Table, row: &RawRow, findings: &mut Findings) {
        let key = row.key(&key_columns(table.name).unwrap_or_default());
        let at = place(&key);
        if !self.part.holds(table.name, &at) {
            return;
        }
        let place = Place::Row { table: table.name, key: shown(&key) };
        if !row.is_of(findings.tenant()) {
            findings.add(Code::RowForeign, place, "tenant_id");
            return;
        }
        let Some(told) = self.tables.get_mut(table.name).and_then(|rows| rows.remove(&at)) else {
            findings.add(Code::RowExtra, place, "");
            return;
        };
        for (name, value) in told.differing(table, row) {
            let is_erased = matches!(value, Value::Withheld(_));
            findings.add(if is_erased { Code::RowNotErased } else { Code::RowDiffers }, place.clone(), name);
        }
    }

    /// The columns of a row that are not what was told of it, with what they would have to hold; without, for a secret, of
    /// which the log has a fingerprint only. `None` where nothing was told of the row.
    pub(crate) fn differing<'r>(
        &self,
        table: &'static Table,
        row: &'r RawRow,
    ) -> Option<Vec<(&'r str, Option<Value>)>> {
        let at = place(&row.key(&key_columns(table.name).unwrap_or_default()));
        let told = self.tables.get(table.name)?.get(&at)?;
        let is_secret =
            |name: &str| table.fields.iter().any(|field| field.name == name && field.class == Class::Secret);
        let differing = told.differing(table, row).into_iter();
        Some(
            differing
                .map(|(name, value)| (name, (value == Value::Null || !is_secret(name)).then_some(value)))
                .collect(),
        )
    }

    /// Adds what was told of and never came.
    pub fn finish(self, findings: &mut Findings) {
        for (table, rows) in self.tables {
            for row in rows.into_values() {
                findings.add(Code::RowMissing, Place::Row { table, key: row.key }, "");
            }
        }
    }
}

/// The number in a value.
const fn number(value: &Value) -> i64 {
    match value {
        Value::Int(n) => *n,
        Value::Money(money) => money.minor(),
        _ => 0,
    }
}

/// A row's place among the rows of its table: its key in a form that is the same for all stores.
fn place(key: &[Cell]) -> Vec<u8> {
    let mut place = Vec::with_capacity(24);
    for cell in key {
        match cell {
            Cell::Null => Value::Null.encode(&mut place),
            Cell::Bool(yes) => Value::Int(i64::from(*yes)).encode(&mut place),
            Cell::Int(n) => Value::Int(*n).encode(&mut place),
            Cell::Text(text) | Cell::Date(text) => Value::Text(text.clone()).encode(&mut place),
            Cell::Bytes(bytes) => Value::Bytes(bytes.clone()).encode(&mut place),
            Cell::Id(id) => Value::Bytes(id.as_bytes().to_vec()).encode(&mut place),
        }
    }
    place
}

/// A key for people: ids, numbers and names are in no row's key what a secret or a person could be read from.
pub(crate) fn shown(key: &[Cell]) -> String {
    let parts = key.iter().map(|cell| match cell {
        Cell::Null => "-".to_owned(),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Int(n) => n.to_string(),
        Cell::Text(text) | Cell::Date(text) => text.clone(),
        Cell::Id(id) => id.to_string(),
        Cell::Bytes(bytes) => {
            uuid::Uuid::from_slice(bytes).map_or_else(|_| "?".to_owned(), |id| id.to_string())
        }
    });
    parts.collect::<Vec<_>>().join("/")
}
