//! The tables as raw rows, and a copy of them to drill on.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::super::{
    Cell, InspectReads, RawRow, Read, Reader as _, Scratch, StoreError, key_columns, table_of,
};
use super::Opened;
use super::state::State;
use crate::audit::Value;
use crate::tenancy::{Id as _, TenantId};

fn names(of: &[&str]) -> Arc<[String]> {
    std::iter::once("tenant_id").chain(of.iter().copied()).map(str::to_owned).collect()
}

fn row(tenant: TenantId, names: &Arc<[String]>, cells: impl IntoIterator<Item = Cell>) -> RawRow {
    let cells = std::iter::once(Cell::Id(tenant.uuid())).chain(cells).collect();
    RawRow::new(Arc::clone(names), cells)
}

fn number(n: u64) -> Cell {
    Cell::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// All rows of a table, in the order of their keys.
pub(super) fn rows_of(state: &State, tenant: TenantId, table: &str) -> Vec<RawRow> {
    match table {
        "head" => {
            let head = &state.head;
            let names = names(&["frontier", "last_at", "epoch", "observed"]);
            let cells = [
                Cell::Bytes(head.frontier.to_bytes()),
                Cell::Int(head.last_at.micros()),
                number(head.epoch),
                number(head.observed),
            ];
            vec![row(tenant, &names, cells)]
        }
        "audit_entry" => {
            let names = names(&["seq", "bytes", "leaf", "at", "actor_id", "action", "subject_id", "outcome"]);
            let of = state.entries.iter().map(|stored| {
                let entry = &stored.entry;
                let cells = [
                    number(entry.seq),
                    Cell::Bytes(stored.bytes.clone()),
                    Cell::Bytes(stored.leaf.as_bytes().to_vec()),
                    Cell::Int(entry.at.micros()),
                    Cell::Text(entry.actor.id.clone()),
                    Cell::Text(entry.action.clone()),
                    Cell::Text(entry.subject_id.clone()),
                    Cell::Text(entry.outcome.code().to_owned()),
                ];
                row(tenant, &names, cells)
            });
            of.collect()
        }
        "audit_opening" => {
            let names = names(&["seq", "slot", "name", "salt", "content"]);
            let of = state.entries.iter().flat_map(|stored| {
                let commitments = std::iter::once(&stored.entry.body).chain(&stored.entry.personal);
                let names = &names;
                commitments.zip(0_u16..).map(move |(commitment, slot)| {
                    // What was erased is gone here; other stores keep the row and empty it.
                    let opening = stored.openings.iter().find(|opening| opening.slot == slot);
                    let name = opening.map_or(&commitment.name, |opening| &opening.name);
                    let bytes = |bytes: &[u8]| Cell::Bytes(bytes.to_vec());
                    let cells = [
                        number(stored.entry.seq),
                        Cell::Int(i64::from(slot)),
                        Cell::Text(name.clone()),
                        opening.map_or(Cell::Null, |opening| bytes(&opening.salt)),
                        opening.map_or(Cell::Null, |opening| bytes(&opening.content)),
                    ];
                    row(tenant, names, cells)
                })
            });
            of.collect()
        }
        "balance" => {
            let names = names(&["account", "commodity", "debit", "credit"]);
            let of = state.balances.values().map(|balance| {
                let cells = [
                    Cell::Id(balance.account.uuid()),
                    Cell::Text(balance.commodity.code().to_owned()),
                    Cell::Int(balance.debit),
                    Cell::Int(balance.credit),
                ];
                row(tenant, &names, cells)
            });
            of.collect()
        }
        #[cfg(feature = "shop")]
        "lot_on_hand" => {
            let names = names(&["lot", "currency", "mass", "fine", "cost"]);
            let of = state.shop.on_hand.iter().map(|(lot, kept)| {
                let cells = [
                    Cell::Id(lot.uuid()),
                    Cell::Text(kept.cost.currency().code().to_owned()),
                    Cell::Int(kept.mass.mg()),
                    Cell::Int(kept.fine.ng()),
                    Cell::Int(kept.cost.minor()),
                ];
                row(tenant, &names, cells)
            });
            of.collect()
        }
        #[cfg(feature = "shop")]
        "invoice_settled" => {
            let names = names(&["invoice", "currency", "amount"]);
            let of = state.shop.settled.iter().map(|(invoice, sum)| {
                let cells = [
                    Cell::Id(invoice.uuid()),
                    Cell::Text(sum.currency().code().to_owned()),
                    Cell::Int(sum.minor()),
                ];
                row(tenant, &names, cells)
            });
            of.collect()
        }
        name => facts_of(state, tenant, name),
    }
}

fn facts_of(state: &State, tenant: TenantId, table: &str) -> Vec<RawRow> {
    let facts = state.facts(table);
    let Some(table) = table_of(table) else { return Vec::new() };
    let mut columns: Vec<&str> = table.fields.iter().map(|field| field.name).collect();
    let is_money = |value: &Value| matches!(value, Value::Money(_));
    let has_currency = facts.iter().any(|fact| fact.values().iter().any(is_money));
    if has_currency {
        columns.push("currency");
    }
    let names = names(&columns);
    let of = facts.iter().map(|fact| {
        let values = fact.values();
        let currency = values.iter().find_map(|value| match value {
            Value::Money(money) => Some(Cell::Text(money.currency().code().to_owned())),
            _ => None,
        });
        let cells = values.iter().map(Cell::of).chain(currency.filter(|_| has_currency));
        row(tenant, &names, cells)
    });
    // By value, as other stores order them: their binary form has texts behind their lengths.
    let key = key_columns(table.name).unwrap_or_default();
    let mut rows: Vec<RawRow> = of.collect();
    rows.sort_by_cached_key(|row| order(&row.key(&key)));
    rows
}

pub(super) fn page(rows: Vec<RawRow>, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
    let key = key_columns(table).ok_or_else(|| StoreError::corrupt("a table that is not inspected"))?;
    let start = match after {
        None => 0,
        // The row itself may have gone from a copy meanwhile.
        Some(after) => match rows.iter().position(|row| row.key(&key) == after) {
            Some(at) => at + 1,
            None => {
                let beyond = |row: &RawRow| order(&row.key(&key)) > order(after);
                rows.iter().position(beyond).unwrap_or(rows.len())
            }
        },
    };
    Ok(rows.into_iter().skip(start).take(usize::from(limit)).collect())
}

#[async_trait]
impl InspectReads for Opened {
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
        page(rows_of(self.state()?, self.tenant(), table), table, after, limit)
    }
}

type Tables = BTreeMap<String, Vec<RawRow>>;

/// A tenant's rows, copied.
pub(super) struct MemoryScratch {
    tables: Tables,
    before: Option<Tables>,
}

impl MemoryScratch {
    pub(super) fn of(state: &State, tenant: TenantId) -> Self {
        let tables = super::super::TABLES.iter().filter(|table| key_columns(table.name).is_some());
        let tables =
            tables.map(|table| (table.name.to_owned(), rows_of(state, tenant, table.name))).collect();
        Self { tables, before: None }
    }
}

/// The order of keys of one store: any order will do that puts numbers in theirs.
fn order(key: &[Cell]) -> Vec<(i64, Vec<u8>)> {
    key.iter()
        .map(|cell| {
            (cell.int().unwrap_or(0), cell.bytes().or(cell.text().map(str::as_bytes)).unwrap_or(&[]).to_vec())
        })
        .collect()
}

#[async_trait]
impl InspectReads for MemoryScratch {
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
        page(self.tables.get(table).cloned().unwrap_or_default(), table, after, limit)
    }
}

#[async_trait]
impl Scratch for MemoryScratch {
    async fn begin(&mut self) -> Read<()> {
        self.before = Some(self.tables.clone());
        Ok(())
    }

    async fn undo(&mut self) -> Read<()> {
        self.tables = self.before.take().ok_or(StoreError::Spoiled)?;
        Ok(())
    }

    async fn put_row(&mut self, table: &str, row: &RawRow) -> Read<()> {
        let key = key_columns(table).unwrap_or_default();
        let rows = self.tables.entry(table.to_owned()).or_default();
        rows.push(row.clone());
        rows.sort_by_key(|row| order(&row.key(&key)));
        Ok(())
    }

    async fn remove_row(&mut self, table: &str, key: &[Cell]) -> Read<u64> {
        let columns = key_columns(table).unwrap_or_default();
        let rows = self.tables.entry(table.to_owned()).or_default();
        let before = rows.len();
        rows.retain(|row| row.key(&columns) != key);
        Ok(u64::try_from(before - rows.len()).unwrap_or(u64::MAX))
    }

    async fn close(self: Box<Self>) {}
}
