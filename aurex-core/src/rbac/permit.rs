//! A permit: proof that this actor may do this action here and now, within these limits. Sealing uses it up.

use std::marker::PhantomData;

use super::{Action, Role};
use crate::audit::{Change, Draft, Sealed};
use crate::chance::{Entropy, draw};
use crate::tenancy::{Assurance, Reach, Scope};

/// Leave to do action `A` once, in one scope.
///
/// By value it seals one change; by reference it covers a read. It borrows the scope, so granting one copies nothing.
#[derive(Debug)]
#[must_use = "a permit does nothing until it seals a change or covers a read"]
pub struct Permit<'s, A: Action> {
    scope: &'s Scope,
    limits: A::Limits,
    action: PhantomData<fn() -> A>,
}

impl Scope {
    /// Asks the policy for leave to do `A`.
    ///
    /// # Errors
    /// [`Denied`] says why: the role does not hold it, the token was not granted it, the session may do nothing but
    /// set a password, or a fresh second factor is missing.
    #[inline]
    pub fn permit<A: Action>(&self) -> Result<Permit<'_, A>, Denied> {
        let limits = A::GRANTS.of(self.role()).copied();
        let limits = match (self.reach(), limits) {
            (Reach::Role, Some(limits)) => limits,
            (reach, limits) => narrowed::<A>(self, reach, limits)?,
        };
        if A::STEP_UP && !self.assurance().is_stepped_up() {
            return Err(Denied::StepUpNeeded { action: A::CODE });
        }
        Ok(Permit { scope: self, limits, action: PhantomData })
    }
}

/// The rarer reaches, kept out of the fast path.
#[cold]
fn narrowed<A: Action>(scope: &Scope, reach: &Reach, limits: Option<A::Limits>) -> Result<A::Limits, Denied> {
    let role_denies = Denied::Role { action: A::CODE, role: scope.role() };
    match reach {
        Reach::Role => Err(role_denies),
        Reach::Granted(granted) if !granted.iter().any(|code| code == A::CODE) => {
            Err(Denied::NotGranted { action: A::CODE })
        }
        Reach::Granted(_) => limits.ok_or(role_denies),
        Reach::Only(codes) if codes.contains(&A::CODE) => limits.ok_or(role_denies),
        Reach::Only(_) if scope.assurance() == Assurance::OneTimeSecret => Err(Denied::PasswordFirst),
        Reach::Only(_) => Err(Denied::NotGranted { action: A::CODE }),
    }
}

impl<'s, A: Action> Permit<'s, A> {
    /// How far the holder may go.
    pub fn limits(&self) -> &A::Limits {
        &self.limits
    }

    /// The scope it was granted in.
    pub fn scope(&self) -> &'s Scope {
        self.scope
    }

    /// Seals one change: from here on it can only be applied, as it is, by a writer of this very scope.
    ///
    /// `entropy` gives the seed of the salts under which the audit log commits to the change.
    pub fn seal<C: Change<By = A>>(self, change: C, entropy: &dyn Entropy) -> Sealed {
        let mut draft = Draft::new(change.subject());
        change.record(&mut draft);
        Sealed::new(self.scope.clone(), A::CODE, draft, draw(entropy))
    }
}

/// Why a permit was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// The role does not hold the action.
    #[error("the role {role} does not hold {action}")]
    Role {
        /// The action's code.
        action: &'static str,
        /// The actor's role.
        role: Role,
    },
    /// The token, job or shell command was not granted the action.
    #[error("{action} was not granted here")]
    NotGranted {
        /// The action's code.
        action: &'static str,
    },
    /// A password that somebody else set opens only “set your password”.
    #[error("set a password of your own first")]
    PasswordFirst,
    /// A fresh second factor is needed.
    #[error("{action} needs a fresh second factor")]
    StepUpNeeded {
        /// The action's code.
        action: &'static str,
    },
}

impl Denied {
    /// The stable code for clients.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Role { .. } => "permission.denied",
            Self::NotGranted { .. } => "permission.not_granted",
            Self::PasswordFirst => "password.change_first",
            Self::StepUpNeeded { .. } => "auth.step_up_needed",
        }
    }
}
