//! A permit: proof that this actor may do this action here and now, within these limits. Sealing uses it up.

use std::marker::PhantomData;

use super::{Action, Role, policy};
use crate::audit::{Change, Draft, Sealed};
use crate::chance::{Entropy, draw};
use crate::refusal::{RefusalInfo, RefusalKind};
use crate::tenancy::{Outside, Scope};

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
    /// [`Denied`] says why: the role does not hold it, the token was not granted it, the session has something else to do
    /// first, or a stronger or fresher proof is missing.
    #[inline]
    pub fn permit<A: Action>(&self) -> Result<Permit<'_, A>, Denied> {
        let limits = policy::decide::<A>(self.role(), self.reach(), self.proof())?;
        let limits = match self.caps() {
            None => limits,
            Some(caps) => A::capped(limits, caps),
        };
        Ok(Permit { scope: self, limits, action: PhantomData })
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
    /// A fresh proof is needed: of the second factor, or of the password where there is none.
    #[error("{action} needs a fresh proof of who you are")]
    StepUpNeeded {
        /// The action's code.
        action: &'static str,
    },
    /// The second factor has not been proved in this session yet.
    #[error("prove your second factor first")]
    SecondFactorFirst,
    /// The workspace asks a second factor of this role, and there is none yet.
    #[error("set up a second factor first")]
    AddSecondFactorFirst,
    /// The workspace does not let the role act at this hour, or from this network.
    #[error("{}", outside_text(*.0))]
    Outside(Outside),
    /// A number at a shared till is not enough.
    #[error("{action} needs a sign-in with a password")]
    PasswordNeeded {
        /// The action's code.
        action: &'static str,
    },
}

impl Denied {
    /// The denials that clients are told by codes of their own, for the documentation; the others are one answer to
    /// them.
    pub const CATALOGUE: &'static [RefusalInfo] = &[
        info(Self::PasswordFirst.code(), "set a password of your own first"),
        info(Self::SecondFactorFirst.code(), "prove your second factor first"),
        info(Self::AddSecondFactorFirst.code(), "set up a second factor first"),
        info(Self::PasswordNeeded { action: "" }.code(), "sign in with your password for this"),
        info(Self::StepUpNeeded { action: "" }.code(), "prove once more who you are"),
        info(Outside::Hours.code(), outside_text(Outside::Hours)),
        info(Outside::Network.code(), outside_text(Outside::Network)),
    ];

    /// The stable code for clients.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Role { .. } => "permission.denied",
            Self::NotGranted { .. } => "permission.not_granted",
            Self::PasswordFirst => "password.change_first",
            Self::StepUpNeeded { .. } => "auth.step_up_needed",
            Self::SecondFactorFirst => "auth.second_factor_needed",
            Self::AddSecondFactorFirst => "auth.second_factor_missing",
            Self::PasswordNeeded { .. } => "auth.password_needed",
            Self::Outside(outside) => outside.code(),
        }
    }
}

const fn outside_text(outside: Outside) -> &'static str {
    match outside {
        Outside::Hours => "your role may not be here at this hour",
        Outside::Network => "your role may not be here from this network",
    }
}

const fn info(code: &'static str, message: &'static str) -> RefusalInfo {
    RefusalInfo { code, kind: RefusalKind::BeyondLimit, message }
}
