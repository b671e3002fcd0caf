//! Members: adding and changing them, and whom nobody may touch.

use super::actions::{AddMember, ChangeMember, MemberReach};
use super::member::{Credential, Member, Session};
use super::password::Password;
use super::sessions::close_all;
use crate::audit::{Change, Draft, Subject};
use crate::rbac::Role;
use crate::tenancy::MemberId;
use crate::text::{Email, Name};
use crate::time::Timestamp;

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
        /// Locking oneself out is a mistake, or somebody else at the keyboard.
        OwnAccess = Conflict, "member.own_access", "/disabled", "nobody locks themselves out";
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
    /// How many owners are not disabled.
    pub active_owners: u32,
    /// The member's open sessions.
    pub open: Vec<Session>,
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
}

/// Decides about changing a member; `None` when nothing would be different.
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
    if !reach.covers(before.role) {
        return Err(MemberRefusal::BeyondReach);
    }
    if let Some(role) = patch.role {
        may_give(role, reach)?;
    }
    let mut after = Member {
        name: patch.name.clone().unwrap_or_else(|| before.name.clone()),
        role: patch.role.unwrap_or(before.role),
        disabled: patch.disabled.unwrap_or(before.disabled),
        ..before.clone()
    };
    if after == *before {
        return Ok(None);
    }
    let owns = |member: &Member| member.role == Role::Owner && !member.disabled;
    if owns(before) && !owns(&after) && known.active_owners <= 1 {
        return Err(MemberRefusal::LastOwner);
    }
    if after.disabled && actor == Some(before.id) {
        return Err(MemberRefusal::OwnAccess);
    }
    after.version = before.version.saturating_add(1);
    let ended = if after.disabled { known.open.clone() } else { Vec::new() };
    Ok(Some(MemberChanged { before: before.clone(), after, ended, at: now }))
}

impl Change for MemberChanged {
    type By = ChangeMember;

    fn subject(&self) -> Subject {
        Subject::new("member", self.before.id)
    }

    fn record(self, draft: &mut Draft) {
        if (self.before.role, self.before.disabled) != (self.after.role, self.after.disabled) {
            draft.raise_epoch();
        }
        draft.update(&self.before, self.after);
        close_all(&self.ended, self.at, draft);
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
        active_owners: u32,
    ) -> Result<Option<MemberChanged>, MemberRefusal> {
        let reach = *ChangeMember::GRANTS.of(actor).expect("a role that changes members");
        let known = MemberKnown { member: member(1, target), active_owners, open: Vec::new() };
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
                let answer = decided(Role::Admin, target, &role(given), 2);
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
        for patch in [role(Role::Admin), disable] {
            assert_eq!(
                decided(Role::Owner, Role::Owner, &patch, 1).unwrap_err(),
                MemberRefusal::LastOwner,
                "{patch:?}"
            );
            assert!(decided(Role::Owner, Role::Owner, &patch, 2).unwrap().is_some(), "{patch:?}");
        }
        let rename = MemberPatch { name: Some(Name::new("Asha Devi").unwrap()), ..MemberPatch::default() };
        assert_eq!(decided(Role::Owner, Role::Owner, &rename, 1).unwrap().unwrap().after.version, 2);
    }
}
