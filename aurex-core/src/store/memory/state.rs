//! One tenant's tables, and how a sealed change is applied to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{Fact, KeptKey, LookupKey, Receipt, Row, StoreError, StoredEntry, TableKind, table_of};
use crate::audit::{Column, Head, Sealed, Value};
use crate::identity::member::{ApiToken, Member, Session};
use crate::ledger::{Account, AccountId, Balance, JournalEntry};
use crate::measure::{FineMass, Mass};
use crate::money::Money;
use crate::shop::invoices::{Invoice, InvoiceId};
use crate::shop::receipts::PaymentReceipt;
use crate::shop::stock::{Item, ItemState, LotId, OnHand};
use crate::tenancy::TenantId;
use crate::time::Timestamp;

type Rows = BTreeMap<Vec<u8>, Fact>;

/// One tenant's tables. Cloning it copies pointers; a table is copied when it is written.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) head: Head,
    tables: BTreeMap<&'static str, Arc<Rows>>,
    pub(super) balances: Arc<BTreeMap<AccountId, Balance>>,
    pub(super) on_hand: Arc<BTreeMap<LotId, OnHand>>,
    pub(super) settled: Arc<BTreeMap<InvoiceId, Money>>,
    pub(super) entries: Arc<Vec<Arc<StoredEntry>>>,
    keys: Arc<Vec<KeptKey>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            head: Head::empty(),
            tables: BTreeMap::new(),
            balances: Arc::default(),
            on_hand: Arc::default(),
            settled: Arc::default(),
            entries: Arc::default(),
            keys: Arc::default(),
        }
    }
}

/// A row's place in its table: its key in binary form, whose order is the order of ids.
fn place(key: impl IntoIterator<Item = Value>) -> Vec<u8> {
    let mut place = Vec::new();
    for value in key {
        value.encode(&mut place);
    }
    place
}

impl State {
    pub(super) fn rows<R: Row>(&self) -> impl DoubleEndedIterator<Item = &R> {
        self.tables.get(R::TABLE).into_iter().flat_map(|rows| rows.values()).filter_map(R::of)
    }

    pub(super) fn facts(&self, table: &str) -> Vec<Fact> {
        self.tables.get(table).into_iter().flat_map(|rows| rows.values()).cloned().collect()
    }

    pub(super) fn get<R: Row>(&self, key: &[&dyn DynColumn]) -> Option<&R> {
        let place = place(key.iter().map(|column| column.value()));
        self.tables.get(R::TABLE)?.get(&place).and_then(R::of)
    }

    pub(super) fn find<R: Row>(&self, wanted: impl Fn(&R) -> bool) -> Option<&R> {
        self.rows::<R>().find(|row| wanted(row))
    }

    pub(super) fn kept_key(&self, lookup: &LookupKey) -> Option<&KeptKey> {
        self.keys.iter().rev().find(|key| key.lookup == *lookup)
    }

    pub(super) fn has_dead_keys(&self, now: Timestamp) -> bool {
        self.keys.iter().any(|key| !key.is_alive(now))
    }

    pub(super) fn forget_keys(&mut self, now: Timestamp) {
        Arc::make_mut(&mut self.keys).retain(|key| key.is_alive(now));
    }

    /// Applies a change. After an error the state is to be thrown away.
    pub(super) fn apply(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        sealed: &Sealed,
    ) -> Result<Receipt, StoreError> {
        for fact in sealed.facts() {
            self.put(fact)?;
        }
        if let Some(key) = sealed.key() {
            if self.kept_key(&key.lookup).is_some_and(|kept| kept.is_alive(now)) {
                return Err(StoreError::Duplicate { table: "idempotency_key" });
            }
            Arc::make_mut(&mut self.keys).push(key.clone());
        }
        let appended = self.head.append(tenant, now, sealed);
        let receipt = Receipt { tenant, seq: appended.entry.seq, at: now, leaf: appended.leaf };
        Arc::make_mut(&mut self.entries).push(Arc::new(StoredEntry {
            entry: appended.entry,
            bytes: appended.bytes,
            leaf: appended.leaf,
            openings: appended.openings,
        }));
        Ok(receipt)
    }

    fn put(&mut self, fact: &Fact) -> Result<(), StoreError> {
        let table = table_of(fact.table()).ok_or_else(|| StoreError::corrupt("an unknown table"))?;
        let taken = StoreError::Duplicate { table: table.name };
        let place = place(fact.image().key());
        let is_there = self.tables.get(table.name).is_some_and(|rows| rows.contains_key(&place));
        if (is_there && table.kind == TableKind::AppendOnly) || self.collides(fact) {
            return Err(taken);
        }
        self.derive(fact)?;
        Arc::make_mut(self.tables.entry(table.name).or_default()).insert(place, fact.clone());
        Ok(())
    }

    /// The unique indexes that every backend has beside its primary keys.
    fn collides(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Member(new) => self.rows::<Member>().any(|row| row.id != new.id && row.email == new.email),
            Fact::Session(new) => {
                self.rows::<Session>().any(|row| row.id != new.id && row.token_hash == new.token_hash)
            }
            Fact::ApiToken(new) => {
                self.rows::<ApiToken>().any(|row| row.id != new.id && row.token_hash == new.token_hash)
            }
            Fact::Account(new) => self.rows::<Account>().any(|row| row.id != new.id && row.code == new.code),
            Fact::JournalEntry(new) => {
                new.reverses.is_some()
                    && self.rows::<JournalEntry>().any(|row| row.id != new.id && row.reverses == new.reverses)
            }
            Fact::Item(new) => self.rows::<Item>().any(|row| {
                let same_huid = row.huid.is_some() && row.huid == new.huid;
                let both_live = row.state != ItemState::Sold && new.state != ItemState::Sold;
                row.id != new.id && (row.tag == new.tag || (same_huid && both_live))
            }),
            Fact::Invoice(new) => {
                self.rows::<Invoice>().any(|row| row.id != new.id && row.number == new.number)
            }
            Fact::PaymentReceipt(new) => {
                self.rows::<PaymentReceipt>().any(|row| row.id != new.id && row.number == new.number)
            }
            _ => false,
        }
    }

    /// The sums kept in the transaction of what they sum.
    fn derive(&mut self, fact: &Fact) -> Result<(), StoreError> {
        let out_of_range = || StoreError::corrupt("a kept sum is out of range");
        match fact {
            Fact::Posting(posting) => {
                let balances = Arc::make_mut(&mut self.balances);
                let balance = balances.entry(posting.account).or_insert(Balance {
                    account: posting.account,
                    commodity: posting.commodity,
                    debit: 0,
                    credit: 0,
                });
                let side = if posting.amount > 0 { &mut balance.debit } else { &mut balance.credit };
                let amount = posting.amount.checked_abs().ok_or_else(out_of_range)?;
                *side = side.checked_add(amount).ok_or_else(out_of_range)?;
            }
            Fact::StockMovement(movement) => {
                let Some(lot) = movement.lot else { return Ok(()) };
                let on_hand = Arc::make_mut(&mut self.on_hand);
                let kept = on_hand.entry(lot).or_insert(OnHand {
                    mass: Mass::ZERO,
                    fine: FineMass::ZERO,
                    cost: Money::zero(movement.cost.currency()),
                });
                kept.mass = kept.mass.checked_add(movement.mass).map_err(|_| out_of_range())?;
                kept.fine = kept.fine.checked_add(movement.fine).map_err(|_| out_of_range())?;
                kept.cost = kept.cost.checked_add(movement.cost).map_err(|_| out_of_range())?;
                if kept.mass.is_negative() {
                    return Err(out_of_range());
                }
            }
            Fact::Settlement(settlement) => {
                let settled = Arc::make_mut(&mut self.settled);
                let sum = settled
                    .entry(settlement.invoice)
                    .or_insert_with(|| Money::zero(settlement.amount.currency()));
                *sum = sum.checked_add(settlement.amount).map_err(|_| out_of_range())?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// A key column, whatever its type.
pub(super) trait DynColumn {
    fn value(&self) -> Value;
}

impl<C: Column> DynColumn for C {
    fn value(&self) -> Value {
        self.to_value()
    }
}
