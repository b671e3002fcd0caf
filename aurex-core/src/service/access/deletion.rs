//! A workspace on its way out: kept after all, its owners told in time, and ended.

use serde_json::json;

use super::audience::active_owners;
use super::letters::{doer, told};
use crate::identity::actions::{KeepWorkspace, RemindOfEnd};
use crate::identity::deletion::{EndReminder, decide_keep, is_reminder_due};
use crate::identity::mails::{Mail, MailKind};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::store::{AuditFilter, PageRequest, StoreError, Writer};
use crate::tenancy::{Job, Purpose, RequestFacts, Scope, TenantId, Workspace};
use crate::time::Timestamp;

/// The purpose of the job.
#[derive(Debug)]
pub struct Ending;

impl Purpose for Ending {
    const NAME: &'static str = "ending";
    const ACTIONS: &'static [&'static str] = &[RemindOfEnd::CODE];
}

/// Keeps a workspace that was to be deleted: any owner may, until it has ended. Every owner is told by mail.
///
/// # Errors
/// [`DeletionRefusal::NotEnding`](crate::identity::deletion::DeletionRefusal::NotEnding) and what every write can answer.
pub async fn keep_workspace(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
) -> Result<Done<Workspace>, ServiceError> {
    let permit = scope.permit::<KeepWorkspace>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, KeepWorkspace::CODE, presented).await?;
    let before = turn.workspace().await?;
    if let Known::Replayed(_) = key {
        return Ok(Done::before(before));
    }
    let mut change = decide_keep(before, turn.now())?;
    change.mails = tell_owners(road, scope, &mut *turn, MailKind::WorkspaceKept, None).await?;
    let after = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(after, receipt))
}

/// What every owner is told of the workspace's end.
pub(super) async fn tell_owners(
    road: &Road,
    scope: &Scope,
    turn: &mut dyn Writer,
    kind: MailKind,
    end: Option<Timestamp>,
) -> Result<Vec<Mail>, StoreError> {
    let now = turn.now();
    let mut mails = Vec::new();
    for owner in active_owners(turn).await? {
        // A reminder is nobody's doing.
        let by = match scope.member() {
            None => ("by", serde_json::Value::Null),
            Some(_) => doer(turn, scope, owner.id).await?,
        };
        let more = [by, ("due", json!(end.map(|end| end.to_string())))];
        mails.push(told(road, scope, kind, &owner, now, more)?);
    }
    Ok(mails)
}

/// Sees to the end of one workspace: tells its owners 7 days and 1 day before, each once, and after it removes everything
/// that the store has of it. Returns whether it did something.
///
/// # Errors
/// [`ServiceError::Store`]; what was not removed is removed the next time.
pub async fn see_to_the_end(road: &Road, job: &Job<Ending>, tenant: TenantId) -> Result<bool, ServiceError> {
    let request_id = format!("ending-{}", road.clock.now().micros());
    let scope = job.scope(tenant, RequestFacts { request_id, ..RequestFacts::default() });
    let mut reader = road.store.reader(&scope).await?;
    // An embedder's workspace may have no row of this kind, and then no end.
    let Ok(workspace) = reader.workspace().await else { return Ok(false) };
    drop(reader);
    let Some(end) = workspace.ends_at else { return Ok(false) };
    let now = road.clock.now();
    if end <= now {
        road.store.end_workspace(&scope, now).await?;
        return Ok(true);
    }
    if !is_reminder_due(end, None, now) {
        return Ok(false);
    }
    let mut turn = road.turn(&scope).await?;
    // It may have been kept, or told of by another process, since it was looked at.
    let workspace = turn.workspace().await?;
    let told_at = told_at(&mut *turn, end).await?;
    if workspace.ends_at != Some(end) || !is_reminder_due(end, told_at, turn.now()) {
        turn.rollback().await;
        return Ok(false);
    }
    let mails = tell_owners(road, &scope, &mut *turn, MailKind::WorkspaceEnds, Some(end)).await?;
    let permit = scope.permit::<RemindOfEnd>()?;
    let sealed = permit.seal(EndReminder { workspace, mails }, &*road.entropy);
    road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(true)
}

/// When the owners were last told of this end: the log remembers. What they were told of an end that was called off counts
/// no more.
async fn told_at(turn: &mut dyn Writer, end: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let filter = AuditFilter { action: Some(RemindOfEnd::CODE.to_owned()), ..AuditFilter::default() };
    let last = turn.entries(&filter, PageRequest::first(1)).await?.items;
    let begun = end.plus_seconds(-i64::from(crate::identity::deletion::DAYS_TO_THE_END) * 24 * 3600);
    Ok(last.first().map(|stored| stored.entry.at).filter(|at| *at >= begun))
}
