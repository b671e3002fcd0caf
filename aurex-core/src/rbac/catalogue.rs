//! The one catalogue of actions: the role matrix in the docs, the permission list on the wire and the tests are all
//! printed from it.

use std::collections::BTreeMap;

use super::{Action, Denied, Role, policy};
use crate::tenancy::{Proof, Reach, Scope};

/// What the catalogue says of one action.
#[derive(Debug, Clone)]
pub struct ActionInfo {
    /// `noun.verb`.
    pub code: &'static str,
    /// What it means.
    pub title: &'static str,
    /// The limits of each role that holds it, as text, in the order of [`Role::ALL`].
    pub grants: [Option<String>; 6],
    /// What a custom role can cap of each role's limits, by name with how far it goes, in the order of [`Role::ALL`].
    pub most: [Vec<(&'static str, i64)>; 6],
    /// Whether it needs a fresh second factor.
    pub step_up: bool,
    /// Whether a cashier's number at a shared till is enough for it.
    pub by_pin: bool,
    /// Whether it only reads.
    pub reads: bool,
    /// Whether only the process itself does it; no role holds it then.
    pub process_only: bool,
    /// The policy for this very action, so that whoever asks by code asks what a permit asks.
    policy: fn(Role, &Reach, Proof) -> Result<(), Denied>,
}

impl ActionInfo {
    fn of<A: Action>() -> Self {
        Self {
            code: A::CODE,
            title: A::TITLE,
            grants: Role::ALL.map(|role| {
                A::GRANTS.of(role).filter(|_| !A::PROCESS_ONLY).map(|limits| format!("{limits:?}"))
            }),
            most: Role::ALL.map(|role| A::GRANTS.of(role).map(A::most).unwrap_or_default()),
            process_only: A::PROCESS_ONLY,
            step_up: A::STEP_UP,
            by_pin: A::BY_PIN,
            reads: A::READS,
            policy: |role, reach, proof| policy::decide::<A>(role, reach, proof).map(drop),
        }
    }

    /// What the policy answers to somebody of this role, reach and proof: the very decision behind
    /// [`Scope::permit`], by code. An answer proves nothing and seals nothing; it is for lists and tests.
    ///
    /// # Errors
    /// [`Denied`], as [`Scope::permit`] says it.
    pub fn answer(&self, role: Role, reach: &Reach, proof: Proof) -> Result<(), Denied> {
        (self.policy)(role, reach, proof)
    }

    /// Whether `role` holds the action.
    pub fn is_held_by(&self, role: Role) -> bool {
        Role::ALL.iter().zip(&self.grants).any(|(of, grant)| *of == role && grant.is_some())
    }
}

/// Every action there is. The composition root builds it: core's own, then the embedder's.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    actions: BTreeMap<&'static str, ActionInfo>,
}

impl Catalogue {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an action. The later of two declarations of one code is dropped, and [`Catalogue::contains`] tells.
    #[must_use]
    pub fn with<A: Action>(mut self) -> Self {
        self.actions.entry(A::CODE).or_insert_with(ActionInfo::of::<A>);
        self
    }

    /// Whether there is an action of this code.
    pub fn contains(&self, code: &str) -> bool {
        self.actions.contains_key(code)
    }

    /// All actions in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &ActionInfo> {
        self.actions.values()
    }

    /// The codes that `scope` may use: the permission list on the wire. A hint for screens, never a decision: it
    /// names actions that need a fresh second factor too, because a screen offers them and then asks for it.
    pub fn permissions(&self, scope: &Scope) -> Vec<&'static str> {
        self.iter()
            .filter(|action| {
                matches!(
                    action.answer(scope.role(), scope.reach(), scope.proof()),
                    Ok(()) | Err(Denied::StepUpNeeded { .. })
                )
            })
            .map(|action| action.code)
            .collect()
    }
}

impl Catalogue {
    /// What a custom role can cap of this role's limits, by name, with how far the role itself goes.
    pub fn caps_of(&self, role: Role) -> BTreeMap<&'static str, i64> {
        let mut caps = BTreeMap::new();
        for action in self.iter() {
            let of_role = Role::ALL.iter().zip(&action.most).filter(|(of, _)| **of == role);
            for (name, most) in of_role.flat_map(|(_, most)| most) {
                let widest = caps.entry(*name).or_insert(*most);
                *widest = (*widest).max(*most);
            }
        }
        caps
    }

    /// Whether `role` holds the action of this code.
    pub fn is_held(&self, code: &str, role: Role) -> bool {
        self.actions.get(code).is_some_and(|action| action.is_held_by(role))
    }
}

impl Catalogue {
    /// Core's own actions, the shop's included.
    pub fn core() -> Self {
        let kernel = crate::identity::actions::catalogue(Self::new());
        #[cfg(feature = "shop")]
        let kernel = crate::shop::actions::catalogue(kernel);
        kernel
    }
}
