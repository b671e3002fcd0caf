//! Sessions ended from elsewhere: one's own on other devices, a member's, everybody's.

use super::actions::{CloseSession, SignEverybodyOut, SignMemberOut};
use super::mails::Mail;
use super::member::Session;
use super::sessions::close_all;
use crate::audit::{Change, Draft, Subject};
use crate::tenancy::MemberId;
use crate::time::Timestamp;

/// A member ended all sessions of theirs but the one they are in.
#[derive(Debug, Clone)]
pub struct OthersClosed {
    /// Whose.
    pub member: MemberId,
    /// The sessions as they were.
    pub sessions: Vec<Session>,
    /// When.
    pub at: Timestamp,
}

impl Change for OthersClosed {
    type By = CloseSession;

    fn subject(&self) -> Subject {
        Subject::new("member", self.member)
    }

    fn record(self, draft: &mut Draft) {
        close_all(&self.sessions, self.at, draft);
    }
}

/// Somebody was signed out everywhere by an owner or admin.
#[derive(Debug, Clone)]
pub struct MemberSignedOut {
    /// Who.
    pub member: MemberId,
    /// The sessions as they were.
    pub sessions: Vec<Session>,
    /// When.
    pub at: Timestamp,
    /// What the member is told.
    pub mail: Mail,
}

impl Change for MemberSignedOut {
    type By = SignMemberOut;

    fn subject(&self) -> Subject {
        Subject::new("member", self.member)
    }

    fn record(self, draft: &mut Draft) {
        close_all(&self.sessions, self.at, draft);
        draft.insert(self.mail);
    }
}

/// A member was signed out with everybody else, but for the session from which it was done.
///
/// A change a member and not one for all: a member's sessions are bounded, everybody's are not, and an entry is.
#[derive(Debug, Clone)]
pub struct EverybodySignedOut {
    /// Who.
    pub member: MemberId,
    /// The sessions as they were.
    pub sessions: Vec<Session>,
    /// When.
    pub at: Timestamp,
    /// What they are told.
    pub mail: Mail,
}

impl Change for EverybodySignedOut {
    type By = SignEverybodyOut;

    fn subject(&self) -> Subject {
        Subject::new("member", self.member)
    }

    fn record(self, draft: &mut Draft) {
        close_all(&self.sessions, self.at, draft);
        draft.insert(self.mail);
    }
}
