//! The second factor of somebody who lost theirs: reset by who manages them, or, where nobody can, from the shell.

use serde_json::json;

use super::audience::active_owners;
use super::letters::{doer, told};
use crate::identity::actions::ResetSecondFactor;
use crate::identity::mails::{Mail, MailKind};
use crate::identity::member::{Member, SecondFactor};
use crate::identity::members::{MemberRefusal, may_give};
use crate::identity::second_factors::{
    FactorRefusal, FactorReset, FactorResetAsked, RESET_WAITS_SECONDS, ResetStands, decide_remove,
    reset_stands,
};
use crate::rbac::Permit;
use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::store::{PageRequest, Writer};
use crate::tenancy::{MemberId, Scope};
use crate::text::Email;
use crate::time::Timestamp;

const NO_MEMBER: ServiceError = ServiceError::NotFound("member");

/// Takes away the second factor of somebody who lost it. They sign in with their password next; where the workspace
/// asks a second factor of their role, that session reaches nothing but setting one up. All their sessions end, and they
/// are told.
///
/// # Errors
/// [`ServiceError::NotFound`], [`MemberRefusal::BeyondReach`], [`FactorRefusal`] and what every write can answer.
pub async fn reset_second_factor(
    road: &Road,
    scope: &Scope,
    id: MemberId,
) -> Result<Done<Member>, ServiceError> {
    let permit = scope.permit::<ResetSecondFactor>()?;
    let mut turn = road.turn(scope).await?;
    let member = turn.member(id).await?.ok_or(NO_MEMBER)?;
    may_give(member.role, *permit.limits()).map_err(|_| MemberRefusal::BeyondReach)?;
    if scope.member() == Some(id) {
        return Err(FactorRefusal::Own.into());
    }
    let factor = turn.second_factor(id).await?;
    reset(road, scope, permit, turn, member, factor).await
}

async fn reset(
    road: &Road,
    scope: &Scope,
    permit: Permit<'_, ResetSecondFactor>,
    mut turn: Box<dyn Writer>,
    member: Member,
    factor: Option<SecondFactor>,
) -> Result<Done<Member>, ServiceError> {
    let at = turn.now();
    let before = factor.ok_or(FactorRefusal::Missing)?;
    let after = decide_remove(Some(&before), at)?;
    let by = doer(&mut *turn, scope, member.id).await?;
    let ended = turn.open_sessions(member.id).await?;
    let mail = told(road, scope, MailKind::SecondFactorRemoved, &member, at, [by])?;
    let change = FactorReset { member: member.clone(), before, after, ended, at, mail };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(Done::now(member, receipt))
}

/// What a reset from the shell has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShellReset {
    /// It was asked for now, and everybody concerned is being told.
    Asked {
        /// Whom the notice goes to.
        told: Vec<Email>,
        /// When it can be done.
        due: Timestamp,
    },
    /// It was asked for before, and can be done at this time.
    Waits(Timestamp),
    /// It was done.
    Done(Member),
}

/// Takes away the second factor of somebody whom nobody in the workspace can help, in two steps: the first call sends a
/// notice to them and to every owner, and a second one, 72 hours to 14 days later, does it. Whoever still has the factor
/// calls it off by using it. Made for the operator's shell; both steps stand in the workspace's own log.
///
/// # Errors
/// [`ServiceError::NotFound`] when no member has the address, [`FactorRefusal::Missing`], and what every write can
/// answer.
pub async fn reset_by_shell(
    road: &Road,
    scope: &Scope,
    email: &Email,
) -> Result<Done<ShellReset>, ServiceError> {
    let permit = scope.permit::<ResetSecondFactor>()?;
    let mut turn = road.turn(scope).await?;
    let now = turn.now();
    let member = turn.member_by_email(email).await?.ok_or(NO_MEMBER)?;
    let factor = turn.second_factor(member.id).await?.filter(SecondFactor::counts);
    let factor = factor.ok_or(FactorRefusal::Missing)?;
    let asked_at = last_asked(&mut *turn, member.id).await?;
    match reset_stands(&factor, asked_at, now) {
        ResetStands::Waits(due) => Ok(Done::nothing(ShellReset::Waits(due))),
        ResetStands::Due => {
            Ok(reset(road, scope, permit, turn, member, Some(factor)).await?.map(ShellReset::Done))
        }
        ResetStands::NotAsked => {
            let mut concerned = active_owners(&mut *turn).await?;
            concerned.retain(|owner| owner.id != member.id);
            concerned.insert(0, member.clone());
            let due = now.plus_seconds(RESET_WAITS_SECONDS);
            let content = [("of", json!(member.name.as_str())), ("due", json!(due.to_string()))];
            let mails = concerned
                .iter()
                .map(|to| {
                    let kind = if to.id == member.id {
                        MailKind::SecondFactorResetAsked
                    } else {
                        MailKind::SecondFactorResetNotice
                    };
                    told(road, scope, kind, to, now, content.clone())
                })
                .collect::<Result<Vec<Mail>, _>>()?;
            let told = concerned.into_iter().map(|member| member.email).collect();
            let change = FactorResetAsked { member: member.id, mails };
            let sealed = permit.seal(change, &*road.entropy);
            let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
            Ok(Done::now(ShellReset::Asked { told, due }, receipt))
        }
    }
}

/// When the operator was last asked.
async fn last_asked(turn: &mut dyn Writer, of: MemberId) -> Result<Option<Timestamp>, ServiceError> {
    let (mut last, mut request) = (None, PageRequest::first(200));
    loop {
        let page = turn.mails(request).await?;
        let asked = page
            .items
            .iter()
            .filter(|mail| mail.kind == MailKind::SecondFactorResetAsked && mail.member == Some(of));
        last = asked.map(|mail| mail.queued_at).max().max(last);
        match page.next {
            None => return Ok(last),
            Some(next) => request = PageRequest { after: Some(next), limit: 200 },
        }
    }
}
