//! What a witness is asked, and what it answered.

use super::super::{Road, ServiceError};
use super::bring::bring;
use super::publish::Publishing;
use crate::audit::note::{SignatureKind, SignedNote, VerifierKey};
use crate::audit::tile::TilePlan;
use crate::audit::witness::AddCheckpoint;
use crate::store::{Cosignature, StoreError, StoredCheckpoint};
use crate::tenancy::{Job, RequestFacts, TenantId};

/// The request to a witness that has cosigned the log's first `old` entries: the checkpoint, and the proof that it
/// continues them.
///
/// # Errors
/// [`ServiceError::NotFound`] when the witness knows more than was published: its log is another, or ours was put back.
pub async fn request_to_witness(
    road: &Road,
    job: &Job<Publishing>,
    tenant: TenantId,
    checkpoint: &StoredCheckpoint,
    old: u64,
) -> Result<AddCheckpoint, ServiceError> {
    let note = checkpoint.note.parse().map_err(|_| StoreError::corrupt("a checkpoint is no signed note"))?;
    if old == 0 || old == checkpoint.size {
        return Ok(AddCheckpoint { old, proof: Vec::new(), note });
    }
    let plan = TilePlan::consistency(old, checkpoint.size);
    let plan = plan.map_err(|_| ServiceError::NotFound("earlier checkpoint"))?;
    let scope = job.scope(tenant, RequestFacts::default());
    let tiles = bring(road, &scope, &plan.tiles()).await?;
    let proof = plan.hashes(|id| tiles.get(&id).cloned());
    let proof = proof.map_err(|error| StoreError::corrupt(error.to_string()))?;
    Ok(AddCheckpoint { old, proof, note })
}

/// Keeps what a witness answered, if it is a cosignature of this checkpoint by this witness. Answers whether it is.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn keep_cosignature(
    road: &Road,
    tenant: TenantId,
    checkpoint: &StoredCheckpoint,
    witness: &VerifierKey,
    answer: &str,
) -> Result<bool, ServiceError> {
    let Ok(note) = checkpoint.note.parse::<SignedNote>() else { return Ok(false) };
    for line in answer.lines() {
        let Ok(signature) = line.parse() else { continue };
        let Ok(mut alone) = SignedNote::of(note.text()) else { return Ok(false) };
        alone.add(signature);
        if witness.kind() == SignatureKind::Cosignature && alone.verify(std::slice::from_ref(witness)).is_ok()
        {
            let (size, signer, line) = (checkpoint.size, witness.name().to_owned(), line.to_owned());
            let kept = Cosignature { size, signer, line, at: road.clock.now() };
            road.store.cosign(tenant, &kept).await?;
            return Ok(true);
        }
    }
    Ok(false)
}
