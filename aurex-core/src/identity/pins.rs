//! Numbers for shared tills: who may have one, when it is locked, and setting and taking away.

use super::actions::SetPin;
use super::factor::PinRefused;
use super::mails::Mail;
use super::member::{Member, Pin, Session};
use super::sessions::close_all;
use crate::audit::{Change, Draft, Subject};
use crate::rbac::Role;
use crate::refusal::{Refusal, RefusalInfo, RefusalKind};
use crate::store::MemberRules;
use crate::time::Timestamp;

/// Whether somebody in this role may sign in with a number. From the manager on nobody may: what they can do is worth a
/// password.
pub const fn may_use_a_number(role: Role) -> bool {
    role.rank() > Role::Manager.rank()
}

/// Whether `member` may be offered at a shared till at `now`. Where the workspace asks a second factor of the role, a
/// number is not enough.
pub fn is_offered(member: &Member, rules: &MemberRules, now: Timestamp) -> bool {
    member.is_active(now) && may_use_a_number(member.role) && !rules.second_factor_for.contains(&member.role)
}

crate::refusals! {
    /// Why a number opens nothing.
    pub enum PinRefusal {
        /// Five wrong tries: whoever it was, the number is no secret between two people any more.
        Locked = Gone, "pin.locked", "", "this number was tried too often: sign in with the password, or set another";
    }
}

/// A number may not be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnfitPin(pub PinRefused);

impl UnfitPin {
    /// The refusal, for the documentation.
    pub const CATALOGUE: &'static [RefusalInfo] = &[
        refused("pin.form", "a PIN has 6 to 12 digits"),
        refused("pin.guessable", "the number is among those that are guessed first"),
    ];
}

const fn refused(code: &'static str, message: &'static str) -> RefusalInfo {
    RefusalInfo { code, kind: RefusalKind::Invalid, message }
}

impl Refusal for UnfitPin {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }

    fn code(&self) -> &'static str {
        match self.0 {
            PinRefused::NotDigits => "pin.form",
            _ => "pin.guessable",
        }
    }

    fn pointer(&self) -> Option<String> {
        Some("/pin".to_owned())
    }
}

/// A member set a number of their own.
#[derive(Debug, Clone)]
pub struct PinSet {
    /// The number before, if there was one.
    pub before: Option<Pin>,
    /// The number.
    pub after: Pin,
    /// What the member is told.
    pub mail: Mail,
}

impl Change for PinSet {
    type By = SetPin;

    fn subject(&self) -> Subject {
        Subject::new("member", self.after.member)
    }

    fn record(self, draft: &mut Draft) {
        match self.before {
            Some(before) => draft.update(&before, self.after),
            None => draft.insert(self.after),
        }
        draft.insert(self.mail);
    }
}

/// A member took their number away. The sessions that it opened end.
#[derive(Debug, Clone)]
pub struct PinRemoved {
    /// The number as it was.
    pub before: Pin,
    /// The member's sessions at shared tills.
    pub sessions: Vec<Session>,
    /// When.
    pub at: Timestamp,
    /// What the member is told.
    pub mail: Mail,
}

impl Change for PinRemoved {
    type By = SetPin;

    fn subject(&self) -> Subject {
        Subject::new("member", self.before.member)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, Pin { removed_at: Some(self.at), ..self.before.clone() });
        close_all(&self.sessions, self.at, draft);
        draft.insert(self.mail);
    }
}
