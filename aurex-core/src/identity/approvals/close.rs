//! Ending what waits without doing it: somebody else refuses, or who asked takes it back.

use super::{Approval, ApprovalRefusal, ApprovalState};
use crate::audit::{Change, Draft, Subject};
use crate::identity::actions::{DecideApproval, RequestApproval};
use crate::tenancy::MemberId;
use crate::text::Note;
use crate::time::Timestamp;

/// An approval was refused.
#[derive(Debug, Clone)]
pub struct ApprovalRefused {
    before: Approval,
    /// It, as it shall be.
    pub after: Approval,
}

/// An approval was taken back.
#[derive(Debug, Clone)]
pub struct ApprovalWithdrawn {
    before: Approval,
    /// It, as it shall be.
    pub after: Approval,
}

/// Decides about refusing what somebody else asked for, expired or not.
///
/// # Errors
/// [`ApprovalRefusal::NotWaiting`], [`ApprovalRefusal::OwnRequest`].
pub fn decide_refuse(
    before: Approval,
    by: MemberId,
    reason: &Note,
    now: Timestamp,
) -> Result<ApprovalRefused, ApprovalRefusal> {
    if before.state != ApprovalState::Waiting {
        return Err(ApprovalRefusal::NotWaiting);
    }
    if by == before.asked_by {
        return Err(ApprovalRefusal::OwnRequest);
    }
    let after = Approval {
        state: ApprovalState::Refused,
        decided_by: Some(by),
        decided_at: Some(now),
        reason: Some(reason.to_string()),
        ..before.clone()
    };
    Ok(ApprovalRefused { before, after })
}

/// Decides about taking back what one asked for oneself.
///
/// # Errors
/// [`ApprovalRefusal::NotWaiting`], [`ApprovalRefusal::NotYours`].
pub fn decide_withdraw(
    before: Approval,
    by: MemberId,
    now: Timestamp,
) -> Result<ApprovalWithdrawn, ApprovalRefusal> {
    if before.state != ApprovalState::Waiting {
        return Err(ApprovalRefusal::NotWaiting);
    }
    if by != before.asked_by {
        return Err(ApprovalRefusal::NotYours);
    }
    let after = Approval { state: ApprovalState::Withdrawn, decided_at: Some(now), ..before.clone() };
    Ok(ApprovalWithdrawn { before, after })
}

impl Change for ApprovalRefused {
    type By = DecideApproval;

    fn subject(&self) -> Subject {
        Subject::new("approval", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
    }
}

impl Change for ApprovalWithdrawn {
    type By = RequestApproval;

    fn subject(&self) -> Subject {
        Subject::new("approval", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
    }
}
