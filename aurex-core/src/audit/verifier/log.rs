//! Entry after entry, against the checkpoints.

use super::finding::{Finding, Findings};
use super::heads::Heads;
use super::verdict::Verdict;
use crate::audit::bundle::Field;
use crate::audit::entry::{Commitment, Entry, committed};
use crate::audit::note::{SignedNote, VerifierKey};
use crate::audit::policy::Policy;
use crate::audit::tree::{Frontier, Hash};
use crate::tenancy::TenantId;
use crate::time::Timestamp;

/// Checks a log while its entries go by, in the memory of one.
///
/// ```
/// use aurex_core::audit::policy::Policy;
/// use aurex_core::audit::verifier::{LogVerifier, Standing};
///
/// // Nothing was ever signed, so nothing is proved.
/// let verdict = LogVerifier::new(&[], &[], &Policy::none()).finish();
/// assert_eq!(verdict.standing(), Standing::Broken);
/// assert_eq!(verdict.findings.kept()[0].code(), "checkpoint.none");
/// ```
#[derive(Debug)]
pub struct LogVerifier {
    heads: Heads,
    tree: Frontier,
    tenant: Option<TenantId>,
    last: Option<Timestamp>,
    fields: u64,
    erased: u64,
    covered: u64,
    witnessed: Option<u64>,
    pub(super) findings: Findings,
}

impl LogVerifier {
    /// A verifier of the log that these checkpoints are of.
    ///
    /// `checkpoints` are in the order of their publication. `keys` are the log's, as its operator gave them; where
    /// `policy` names logs, its keys count and those do not.
    pub fn new(checkpoints: &[SignedNote], keys: &[VerifierKey], policy: &Policy) -> Self {
        let notes: Vec<_> = checkpoints.iter().cloned().map(Some).collect();
        Self::opening(&notes, keys, policy, Findings::default())
    }

    pub(super) fn opening(
        notes: &[Option<SignedNote>],
        keys: &[VerifierKey],
        policy: &Policy,
        mut findings: Findings,
    ) -> Self {
        let heads = Heads::open(notes, keys, policy, &mut findings);
        let mut verifier = Self {
            heads,
            tree: Frontier::default(),
            tenant: None,
            last: None,
            fields: 0,
            erased: 0,
            covered: 0,
            witnessed: None,
            findings,
        };
        verifier.compare();
        verifier
    }

    /// Goes on behind the tree of this edge, which was verified before: the next entry is number `edge.size()`. The edge
    /// itself is proved by the next checkpoint that the entries agree with; the checkpoints before it are not looked at.
    pub fn resumed(mut self, edge: Frontier) -> Self {
        self.tree = edge;
        self.compare();
        self
    }

    /// Adds what was found by other means, in the order of the entries: a store compares its columns.
    pub fn found(&mut self, finding: Finding) {
        self.findings.add(finding);
    }

    /// How many entries the longest checkpoint was signed for.
    pub fn signed_size(&self) -> u64 {
        self.heads.size()
    }

    /// Takes the next entry, from the first one on.
    ///
    /// `recorded` is the leaf that a tile or a row says it has: with it, an altered entry is told from an altered log.
    /// `fields` are all of its fields, or `None` where they are not looked at.
    ///
    /// Returns the leaf that counts: the recorded one where there is one.
    pub fn entry(&mut self, bytes: &[u8], recorded: Option<Hash>, fields: Option<&[Field<'_>]>) -> Hash {
        let seq = self.tree.size();
        let leaf = Entry::leaf(bytes);
        if recorded.is_some_and(|recorded| recorded != leaf) {
            self.findings.add(Finding::EntryLeaf { seq });
        }
        // With the recorded leaf the root still tells whether anything else was altered too.
        let leaf = recorded.unwrap_or(leaf);
        if seq == 0 && self.heads.origin.as_ref().is_some_and(|origin| !origin.is_of(&leaf)) {
            self.findings.add(Finding::OriginUnbound);
        }
        match Entry::from_bytes(bytes) {
            Err(_) => self.findings.add(Finding::EntryMalformed { seq }),
            Ok(entry) => {
                self.in_line(seq, &entry);
                if let Some(fields) = fields {
                    self.fields_of(seq, &entry, fields);
                }
            }
        }
        self.tree.append(leaf);
        self.compare();
        leaf
    }

    fn in_line(&mut self, seq: u64, entry: &Entry) {
        if entry.seq != seq {
            self.findings.add(Finding::EntrySequence { seq, found: entry.seq });
        }
        if *self.tenant.get_or_insert(entry.tenant) != entry.tenant {
            self.findings.add(Finding::EntryTenant { seq });
        }
        if self.last.is_some_and(|last| entry.at < last) {
            self.findings.add(Finding::EntryTime { seq });
        }
        self.last = Some(entry.at);
    }

    fn fields_of(&mut self, seq: u64, entry: &Entry, fields: &[Field<'_>]) {
        let commitments = std::iter::once(&entry.body).chain(&entry.personal);
        for (Commitment { name, hash }, slot) in commitments.zip(0_u16..) {
            self.fields += 1;
            let name = || name.clone();
            match fields.iter().find(|field| field.slot() == slot) {
                Some(Field::Open { salt, content, .. }) => {
                    if committed(&name(), salt, content) != *hash {
                        self.findings.add(Finding::FieldAltered { seq, name: name() });
                    }
                }
                Some(Field::Erased { .. }) if slot > 0 => self.erased += 1,
                _ => self.findings.add(Finding::FieldMissing { seq, name: name() }),
            }
        }
        for field in fields.iter().filter(|field| usize::from(field.slot()) > entry.personal.len()) {
            self.findings.add(Finding::FieldUnknown { seq, slot: field.slot() });
        }
    }

    /// Where a checkpoint was signed for the tree as it is now, its root has to be this one.
    fn compare(&mut self) {
        let size = self.tree.size();
        let Some(signed) = self.heads.signed.get(&size) else { return };
        if signed.root != self.tree.root() {
            self.findings.add(Finding::CheckpointRoot { size });
        } else {
            self.covered = size;
            if signed.is_witnessed {
                self.witnessed = Some(size);
            }
        }
    }

    /// What came of it. Entries after the longest checkpoint were never signed for: [`Verdict::covered`] says how far
    /// the proof reaches.
    pub fn finish(mut self) -> Verdict {
        let entries = self.tree.size();
        if self.heads.size() > entries {
            self.findings.add(Finding::CutOff { size: self.heads.size(), entries });
        }
        Verdict {
            origin: self.heads.origin,
            entries,
            checkpoints: self.heads.count,
            covered: self.covered,
            fields: self.fields,
            erased: self.erased,
            witnessed: self.witnessed,
            findings: self.findings,
        }
    }
}
