//! Links that one member has sent to another: an invitation, and a way to set a new password.
//!
//! Whoever has one sent never sees it, and chooses no password for anybody.

use serde_json::json;

use super::letters::NewLink;
use crate::identity::actions::{AddMember, MemberReach, SendReset};
use crate::identity::invitations::{Invitee, MemberInvited, decide_invite};
use crate::identity::links::{Link, LinkPurpose, LinkRefusal, LinkSent};
use crate::identity::member::Member;
use crate::identity::members::{MemberRefusal, may_give};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::store::{Reader, Writer};
use crate::tenancy::{MemberId, Scope};
use crate::time::Timestamp;

const NO_MEMBER: ServiceError = ServiceError::NotFound("member");

/// Adds a member without a password, and mails them a link by which they set one. It is good for a week.
///
/// # Errors
/// [`MemberRefusal`] and what every write can answer.
pub async fn invite_member(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    invitee: Invitee,
) -> Result<Done<Member>, ServiceError> {
    let permit = scope.permit::<AddMember>()?;
    may_give(invitee.role, *permit.limits())?;
    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, AddMember::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse::<MemberId>().map_err(|_| NO_MEMBER)?;
        return Ok(Done::before(turn.member(id).await?.ok_or(NO_MEMBER)?));
    }
    let now = turn.now();
    let taken = turn.member_by_email(&invitee.email).await?;
    let id = MemberId::new(now, &*road.entropy);
    let member = decide_invite(invitee, *permit.limits(), taken.as_ref(), id, now)?;
    let new = NewLink::drawn(road, &member, LinkPurpose::Invitation, now);
    let mail = new.mail(road, scope, &member, invited_by(scope, &mut *turn, &member).await?)?;
    let change = MemberInvited { member: member.clone(), link: new.link, mail };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(member, receipt))
}

/// Invites a member again who has no password yet. The earlier links open nothing any more.
///
/// # Errors
/// [`ServiceError::NotFound`], [`LinkRefusal::JoinedAlready`], [`MemberRefusal::BeyondReach`] and what every write can
/// answer.
pub async fn invite_again(road: &Road, scope: &Scope, id: MemberId) -> Result<Done<Member>, ServiceError> {
    let permit = scope.permit::<AddMember>()?;
    let mut turn = road.turn(scope).await?;
    let member = reached(&mut *turn, id, *permit.limits()).await?;
    if turn.credential(id).await?.is_some() {
        return Err(LinkRefusal::JoinedAlready.into());
    }
    let new = NewLink::drawn(road, &member, LinkPurpose::Invitation, turn.now());
    let mail = new.mail(road, scope, &member, invited_by(scope, &mut *turn, &member).await?)?;
    let earlier = turn.open_links(id).await?;
    let change = LinkSent::<AddMember>::new(new.link, mail, earlier);
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(Done::now(member, receipt))
}

/// Mails a member a link by which they set a new password. It is good for half an hour; the earlier ones are not any
/// more. Nobody is signed out by it, and it proves no second factor.
///
/// # Errors
/// [`ServiceError::NotFound`], also for somebody disabled, [`MemberRefusal::BeyondReach`] and what every write can
/// answer.
pub async fn send_reset(road: &Road, scope: &Scope, id: MemberId) -> Result<Done<Member>, ServiceError> {
    let permit = scope.permit::<SendReset>()?;
    let mut turn = road.turn(scope).await?;
    let member = reached(&mut *turn, id, *permit.limits()).await?;
    let new = NewLink::drawn(road, &member, LinkPurpose::Reset, turn.now());
    let mail = new.mail(road, scope, &member, [])?;
    let earlier = of_purpose(turn.open_links(id).await?, LinkPurpose::Reset, turn.now());
    let change = LinkSent::<SendReset>::new(new.link, mail, earlier);
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(Done::now(member, receipt))
}

/// The active member of this id, where the actor's reach covers them.
async fn reached(turn: &mut dyn Writer, id: MemberId, reach: MemberReach) -> Result<Member, ServiceError> {
    let now = turn.now();
    let member = turn.member(id).await?.filter(|member| member.is_active(now)).ok_or(NO_MEMBER)?;
    may_give(member.role, reach).map_err(|_| MemberRefusal::BeyondReach)?;
    Ok(member)
}

fn of_purpose(links: Vec<Link>, purpose: LinkPurpose, now: Timestamp) -> Vec<Link> {
    links.into_iter().filter(|link| link.purpose == purpose && link.is_alive(now)).collect()
}

/// Who asks, and as what.
async fn invited_by(
    scope: &Scope,
    reader: &mut (impl Reader + ?Sized),
    member: &Member,
) -> Result<[(&'static str, serde_json::Value); 2], ServiceError> {
    let by = match scope.member() {
        Some(id) => reader.member(id).await?.map(|by| by.name.to_string()),
        None => None,
    };
    Ok([("by", json!(by)), ("role", json!(member.role.code()))])
}
