//! The policy: a pure function from who asks to how far they may go.
//!
//! It knows three things of the asker (role, reach, proof) and one of the action (its declaration), so its whole
//! truth table can be compared with other engines'. An answer is no permit: that takes a scope.

use super::{Action, Denied, Role};
use crate::tenancy::{Assurance, Errand, Outside, Proof, Reach, mark};

/// How far somebody of this role, reach and proof may go with `A`.
#[inline]
pub(super) fn decide<A: Action>(role: Role, reach: &Reach, proof: Proof) -> Result<A::Limits, Denied> {
    let limits = match (reach, A::GRANTS.of(role).copied()) {
        (Reach::Role, Some(limits)) if !A::PROCESS_ONLY => limits,
        (reach, limits) => narrowed::<A>(role, reach, limits)?,
    };
    if !A::BY_PIN && matches!(proof.assurance, Assurance::Pin) {
        return Err(Denied::PasswordNeeded { action: A::CODE });
    }
    if A::STEP_UP && !proof.is_fresh {
        return Err(Denied::StepUpNeeded { action: A::CODE });
    }
    Ok(limits)
}

/// The rarer reaches, kept out of the fast path.
#[cold]
fn narrowed<A: Action>(role: Role, reach: &Reach, limits: Option<A::Limits>) -> Result<A::Limits, Denied> {
    let role_denies = Denied::Role { action: A::CODE, role };
    match reach {
        Reach::Role | Reach::Without(_) | Reach::Granted(_) | Reach::Errand(_) | Reach::Outside(_)
            if A::PROCESS_ONLY =>
        {
            Err(Denied::NotGranted { action: A::CODE })
        }
        Reach::Role => Err(role_denies),
        Reach::Granted(granted) if !granted.has(const { mark(A::CODE) }, A::CODE) => {
            Err(Denied::NotGranted { action: A::CODE })
        }
        Reach::Without(withheld) if withheld.has(const { mark(A::CODE) }, A::CODE) => Err(role_denies),
        Reach::Without(_) | Reach::Granted(_) => limits.ok_or(role_denies),
        Reach::Only(codes) if codes.contains(&A::CODE) => limits.ok_or(role_denies),
        Reach::Errand(errand) if errand.reaches().contains(&A::CODE) => limits.ok_or(role_denies),
        Reach::Errand(Errand::SetPassword) => Err(Denied::PasswordFirst),
        Reach::Errand(Errand::ProveSecondFactor) => Err(Denied::SecondFactorFirst),
        Reach::Errand(Errand::AddSecondFactor) => Err(Denied::AddSecondFactorFirst),
        Reach::Errand(Errand::ProveAgain) => Err(Denied::StepUpNeeded { action: A::CODE }),
        Reach::Outside(_) if Outside::REACHES.contains(&A::CODE) => limits.ok_or(role_denies),
        Reach::Outside(outside) => Err(Denied::Outside(*outside)),
        Reach::Only(_) => Err(Denied::NotGranted { action: A::CODE }),
    }
}
