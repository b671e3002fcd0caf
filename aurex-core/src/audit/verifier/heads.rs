//! The checkpoints among themselves: whose they are, that none takes another back, and who cosigned.

use std::collections::BTreeMap;

use super::finding::{Finding, Findings};
use crate::audit::checkpoint::{Checkpoint, CheckpointError, Origin};
use crate::audit::note::{SignedNote, VerifierKey};
use crate::audit::policy::Policy;
use crate::audit::tree::Hash;

/// What was signed of one size.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub(super) root: Hash,
    /// Whether enough of the policy's witnesses cosigned.
    pub(super) is_witnessed: bool,
}

/// The checkpoints that hold, by size.
#[derive(Debug, Default)]
pub(super) struct Heads {
    pub(super) origin: Option<Origin>,
    pub(super) signed: BTreeMap<u64, Signed>,
    pub(super) count: u64,
    witnesses_of: BTreeMap<u64, Vec<VerifierKey>>,
}

impl Heads {
    /// Opens the notes, which are in the order of their publication. The log's keys are the policy's where it names
    /// any.
    pub(super) fn open(
        notes: &[Option<SignedNote>],
        keys: &[VerifierKey],
        policy: &Policy,
        findings: &mut Findings,
    ) -> Self {
        let logs = if policy.logs().is_empty() { keys } else { policy.logs() };
        let keys: Vec<VerifierKey> = logs.iter().chain(policy.witnesses()).cloned().collect();
        let mut heads = Self::default();
        for (note, nth) in notes.iter().zip(1..) {
            let opened = note.as_ref().map(|note| Checkpoint::open(note, &keys));
            match opened {
                None | Some(Err(CheckpointError::Form)) => findings.add(Finding::CheckpointMalformed { nth }),
                Some(Err(_)) => findings.add(Finding::CheckpointSignature { nth }),
                Some(Ok(opened)) => {
                    let cosigners = opened.cosignatures().map(|by| by.key.clone()).collect();
                    heads.add(opened.checkpoint, cosigners, policy, nth, findings);
                }
            }
        }
        if heads.signed.is_empty() {
            findings.add(Finding::NoCheckpoint);
        }
        heads
    }

    fn add(
        &mut self,
        checkpoint: Checkpoint,
        cosigners: Vec<VerifierKey>,
        policy: &Policy,
        nth: usize,
        findings: &mut Findings,
    ) {
        let Checkpoint { origin, size, root } = checkpoint;
        if *self.origin.get_or_insert_with(|| origin.clone()) != origin {
            findings.add(Finding::CheckpointOtherLog { nth });
            return;
        }
        self.count += 1;
        if self.signed.last_key_value().is_some_and(|(longest, _)| *longest > size) {
            findings.add(Finding::CheckpointRetracted { size });
        }
        if self.signed.get(&size).is_some_and(|signed| signed.root != root) {
            findings.add(Finding::CheckpointForked { size });
            return;
        }
        // Published again, a checkpoint may carry cosignatures that it had not before.
        let witnesses = self.witnesses_of.entry(size).or_default();
        witnesses.extend(cosigners);
        let is_witnessed = policy.is_met_by(&witnesses.iter().collect::<Vec<_>>());
        self.signed.insert(size, Signed { root, is_witnessed });
    }

    /// The most entries that were signed for.
    pub(super) fn size(&self) -> u64 {
        self.signed.last_key_value().map_or(0, |(size, _)| *size)
    }
}
