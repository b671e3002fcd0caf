//! Deciding about what somebody asked for.

use super::run::Going;
use super::who::{could_approve, tell_owners};
use super::{AskedCommand, MISSING};
use crate::identity::actions::{DecideApproval, RequestApproval};
use crate::identity::approvals::{
    Approval, ApproveKnown, decide_approve, decide_refuse, decide_withdraw, digest,
};
use crate::rbac::{Action as _, Role};
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::store::{AuditFilter, PageRequest, StoreError, Writer};
use crate::tenancy::{ApprovalId, Scope};
use crate::text::Note;

/// Approves what somebody else asked for: it is decided now, within the approver's limits, and done. `seen` is the
/// digest of what the approver was shown.
///
/// Where nobody else could approve it, who asked may, with a reason; every owner is told by mail then. Whatever refuses
/// it, it waits on.
///
/// # Errors
/// [`ApprovalRefusal`](crate::identity::approvals::ApprovalRefusal), the denials and refusals of the command itself,
/// and what every write can answer.
pub async fn approve(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: ApprovalId,
    seen: &[u8; 32],
    reason: Option<Note>,
) -> Result<Done<Approval>, ServiceError> {
    let _decides = scope.permit::<DecideApproval>()?;
    let by = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, DecideApproval::CODE, presented).await?;
    let approval = turn.approval(id).await?.ok_or(MISSING)?;
    if let Known::Replayed(_) = key {
        return Ok(Done::before(approval));
    }
    let asked = thawed(&approval)?;
    asked.command.is_held_by(scope)?;
    let could = could_approve(&mut *turn, &asked.command).await?;
    let asker = turn.member(approval.asked_by).await?;
    let known = ApproveKnown {
        asker: asker.ok_or_else(|| StoreError::corrupt("an approval that nobody asked for"))?,
        asked_as: asked_as(&mut *turn, &approval).await?,
        by,
        session: scope.session(),
        others_could: could.iter().any(|member| member.id != by),
        now: turn.now(),
        approval,
    };
    let consent = decide_approve(known, seen, reason.clone())?;
    let mut mails = Vec::new();
    if consent.is_lone() {
        let by = could.iter().find(|member| member.id == by).ok_or(ServiceError::NotSignedIn)?;
        mails = tell_owners(road, scope, &mut *turn, &asked.command, by, reason.as_ref()).await?;
    }
    let approval = consent.approval().clone();
    let receipt = asked.command.run(Going { road, scope, turn, key, consent, mails }).await?;
    Ok(Done::now(approval, receipt))
}

/// Refuses what somebody else asked for. Only who could do it themselves may.
///
/// # Errors
/// [`ApprovalRefusal`](crate::identity::approvals::ApprovalRefusal) and what every write can answer.
pub async fn refuse_approval(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: ApprovalId,
    reason: &Note,
) -> Result<Done<Approval>, ServiceError> {
    let permit = scope.permit::<DecideApproval>()?;
    let by = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, DecideApproval::CODE, presented).await?;
    let approval = turn.approval(id).await?.ok_or(MISSING)?;
    if let Known::Replayed(_) = key {
        return Ok(Done::before(approval));
    }
    thawed(&approval)?.command.is_held_by(scope)?;
    let change = decide_refuse(approval, by, reason, turn.now())?;
    let approval = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(approval, receipt))
}

/// Takes back what one asked for oneself.
///
/// # Errors
/// [`ApprovalRefusal`](crate::identity::approvals::ApprovalRefusal) and what every write can answer.
pub async fn withdraw_approval(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: ApprovalId,
) -> Result<Done<Approval>, ServiceError> {
    let permit = scope.permit::<RequestApproval>()?;
    let by = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, RequestApproval::CODE, presented).await?;
    let approval = turn.approval(id).await?.ok_or(MISSING)?;
    if let Known::Replayed(_) = key {
        return Ok(Done::before(approval));
    }
    let change = decide_withdraw(approval, by, turn.now())?;
    let approval = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(approval, receipt))
}

/// The command, if it is still what was hashed.
fn thawed(approval: &Approval) -> Result<AskedCommand, StoreError> {
    if digest(&approval.action, &approval.command) != approval.digest {
        return Err(StoreError::corrupt("an approval's command is not what was hashed"));
    }
    AskedCommand::thaw(&approval.action, &approval.command)
}

/// The role in which it was asked for: the log remembers.
async fn asked_as(turn: &mut dyn Writer, approval: &Approval) -> Result<Role, StoreError> {
    let filter = AuditFilter {
        action: Some(RequestApproval::CODE.to_owned()),
        subject: Some(approval.id.to_string()),
        ..AuditFilter::default()
    };
    // The newest of them is the withdrawal, where there was one.
    let entries = turn.entries(&filter, PageRequest::first(2)).await?;
    let asked = entries.items.last().and_then(|stored| stored.entry.actor.role.parse().ok());
    asked.ok_or_else(|| StoreError::corrupt("an approval without the entry of its asking"))
}
