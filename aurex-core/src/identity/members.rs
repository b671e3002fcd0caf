//! Members: adding and changing them, and whom nobody may touch.

use super::actions::{AddMember, ChangeMember, MemberReach, RetireMembers};
use super::mails::Mail;
use super::member::{Credential, Member, Session};
use super::password::Password;
use super::pins::may_use_a_number;
use super::roles::CustomRole;
use super::sessions::close_all;
use crate::audit::{Change, Draft, Subject};
use crate::rbac::Role;
use crate::tenancy::{CustomRoleId, MemberId};
use crate::text::{Email, Name};
use crate::time::{Date, Timestamp, Zone, plus_days};

/// Somebody to be given a login.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Their name.
    pub name: Name,
    /// The address they will sign in with.
    pub email: Email,
    /// Their role.
    pub role: Role,
    /// A one-time secret: it opens only “set your password”.
    pub password: Password,
}

/// What is to be different about a member; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberPatch {
    /// Their name.
    pub name: Option<Name>,
    /// Their role.
    pub role: Option<Role>,
    /// Whether they are locked out.
    pub disabled: Option<bool>,
    /// The workspace's own role that narrows theirs; `Some(None)` takes it away.
    pub custom_role: Option<Option<CustomRoleId>>,
    /// Their last day, at whose end they are locked out by themselves; `Some(None)` lets them stay.
    pub leaves_on: Option<Option<Date>>,
}

crate::refusals! {
    /// Why a member is not added or changed.
    pub enum MemberRefusal {
        /// An address is one login.
        EmailTaken = Conflict, "member.email_taken", "/email", "a member with this address is there already";
        /// Nobody gives a role above their reach.
        RoleBeyondReach = BeyondLimit, "member.role_beyond_reach", "/role", "this role is not yours to give";
        /// Nobody manages a peer above them.
        BeyondReach = BeyondLimit, "member.beyond_reach", "", "this member is not yours to change";
        /// A workspace without an owner could never be run again.
        LastOwner = Conflict, "member.last_owner", "", "the workspace would be left without an owner";
        /// There is no such custom role.
        CustomRoleUnknown = Invalid, "member.custom_role_unknown", "/custom_role", "there is no such role";
        /// A custom role narrows its own base and no other.
        CustomRoleBase = Invalid, "member.custom_role_base", "/custom_role", "this role narrows another one than the member's";
        /// A retired role is given to nobody.
        CustomRoleRetired = Conflict, "member.custom_role_retired", "/custom_role", "this role is given to nobody any more";
        /// Who was forgotten is nobody who could come back.
        Erased = Conflict, "member.erased", "", "this member's data was erased: invite them as somebody new";
        /// Locking oneself out is a mistake, or somebody else at the keyboard.
        OwnAccess = Conflict, "member.own_access", "/disabled", "nobody locks themselves out";
        /// The same, by a last day that is over.
        OwnLastDay = Conflict, "member.own_last_day", "/leaves_on", "nobody locks themselves out";
    }
}

impl MemberReach {
    fn covers(self, role: Role) -> bool {
        role.rank() >= self.highest.rank()
    }
}

/// Whether a new member of this role may be added; asked before the secret is hashed.
///
/// # Errors
/// [`MemberRefusal::RoleBeyondReach`].
pub fn may_give(role: Role, reach: MemberReach) -> Result<(), MemberRefusal> {
    if reach.covers(role) { Ok(()) } else { Err(MemberRefusal::RoleBeyondReach) }
}

/// Whether this member may be managed by somebody of this reach.
///
/// # Errors
/// [`MemberRefusal::BeyondReach`].
pub fn may_manage(member: &Member, reach: MemberReach) -> Result<(), MemberRefusal> {
    if reach.covers(member.role) { Ok(()) } else { Err(MemberRefusal::BeyondReach) }
}

/// A member was added, with a secret that opens only “set your password”.
#[derive(Debug, Clone)]
pub struct MemberAdded {
    /// The member.
    pub member: Member,
    /// The hash of the secret.
    pub credential: Credential,
}

/// Decides about adding a member. `holder` is who has the address already, `hash` the secret's, in its stored form.
///
/// # Errors
/// [`MemberRefusal`].
pub fn decide_add(
    new: &NewMember,
    reach: MemberReach,
    holder: Option<&Member>,
    id: MemberId,
    hash: String,
    now: Timestamp,
) -> Result<MemberAdded, MemberRefusal> {
    may_give(new.role, reach)?;
    if holder.is_some() {
        return Err(MemberRefusal::EmailTaken);
    }
    let member = Member {
        id,
        name: new.name.clone(),
        email: new.email.clone(),
        role: new.role,
        disabled: false,
        created_at: now,
        version: 1,
        custom_role: None,
        leaves_at: None,
    };
    Ok(MemberAdded { member, credential: Credential { member: id, hash, one_time: true, set_at: now } })
}

impl Change for MemberAdded {
    type By = AddMember;

    fn subject(&self) -> Subject {
        Subject::new("member", self.member.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.member);
        draft.insert(self.credential);
    }
}

/// What is known when a member is changed.
#[derive(Debug, Clone)]
pub struct MemberKnown {
    /// The member as they are.
    pub member: Member,
    /// Whether somebody else [stays an owner](stays_owner) and has a password of their own. Who was invited and never
    /// came could not run the workspace.
    pub other_owner_stays: bool,
    /// The custom role that the patch names, if there is one.
    pub custom_role: Option<CustomRole>,
    /// The member's open sessions.
    pub open: Vec<Session>,
    /// The workspace's zone, in which days end.
    pub zone: Zone,
}

/// A member was changed.
#[derive(Debug, Clone)]
pub struct MemberChanged {
    /// As they were.
    pub before: Member,
    /// As they are.
    pub after: Member,
    /// The sessions that end with it.
    pub ended: Vec<Session>,
    /// When.
    pub at: Timestamp,
    /// What the member is told.
    pub mails: Vec<Mail>,
}

/// Decides about changing a member; `None` when nothing would be different. What the member is told is put in by whoever
/// knows the occasion.
///
/// Somebody who was disabled keeps their tokens: none of them opens anything while they are.
///
/// # Errors
/// [`MemberRefusal`].
pub fn decide_change(
    patch: &MemberPatch,
    known: &MemberKnown,
    actor: Option<MemberId>,
    reach: MemberReach,
    now: Timestamp,
) -> Result<Option<MemberChanged>, MemberRefusal> {
    let before = &known.member;
    may_manage(before, reach)?;
    if let Some(role) = patch.role {
        may_give(role, reach)?;
    }
    let mut after = Member {
        name: patch.name.clone().unwrap_or_else(|| before.name.clone()),
        role: patch.role.unwrap_or(before.role),
        disabled: patch.disabled.unwrap_or(before.disabled),
        leaves_at: match patch.leaves_on {
            None => before.leaves_at,
            Some(last_day) => last_day.map(|day| known.zone.start_of(plus_days(day, 1))),
        },
        ..before.clone()
    };
    after.custom_role = custom_role(patch, known, &after)?;
    if after == *before {
        return Ok(None);
    }
    if before.is_erased() && after.is_active(now) {
        return Err(MemberRefusal::Erased);
    }
    if stays_owner(before) && !stays_owner(&after) && !known.other_owner_stays {
        return Err(MemberRefusal::LastOwner);
    }
    if actor == Some(before.id) {
        if after.disabled {
            return Err(MemberRefusal::OwnAccess);
        }
        if !after.is_active(now) {
            return Err(MemberRefusal::OwnLastDay);
        }
    }
    after.version = before.version.saturating_add(1);
    let ended = match &after {
        gone if !gone.is_active(now) => known.open.clone(),
        // What a number opened is not worth the new role.
        promoted if !may_use_a_number(promoted.role) => {
            known.open.iter().filter(|session| session.till.is_some()).cloned().collect()
        }
        _ => Vec::new(),
    };
    Ok(Some(MemberChanged { before: before.clone(), after, ended, at: now, mails: Vec::new() }))
}

/// Whether the workspace can count on this owner: neither disabled nor with a last day.
pub fn stays_owner(member: &Member) -> bool {
    member.role == Role::Owner && !member.disabled && member.leaves_at.is_none()
}

/// The custom role that the member has after the patch. One that narrows another role than the new one goes with the old.
fn custom_role(
    patch: &MemberPatch,
    known: &MemberKnown,
    after: &Member,
) -> Result<Option<CustomRoleId>, MemberRefusal> {
    match patch.custom_role {
        None if after.role == known.member.role => Ok(known.member.custom_role),
        None | Some(None) => Ok(None),
        Some(Some(id)) => {
            let named = known.custom_role.as_ref().filter(|role| role.id == id);
            let role = named.ok_or(MemberRefusal::CustomRoleUnknown)?;
            if role.base != after.role {
                Err(MemberRefusal::CustomRoleBase)
            } else if role.retired && known.member.custom_role != Some(id) {
                Err(MemberRefusal::CustomRoleRetired)
            } else {
                Ok(Some(id))
            }
        }
    }
}

/// Somebody's last day was over, and they are disabled for good.
#[derive(Debug, Clone)]
pub struct MemberRetired {
    /// As they were.
    pub before: Member,
    /// The sessions that end with it.
    pub ended: Vec<Session>,
    /// When.
    pub at: Timestamp,
}

/// Decides about somebody whose last day may be over; `None` when it is not, or when they are disabled already.
pub fn decide_retire(member: &Member, open: Vec<Session>, now: Timestamp) -> Option<MemberRetired> {
    let is_due = !member.disabled && !member.is_active(now);
    is_due.then(|| MemberRetired { before: member.clone(), ended: open, at: now })
}

impl Change for MemberRetired {
    type By = RetireMembers;

    fn subject(&self) -> Subject {
        Subject::new("member", self.before.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.raise_epoch();
        let version = self.before.version.saturating_add(1);
        draft.update(&self.before, Member { disabled: true, version, ..self.before.clone() });
        close_all(&self.ended, self.at, draft);
    }
}

impl Change for MemberChanged {
    type By = ChangeMember;

    fn subject(&self) -> Subject {
        Subject::new("member", self.before.id)
    }

    fn record(self, draft: &mut Draft) {
        let access = |member: &Member| (member.role, member.disabled, member.custom_role, member.leaves_at);
        if access(&self.before) != access(&self.after) {
            draft.raise_epoch();
        }
        draft.update(&self.before, self.after);
        close_all(&self.ended, self.at, draft);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::Action as _;
    use crate::tenancy::Id as _;
    use uuid::Uuid;

    fn member(n: u128, role: Role) -> Member {
        Member {
            id: MemberId::from_uuid(Uuid::from_u128(n)),
            name: Name::new("Asha").unwrap(),
            email: Email::new("asha@shop.example").unwrap(),
            role,
            disabled: false,
            created_at: Timestamp::from_micros(0),
            version: 1,
            custom_role: None,
            leaves_at: None,
        }
    }

    fn decided(
        actor: Role,
        target: Role,
        patch: &MemberPatch,
        other_owner_stays: bool,
    ) -> Result<Option<MemberChanged>, MemberRefusal> {
        let reach = *ChangeMember::GRANTS.of(actor).expect("a role that changes members");
        let known = MemberKnown {
            member: member(1, target),
            other_owner_stays,
            custom_role: None,
            open: Vec::new(),
            zone: Zone::INDIA,
        };
        let actor = MemberId::from_uuid(Uuid::from_u128(2));
        decide_change(patch, &known, Some(actor), reach, Timestamp::from_micros(1))
    }

    fn role(role: Role) -> MemberPatch {
        MemberPatch { role: Some(role), ..MemberPatch::default() }
    }

    #[test]
    fn an_admin_changes_nobody_beside_or_above_and_makes_nobody_so() {
        for target in Role::ALL {
            for given in Role::ALL {
                let answer = decided(Role::Admin, target, &role(given), true);
                let expected = if target.rank() < Role::Manager.rank() {
                    Err(MemberRefusal::BeyondReach)
                } else if given.rank() < Role::Manager.rank() {
                    Err(MemberRefusal::RoleBeyondReach)
                } else {
                    Ok(target != given)
                };
                assert_eq!(answer.map(|change| change.is_some()), expected, "{target} to {given}");
            }
        }
    }

    #[test]
    fn the_last_active_owner_stays_one() {
        let disable = MemberPatch { disabled: Some(true), ..MemberPatch::default() };
        let last_day = crate::time::parse_date("2031-03-31").unwrap();
        let leave = MemberPatch { leaves_on: Some(Some(last_day)), ..MemberPatch::default() };
        for patch in [role(Role::Admin), disable, leave] {
            assert_eq!(
                decided(Role::Owner, Role::Owner, &patch, false).unwrap_err(),
                MemberRefusal::LastOwner,
                "{patch:?}"
            );
            assert!(decided(Role::Owner, Role::Owner, &patch, true).unwrap().is_some(), "{patch:?}");
        }
        let rename = MemberPatch { name: Some(Name::new("Asha Devi").unwrap()), ..MemberPatch::default() };
        assert_eq!(decided(Role::Owner, Role::Owner, &rename, false).unwrap().unwrap().after.version, 2);
    }
}
