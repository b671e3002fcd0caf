//! The checkpoints that the store itself published, as roots to hold its log against.
//!
//! They lie in the same database as the log, so that whoever rewrites the one may delete the other; but none can sign a
//! new one without the deployment's keys, which lie elsewhere. What was taken away from here only a checkpoint shows that
//! somebody else keeps.

use crate::audit::check::{FindingCode, Findings, KnownRoot, Place};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note::{SignedNote, VerifierKey};
use crate::identity::keys::{CheckpointKeys, KeyRing};
use crate::store::{Read, Store, StoredCheckpoint};
use crate::tenancy::TenantId;

/// So many are looked at, evenly over the log's length, and the last.
const MOST: u64 = 1_000;

/// Roots of a tenant's log that were published and whose signatures hold.
#[derive(Debug, Clone)]
pub struct PublishedRoots {
    /// The roots, the smallest first.
    pub roots: Vec<KnownRoot>,
    /// Checkpoints that are not what was published.
    pub findings: Findings,
}

/// Reads a tenant's published checkpoints. Read them before the snapshot is opened that they are held against. `kept` are
/// roots of checkpoints that somebody has kept elsewhere, each of which the store must still have.
///
/// A checkpoint that a key of the ring signed is a root to hold the log against. One that only a key signed which the store
/// knows from before is passed over: the ring does not hold it any more. One that nobody signed is found.
///
/// # Errors
/// Of the store.
pub async fn published_roots(
    store: &dyn Store,
    ring: &KeyRing,
    tenant: TenantId,
    kept: &[KnownRoot],
) -> Read<PublishedRoots> {
    let keys = parsed(&store.log_keys(tenant).await?);
    let mut known = PublishedRoots { roots: Vec::new(), findings: Findings::of(tenant) };
    for root in kept {
        let found = store.checkpoints(tenant, root.size, 1).await?;
        is_kept(root, found.first(), &mut known.findings);
    }
    let Some(last) = store.last_checkpoint(tenant).await? else { return Ok(known) };
    let step = last.size.div_ceil(MOST).max(1);
    let mut from = 1;
    while from < last.size {
        let Some(next) = store.checkpoints(tenant, from, 1).await?.into_iter().next() else { break };
        from = next.size.saturating_add(step);
        if next.size < last.size {
            look_at(&next, ring, &keys, &mut known);
        }
    }
    look_at(&last, ring, &keys, &mut known);
    Ok(known)
}

/// The keys among these texts.
pub(super) fn parsed(keys: &[String]) -> Vec<VerifierKey> {
    keys.iter().filter_map(|key| key.parse().ok()).collect()
}

/// Whether what the store has at a root's size is the checkpoint of that root.
pub(super) fn is_kept(root: &KnownRoot, stored: Option<&StoredCheckpoint>, findings: &mut Findings) {
    let place = Place::Checkpoint(root.size);
    match stored.filter(|stored| stored.size == root.size) {
        None => findings.add(FindingCode::CheckpointMissing, place, "size"),
        Some(stored) if stored.root != root.root => {
            findings.add(FindingCode::CheckpointAltered, place, "root");
        }
        Some(_) => {}
    }
}

/// Looks at one. `stored_keys` are those that the store says signed this log's checkpoints.
pub(super) fn look_at(
    stored: &StoredCheckpoint,
    ring: &KeyRing,
    stored_keys: &[VerifierKey],
    known: &mut PublishedRoots,
) {
    let place = Place::Checkpoint(stored.size);
    let note = stored.note.parse::<SignedNote>().ok();
    let read = note.and_then(|note| Checkpoint::from_text(note.text()).ok().map(|said| (note, said)));
    let Some((note, said)) = read else {
        known.findings.add(FindingCode::CheckpointAltered, place, "note");
        return;
    };
    let ours = CheckpointKeys::for_log(ring, &said.origin).map(|keys| keys.verifier_keys());
    let ours = ours.unwrap_or_default();
    let is_ours = note.verify(&ours).is_ok();
    let all: Vec<VerifierKey> = ours.into_iter().chain(stored_keys.iter().cloned()).collect();
    // Every signature: only the log signs what is stored here, and one of somebody else's was put there.
    if !note.verify(&all).is_ok_and(|by| by.len() == note.signatures().len()) {
        known.findings.add(FindingCode::CheckpointAltered, place, "note");
    } else if (said.size, said.root) != (stored.size, stored.root) {
        known.findings.add(FindingCode::CheckpointAltered, place, "root");
    } else if is_ours {
        known.roots.push(KnownRoot { size: said.size, root: said.root });
    }
}
