//! What the log says of leaving and arriving.

use crate::audit::tree::Hash;
use crate::audit::{Change, Draft, Subject};
use crate::identity::actions::{ArriveWorkspace, ExportWorkspace, FinishWorkspaceExport, LeaveWorkspace};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Road, ServiceError};
use crate::store::{AuditFilter, PageRequest, Receipt};
use crate::tenancy::{ExportId, Scope, TenantId, Workspace};

/// An archive of the whole workspace is about to be written.
#[derive(Debug, Clone)]
pub(crate) struct WorkspaceExported {
    pub(crate) id: ExportId,
    /// Whom it is sealed to, as they are written.
    pub(crate) recipients: Vec<String>,
}

impl Change for WorkspaceExported {
    type By = ExportWorkspace;

    fn subject(&self) -> Subject {
        Subject::new("workspace_export", self.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("recipients", self.recipients.join(" "));
    }
}

/// What an archive of the whole workspace came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveReady {
    /// The export.
    pub id: ExportId,
    /// How many entries of the log it has.
    pub entries: u64,
    /// How long the sealed file is.
    pub bytes: u64,
    /// The sealed file's SHA-256.
    pub sha256: [u8; 32],
}

impl Change for ArchiveReady {
    type By = FinishWorkspaceExport;

    fn subject(&self) -> Subject {
        Subject::new("workspace_export", self.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("entries", self.entries);
        draft.note("bytes", self.bytes);
        draft.note("sha256", self.sha256);
    }
}

/// The workspace leaves its store: the last entry that it has there.
pub(super) struct WorkspaceLeft {
    pub(super) tenant: TenantId,
    pub(super) to: String,
}

impl Change for WorkspaceLeft {
    type By = LeaveWorkspace;

    fn subject(&self) -> Subject {
        Subject::new("workspace", self.tenant)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("to", self.to);
        // Whoever waits for the turn is asked again who they are, and finds the workspace closed.
        draft.raise_epoch();
    }
}

/// The workspace has arrived: the first entry that it has here.
struct WorkspaceArrived {
    tenant: TenantId,
    entries: u64,
    root: Hash,
    archive: [u8; 32],
    left: bool,
    /// The workspace as it was and as it goes on, where it was about to end: whoever brings it wants it.
    kept: Option<(Workspace, Workspace)>,
}

impl Change for WorkspaceArrived {
    type By = ArriveWorkspace;

    fn subject(&self) -> Subject {
        Subject::new("workspace", self.tenant)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("entries", self.entries);
        draft.note("root", *self.root.as_bytes());
        draft.note("archive", self.archive);
        draft.note("left", self.left);
        if let Some((before, after)) = self.kept {
            draft.update(&before, after);
        }
        draft.raise_epoch();
    }
}

/// States in the log what an archive came to, once.
///
/// # Errors
/// [`ServiceError::Denied`] but for the exporter and the shell; what every write can answer.
pub async fn finish_workspace_export(
    road: &Road,
    scope: &Scope,
    ready: ArchiveReady,
) -> Result<(), ServiceError> {
    let permit = scope.permit::<FinishWorkspaceExport>()?;
    let mut turn = road.turn(scope).await?;
    let said = AuditFilter {
        action: Some(FinishWorkspaceExport::CODE.to_owned()),
        subject: Some(ready.id.to_string()),
        ..AuditFilter::default()
    };
    if turn.entries(&said, PageRequest::first(1)).await?.items.is_empty() {
        road.finish(turn, permit.seal(ready, &*road.entropy), Known::Fresh(None)).await?;
    } else {
        turn.rollback().await;
    }
    Ok(())
}

/// States that a workspace has arrived, of how many entries, with which root, out of which archive. One that was about to
/// end where it was is kept: an archive of that month is what one takes to keep it.
///
/// # Errors
/// [`ServiceError::Denied`] but for the shell; what every write can answer.
pub async fn state_arrival(
    road: &Road,
    scope: &Scope,
    of: &super::Contents,
) -> Result<Receipt, ServiceError> {
    let permit = scope.permit::<ArriveWorkspace>()?;
    let mut turn = road.turn(scope).await?;
    // An embedder's workspace may have no row of this kind, and then no end.
    let ending = turn.workspace().await.ok().filter(|workspace| workspace.ends_at.is_some());
    let kept = ending.map(|before| {
        let version = before.version.saturating_add(1);
        (before.clone(), Workspace { ends_at: None, version, ..before })
    });
    let arrived = WorkspaceArrived {
        tenant: scope.tenant(),
        entries: of.header.entries,
        root: of.header.root,
        archive: of.sha256,
        left: of.header.left,
        kept,
    };
    road.finish(turn, permit.seal(arrived, &*road.entropy), Known::Fresh(None)).await
}
