//! The checkpoints that the store itself published, as roots to hold its log against.
//!
//! They lie in the same database as the log, so that whoever rewrites the one may delete the other; but none can sign a
//! new one without the deployment's keys, which lie elsewhere. What was taken away from here only a checkpoint shows that
//! somebody else keeps.

use crate::audit::check::{FindingCode, Findings, KnownRoot, Place};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note::SignedNote;
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

/// Reads a tenant's published checkpoints. Read them before the snapshot is opened that they are held against.
///
/// A checkpoint that no key of the ring signed is passed over where the ring does not hold its key any more, and found
/// where it does.
///
/// # Errors
/// Of the store.
pub async fn published_roots(store: &dyn Store, ring: &KeyRing, tenant: TenantId) -> Read<PublishedRoots> {
    let mut known = PublishedRoots { roots: Vec::new(), findings: Findings::of(tenant) };
    let Some(last) = store.last_checkpoint(tenant).await? else { return Ok(known) };
    let step = last.size.div_ceil(MOST).max(1);
    let mut from = 1;
    while from < last.size {
        let Some(next) = store.checkpoints(tenant, from, 1).await?.into_iter().next() else { break };
        from = next.size.saturating_add(step);
        if next.size < last.size {
            look_at(&next, ring, &mut known);
        }
    }
    look_at(&last, ring, &mut known);
    Ok(known)
}

fn look_at(stored: &StoredCheckpoint, ring: &KeyRing, known: &mut PublishedRoots) {
    let place = Place::Checkpoint(stored.size);
    let note = stored.note.parse::<SignedNote>().ok();
    let read = note.and_then(|note| Checkpoint::from_text(note.text()).ok().map(|said| (note, said)));
    let Some((note, said)) = read else {
        known.findings.add(FindingCode::CheckpointAltered, place, "note");
        return;
    };
    let keys = CheckpointKeys::for_log(ring, &said.origin).map(|keys| keys.verifier_keys());
    let keys = keys.unwrap_or_default();
    let is_ours = note.signatures().iter().any(|signature| keys.iter().any(|key| key.is_named_by(signature)));
    if is_ours && note.verify(&keys).is_err() {
        known.findings.add(FindingCode::CheckpointAltered, place, "note");
    } else if (said.size, said.root) != (stored.size, stored.root) {
        known.findings.add(FindingCode::CheckpointAltered, place, "root");
    } else if is_ours {
        known.roots.push(KnownRoot { size: said.size, root: said.root });
    }
}
