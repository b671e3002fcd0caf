//! Custom roles: a workspace's own narrower editions of the built-in ones.

use super::actions::{ChangeCustomRoles, MemberReach};
use super::members::may_give;
use crate::audit::{Change, Draft, Subject};
use crate::rbac::{Catalogue, Role};
use crate::tenancy::CustomRoleId;
use crate::text::Name;
use crate::time::Timestamp;

crate::nested! {
    /// A cap on one limit of the base role.
    pub struct RoleCap {
        /// Which limit, `discount_ppm` for example.
        name: String,
        /// The most, in the limit's own unit.
        most: i64,
    }
}

crate::record! {
    /// A workspace's own role. It only ever takes away from its base.
    pub struct CustomRole in "custom_role" {
        /// Its id.
        id: CustomRoleId = 1 [key],
        /// What people call it.
        name: Name = 2,
        /// The built-in role that it narrows.
        base: Role = 3,
        /// The codes of the actions that it takes away.
        withheld: Vec<String> = 4,
        /// Caps on the base role's limits.
        caps: Vec<RoleCap> = 5,
        /// Whether it is given to nobody any more.
        retired: bool = 6,
        /// When it was made.
        created_at: Timestamp = 7,
        /// Counts changes; the ETag.
        version: u32 = 8,
    }
}

/// How many custom roles a workspace may have, the retired ones included: members still have those.
pub const MOST_CUSTOM_ROLES: usize = 50;

/// What nobody is kept from: signing in and out, and looking after their own password and second factor.
const OWN_ACCESS: &[&str] = &["session.", "password.change", "second_factor.add", "second_factor.change"];

/// A role to be made.
#[derive(Debug, Clone)]
pub struct NewCustomRole {
    /// What people call it.
    pub name: Name,
    /// The built-in role that it narrows.
    pub base: Role,
    /// The codes of the actions that it takes away.
    pub withheld: Vec<String>,
    /// Caps on the base role's limits.
    pub caps: Vec<RoleCap>,
}

/// What is to be different about a role; what is `None` stays. Its base stays: a narrower edition of another role is
/// another role.
#[derive(Debug, Clone, Default)]
pub struct CustomRolePatch {
    /// What people call it.
    pub name: Option<Name>,
    /// The codes of the actions that it takes away.
    pub withheld: Option<Vec<String>>,
    /// Caps on the base role's limits.
    pub caps: Option<Vec<RoleCap>>,
    /// Whether it is given to nobody any more.
    pub retired: Option<bool>,
}

crate::refusals! {
    /// Why a custom role is not made or changed.
    pub enum CustomRoleRefusal {
        /// Nobody makes or changes a narrower edition of a role that is not theirs to give.
        BeyondReach = BeyondLimit, "custom_role.beyond_reach", "/base", "this role is not yours to narrow";
        /// A workspace that is run by nobody but half an owner could get stuck.
        OwnerBase = Invalid, "custom_role.owner_base", "/base", "an owner's role is not narrowed";
        /// Two roles of one name could not be told apart.
        NameTaken = Conflict, "custom_role.name_taken", "/name", "a role of this name is there already";
        /// A workspace has as many as it may.
        TooMany = Conflict, "custom_role.too_many", "", "a workspace has 50 roles of its own at most";
        /// There is no such action, or the base role does not hold it.
        NotHeld {
            /// Which of the codes.
            at: usize,
        } = Invalid, "custom_role.not_held", "/withheld/{at}", "the base role does not hold this";
        /// Nobody is kept from their own access.
        OwnAccess {
            /// Which of the codes.
            at: usize,
        } = Invalid, "custom_role.own_access", "/withheld/{at}", "nobody is kept from their own sign-in";
        /// There is no such limit to the base role, or two caps are on one.
        CapUnknown {
            /// Which of the caps.
            at: usize,
        } = Invalid, "custom_role.cap_unknown", "/caps/{at}/name", "the base role has no such limit to cap, or it was capped before";
        /// A custom role only ever takes away.
        CapBeyondBase {
            /// Which of the caps.
            at: usize,
            /// How far the base role goes.
            most: i64,
        } = Invalid, "custom_role.cap_beyond_base", "/caps/{at}/most", "the base role goes from 0 to {most}";
    }
}

/// What the rules need to know beside the role itself.
#[derive(Debug, Clone, Copy)]
pub struct RoleRules<'a> {
    /// Every action there is.
    pub catalogue: &'a Catalogue,
    /// Up to which role whoever asks may give.
    pub reach: MemberReach,
    /// The roles that are there.
    pub there: &'a [CustomRole],
}

/// Checks that a role takes away from its base, and does nothing else.
fn check(role: &CustomRole, rules: RoleRules<'_>) -> Result<(), CustomRoleRefusal> {
    may_give(role.base, rules.reach).map_err(|_| CustomRoleRefusal::BeyondReach)?;
    if role.base == Role::Owner {
        return Err(CustomRoleRefusal::OwnerBase);
    }
    if rules.there.iter().any(|other| other.id != role.id && other.name == role.name) {
        return Err(CustomRoleRefusal::NameTaken);
    }
    for (at, code) in role.withheld.iter().enumerate() {
        if !rules.catalogue.is_held(code, role.base) {
            return Err(CustomRoleRefusal::NotHeld { at });
        }
        if OWN_ACCESS.iter().any(|own| code == own || (own.ends_with('.') && code.starts_with(own))) {
            return Err(CustomRoleRefusal::OwnAccess { at });
        }
    }
    let of_base = rules.catalogue.caps_of(role.base);
    for (at, cap) in role.caps.iter().enumerate() {
        let before = role.caps.iter().take(at).any(|other| other.name == cap.name);
        match of_base.get(cap.name.as_str()).copied() {
            Some(most) if !before && !(0..=most).contains(&cap.most) => {
                return Err(CustomRoleRefusal::CapBeyondBase { at, most });
            }
            Some(_) if !before => {}
            _ => return Err(CustomRoleRefusal::CapUnknown { at }),
        }
    }
    Ok(())
}

/// A role was made.
#[derive(Debug, Clone)]
pub struct CustomRoleMade {
    /// The role.
    pub role: CustomRole,
}

/// Decides about a new role.
///
/// # Errors
/// [`CustomRoleRefusal`].
pub fn decide_make(
    new: NewCustomRole,
    rules: RoleRules<'_>,
    id: CustomRoleId,
    now: Timestamp,
) -> Result<CustomRoleMade, CustomRoleRefusal> {
    let NewCustomRole { name, base, withheld, caps } = new;
    let mut role = CustomRole { id, name, base, withheld, caps, retired: false, created_at: now, version: 1 };
    check(&role, rules)?;
    if rules.there.len() >= MOST_CUSTOM_ROLES {
        return Err(CustomRoleRefusal::TooMany);
    }
    in_order(&mut role);
    Ok(CustomRoleMade { role })
}

fn in_order(role: &mut CustomRole) {
    role.withheld.sort();
    role.withheld.dedup();
    role.caps.sort_by(|one, other| one.name.cmp(&other.name));
}

impl Change for CustomRoleMade {
    type By = ChangeCustomRoles;

    fn subject(&self) -> Subject {
        Subject::new("custom_role", self.role.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.role);
    }
}

/// A role was changed.
#[derive(Debug, Clone)]
pub struct CustomRoleChanged {
    /// As it was.
    pub before: CustomRole,
    /// As it is.
    pub after: CustomRole,
}

/// Decides about changing a role; `None` when nothing would be different.
///
/// # Errors
/// [`CustomRoleRefusal`].
pub fn decide_change(
    patch: CustomRolePatch,
    before: &CustomRole,
    rules: RoleRules<'_>,
) -> Result<Option<CustomRoleChanged>, CustomRoleRefusal> {
    let mut after = CustomRole {
        name: patch.name.unwrap_or_else(|| before.name.clone()),
        withheld: patch.withheld.unwrap_or_else(|| before.withheld.clone()),
        caps: patch.caps.unwrap_or_else(|| before.caps.clone()),
        retired: patch.retired.unwrap_or(before.retired),
        ..before.clone()
    };
    check(&after, rules)?;
    in_order(&mut after);
    if after == *before {
        return Ok(None);
    }
    after.version = before.version.saturating_add(1);
    Ok(Some(CustomRoleChanged { before: before.clone(), after }))
}

impl Change for CustomRoleChanged {
    type By = ChangeCustomRoles;

    fn subject(&self) -> Subject {
        Subject::new("custom_role", self.before.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.raise_epoch();
        draft.update(&self.before, self.after);
    }
}

#[cfg(all(test, feature = "shop"))]
mod tests {
    use super::*;
    use crate::tenancy::Id as _;
    use uuid::Uuid;

    fn made(
        base: Role,
        highest: Role,
        withheld: &[&str],
        caps: &[(&str, i64)],
    ) -> Result<CustomRole, CustomRoleRefusal> {
        let new = NewCustomRole {
            name: Name::new("Trainee").unwrap(),
            base,
            withheld: withheld.iter().map(|code| (*code).to_owned()).collect(),
            caps: caps.iter().map(|(name, most)| RoleCap { name: (*name).to_owned(), most: *most }).collect(),
        };
        let catalogue = Catalogue::core();
        let rules = RoleRules { catalogue: &catalogue, reach: MemberReach { highest }, there: &[] };
        let id = CustomRoleId::from_uuid(Uuid::from_u128(1));
        decide_make(new, rules, id, Timestamp::from_micros(0)).map(|made| made.role)
    }

    #[test]
    fn asvs_v8_2_1_a_custom_role_takes_away_from_its_base_and_does_nothing_else() {
        let most = Catalogue::core().caps_of(Role::Cashier)["discount_ppm"];
        let role = made(Role::Cashier, Role::Owner, &["receipt.record"], &[("discount_ppm", most)]).unwrap();
        assert_eq!(role.withheld, ["receipt.record"]);
        let refused = [
            (
                made(Role::Cashier, Role::Owner, &["rate.read", "member.add"], &[]),
                CustomRoleRefusal::NotHeld { at: 1 },
            ),
            (made(Role::Cashier, Role::Owner, &["no.such"], &[]), CustomRoleRefusal::NotHeld { at: 0 }),
            (
                made(Role::Cashier, Role::Owner, &["session.open"], &[]),
                CustomRoleRefusal::OwnAccess { at: 0 },
            ),
            (
                made(Role::Cashier, Role::Owner, &[], &[("discount_ppm", most + 1)]),
                CustomRoleRefusal::CapBeyondBase { at: 0, most },
            ),
            (
                made(Role::Cashier, Role::Owner, &[], &[("discount_ppm", -1)]),
                CustomRoleRefusal::CapBeyondBase { at: 0, most },
            ),
            (
                made(Role::Cashier, Role::Owner, &[], &[("discount_ppm", 1), ("discount_ppm", 2)]),
                CustomRoleRefusal::CapUnknown { at: 1 },
            ),
            (
                made(Role::Auditor, Role::Owner, &[], &[("discount_ppm", 0)]),
                CustomRoleRefusal::CapUnknown { at: 0 },
            ),
            (made(Role::Owner, Role::Owner, &[], &[]), CustomRoleRefusal::OwnerBase),
            (made(Role::Admin, Role::Manager, &[], &[]), CustomRoleRefusal::BeyondReach),
        ];
        for (answer, expected) in refused {
            assert_eq!(answer.unwrap_err(), expected);
        }
    }
}
