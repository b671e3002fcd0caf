//! Where scopes come from, and the only place.
//!
//! Opening a store calls [`Authority::establish`] and hands the [`Authority`] to the composition root, which splits it
//! once into the four [`Entrances`]. None of them is `Clone`; request handlers are given the sign-in service and
//! nothing else. Another store's authority makes scopes that this store's [`House`] does not admit, so it does not
//! help anybody to establish one of their own.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::scope::{Narrowing, Parts};
use super::{
    Actor, ApiTokenId, Assurance, Granted, MemberId, Outside, Proof, Reach, RequestFacts, Scope, SessionId,
    Standing, TenantId, mark,
};
use crate::rbac::Role;
use crate::time::Timestamp;

static HOUSES: AtomicU64 = AtomicU64::new(1);

/// The identity of one opened store. It admits only scopes that descend from the authority made with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct House(u64);

impl House {
    /// Whether `scope` was made for this store.
    pub fn admits(self, scope: &Scope) -> bool {
        scope.house() == self
    }
}

/// The right to make scopes for one opened store.
#[derive(Debug)]
#[must_use = "an authority that is dropped leaves a store nobody can enter"]
pub struct Authority {
    house: House,
}

impl Authority {
    /// For backends: called once when a store is opened. The store keeps the house, its opener gets the authority.
    pub fn establish() -> (Self, House) {
        let house = House(HOUSES.fetch_add(1, Ordering::Relaxed));
        (Self { house }, house)
    }

    /// Splits the authority into its four entrances, once.
    pub fn split(self) -> Entrances {
        let house = self.house;
        Entrances {
            sign_in: SignInKey { house },
            jobs: Jobs { house },
            cli: Cli { house },
            trusted: Trusted { house },
        }
    }
}

/// The four ways in.
#[derive(Debug)]
pub struct Entrances {
    /// Taken by the sign-in service, the only one that request handlers reach.
    pub sign_in: SignInKey,
    /// For background work.
    pub jobs: Jobs,
    /// For the operator's shell.
    pub cli: Cli,
    /// For an embedder's own sign-in.
    pub trusted: Trusted,
}

/// What the sign-in service needs to turn a verified row into a scope. Its uses are inside core.
#[derive(Debug)]
pub struct SignInKey {
    house: House,
}

/// Who the sign-in service has verified, from rows.
#[derive(Debug, Clone)]
pub(crate) struct Verified {
    pub(crate) tenant: TenantId,
    pub(crate) member: MemberId,
    pub(crate) role: Role,
    pub(crate) epoch: u64,
    pub(crate) proof: Proof,
    /// Whether the workspace lets them act at this hour and from this network.
    pub(crate) outside: Option<Outside>,
    /// What has to be done before anything else.
    pub(crate) first: Option<Errand>,
    /// The member's custom role, and the codes that it takes away.
    pub(crate) custom_role: Option<(Narrowing, Granted)>,
}

/// When somebody asks, and from which address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub(crate) now: Timestamp,
    pub(crate) address: Option<IpAddr>,
}

impl At {
    pub(crate) const fn new(now: Timestamp, facts: &RequestFacts) -> Self {
        Self { now, address: facts.ip }
    }
}

/// What a session has to do before it may do anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// Set a password of one's own: somebody else chose this one.
    SetPassword,
    /// Prove the second factor.
    ProveSecondFactor,
    /// Set up a second factor: the workspace asks it of this role.
    AddSecondFactor,
    /// Prove once more who one is: outside the hours or networks of the role, only a fresh proof counts.
    ProveAgain,
}

impl Errand {
    /// The actions that a session on this errand reaches.
    pub const fn reaches(self) -> &'static [&'static str] {
        match self {
            Self::SetPassword => &["password.change", "session.open"],
            Self::ProveSecondFactor | Self::ProveAgain => {
                &["session.open", "session.close", "session.step_up"]
            }
            Self::AddSecondFactor => {
                &["session.open", "session.close", "session.step_up", "second_factor.add", "password.change"]
            }
        }
    }

    /// As on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SetPassword => "set_password",
            Self::ProveSecondFactor => "second_factor",
            Self::AddSecondFactor => "add_second_factor",
            Self::ProveAgain => "step_up",
        }
    }
}

/// The action of somebody who opens a workspace.
const FOUNDING: &[&str] = &["workspace.open"];

/// The action of somebody who asks for a mail to be sent to an address.
const STRANGERS: &[&str] = &["link.request"];

impl SignInKey {
    pub(crate) fn session(&self, who: &Verified, session: Option<SessionId>, facts: RequestFacts) -> Scope {
        let (narrowed_by, withheld) = who.custom_role.clone().unzip();
        Scope::assemble(Parts {
            house: self.house,
            tenant: who.tenant,
            actor: Actor::Member(who.member),
            role: who.role,
            proof: who.proof,
            standing: session.map_or(Standing::Verified(who.member), |id| Standing::Session(id, who.member)),
            reach: match (who.outside, who.first, withheld) {
                (Some(outside), ..) => Reach::Outside(outside),
                (None, Some(errand), _) => Reach::Errand(errand),
                (None, None, Some(withheld)) => Reach::Without(withheld),
                (None, None, None) => Reach::Role,
            },
            narrowed_by,
            epoch: who.epoch,
            facts,
        })
    }

    /// A session that reaches just `actions`, whatever the role: a link's own purpose.
    pub(crate) fn for_one_purpose(
        &self,
        who: &Verified,
        actions: &'static [&'static str],
        facts: RequestFacts,
    ) -> Scope {
        Scope::assemble(Parts {
            house: self.house,
            tenant: who.tenant,
            actor: Actor::Member(who.member),
            role: who.role,
            proof: who.proof,
            standing: Standing::Verified(who.member),
            reach: Reach::Only(actions),
            narrowed_by: who.custom_role.clone().map(|(by, _)| by),
            epoch: who.epoch,
            facts,
        })
    }

    /// Somebody not signed in, who may ask for a mail and nothing else.
    pub(crate) fn stranger(&self, tenant: TenantId, facts: RequestFacts) -> Scope {
        Scope::assemble(Parts {
            house: self.house,
            tenant,
            actor: Actor::Anonymous,
            role: Role::Owner,
            proof: Proof { assurance: Assurance::None, is_fresh: false },
            standing: Standing::Vouched,
            reach: Reach::Only(STRANGERS),
            narrowed_by: None,
            epoch: 0,
            facts,
        })
    }

    pub(crate) fn token(
        &self,
        who: &Verified,
        token: ApiTokenId,
        granted: Vec<String>,
        facts: RequestFacts,
    ) -> Scope {
        let (narrowed_by, withheld) = who.custom_role.clone().unzip();
        let held =
            |code: &String| !withheld.as_ref().is_some_and(|taken: &Granted| taken.has(mark(code), code));
        Scope::assemble(Parts {
            house: self.house,
            tenant: who.tenant,
            actor: Actor::Token(token, who.member),
            role: who.role,
            proof: Proof { assurance: Assurance::Token, is_fresh: false },
            standing: Standing::Token(token, who.member),
            reach: match who.outside {
                Some(outside) => Reach::Outside(outside),
                None => Reach::Granted(granted.into_iter().filter(held).collect()),
            },
            narrowed_by,
            epoch: who.epoch,
            facts,
        })
    }

    /// Somebody about to open the workspace `tenant` as its first owner.
    pub(crate) fn founder(&self, tenant: TenantId, owner: MemberId, facts: RequestFacts) -> Scope {
        Scope::assemble(Parts {
            house: self.house,
            tenant,
            actor: Actor::Member(owner),
            role: Role::Owner,
            proof: Proof { assurance: Assurance::Password, is_fresh: true },
            standing: Standing::Vouched,
            reach: Reach::Only(FOUNDING),
            narrowed_by: None,
            epoch: 0,
            facts,
        })
    }
}

/// What a job is for: its name in the audit log, and the actions it reaches.
pub trait Purpose {
    /// The name in the audit log.
    const NAME: &'static str;
    /// Codes of the actions that its scopes reach; all others are denied.
    const ACTIONS: &'static [&'static str];
}

/// Makes jobs.
#[derive(Debug)]
pub struct Jobs {
    house: House,
}

impl Jobs {
    /// A job for one purpose.
    pub fn job<P: Purpose>(&self) -> Job<P> {
        Job { house: self.house, purpose: PhantomData }
    }
}

/// Background work for one purpose; its scopes reach that purpose's actions only.
#[derive(Debug)]
pub struct Job<P: Purpose> {
    house: House,
    purpose: PhantomData<fn() -> P>,
}

impl<P: Purpose> Job<P> {
    /// A scope of this job in one workspace.
    pub fn scope(&self, tenant: TenantId, facts: RequestFacts) -> Scope {
        Scope::assemble(Parts {
            house: self.house,
            tenant,
            actor: Actor::Job(P::NAME),
            role: Role::Owner,
            proof: Proof::standing(Assurance::Process),
            standing: Standing::Vouched,
            reach: Reach::Only(P::ACTIONS),
            narrowed_by: None,
            epoch: 0,
            facts,
        })
    }
}

/// The operator's shell. What it does to a workspace stands in that workspace's own log.
#[derive(Debug)]
pub struct Cli {
    house: House,
}

impl Cli {
    /// A scope that reaches just `actions` in one workspace.
    pub fn scope(&self, tenant: TenantId, actions: &'static [&'static str], facts: RequestFacts) -> Scope {
        Scope::assemble(Parts {
            house: self.house,
            tenant,
            actor: Actor::Operator,
            role: Role::Owner,
            proof: Proof::standing(Assurance::Process),
            standing: Standing::Vouched,
            reach: Reach::Only(actions),
            narrowed_by: None,
            epoch: 0,
            facts,
        })
    }
}

/// An embedder's own sign-in: it vouches for the member, the role and the tenant it names.
#[derive(Debug)]
pub struct Trusted {
    house: House,
}

impl Trusted {
    /// A scope for somebody whom the embedder's own sign-in has verified.
    ///
    /// Nothing here checks the claim: an embedder who fills it from a request body has undone the whole design.
    pub fn vouch_for(&self, tenant: TenantId, member: MemberId, role: Role, facts: RequestFacts) -> Scope {
        Scope::assemble(Parts {
            house: self.house,
            tenant,
            actor: Actor::Member(member),
            role,
            proof: Proof::standing(Assurance::Vouched),
            standing: Standing::Vouched,
            reach: Reach::Role,
            narrowed_by: None,
            epoch: 0,
            facts,
        })
    }

    /// A scope for somebody who founds a new workspace by the embedder's own sign-up.
    pub fn founder(&self, tenant: TenantId, owner: MemberId, facts: RequestFacts) -> Scope {
        SignInKey { house: self.house }.founder(tenant, owner, facts)
    }
}
