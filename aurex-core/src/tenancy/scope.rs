//! A scope: one tenant, one actor, proven. Whoever holds one was signed in; whoever has none cannot even ask.

use std::sync::Arc;

use super::{
    Actor, ApiTokenId, Assurance, CustomRoleId, Errand, Granted, House, MemberId, Outside, Proof,
    RequestFacts, SessionId, TenantId,
};
use crate::rbac::{Caps, Role};

/// One tenant, one actor, how sure we are, and the facts of the request.
///
/// Cheap to clone: a counted reference. Two scopes made by two sign-ins are never the same scope, even for one person.
#[derive(Debug, Clone)]
pub struct Scope(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    house: House,
    tenant: TenantId,
    actor: Actor,
    role: Role,
    proof: Proof,
    standing: Standing,
    reach: Reach,
    narrowed_by: Option<Narrowing>,
    epoch: u64,
    facts: RequestFacts,
}

/// What the scope stands on: checked again under the writer's turn when access in the workspace has changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A member's session.
    Session(SessionId, MemberId),
    /// A member's token.
    Token(ApiTokenId, MemberId),
    /// A password, link or number that was just verified; the session is about to be opened.
    Verified(MemberId),
    /// Our own process, the founder of a new workspace, or an embedder's own sign-in: no row here to lose.
    Vouched,
}

/// Which actions the scope reaches, before the role is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everything the role holds.
    Role,
    /// Everything the role holds but what a custom role takes away.
    Without(Granted),
    /// What a token was granted *and* the role holds.
    Granted(Granted),
    /// What has to be done first, and nothing else until it is.
    Errand(Errand),
    /// Signing out, and nothing else until the hour or the network is one of the role's again.
    Outside(Outside),
    /// These actions and no others, whatever the role: a job's purpose, a link's, a founding.
    Only(&'static [&'static str]),
}

/// A workspace's own role, as far as a scope has to know it; what it withholds is in the [`Reach`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Narrowing {
    pub(crate) role: CustomRoleId,
    pub(crate) version: u32,
    pub(crate) caps: Caps,
}

pub(super) struct Parts {
    pub(super) house: House,
    pub(super) tenant: TenantId,
    pub(super) actor: Actor,
    pub(super) role: Role,
    pub(super) proof: Proof,
    pub(super) standing: Standing,
    pub(super) reach: Reach,
    pub(super) narrowed_by: Option<Narrowing>,
    pub(super) epoch: u64,
    pub(super) facts: RequestFacts,
}

impl Scope {
    pub(super) fn assemble(parts: Parts) -> Self {
        let Parts { house, tenant, actor, role, proof, standing, reach, narrowed_by, epoch, facts } = parts;
        Self(Arc::new(Inner {
            house,
            tenant,
            actor,
            role,
            proof,
            standing,
            reach,
            narrowed_by,
            epoch,
            facts,
        }))
    }

    /// The one tenant.
    pub fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    /// The one actor.
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// The role the actor had when the scope was made.
    pub fn role(&self) -> Role {
        self.0.role
    }

    /// How sure we are of the actor.
    pub fn assurance(&self) -> Assurance {
        self.0.proof.assurance
    }

    /// The same, and whether it is fresh.
    pub fn proof(&self) -> Proof {
        self.0.proof
    }

    /// The workspace's own role that narrows the actor's, and its version when the scope was made.
    pub fn custom_role(&self) -> Option<(CustomRoleId, u32)> {
        self.0.narrowed_by.as_ref().map(|by| (by.role, by.version))
    }

    /// What the custom role caps, if there is one.
    pub fn caps(&self) -> Option<&Caps> {
        self.0.narrowed_by.as_ref().map(|by| &by.caps)
    }

    /// What the scope stands on.
    pub fn standing(&self) -> Standing {
        self.0.standing
    }

    /// The session, where one carries the scope.
    pub fn session(&self) -> Option<SessionId> {
        match self.0.standing {
            Standing::Session(id, _) => Some(id),
            Standing::Token(..) | Standing::Verified(_) | Standing::Vouched => None,
        }
    }

    /// The member whose rights these are, if it is one.
    pub fn member(&self) -> Option<MemberId> {
        self.0.actor.member()
    }

    /// Which actions it reaches.
    pub fn reach(&self) -> &Reach {
        &self.0.reach
    }

    /// The workspace's access epoch when the scope was made.
    pub fn epoch(&self) -> u64 {
        self.0.epoch
    }

    /// The facts of the request.
    pub fn facts(&self) -> &RequestFacts {
        &self.0.facts
    }

    /// Whether `other` is this very scope, not merely an equal one.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn house(&self) -> House {
        self.0.house
    }
}
