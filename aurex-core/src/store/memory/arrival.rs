//! A workspace that arrives, in memory: rows become records again, which keeps the sums as well.

use std::sync::Arc;

use async_trait::async_trait;

use super::super::{Arrival, Cell, Fact, InspectReads, RawRow, Read, StoreError, StoredEntry, table_of};
use super::MemoryStore;
use super::inspect::{page, rows_of};
use super::state::State;
use crate::audit::tree::{Frontier, Hash};
use crate::audit::{Entry, Head, Opening};
use crate::tenancy::{Slug, TenantId};
use crate::time::Timestamp;

pub(super) struct MemoryArrival {
    pub(super) store: MemoryStore,
    pub(super) tenant: TenantId,
    pub(super) slug: Slug,
    state: State,
}

impl MemoryArrival {
    pub(super) fn new(store: MemoryStore, tenant: TenantId, slug: Slug) -> Self {
        Self { store, tenant, slug, state: State::default() }
    }

    fn put(&mut self, table: &str, row: &RawRow) -> Read<()> {
        match table {
            "head" => self.state.head = head(row)?,
            "audit_entry" => {
                let bytes = bytes(row, "bytes")?;
                let stored = StoredEntry {
                    entry: Entry::from_bytes(&bytes)?,
                    leaf: Hash::from_bytes(bytes_of(row, "leaf")?),
                    bytes,
                    openings: Vec::new(),
                };
                Arc::make_mut(&mut self.state.entries).push(Arc::new(stored));
            }
            "audit_opening" => {
                // What was erased has no opening here.
                if *row.get("salt") != Cell::Null {
                    let opening = Opening {
                        slot: u16::try_from(number(row, "slot")?).map_err(|_| out_of_range())?,
                        name: row.get("name").text().ok_or_else(out_of_range)?.to_owned(),
                        salt: bytes_of(row, "salt")?,
                        content: bytes(row, "content")?,
                    };
                    let nth = usize::try_from(number(row, "seq")?).map_err(|_| out_of_range())?;
                    let entries = Arc::make_mut(&mut self.state.entries);
                    let stored = entries.get_mut(nth).ok_or_else(out_of_range)?;
                    Arc::make_mut(stored).openings.push(opening);
                }
            }
            // Kept sums follow from what they sum.
            table if table_of(table).is_some_and(|table| table.fields.is_empty()) => {}
            table => self.state.put(&Fact::read(table, row)?)?,
        }
        Ok(())
    }
}

fn out_of_range() -> StoreError {
    StoreError::corrupt("a row that arrives is none of its table")
}

fn number(row: &RawRow, column: &str) -> Read<u64> {
    row.get(column).int().and_then(|n| u64::try_from(n).ok()).ok_or_else(out_of_range)
}

fn bytes(row: &RawRow, column: &str) -> Read<Vec<u8>> {
    row.get(column).bytes().map(<[u8]>::to_vec).ok_or_else(out_of_range)
}

fn bytes_of<const N: usize>(row: &RawRow, column: &str) -> Read<[u8; N]> {
    bytes(row, column)?.try_into().map_err(|_| out_of_range())
}

fn head(row: &RawRow) -> Read<Head> {
    Ok(Head {
        frontier: Frontier::from_bytes(&bytes(row, "frontier")?).map_err(|_| out_of_range())?,
        last_at: Timestamp::from_micros(row.get("last_at").int().ok_or_else(out_of_range)?),
        epoch: number(row, "epoch")?,
        observed: number(row, "observed")?,
    })
}

#[async_trait]
impl InspectReads for MemoryArrival {
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
        page(rows_of(&self.state, self.tenant, table), table, after, limit)
    }
}

#[async_trait]
impl Arrival for MemoryArrival {
    async fn put_rows(&mut self, table: &str, rows: &[RawRow]) -> Read<()> {
        rows.iter().try_for_each(|row| self.put(table, row))
    }

    async fn finish(self: Box<Self>) -> Result<(), StoreError> {
        let Self { store, tenant, slug, state, .. } = *self;
        let mut inner = store.inner();
        if inner.slugs.contains_key(&slug) || inner.tenants.contains_key(&tenant) {
            return Err(StoreError::SlugTaken);
        }
        inner.slugs.insert(slug, tenant);
        inner.tenants.insert(tenant, Arc::new(state));
        drop(inner);
        store.shared.turns.note(tenant);
        Ok(())
    }

    async fn abandon(self: Box<Self>) {}
}
