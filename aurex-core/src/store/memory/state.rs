//! One tenant's tables, and how a sealed change is applied to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{Fact, KeptKey, LookupKey, Receipt, Row, StoreError, StoredEntry, TableKind, table_of};
use crate::audit::{Column, ERASING, Erased, Head, Sealed, Value};
use crate::identity::links::Link;
use crate::identity::mails::Mail;
use crate::identity::member::{ApiToken, Member, Session};
use crate::identity::tills::Till;
use crate::ledger::{Account, AccountId, Balance, JournalEntry};
use crate::tenancy::TenantId;
use crate::time::Timestamp;

type Rows = BTreeMap<Vec<u8>, Fact>;

/// One tenant's tables. Cloning it copies pointers; a table is copied when it is written.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) head: Head,
    tables: BTreeMap<&'static str, Arc<Rows>>,
    pub(super) balances: Arc<BTreeMap<AccountId, Balance>>,
    #[cfg(feature = "shop")]
    pub(super) shop: super::shop_state::ShopSums,
    pub(super) entries: Arc<Vec<Arc<StoredEntry>>>,
    keys: Arc<Vec<KeptKey>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            head: Head::empty(),
            tables: BTreeMap::new(),
            balances: Arc::default(),
            #[cfg(feature = "shop")]
            shop: super::shop_state::ShopSums::default(),
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
        for erased in sealed.erased()? {
            self.erase(erased)?;
        }
        for fact in sealed.facts() {
            // Nothing but an erasure changes a mail: what SQL stores say by a guard.
            if let Fact::Mail(mail) = fact
                && let Some(kept) = self.find::<Mail>(|kept| kept.id == mail.id)
                && (kept.erased() != **mail || !ERASING.contains(&sealed.action()))
            {
                return Err(StoreError::Duplicate { table: "mail" });
            }
            self.put(fact)?;
        }
        if let Some(key) = sealed.key() {
            if self.kept_key(&key.lookup).is_some_and(|kept| kept.is_alive(now)) {
                return Err(StoreError::Duplicate { table: "idempotency_key" });
            }
            Arc::make_mut(&mut self.keys).push(key.clone());
        }
        let appended = self.head.append(tenant, now, sealed)?;
        let receipt = Receipt { tenant, seq: appended.entry.seq, at: now, leaf: appended.leaf };
        Arc::make_mut(&mut self.entries).push(Arc::new(StoredEntry {
            entry: appended.entry,
            bytes: appended.bytes,
            leaf: appended.leaf,
            openings: appended.openings,
        }));
        Ok(receipt)
    }

    fn erase(&mut self, place: &Erased) -> Result<(), StoreError> {
        let none = || StoreError::corrupt("nothing to erase in that place");
        let entries = Arc::make_mut(&mut self.entries);
        let nth = usize::try_from(place.entry).map_err(|_| none())?;
        let openings = &mut Arc::make_mut(entries.get_mut(nth).ok_or_else(none)?).openings;
        let slot = openings.iter().position(|opening| opening.slot == place.slot).ok_or_else(none)?;
        openings.remove(slot);
        Ok(())
    }

    pub(super) fn put(&mut self, fact: &Fact) -> Result<(), StoreError> {
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
            Fact::Link(new) => {
                self.rows::<Link>().any(|row| row.id != new.id && row.token_hash == new.token_hash)
            }
            Fact::Till(new) => {
                self.rows::<Till>().any(|row| row.id != new.id && row.token_hash == new.token_hash)
            }
            Fact::Account(new) => self.rows::<Account>().any(|row| row.id != new.id && row.code == new.code),
            Fact::JournalEntry(new) => {
                new.reverses.is_some()
                    && self.rows::<JournalEntry>().any(|row| row.id != new.id && row.reverses == new.reverses)
            }
            #[cfg(feature = "shop")]
            other => super::shop_state::collides(self, other),
            #[cfg(not(feature = "shop"))]
            _ => false,
        }
    }

    /// The sums kept in the transaction of what they sum.
    fn derive(&mut self, fact: &Fact) -> Result<(), StoreError> {
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
            #[cfg(feature = "shop")]
            other => self.shop.derive(other)?,
            #[cfg(not(feature = "shop"))]
            _ => {}
        }
        Ok(())
    }
}

/// A kept sum has left the range that is counted.
pub(super) fn out_of_range() -> StoreError {
    StoreError::corrupt("a kept sum is out of range")
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
