//! What holds after every operation, checked from the outside: the log, and the tables as its replay.
//!
//! The tables are followed entry by entry, so that a change which the log does not tell shows at once, and an operation
//! that was refused has changed nothing exactly when log and tables are as they were.

use std::collections::{BTreeMap, BTreeSet};

use aurex_core::{
    audit::{
        Body, Class, Entry, Head, Record, Value,
        tree::{Frontier, Hash, leaf_hash, node_hash},
    },
    identity::member::{ApiToken, Member, Session},
    store::{AuditFilter, Fact, PageRequest, Receipt, Row, TABLES, Table, TableKind, table_of},
    tenancy::{Scope, Standing, TenantId},
};

use super::{books, deployment::Deployment, heard::Heard};

type Rows = BTreeMap<Vec<u8>, Vec<(u8, Value)>>;

/// The rows of every table of facts.
#[derive(Default)]
pub(super) struct Tables(BTreeMap<&'static str, Vec<Fact>>);

impl Tables {
    pub(super) fn rows<R: Row + Record>(&self) -> impl Iterator<Item = &R> {
        self.0.get(R::TABLE).into_iter().flatten().filter_map(R::of)
    }
}

/// What is known of the shop after the last operation.
pub(super) struct Follower {
    pub(super) tables: Tables,
    pub(super) head: Head,
    tenant: TenantId,
    told: BTreeMap<&'static str, Rows>,
    leaves: Vec<Hash>,
    frontier: Frontier,
}

fn place(keys: impl IntoIterator<Item = Value>) -> Vec<u8> {
    Value::List(keys.into_iter().collect()).to_bytes()
}

fn is_fact(table: &Table) -> bool {
    matches!(table.kind, TableKind::State | TableKind::AppendOnly)
}

impl Follower {
    pub(super) fn new(tenant: TenantId) -> Self {
        let (tables, told, leaves) = (Tables::default(), BTreeMap::new(), Vec::new());
        Self { tables, head: Head::empty(), tenant, told, leaves, frontier: Frontier::default() }
    }

    /// Looks at the shop after an operation in `scope` that was answered with `heard`.
    pub(super) async fn look(&mut self, shop: &Deployment, scope: Option<&Scope>, heard: Heard) {
        let mut reader = shop.reader().await;
        let (before, head) = (self.head.frontier.size(), reader.head().await.unwrap());
        let grown = head.frontier.size().checked_sub(before).unwrap();
        match heard {
            Heard::Done(_) | Heard::Entered => assert_eq!(grown, 1, "one change, one entry"),
            Heard::Collected => {}
            Heard::Replayed | Heard::Nothing | Heard::Refused(_) => {
                assert_eq!(head, self.head, "nothing was done");
            }
        }
        if let (Heard::Done(_), Some(scope)) = (heard, scope) {
            assert!(self.admits(scope), "somebody wrote whose access had ended");
        }
        let page = PageRequest::first(u16::try_from(grown + 1).unwrap());
        let mut entries = reader.entries(&AuditFilter::default(), page).await.unwrap().items;
        entries.truncate(usize::try_from(grown).unwrap());
        let mut touched = BTreeSet::new();
        for stored in entries.into_iter().rev() {
            let seq = self.frontier.size();
            assert_eq!((stored.entry.seq, stored.entry.tenant), (seq, self.tenant));
            assert_eq!(
                Entry::from_bytes(&stored.bytes).as_ref(),
                Ok(&stored.entry),
                "stored as it was hashed"
            );
            assert_eq!(leaf_hash(&stored.bytes), stored.leaf);
            assert!(stored.entry.at > self.head.last_at || heard == Heard::Collected);
            assert_eq!(stored.openings.len(), stored.entry.personal.len() + 1);
            assert!(stored.openings.iter().all(|opening| stored.entry.is_opened_by(opening)));
            if let Heard::Done(Receipt { tenant, seq, at, leaf }) = heard {
                let entry = &stored.entry;
                assert_eq!((tenant, seq, at, leaf), (entry.tenant, entry.seq, entry.at, stored.leaf));
            }
            self.frontier.append(stored.leaf);
            self.leaves.push(stored.leaf);
            self.replay(Body::from_openings(&stored.openings).unwrap(), &mut touched);
        }
        assert_eq!(head.frontier, self.frontier);
        self.head = head;
        for table in TABLES.iter().filter(|table| is_fact(table)) {
            let facts = reader.facts(table.name).await.unwrap();
            let before = self.tables.0.entry(table.name).or_default();
            if !touched.contains(table.name) {
                assert_eq!(&facts, before, "{} changed, and the log does not say so", table.name);
                continue;
            }
            let images = facts.iter().map(Fact::image);
            let kept: Rows = images.map(|image| (place(image.key()), image.fields)).collect();
            assert_eq!(kept.len(), facts.len());
            assert_eq!(&kept, self.told.entry(table.name).or_default(), "{}", table.name);
            *before = facts;
        }
        books::balance(&self.tables, &mut *reader).await;
    }

    fn replay(&mut self, body: Body, touched: &mut BTreeSet<&'static str>) {
        for put in body.puts {
            let table = table_of(&put.table).unwrap();
            touched.insert(table.name);
            let keys = table.fields.iter().filter(|spec| spec.class == Class::Key).map(|spec| {
                put.fields.iter().find(|(tag, _)| *tag == spec.tag).map_or(Value::Null, |(_, v)| v.clone())
            });
            let before = self.told.entry(table.name).or_default().insert(place(keys), put.fields);
            assert_eq!(before.is_none(), put.is_new, "a row of {} is new once", table.name);
            assert!(put.is_new || table.kind == TableKind::State, "{} is never changed", table.name);
        }
    }

    /// Whether the rows as they were let the scope write, read without the store's help.
    fn admits(&self, scope: &Scope) -> bool {
        let member = |id| {
            let member = self.tables.rows::<Member>().find(|member| member.id == id);
            member.is_some_and(|member| !member.disabled && member.role == scope.role())
        };
        match scope.standing() {
            Standing::Vouched => true,
            Standing::Verified(id) => member(id),
            Standing::Session(session, id) => {
                let session = self.tables.rows::<Session>().find(|row| row.id == session);
                member(id) && session.is_some_and(|row| row.closed_at.is_none() && row.member == id)
            }
            Standing::Token(token, id) => {
                let token = self.tables.rows::<ApiToken>().find(|row| row.id == token);
                member(id) && token.is_some_and(|row| row.revoked_at.is_none() && row.member == id)
            }
        }
    }

    /// The root over all leaves, computed as RFC 6962 (section 2.1) defines it and not as the log grows it.
    pub(super) fn the_root_is_right(&self) {
        assert_eq!(self.head.frontier.root(), root(&self.leaves));
    }
}

fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of_empty_tree(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&root(left), &root(right))
        }
    }
}
