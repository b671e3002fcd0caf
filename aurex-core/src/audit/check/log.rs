//! A stored log, entry by entry. What is held is the tree's edge, the findings and the places of fields that were erased
//! and of which no entry has said so yet: nothing that grows with the log.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{FindingCode as Code, Findings, Place};
use crate::audit::tree::{Frontier, Hash};
use crate::audit::{Body, Commitment, ERASING, Entry, Erased, Opening};
use crate::store::{Cell, RawRow};
use crate::tenancy::TenantId;
use crate::time::Timestamp;

/// Entries whose bytes and leaf disagree, of which is remembered until the end which of the two was altered.
const SUSPECTS: usize = 1_000;

/// The root of the tree over the first `size` entries, kept where whoever alters the store does not reach: a signed
/// checkpoint, a witness's note, a line in somebody's notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownRoot {
    /// Over how many entries.
    pub size: u64,
    /// The root.
    pub root: Hash,
}

/// What came of a log.
#[derive(Debug, Clone)]
pub struct LogVerdict {
    /// How many entries there are.
    pub entries: u64,
    /// How many personal fields they have.
    pub personal: u64,
    /// How many of these were erased.
    pub erased: u64,
    /// Up to how many entries the log agrees with what was kept elsewhere; 0 where nothing was.
    pub agreed: u64,
    /// The tree over the entries, as they are.
    pub tree: Frontier,
    /// What is wrong.
    pub findings: Findings,
}

/// Looks at a log entry by entry, oldest first.
#[derive(Debug)]
pub struct LogCheck {
    next: u64,
    last_at: Option<Timestamp>,
    /// The tree over the bytes, and the tree over the stored leaves.
    by_bytes: Frontier,
    by_leaves: Frontier,
    /// Whether every entry so far was there, so that roots can be compared.
    whole: bool,
    known: BTreeMap<u64, Hash>,
    agreed: u64,
    suspects: Vec<u64>,
    personal: u64,
    erased: u64,
    /// Fields that are gone, until the entry comes that lists them.
    gone: BTreeSet<Erased>,
    findings: Findings,
}

impl LogCheck {
    /// Before the first entry of a tenant's log.
    pub fn new(tenant: TenantId, known: &[KnownRoot]) -> Self {
        Self {
            next: 0,
            last_at: None,
            by_bytes: Frontier::default(),
            by_leaves: Frontier::default(),
            whole: true,
            known: known
                .iter()
                .filter(|known| known.size > 0)
                .map(|known| (known.size, known.root))
                .collect(),
            agreed: 0,
            suspects: Vec::new(),
            personal: 0,
            erased: 0,
            gone: BTreeSet::new(),
            findings: Findings::of(tenant),
        }
    }

    /// The next row of entries, with the rows of its openings. Answers the entry, where it is one.
    pub fn entry(&mut self, row: &RawRow, openings: &[RawRow]) -> Option<Entry> {
        let Some(seq) = row.get("seq").int().and_then(|seq| u64::try_from(seq).ok()) else {
            self.findings.add(Code::EntryUnreadable, Place::Entry(self.next), "seq");
            return None;
        };
        let place = Place::Entry(seq);
        if seq > self.next {
            self.findings.add(Code::EntryMissing, Place::Entries(self.next, seq - 1), "seq");
            self.whole = false;
        } else if seq < self.next {
            self.findings.add(Code::EntryMisplaced, place.clone(), "seq");
            self.whole = false;
        }
        self.next = seq.saturating_add(1);
        if !row.is_of(self.findings.tenant()) {
            self.findings.add(Code::EntryForeign, place.clone(), "tenant_id");
        }
        self.leaf(seq, row);
        let bytes = row.get("bytes").bytes().unwrap_or(&[]);
        let Ok(entry) = Entry::from_bytes(bytes) else {
            self.findings.add(Code::EntryUnreadable, place, "bytes");
            return None;
        };
        self.header(seq, row, &entry);
        self.openings(seq, &entry, openings);
        if ERASING.contains(&entry.action.as_str()) {
            self.erasure(seq, openings);
        }
        Some(entry)
    }

    fn leaf(&mut self, seq: u64, row: &RawRow) {
        let computed = Entry::leaf(row.get("bytes").bytes().unwrap_or(&[]));
        let stored = row.get("leaf").bytes().and_then(|leaf| <[u8; 32]>::try_from(leaf).ok());
        let stored = stored.map(Hash::from_bytes);
        if stored != Some(computed) {
            if self.suspects.len() < SUSPECTS {
                self.suspects.push(seq);
            } else {
                self.findings.add(Code::EntryAltered, Place::Entry(seq), "bytes");
            }
        }
        self.by_bytes.append(computed);
        self.by_leaves.append(stored.unwrap_or(computed));
        let size = self.by_bytes.size();
        let Some(known) = self.known.remove(&size) else { return };
        if !self.whole {
            return;
        }
        if self.by_bytes.root() == known || self.by_leaves.root() == known {
            self.agreed = size;
        } else {
            self.findings.add(Code::RootDisagrees, Place::Entries(self.agreed, size - 1), "bytes");
            // Every later root disagrees for the same reason.
            self.whole = false;
        }
    }

    /// What the bytes say of themselves, against where they stand and the columns beside them.
    fn header(&mut self, seq: u64, row: &RawRow, entry: &Entry) {
        let place = || Place::Entry(seq);
        if entry.tenant != self.findings.tenant() {
            self.findings.add(Code::EntryForeign, place(), "tenant");
        }
        if entry.seq != seq {
            self.findings.add(Code::EntryMisplaced, place(), "seq");
        }
        if self.last_at.is_some_and(|last| entry.at < last) {
            self.findings.add(Code::EntryOutOfTime, place(), "at");
        }
        self.last_at = Some(entry.at);
        let text = |text: &str| Cell::Text(text.to_owned());
        for (column, said) in [
            ("at", Cell::Int(entry.at.micros())),
            ("actor_id", text(&entry.actor.id)),
            ("action", text(&entry.action)),
            ("subject_id", text(&entry.subject_id)),
            ("outcome", text(entry.outcome.code())),
        ] {
            if *row.get(column) != said {
                self.findings.add(Code::EntryAltered, place(), column);
            }
        }
    }

    fn openings(&mut self, seq: u64, entry: &Entry, rows: &[RawRow]) {
        let place = || Place::Entry(seq);
        let mut rows: BTreeMap<i64, &RawRow> =
            rows.iter().map(|row| (row.get("slot").int().unwrap_or(-1), row)).collect();
        let commitments = std::iter::once(&entry.body).chain(&entry.personal);
        for (slot, commitment) in (0_u16..).zip(commitments) {
            let is_personal = slot > 0;
            self.personal = self.personal.saturating_add(u64::from(is_personal));
            let Some(row) = rows.remove(&i64::from(slot)) else {
                self.findings.add(Code::OpeningMissing, place(), &*commitment.name);
                continue;
            };
            let is_empty = (row.get("salt"), row.get("content")) == (&Cell::Null, &Cell::Null);
            if is_personal && is_empty && row.get("name").text() == Some(&commitment.name) {
                self.erased = self.erased.saturating_add(1);
                self.gone.insert(Erased { entry: seq, slot, field: commitment.name.clone() });
            } else if is_empty {
                self.findings.add(Code::OpeningErased, place(), &*commitment.name);
            } else if !opens(row, slot, commitment) {
                self.findings.add(Code::OpeningAltered, place(), &*commitment.name);
            }
        }
        for row in rows.values() {
            self.stray(seq, row);
        }
    }

    /// What an erasure's entry lists must be gone, and nothing else may be.
    fn erasure(&mut self, seq: u64, rows: &[RawRow]) {
        let body =
            rows.iter().find(|row| row.get("slot").int() == Some(0)).and_then(|row| opening_of(row, 0));
        let body = body.and_then(|body| Body::from_openings(&[body]).ok());
        let Some(listed) = body.and_then(|body| body.erased().ok()) else {
            self.findings.add(Code::BodyUnreadable, Place::Entry(seq), "body");
            return;
        };
        for place in listed {
            if !self.gone.remove(&place) {
                self.findings.add(Code::OpeningNotErased, Place::Entry(place.entry), place.field);
            }
        }
    }

    /// An opening of an entry that is not there, or of none of its commitments.
    pub fn stray(&mut self, seq: u64, row: &RawRow) {
        let name = row.get("name").text().unwrap_or("slot").to_owned();
        self.findings.add(Code::OpeningStray, Place::Entry(seq), name);
    }

    /// After the last entry: the head's row, if there is one.
    pub fn finish(mut self, head: Option<&RawRow>) -> LogVerdict {
        let entries = self.next;
        let frontier = head.and_then(|head| Frontier::from_bytes(head.get("frontier").bytes()?).ok());
        // Whichever tree the head knows tells which of bytes and leaf was altered.
        let blamed = if frontier.as_ref() == Some(&self.by_bytes) { "leaf" } else { "bytes" };
        for seq in std::mem::take(&mut self.suspects) {
            self.findings.add(Code::EntryAltered, Place::Entry(seq), blamed);
        }
        match head {
            None => self.findings.add(Code::HeadMissing, Place::Head, ""),
            Some(row) => self.head(row, frontier.as_ref()),
        }
        if let Some((size, _)) = self.known.iter().next_back()
            && *size > entries
        {
            self.findings.add(Code::LogRolledBack, Place::Entries(entries, size - 1), "seq");
        }
        for gone in std::mem::take(&mut self.gone) {
            self.findings.add(Code::OpeningErased, Place::Entry(gone.entry), gone.field);
        }
        LogVerdict {
            entries,
            personal: self.personal,
            erased: self.erased,
            agreed: self.agreed,
            tree: self.by_bytes,
            findings: self.findings,
        }
    }

    fn head(&mut self, row: &RawRow, frontier: Option<&Frontier>) {
        if !row.is_of(self.findings.tenant()) {
            self.findings.add(Code::RowForeign, Place::Head, "tenant_id");
        }
        let entries = self.next;
        match frontier.map(Frontier::size) {
            Some(size) if size > entries => {
                self.findings.add(Code::EntryMissing, Place::Entries(entries, size - 1), "seq");
            }
            Some(size) if size < entries => {
                self.findings.add(Code::EntryBeyondHead, Place::Entries(size, entries - 1), "seq");
            }
            Some(_) if frontier == Some(&self.by_bytes) || frontier == Some(&self.by_leaves) => {}
            _ => self.findings.add(Code::HeadAltered, Place::Head, "frontier"),
        }
        let last_at = self.last_at.unwrap_or(Timestamp::from_micros(0));
        if row.get("last_at").int() != Some(last_at.micros()) {
            self.findings.add(Code::HeadAltered, Place::Head, "last_at");
        }
    }
}

/// Whether a stored opening opens the commitment of its slot.
fn opens(row: &RawRow, slot: u16, commitment: &Commitment) -> bool {
    opening_of(row, slot)
        .is_some_and(|opening| opening.name == commitment.name && opening.hash() == commitment.hash)
}

/// The opening that a row holds, where it is one and was not erased.
pub(crate) fn opening_of(row: &RawRow, slot: u16) -> Option<Opening> {
    Some(Opening {
        slot,
        name: row.get("name").text()?.to_owned(),
        salt: row.get("salt").bytes()?.try_into().ok()?,
        content: row.get("content").bytes()?.to_vec(),
    })
}
