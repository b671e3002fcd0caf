//! Members: list, get, add, change.

use super::SignIn;
use super::audience::everybody;
use super::member_mails::told_of;
use crate::chance::draw;
use crate::identity::actions::{AddMember, ChangeMember, ReadMembers};
use crate::identity::credentials::Holder;
use crate::identity::member::Member;
use crate::identity::members::{
    MemberKnown, MemberPatch, NewMember, decide_add, decide_change, may_give, stays_owner,
};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::store::{Page, PageRequest, Reader, Writer};
use crate::tenancy::{CustomRoleId, MemberId, Scope};

/// Whether another than `member` stays an owner and has set a password of their own.
async fn other_owner_stays(
    reader: &mut (impl Reader + ?Sized),
    member: MemberId,
) -> Result<bool, ServiceError> {
    for other in everybody(reader).await?.iter().filter(|other| other.id != member && stays_owner(other)) {
        if reader.credential(other.id).await?.is_some_and(|credential| !credential.one_time) {
            return Ok(true);
        }
    }
    Ok(false)
}

const NO_MEMBER: ServiceError = ServiceError::NotFound("member");

/// Members, oldest first, the disabled ones too.
///
/// # Errors
/// What every read can answer.
pub async fn list_members(
    road: &Road,
    scope: &Scope,
    page: PageRequest<MemberId>,
) -> Result<Page<Member, MemberId>, ServiceError> {
    let _permit = scope.permit::<ReadMembers>()?;
    Ok(road.store.reader(scope).await?.members(page).await?)
}

/// A member.
///
/// # Errors
/// [`ServiceError::NotFound`] and what every read can answer.
pub async fn member(road: &Road, scope: &Scope, id: MemberId) -> Result<Member, ServiceError> {
    let _permit = scope.permit::<ReadMembers>()?;
    road.store.reader(scope).await?.member(id).await?.ok_or(NO_MEMBER)
}

/// Adds a member, with a secret that opens only “set your password”.
///
/// # Errors
/// [`MemberRefusal`](crate::identity::members::MemberRefusal),
/// [`UnfitPassword`](crate::identity::credentials::UnfitPassword) and what every write can answer.
pub async fn add_member(
    sign_in: &SignIn,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewMember,
) -> Result<Done<Member>, ServiceError> {
    let SignIn { road, pool, .. } = sign_in;
    let permit = scope.permit::<AddMember>()?;
    let workspace = road.store.reader(scope).await?.workspace().await?;
    let holder =
        Holder { workspace: &workspace.name, slug: &workspace.slug, name: &new.name, email: &new.email };
    may_give(new.role, *permit.limits())?;
    sign_in.check_new_password(&new.password, holder, "/password").await?;
    let hash = pool.hash(new.password.clone(), draw(&*road.entropy)).await?;

    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, AddMember::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse::<MemberId>().map_err(|_| NO_MEMBER)?;
        return Ok(Done::before(turn.member(id).await?.ok_or(NO_MEMBER)?));
    }
    let now = turn.now();
    let taken = turn.member_by_email(&new.email).await?;
    let id = MemberId::new(now, &*road.entropy);
    let change = decide_add(&new, *permit.limits(), taken.as_ref(), id, hash.to_stored(), now)?;
    let member = change.member.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(member, receipt))
}

/// Reads what changing a member needs.
pub(super) async fn known_of(
    turn: &mut dyn Writer,
    member: Member,
    custom_role: Option<CustomRoleId>,
) -> Result<MemberKnown, ServiceError> {
    Ok(MemberKnown {
        other_owner_stays: other_owner_stays(&mut *turn, member.id).await?,
        custom_role: match custom_role {
            None => None,
            Some(role) => turn.custom_role(role).await?,
        },
        open: turn.open_sessions(member.id).await?,
        zone: turn.workspace().await?.zone,
        member,
    })
}

/// Changes a member whom the caller has read in version `expected`.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Stale`],
/// [`MemberRefusal`](crate::identity::members::MemberRefusal) and what every write can answer.
pub async fn change_member(
    road: &Road,
    scope: &Scope,
    id: MemberId,
    expected: u32,
    patch: &MemberPatch,
) -> Result<Done<Member>, ServiceError> {
    let permit = scope.permit::<ChangeMember>()?;
    let mut turn = road.turn(scope).await?;
    let member = turn.member(id).await?.ok_or(NO_MEMBER)?;
    if member.version != expected {
        return Err(ServiceError::Stale);
    }
    let known = known_of(&mut *turn, member, patch.custom_role.flatten()).await?;
    let Some(mut change) = decide_change(patch, &known, scope.member(), *permit.limits(), turn.now())? else {
        return Ok(Done::nothing(known.member));
    };
    change.mails = told_of(road, scope, &mut *turn, &change).await?;
    let after = change.after.clone();
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now(after, receipt))
}
