//! Asking: the command is frozen, and those who could approve it are told.

use sha2::{Digest as _, Sha256};

use super::{Approval, ApprovalRefusal, ApprovalState};
use crate::audit::{Change, Draft, Subject};
use crate::identity::actions::RequestApproval;
use crate::identity::mails::Mail;
use crate::tenancy::{ApprovalId, MemberId, SessionId};
use crate::time::Timestamp;

/// For how long a command waits: a day, so that whoever opens the shop tomorrow still finds it.
const WAITS_SECONDS: i64 = 24 * 3600;
/// How many commands of one member may wait at once.
const MOST_WAITING: usize = 20;

/// A command to be frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApproval {
    /// The code of its action.
    pub action: &'static str,
    /// What it is about: an id, or the code of the action where there is none yet.
    pub subject: String,
    /// Canonical JSON.
    pub command: String,
}

/// What is known when somebody asks.
#[derive(Debug, Clone)]
pub struct AskKnown {
    /// Who asks.
    pub asker: MemberId,
    /// In which session.
    pub session: SessionId,
    /// What waits, of whomever.
    pub waiting: Vec<Approval>,
    /// The turn's time.
    pub now: Timestamp,
}

/// A command was asked for.
#[derive(Debug, Clone)]
pub struct ApprovalAsked {
    /// It, waiting.
    pub approval: Approval,
    /// What those who could approve it are told.
    pub mails: Vec<Mail>,
}

/// What whoever approves has to name: SHA-256 of `aurex/approval/v1`, the action's code and the frozen command, each
/// with a zero byte in front of the next.
pub fn digest(action: &str, command: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in ["aurex/approval/v1", "\0", action, "\0", command] {
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Decides about a command that somebody asks for.
///
/// # Errors
/// [`ApprovalRefusal::AskedAlready`], [`ApprovalRefusal::TooMany`].
pub fn decide_ask(
    new: NewApproval,
    known: &AskKnown,
    id: ApprovalId,
) -> Result<ApprovalAsked, ApprovalRefusal> {
    let digest = digest(new.action, &new.command);
    let own = known.waiting.iter().filter(|of| of.asked_by == known.asker && of.is_open(known.now));
    if own.clone().any(|of| of.digest == digest) {
        return Err(ApprovalRefusal::AskedAlready);
    }
    if own.count() >= MOST_WAITING {
        return Err(ApprovalRefusal::TooMany);
    }
    let approval = Approval {
        id,
        action: new.action.to_owned(),
        subject: new.subject,
        command: new.command,
        digest,
        asked_by: known.asker,
        session: known.session,
        asked_at: known.now,
        expires_at: known.now.plus_seconds(WAITS_SECONDS),
        state: ApprovalState::Waiting,
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    Ok(ApprovalAsked { approval, mails: Vec::new() })
}

impl Change for ApprovalAsked {
    type By = RequestApproval;

    fn subject(&self) -> Subject {
        Subject::new("approval", self.approval.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.approval);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}
