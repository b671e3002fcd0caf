//! The second factor of a member: set up, confirmed, used, removed. What each of them makes true.

mod reset;

use std::fmt;

pub use reset::{
    FactorReset, FactorResetAsked, RESET_LAPSES_SECONDS, RESET_WAITS_SECONDS, ResetStands, reset_stands,
};

use super::actions::{AddSecondFactor, ChangeSecondFactor, StepUp};
use super::factor::{RecoveryCodes, RecoveryHash, Seed, Step, verify};
use super::mails::Mail;
use super::member::{RecoveryCode, SecondFactor, Session};
use super::sessions::close_all;
use super::vault::Ciphertext;
use crate::audit::{Change, Draft, Subject};
use crate::rbac::Role;
use crate::tenancy::{MemberId, TenantId};
use crate::time::Timestamp;

crate::refusals! {
    /// Why a second factor is not set up, used or removed.
    pub enum FactorRefusal {
        /// Nobody has two.
        Active = Conflict, "second_factor.active", "", "there is a second factor already";
        /// None was begun to be set up.
        NotBegun = Conflict, "second_factor.not_begun", "", "no second factor is being set up";
        /// There is none.
        Missing = Conflict, "second_factor.missing", "", "there is no second factor";
        /// Another code, one of another moment, or one that was used.
        CodeWrong = Invalid, "second_factor.code_wrong", "/code", "that is not a code of this moment";
        /// The workspace asks one of the role.
        Required = Conflict, "second_factor.required", "", "the workspace asks a second factor of this role";
        /// Resetting is for somebody else's.
        Own = Conflict, "second_factor.own", "", "a second factor of one's own is removed, not reset";
        /// It proves nothing.
        ProofWrong {
            /// Which field of the command it stood in.
            field: &'static str,
        } = Invalid, "session.proof_wrong", "/{field}", "that does not prove who you are";
        /// With a second factor, nothing else is a fresh proof.
        CodeNeeded = Invalid, "session.code_needed", "/code", "a code of the second factor is needed";
        /// Without a second factor, the password is the proof.
        PasswordNeeded = Invalid, "session.password_needed", "/password", "the password is needed";
    }
}

/// What somebody presents to prove who they are. It never prints itself.
#[derive(Clone, Copy)]
pub enum Proving<'a> {
    /// The password, where there is no second factor.
    Password(&'a str),
    /// What the authenticator shows.
    Code(&'a str),
    /// A recovery code.
    RecoveryCode(&'a str),
}

impl Proving<'_> {
    /// The field of a command that holds it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Password(_) => "password",
            Self::Code(_) => "code",
            Self::RecoveryCode(_) => "recovery_code",
        }
    }
}

impl fmt::Debug for Proving<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proving({})", self.field())
    }
}

impl SecondFactor {
    /// The recovery codes that are still good.
    pub fn codes_left(&self) -> usize {
        self.recovery.iter().filter(|code| code.used_at.is_none()).count()
    }

    /// Whether it proved anything after `at`: a code of it or a recovery code was accepted since.
    pub fn was_used_since(&self, at: Timestamp) -> bool {
        let stepped = self.last_step.is_some_and(|step| Step::at(at).number() < step);
        stepped || self.recovery.iter().any(|code| code.used_at.is_some_and(|used| at <= used))
    }
}

/// A second factor proved who somebody is: its row before and after.
///
/// INVARIANT: made only from a row that was read under the member's turn and written in the same one, so that of two
/// tries with one code one is refused.
#[derive(Debug, Clone)]
pub struct FactorUsed {
    /// As it was.
    pub before: SecondFactor,
    /// With the step or the recovery code spent.
    pub after: SecondFactor,
}

/// Whether `proving` is good for `factor` at `now`, by the server's clock; nothing where it is not. A password never is.
pub fn decide_use(
    factor: SecondFactor,
    seed: &Seed,
    proving: Proving<'_>,
    tenant: TenantId,
    now: Timestamp,
) -> Option<FactorUsed> {
    let mut after = factor.clone();
    match proving {
        Proving::Password(_) => return None,
        Proving::Code(typed) => {
            let step = verify(seed, typed, now, factor.last_step.map(Step::from_number))?;
            after.last_step = Some(step.number());
        }
        Proving::RecoveryCode(typed) => {
            let unused = |code: &&mut RecoveryCode| code.used_at.is_none();
            let hashes: Vec<_> = after
                .recovery
                .iter()
                .filter(|code| code.used_at.is_none())
                .map(|code| RecoveryHash::from_bytes(code.hash))
                .collect();
            let place = RecoveryCodes::find(typed, tenant, factor.member, &hashes)?;
            after.recovery.iter_mut().filter(unused).nth(place)?.used_at = Some(now);
        }
    }
    Some(FactorUsed { before: factor, after })
}

/// What is stored of new recovery codes.
pub fn stored_codes(codes: &RecoveryCodes, tenant: TenantId, member: MemberId) -> Vec<RecoveryCode> {
    let hashes = codes.hashes(tenant, member).into_iter();
    hashes.map(|hash| RecoveryCode { hash: *hash.as_bytes(), used_at: None }).collect()
}

/// Puts a session's row in place of what it was, under a new token.
#[derive(Debug, Clone)]
pub struct Renewed {
    /// The session as it was.
    pub before: Session,
    /// The same session under another token, its proof renewed.
    pub after: Session,
}

/// Somebody proved once more who they are. The old token opens nothing from then on.
#[derive(Debug, Clone)]
pub struct SteppedUp {
    /// Their session.
    pub session: Renewed,
    /// The second factor that proved it; none where the password did.
    pub factor: Option<FactorUsed>,
    /// In which field the proof stood.
    pub by: &'static str,
    /// What the member is told: that a recovery code was used, if one was.
    pub mail: Option<Mail>,
}

impl Change for SteppedUp {
    type By = StepUp;

    fn subject(&self) -> Subject {
        Subject::new("session", self.session.before.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("by", self.by.to_owned());
        if let Some(FactorUsed { before, after }) = self.factor {
            draft.update(&before, after);
        }
        draft.update(&self.session.before, self.session.after);
        if let Some(mail) = self.mail {
            draft.insert(mail);
        }
    }
}

/// A second factor is being set up: it counts once its first code was given.
#[derive(Debug, Clone)]
pub struct FactorBegun {
    /// The row as it was, if there was one.
    pub before: Option<SecondFactor>,
    /// As it is.
    pub after: SecondFactor,
}

/// Decides about setting up a second factor whose seed is sealed already. One that was begun before is forgotten.
///
/// # Errors
/// [`FactorRefusal::Active`].
pub fn decide_begin(
    member: MemberId,
    before: Option<SecondFactor>,
    seed: Ciphertext,
    now: Timestamp,
) -> Result<FactorBegun, FactorRefusal> {
    if before.as_ref().is_some_and(SecondFactor::counts) {
        return Err(FactorRefusal::Active);
    }
    let after = SecondFactor {
        member,
        seed: Some(seed),
        added_at: now,
        confirmed_at: None,
        last_step: None,
        recovery: Vec::new(),
        removed_at: None,
    };
    Ok(FactorBegun { before, after })
}

impl Change for FactorBegun {
    type By = AddSecondFactor;

    fn subject(&self) -> Subject {
        Subject::new("member", self.after.member)
    }

    fn record(self, draft: &mut Draft) {
        match self.before {
            Some(before) => draft.update(&before, self.after),
            None => draft.insert(self.after),
        }
    }
}

/// The first code was right: the second factor counts from now on.
#[derive(Debug, Clone)]
pub struct FactorConfirmed {
    /// As it was.
    pub before: SecondFactor,
    /// As it is.
    pub after: SecondFactor,
    /// The session in which it was set up.
    pub session: Renewed,
    /// The member's other sessions, where they end.
    pub ended: Vec<Session>,
    /// What the member is told.
    pub mail: Mail,
}

/// The row of a second factor whose first code was right.
///
/// # Errors
/// [`FactorRefusal::CodeWrong`].
pub fn decide_confirm(
    before: &SecondFactor,
    seed: &Seed,
    typed: &str,
    recovery: Vec<RecoveryCode>,
    now: Timestamp,
) -> Result<SecondFactor, FactorRefusal> {
    let step = verify(seed, typed, now, None).ok_or(FactorRefusal::CodeWrong)?;
    Ok(SecondFactor {
        confirmed_at: Some(now),
        last_step: Some(step.number()),
        recovery,
        removed_at: None,
        ..before.clone()
    })
}

impl Change for FactorConfirmed {
    type By = AddSecondFactor;

    fn subject(&self) -> Subject {
        Subject::new("member", self.before.member)
    }

    fn record(self, draft: &mut Draft) {
        let at = self.session.after.proved_at;
        draft.raise_epoch();
        draft.update(&self.before, self.after);
        close_all(&self.ended, at, draft);
        draft.update(&self.session.before, self.session.after);
        draft.insert(self.mail);
    }
}

/// A member removed their second factor, or made new recovery codes.
#[derive(Debug, Clone)]
pub struct FactorChanged {
    /// As it was.
    pub before: SecondFactor,
    /// As it is.
    pub after: SecondFactor,
    /// The member's other sessions, where they end.
    pub ended: Vec<Session>,
    /// When.
    pub at: Timestamp,
    /// What the member is told.
    pub mail: Mail,
}

/// The row of a second factor that is no more.
///
/// # Errors
/// [`FactorRefusal::Missing`].
pub fn decide_remove(before: Option<&SecondFactor>, now: Timestamp) -> Result<SecondFactor, FactorRefusal> {
    let before = before.filter(|factor| factor.removed_at.is_none()).ok_or(FactorRefusal::Missing)?;
    Ok(SecondFactor {
        seed: None,
        last_step: None,
        recovery: Vec::new(),
        removed_at: Some(now),
        ..before.clone()
    })
}

/// Whether a member of this role may be without.
///
/// # Errors
/// [`FactorRefusal::Required`].
pub fn may_be_without(role: Role, second_factor_for: &[Role]) -> Result<(), FactorRefusal> {
    if second_factor_for.contains(&role) { Err(FactorRefusal::Required) } else { Ok(()) }
}

impl Change for FactorChanged {
    type By = ChangeSecondFactor;

    fn subject(&self) -> Subject {
        Subject::new("member", self.before.member)
    }

    fn record(self, draft: &mut Draft) {
        draft.raise_epoch();
        draft.update(&self.before, self.after);
        close_all(&self.ended, self.at, draft);
        draft.insert(self.mail);
    }
}

#[cfg(test)]
mod tests;
