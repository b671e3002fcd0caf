//! An approval's row.

use crate::tenancy::{ApprovalId, MemberId, SessionId};
use crate::time::Timestamp;

crate::codes! {
    /// How far an approval has come.
    pub enum ApprovalState {
        /// Waits for somebody else.
        Waiting = "waiting",
        /// Was approved, and done in the same moment.
        Done = "done",
        /// Was refused.
        Refused = "refused",
        /// Was taken back by who asked.
        Withdrawn = "withdrawn",
    }
}

crate::record! {
    /// A command that waits for a second person, as it was asked for.
    pub struct Approval in "approval" {
        /// Its id.
        id: ApprovalId = 1 [key],
        /// The code of the action.
        action: String = 2,
        /// What it is about: an id, or the code of the action where there is none yet.
        subject: String = 3,
        /// What was asked, frozen: canonical JSON of the command and of what was said about it.
        command: String = 4,
        /// What whoever approves it has to name: a hash of the two above.
        digest: [u8; 32] = 5,
        /// Who asked.
        asked_by: MemberId = 6,
        /// In which session.
        session: SessionId = 7,
        /// When.
        asked_at: Timestamp = 8,
        /// Until when somebody may approve it.
        expires_at: Timestamp = 9,
        /// How far it has come.
        state: ApprovalState = 10,
        /// Who approved or refused it.
        decided_by: Option<MemberId> = 11,
        /// When.
        decided_at: Option<Timestamp> = 12,
        /// What they said.
        reason: Option<String> = 13,
    }
}

impl Approval {
    /// Whether it can still be approved at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == ApprovalState::Waiting && now < self.expires_at
    }
}
