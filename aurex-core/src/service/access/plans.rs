//! The plan and whom bills for the service are made out to: read, changed, and told to every owner.

use serde_json::json;

use super::audience::active_owners;
use super::letters::{doer, told};
use crate::identity::actions::{ChangeBilling, ChangePlan, ReadBilling};
use crate::identity::mails::{Mail, MailKind};
use crate::identity::plans::{BillingPatch, decide_billing, decide_plan};
use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::store::Writer;
use crate::tenancy::{PlanState, Scope, Workspace};
use crate::text::Note;

/// The workspace's row, for its plan and billing details.
///
/// # Errors
/// What every read can answer.
pub async fn billing(road: &Road, scope: &Scope) -> Result<Workspace, ServiceError> {
    let _permit = scope.permit::<ReadBilling>()?;
    Ok(road.store.reader(scope).await?.workspace().await?)
}

/// Changes whom bills are made out to, as the caller has read it in version `expected` of the workspace.
///
/// # Errors
/// [`ServiceError::Stale`], [`BillingRefusal`](crate::identity::plans::BillingRefusal),
/// [`PlanRefusal`](crate::identity::plans::PlanRefusal) and what every write can answer.
pub async fn change_billing(
    road: &Road,
    scope: &Scope,
    expected: u32,
    patch: BillingPatch,
) -> Result<Done<Workspace>, ServiceError> {
    let permit = scope.permit::<ChangeBilling>()?;
    let mut turn = road.turn(scope).await?;
    let before = turn.workspace().await?;
    if before.version != expected {
        return Err(ServiceError::Stale);
    }
    let Some(mut change) = decide_billing(before.clone(), patch)? else { return Ok(Done::nothing(before)) };
    change.mails = to_owners(road, scope, &mut *turn, MailKind::BillingChanged, &change.after).await?;
    let after = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::NONE).await?;
    Ok(Done::now(after, receipt))
}

/// The operator says how the workspace stands, and why; every owner is told by mail.
///
/// # Errors
/// What every write can answer.
pub async fn set_plan(
    road: &Road,
    scope: &Scope,
    state: PlanState,
    reason: Note,
) -> Result<Done<Workspace>, ServiceError> {
    let permit = scope.permit::<ChangePlan>()?;
    let mut turn = road.turn(scope).await?;
    let before = turn.workspace().await?;
    let Some(mut change) = decide_plan(before.clone(), state, reason) else {
        return Ok(Done::nothing(before));
    };
    change.mails = to_owners(road, scope, &mut *turn, MailKind::PlanChanged, &change.after).await?;
    let after = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::NONE).await?;
    Ok(Done::now(after, receipt))
}

async fn to_owners(
    road: &Road,
    scope: &Scope,
    turn: &mut dyn Writer,
    kind: MailKind,
    after: &Workspace,
) -> Result<Vec<Mail>, ServiceError> {
    let (now, mut mails) = (turn.now(), Vec::new());
    for owner in active_owners(turn).await? {
        let by = doer(turn, scope, owner.id).await?;
        let more = [by, ("after", json!(after.plan.code()))];
        mails.push(told(road, scope, kind, &owner, now, more)?);
    }
    Ok(mails)
}
