//! Where the workspace's customers pay: read, changed, and told to every owner.

use super::audience::active_owners;
use super::letters::{doer, told};
use crate::identity::actions::{ChangePayee, ReadSettings};
use crate::identity::mails::MailKind;
use crate::identity::payee::{PayeePatch, decide_payee};
use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::tenancy::{Scope, Workspace};

/// The workspace's row, for its payee details.
///
/// # Errors
/// What every read can answer.
pub async fn payee(road: &Road, scope: &Scope) -> Result<Workspace, ServiceError> {
    let _permit = scope.permit::<ReadSettings>()?;
    Ok(road.store.reader(scope).await?.workspace().await?)
}

/// Changes where customers pay, as the caller has read it in version `expected` of the workspace. Every owner is told by
/// mail, whoever of them did it.
///
/// # Errors
/// [`ServiceError::Stale`], [`PayeeRefusal`](crate::identity::payee::PayeeRefusal) and what every write can answer.
pub async fn change_payee(
    road: &Road,
    scope: &Scope,
    expected: u32,
    patch: PayeePatch,
) -> Result<Done<Workspace>, ServiceError> {
    let permit = scope.permit::<ChangePayee>()?;
    let mut turn = road.turn(scope).await?;
    let before = turn.workspace().await?;
    if before.version != expected {
        return Err(ServiceError::Stale);
    }
    let now = turn.now();
    let Some(mut change) = decide_payee(before.clone(), patch)? else { return Ok(Done::nothing(before)) };
    for owner in active_owners(&mut *turn).await? {
        let by = doer(&mut *turn, scope, owner.id).await?;
        change.mails.push(told(road, scope, MailKind::PayeeChanged, &owner, now, [by])?);
    }
    let after = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::NONE).await?;
    Ok(Done::now(after, receipt))
}
