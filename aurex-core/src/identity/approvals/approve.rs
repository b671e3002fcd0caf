//! Approving: somebody else lets the command happen, once, and both stand in its one entry.

use super::{Approval, ApprovalRefusal, ApprovalState};
use crate::audit::{Change, Draft, Subject};
use crate::identity::mails::Mail;
use crate::identity::member::Member;
use crate::rbac::Role;
use crate::tenancy::{MemberId, SessionId};
use crate::text::Note;
use crate::time::Timestamp;

/// What is known when somebody approves.
#[derive(Debug, Clone)]
pub struct ApproveKnown {
    /// What waits.
    pub approval: Approval,
    /// Who asked, as they are.
    pub asker: Member,
    /// The role in which they asked.
    pub asked_as: Role,
    /// Who approves.
    pub by: MemberId,
    /// In which session, if in one of ours.
    pub session: Option<SessionId>,
    /// Whether anybody else who is here holds what it takes to approve it.
    pub others_could: bool,
    /// The turn's time.
    pub now: Timestamp,
}

/// Leave for one command to happen. Nothing but [`decide_approve`] gives it.
#[derive(Debug, Clone)]
#[must_use = "what was approved happens by a change that this goes into"]
pub struct Consent {
    before: Approval,
    after: Approval,
    is_lone: bool,
}

impl Consent {
    /// Whether who asked approved it, because nobody else could.
    pub const fn is_lone(&self) -> bool {
        self.is_lone
    }

    /// The approval as it shall be.
    pub const fn approval(&self) -> &Approval {
        &self.after
    }
}

/// Decides whether what waits may happen. `seen` is the digest of what the approver was shown.
///
/// # Errors
/// [`ApprovalRefusal`]: decided before, expired, another command than was shown, one's own, the asker gone or changed.
pub fn decide_approve(
    known: ApproveKnown,
    seen: &[u8; 32],
    reason: Option<Note>,
) -> Result<Consent, ApprovalRefusal> {
    let before = known.approval;
    if before.state != ApprovalState::Waiting {
        return Err(ApprovalRefusal::NotWaiting);
    }
    if !before.is_open(known.now) {
        return Err(ApprovalRefusal::Expired);
    }
    if before.digest != *seen {
        return Err(ApprovalRefusal::OtherCommand);
    }
    let is_own = known.by == before.asked_by;
    if (is_own && known.others_could) || (!is_own && known.session == Some(before.session)) {
        return Err(ApprovalRefusal::OwnRequest);
    }
    if is_own && reason.is_none() {
        return Err(ApprovalRefusal::ReasonMissing);
    }
    if !known.asker.is_active(known.now) {
        return Err(ApprovalRefusal::AskerGone);
    }
    if known.asker.role != known.asked_as {
        return Err(ApprovalRefusal::AskerChanged);
    }
    let after = Approval {
        state: ApprovalState::Done,
        decided_by: Some(known.by),
        decided_at: Some(known.now),
        reason: reason.map(|reason| reason.to_string()),
        ..before.clone()
    };
    Ok(Consent { before, after, is_lone: is_own })
}

/// A change that happens because it was approved: itself and that it was, sealed as one.
///
/// It is sealed by a permit for the action of the change, which is the approver's: theirs are role and limits.
#[derive(Debug, Clone)]
pub struct Approved<C> {
    change: C,
    consent: Consent,
    mails: Vec<Mail>,
}

impl<C: Change> Approved<C> {
    /// `change` by `consent`, and what others are told of it.
    pub const fn new(change: C, consent: Consent, mails: Vec<Mail>) -> Self {
        Self { change, consent, mails }
    }
}

impl<C: Change> Change for Approved<C> {
    type By = C::By;

    fn subject(&self) -> Subject {
        self.change.subject()
    }

    fn record(self, draft: &mut Draft) {
        let Consent { before, after, is_lone } = self.consent;
        self.change.record(draft);
        // The entry is the approver's; who asked is said in it, and how it can be looked up.
        draft.note("approval", after.id.to_string());
        draft.note("asked_by", after.asked_by.to_string());
        if is_lone {
            draft.note("approved_alone", true);
        }
        draft.update(&before, after);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}
