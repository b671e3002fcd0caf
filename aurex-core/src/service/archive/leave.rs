//! A workspace leaves: out into an archive and stays, or out of its store for good.

use std::io::Write;

use super::stated::{WorkspaceExported, WorkspaceLeft};
use super::write::{Written, write_archive};
use super::{ArchiveError, ArchiveReady};
use crate::identity::actions::{ExportWorkspace, LeaveWorkspace};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::inspection::Progress;
use crate::service::{Road, ServiceError};
use crate::store::{AuditFilter, PageRequest, StoreError, Writer};
use crate::tenancy::{ExportId, Scope};

/// Names and check values of a deployment's keys, as [`KeyRing::check_rows`](crate::identity::keys::KeyRing::check_rows)
/// has them.
pub type KeptKeys = [(String, Vec<u8>)];

/// Writes an archive of a workspace that stays. The log says so before a row is read. Say afterwards what the file came to,
/// with [`finish_workspace_export`](super::finish_workspace_export): only whoever sealed it knows.
///
/// # Errors
/// [`ArchiveError`].
pub async fn export_workspace(
    road: &Road,
    scope: &Scope,
    keys: &KeptKeys,
    recipients: Vec<String>,
    out: &mut (dyn Write + Send),
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(ExportId, Written), ArchiveError> {
    let permit = scope.permit::<ExportWorkspace>().map_err(ServiceError::from)?;
    let turn = road.turn(scope).await?;
    let id = ExportId::new(turn.now(), &*road.entropy);
    let exported = WorkspaceExported { id, recipients };
    road.finish(turn, permit.seal(exported, &*road.entropy), Known::Fresh(None)).await?;
    let mut reader = road.store.reader(scope).await.map_err(ArchiveError::from)?;
    let written = write_archive(&mut *reader, &*road.store, keys, out, tell).await?;
    Ok((id, written))
}

/// How often a leaving is tried that others write behind.
const TRIES: u32 = 20;

async fn is_leaving(turn: &mut dyn Writer) -> Result<bool, StoreError> {
    let last = turn.entries(&AuditFilter::default(), PageRequest::first(1)).await?.items;
    Ok(last.first().is_some_and(|last| last.entry.action == LeaveWorkspace::CODE))
}

/// A workspace that has been written out and whose turn is held: nothing is added to it.
pub struct Left {
    turn: Box<dyn Writer>,
    /// What was written.
    pub written: Written,
}

impl std::fmt::Debug for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Left").field("written", &self.written).finish_non_exhaustive()
    }
}

/// Writes an archive of a workspace that leaves. The log says so before a row is read, as its last entry here; from there on
/// the turn is held, so that the archive has everything. Close it with [`Left::close`] when it has arrived, or drop it, and
/// the workspace goes on where it is.
///
/// # Errors
/// [`ArchiveError`].
pub async fn leave_workspace(
    road: &Road,
    scope: &Scope,
    keys: &KeptKeys,
    to: String,
    out: &mut (dyn Write + Send),
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<Left, ArchiveError> {
    let mut tries = 0;
    let mut turn = loop {
        let permit = scope.permit::<LeaveWorkspace>().map_err(ServiceError::from)?;
        let mut turn = road.turn(scope).await?;
        // One that was interrupted on its way leaves with the entry that it has, so that it arrives as the same.
        if is_leaving(&mut *turn).await? {
            break turn;
        }
        tries += 1;
        if tries > TRIES {
            return Err(StoreError::Unavailable(None).into());
        }
        let left = WorkspaceLeft { tenant: scope.tenant(), to: to.clone() };
        road.finish(turn, permit.seal(left, &*road.entropy), Known::Fresh(None)).await?;
        // Whoever waited for the turn may have it next, and put something behind that entry.
    };
    turn.hold_for_long().await?;
    let written = write_archive(&mut *turn, &*road.store, keys, out, tell).await?;
    Ok(Left { turn, written })
}

impl Left {
    /// Closes the workspace here for good, and lets go of its turn: whoever waits for it is sent away.
    ///
    /// # Errors
    /// [`ArchiveError::Store`].
    pub async fn close(mut self, road: &Road, scope: &Scope) -> Result<(), ArchiveError> {
        // A turn that its store has ended meanwhile holds nobody off: what came behind the archive would be lost.
        let head = self.turn.head().await?.frontier;
        if (head.size(), head.root()) != (self.written.header.entries, self.written.header.root) {
            return Err(StoreError::Unavailable(None).into());
        }
        let closed = road.store.close_workspace(scope).await;
        self.turn.rollback().await;
        Ok(closed?)
    }
}

impl Written {
    /// What to say of it once it is sealed.
    #[must_use]
    pub const fn ready(&self, id: ExportId, bytes: u64, sha256: [u8; 32]) -> ArchiveReady {
        ArchiveReady { id, entries: self.header.entries, bytes, sha256 }
    }
}
