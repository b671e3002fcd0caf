//! Approvals: a command that one person asked for and another lets happen.

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
        /// The id of what it is about.
        subject: String = 3,
        /// The command, frozen: canonical JSON.
        command: String = 4,
        /// SHA-256 of the action's code and the command.
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
