//! Checkpoint, tiles, entries, keys: what a monitor, an auditor or anybody's tool for transparency logs reads. Reading is
//! observed once, with the checkpoint: a copy of a log is a thousand tiles, and each would be an entry of it.

use std::collections::BTreeSet;

use super::super::audit::{AuditEntryView, Names};
use super::super::{Road, ServiceError};
use super::bring::bring;
use crate::audit::tile::{EntriesId, TileId, bundle_of};
use crate::audit::{Observation, Observed, Outcome};
use crate::identity::actions::{ProveAudit, ReadAudit};
use crate::store::{AuditFilter, PageRequest, StoreError, StoredCheckpoint};
use crate::tenancy::Scope;

/// The note with everything that was signed of it: by the log, by the log again since, by witnesses.
pub(super) async fn full_note(
    road: &Road,
    scope: &Scope,
    checkpoint: &StoredCheckpoint,
) -> Result<String, StoreError> {
    let tenant = scope.tenant();
    let edge = road.store.edge(tenant).await?;
    let last = road.store.last_checkpoint(tenant).await?;
    let mut note = checkpoint.note.clone();
    if last.is_some_and(|last| last.size == checkpoint.size) {
        note.push_str(&edge.beat);
    }
    for cosignature in road.store.cosignatures(tenant, checkpoint.size).await? {
        note.push_str(&cosignature.line);
        note.push('\n');
    }
    Ok(note)
}

pub(super) async fn observe(
    road: &Road,
    scope: &Scope,
    code: &str,
    subject: (&'static str, String),
) -> Result<(), StoreError> {
    let (at, who) = (road.clock.now(), Observed::of(scope));
    let seen = Observation::new(at, who, scope.facts(), code, subject, Outcome::Seen, "");
    road.store.observe(scope.tenant(), &seen).await
}

/// The last checkpoint, as a signed note. Nothing before the first.
///
/// # Errors
/// [`ServiceError::Denied`] for roles that are given no proofs; [`ServiceError::NotFound`].
pub async fn last_checkpoint(road: &Road, scope: &Scope) -> Result<String, ServiceError> {
    let _permit = scope.permit::<ProveAudit>()?;
    let last = road.store.last_checkpoint(scope.tenant()).await?;
    let last = last.ok_or(ServiceError::NotFound("checkpoint"))?;
    let note = full_note(road, scope, &last).await?;
    observe(road, scope, "audit.proved", ("checkpoint", last.size.to_string())).await?;
    Ok(note)
}

/// How many entries are published.
async fn published(road: &Road, scope: &Scope) -> Result<u64, StoreError> {
    Ok(road.store.last_checkpoint(scope.tenant()).await?.map_or(0, |last| last.size))
}

/// A tile of the published tree: full, or as wide as it is or was.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::NotFound`] for one that the published tree has not, or not as wide.
pub async fn tile(road: &Road, scope: &Scope, id: TileId) -> Result<Vec<u8>, ServiceError> {
    let _permit = scope.permit::<ProveAudit>()?;
    let none = ServiceError::NotFound("tile");
    let size = published(road, scope).await?;
    match crate::audit::tile::tile_in(size, id.level(), id.index()) {
        Some(there) if there.width() >= id.width() => {}
        _ => return Err(none),
    }
    let mut brought = bring(road, scope, &BTreeSet::from([id])).await?;
    brought.remove(&id).map(|tile| tile.to_bytes()).ok_or(none)
}

/// A bundle of the published entries.
///
/// # Errors
/// As [`tile`].
pub async fn entries(road: &Road, scope: &Scope, id: EntriesId) -> Result<Vec<u8>, ServiceError> {
    let _permit = scope.permit::<ProveAudit>()?;
    let none = || ServiceError::NotFound("bundle of entries");
    let to = id.first().checked_add(u64::from(id.width())).ok_or_else(none)?;
    if to > published(road, scope).await? {
        return Err(none());
    }
    let mut reader = road.store.reader(scope).await?;
    let found = reader.entry_bytes(id.first(), to).await?;
    if found.len() != usize::from(id.width()) {
        return Err(none());
    }
    let bundle = bundle_of(found.iter().map(Vec::as_slice));
    bundle.map_err(|error| StoreError::corrupt(error.to_string()).into())
}

/// The keys that check a log's checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKeys {
    /// As C2SP's signed-note writes verifier keys: the oldest first, retired ones too.
    pub keys: Vec<String>,
}

/// The keys that signed this log's checkpoints, so that somebody can keep them before they need them.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn log_keys(road: &Road, scope: &Scope) -> Result<LogKeys, ServiceError> {
    let _permit = scope.permit::<ProveAudit>()?;
    Ok(LogKeys { keys: road.store.log_keys(scope.tenant()).await? })
}

/// One entry. The reading is itself observed.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::NotFound`].
pub async fn entry(road: &Road, scope: &Scope, seq: u64) -> Result<AuditEntryView, ServiceError> {
    let _permit = scope.permit::<ReadAudit>()?;
    let mut reader = road.store.reader(scope).await?;
    let page = PageRequest { after: seq.checked_add(1), limit: 1 };
    let found = reader.entries(&AuditFilter::default(), page).await?.items.into_iter().next();
    let found = found.filter(|stored| stored.entry.seq == seq);
    let view = match found {
        Some(stored) => Some(Names::default().view(stored, &mut *reader).await?),
        None => None,
    };
    drop(reader);
    let view = view.ok_or(ServiceError::NotFound("entry"))?;
    observe(road, scope, "audit.viewed", ("audit", seq.to_string())).await?;
    Ok(view)
}
