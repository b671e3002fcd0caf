//! One workspace's copy on the bench: what an alteration takes in hand.

use std::collections::BTreeMap;

use super::Copied;
use super::dice::Dice;
use super::published::PublishedCopy;
use crate::audit::check::{Findings, KnownRoot};
use crate::audit::tree::{Frontier, Hash};
use crate::audit::{Entry, Opening};
use crate::service::inspection::walk::Pages;
use crate::service::inspection::{ROWS_AT_ONCE, check_log, reconcile};
use crate::store::{Cell, RawRow, Read, Scratch, Store, StoreError, TABLES, TableKind, key_columns};
use crate::tenancy::TenantId;

/// Rows of a table that are kept in hand to draw from.
const SAMPLE: u64 = 64;

/// Roots that are kept outside of the copy, as witnesses and owners do: at so many sizes, and of all of it.
const ROOTS: u64 = 16;

/// A workspace's copy, sound when it was taken.
pub(super) struct Bench {
    pub(super) tenant: TenantId,
    pub(super) scratch: Box<dyn Scratch>,
    pub(super) leaves: Vec<Hash>,
    pub(super) known: Vec<KnownRoot>,
    pub(super) samples: BTreeMap<&'static str, Vec<RawRow>>,
    /// The tables that no row was drawn from since all were: a long drill comes to each.
    pub(super) deck: Vec<&'static str>,
    pub(super) published: PublishedCopy,
}

impl Bench {
    /// Looks through a copy; the findings, where it was not sound to begin with.
    pub(super) async fn of(
        store: &dyn Store,
        Copied { tenant, mut scratch, published }: Copied,
        dice: &mut Dice,
    ) -> Read<Result<Self, Findings>> {
        let mut leaves = Vec::new();
        let mut entries = Pages::of("audit_entry");
        while let Some(row) = entries.next(&mut *scratch).await? {
            leaves.push(Entry::leaf(row.get("bytes").bytes().unwrap_or(&[])));
        }
        let known = roots(&leaves);
        let mut samples = BTreeMap::new();
        for table in TABLES {
            if matches!(table.kind, TableKind::Index | TableKind::Log | TableKind::Housekeeping) {
                continue;
            }
            let rows = sample(&mut *scratch, table.name, dice).await?;
            if !rows.is_empty() {
                samples.insert(table.name, rows);
            }
        }
        let published = published.with_tiles(store, tenant, &leaves).await?;
        let mut bench = Self { tenant, scratch, leaves, known, samples, deck: Vec::new(), published };
        let findings = bench.look().await?;
        Ok(if findings.count() == 0 { Ok(bench) } else { Err(findings) })
    }

    /// Everything that a check and a reconciliation find.
    pub(super) async fn look(&mut self) -> Read<Findings> {
        let tell = &mut |_| {};
        let verdict = check_log(&mut *self.scratch, self.tenant, &self.known, tell).await?;
        let mut findings = verdict.findings;
        findings.extend(reconcile(&mut *self.scratch, self.tenant, ROWS_AT_ONCE, tell).await?.findings);
        findings.extend(self.published.look(self.tenant, &self.leaves));
        Ok(findings)
    }

    /// How many entries its log has.
    pub(super) fn size(&self) -> u64 {
        u64::try_from(self.leaves.len()).unwrap_or(u64::MAX)
    }

    /// Any entry.
    pub(super) fn any_entry(&self, dice: &mut Dice) -> u64 {
        dice.below(self.size())
    }

    /// An entry near the log's end, but never the first: what is rewritten behind it is bounded.
    pub(super) fn late_entry(&self, dice: &mut Dice) -> Option<u64> {
        let size = self.size();
        let back = 1 + dice.below(size.saturating_sub(1).min(50));
        size.checked_sub(back).filter(|seq| *seq > 0)
    }

    /// The row of an entry.
    pub(super) async fn entry(&mut self, seq: u64) -> Read<RawRow> {
        let before = seq.checked_sub(1).map(|before| [number(before)]);
        let before = before.as_ref().map(<[Cell; 1]>::as_slice);
        let rows = self.scratch.raw_rows("audit_entry", before, 1).await?;
        rows.into_iter().next().ok_or_else(|| StoreError::corrupt("an entry is not there"))
    }

    /// The rows of what opens an entry.
    pub(super) async fn openings(&mut self, seq: u64) -> Read<Vec<RawRow>> {
        let before = seq.checked_sub(1).map(|before| [number(before), Cell::Int(i64::MAX)]);
        let before = before.as_ref().map(<[Cell; 2]>::as_slice);
        let rows = self.scratch.raw_rows("audit_opening", before, u16::MAX).await?;
        Ok(rows.into_iter().filter(|row| *row.get("seq") == number(seq)).collect())
    }

    /// Removes a row.
    pub(super) async fn remove(&mut self, table: &str, row: &RawRow) -> Read<()> {
        let key = row.key(&key_columns(table).unwrap_or_default());
        self.scratch.remove_row(table, &key).await.map(drop)
    }

    /// Puts a row in place of another.
    pub(super) async fn replace(&mut self, table: &str, old: &RawRow, new: &RawRow) -> Read<()> {
        self.remove(table, old).await?;
        self.scratch.put_row(table, new).await
    }

    /// Removes an entry with everything that opens it.
    pub(super) async fn remove_entry(&mut self, seq: u64) -> Read<()> {
        for opening in self.openings(seq).await? {
            self.remove("audit_opening", &opening).await?;
        }
        let row = self.entry(seq).await?;
        self.remove("audit_entry", &row).await
    }

    /// The head's row.
    pub(super) async fn head(&mut self) -> Read<RawRow> {
        let rows = self.scratch.raw_rows("head", None, 1).await?;
        rows.into_iter().next().ok_or_else(|| StoreError::corrupt("the head is not there"))
    }

    /// Makes the head that of these leaves, the last of which was made at `last_at`.
    pub(super) async fn set_head(&mut self, leaves: &[Hash], last_at: &Cell) -> Read<()> {
        let head = self.head().await?;
        let tree = Cell::Bytes(tree_of(leaves).to_bytes());
        let new = head.clone().with("frontier", tree).with("last_at", last_at.clone());
        self.replace("head", &head, &new).await
    }
}

/// A few roots of a tree.
fn roots(leaves: &[Hash]) -> Vec<KnownRoot> {
    let size = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
    let step = size.div_ceil(ROOTS).max(1);
    let (mut tree, mut roots) = (Frontier::default(), Vec::new());
    for leaf in leaves {
        tree.append(*leaf);
        if tree.size().is_multiple_of(step) || tree.size() == size {
            roots.push(KnownRoot { size: tree.size(), root: tree.root() });
        }
    }
    roots
}

pub(super) fn tree_of(leaves: &[Hash]) -> Frontier {
    let mut tree = Frontier::default();
    for leaf in leaves {
        tree.append(*leaf);
    }
    tree
}

/// Some rows of a table, each as likely as any other (Vitter's algorithm R).
async fn sample(scratch: &mut dyn Scratch, table: &'static str, dice: &mut Dice) -> Read<Vec<RawRow>> {
    let (mut rows, mut seen) = (Vec::new(), 0_u64);
    let mut pages = Pages::of(table);
    while let Some(row) = pages.next(scratch).await? {
        seen = seen.saturating_add(1);
        if seen <= SAMPLE {
            rows.push(row);
        } else {
            let at = usize::try_from(dice.below(seen)).unwrap_or(usize::MAX);
            if let Some(kept) = rows.get_mut(at) {
                *kept = row;
            }
        }
    }
    Ok(rows)
}

pub(super) fn number(n: u64) -> Cell {
    Cell::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The entry that a row holds.
pub(super) fn decoded(row: &RawRow) -> Read<Entry> {
    Ok(Entry::from_bytes(row.get("bytes").bytes().unwrap_or(&[]))?)
}

/// A row with everything in it that a careful forger would put for `entry`.
pub(super) fn forged(row: &RawRow, entry: &Entry) -> (RawRow, Hash) {
    let bytes = entry.to_bytes();
    let leaf = Entry::leaf(&bytes);
    let text = |text: &str| Cell::Text(text.to_owned());
    let row = row
        .clone()
        .with("seq", number(entry.seq))
        .with("leaf", Cell::Bytes(leaf.as_bytes().to_vec()))
        .with("bytes", Cell::Bytes(bytes))
        .with("at", Cell::Int(entry.at.micros()))
        .with("actor_id", text(&entry.actor.id))
        .with("action", text(&entry.action))
        .with("subject_id", text(&entry.subject_id))
        .with("outcome", text(entry.outcome.code()));
    (row, leaf)
}

/// A row with an opening in it; `like` is any other opening's row.
pub(super) fn opening_row(like: &RawRow, seq: u64, opening: &Opening) -> RawRow {
    like.clone()
        .with("seq", number(seq))
        .with("slot", Cell::Int(i64::from(opening.slot)))
        .with("name", Cell::Text(opening.name.clone()))
        .with("salt", Cell::Bytes(opening.salt.to_vec()))
        .with("content", Cell::Bytes(opening.content.clone()))
}
