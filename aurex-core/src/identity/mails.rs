//! Mails: what is to be told to somebody, put down in the change that causes it, sent afterwards.

use super::vault::Ciphertext;
use crate::tenancy::{MailId, MemberId};
use crate::text::Email;
use crate::time::Timestamp;

crate::codes! {
    /// Which mail it is. The set is closed: whoever writes the letters matches all of it, so that no change can put down
    /// a mail that nobody would ever get.
    pub enum MailKind {
        /// Somebody is asked to join.
        Invitation = "invitation",
        /// A new password was asked for.
        PasswordReset = "password_reset",
        /// The password is another.
        PasswordChanged = "password_changed",
        /// A sign-in by mail was asked for.
        MagicLink = "magic_link",
        /// A second factor counts from now on.
        SecondFactorAdded = "second_factor_added",
        /// A second factor counts no more.
        SecondFactorRemoved = "second_factor_removed",
        /// The recovery codes are others.
        RecoveryCodesRenewed = "recovery_codes_renewed",
        /// A recovery code was used.
        RecoveryCodeUsed = "recovery_code_used",
        /// The operator was asked to reset the reader's second factor. Its row carries the time of waiting: no reset
        /// without notice.
        SecondFactorResetAsked = "second_factor_reset_asked",
        /// The same, as every owner is told.
        SecondFactorResetNotice = "second_factor_reset_notice",
        /// A sign-in from a device that was not known.
        NewDevice = "new_device",
        /// Somebody tries passwords.
        ManyFailures = "many_failures",
        /// Somebody else ended the reader's sessions.
        SessionsRevoked = "sessions_revoked",
        /// The reader's role is another.
        RoleChanged = "role_changed",
        /// The reader has a last day, or another one, or none any more.
        LastDay = "last_day",
        /// The reader was locked out.
        MemberDisabled = "member_disabled",
        /// The reader was let in again.
        MemberEnabled = "member_enabled",
        /// The reader has a number for shared tills.
        PinSet = "pin_set",
        /// The reader has none any more.
        PinRemoved = "pin_removed",
        /// A device became a shared till.
        TillEnrolled = "till_enrolled",
        /// An API token of the reader's is about to expire.
        TokenExpires = "token_expires",
        /// Something waits for a second person.
        ApprovalAsked = "approval_asked",
        /// An address of the workspace's is to be proved.
        ContactCode = "contact_code",
        /// The last proof of one is a year old.
        ContactDue = "contact_due",
        /// Mail to one was refused.
        ContactBounced = "contact_bounced",
        /// How the workspace stands with whoever runs the service was changed.
        PlanChanged = "plan_changed",
        /// Whom bills for the service are made out to was changed.
        BillingChanged = "billing_changed",
        /// Where the workspace's customers pay was changed.
        PayeeChanged = "payee_changed",
        /// What was unusual in a week.
        WeekDigest = "digest",
        /// Somebody approved alone what two should.
        LoneApproval = "lone_approval",
        /// The workspace is to be deleted, or is about to be.
        WorkspaceEnds = "workspace_ends",
        /// It is not.
        WorkspaceKept = "workspace_kept",
    }
}

crate::record! {
    /// A mail that is to be sent. Whether it was is housekeeping. Nothing changes it but erasure, which takes address and
    /// content.
    pub struct Mail in "mail" {
        /// Its id.
        id: MailId = 1 [key],
        /// Which mail it is.
        kind: MailKind = 2,
        /// To whom, if to a member.
        member: Option<MemberId> = 3,
        /// The address; none once it was erased.
        recipient: Option<Email> = 4 [personal],
        /// What is put into it, sealed by the vault: it may hold a link's token. Empty once it was erased.
        content: Ciphertext = 5 [secret],
        /// When it was put down.
        queued_at: Timestamp = 6,
    }
}

impl Mail {
    /// The mail without what an erasure takes: to whom it went, and what it said.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self { recipient: None, content: Ciphertext::new(Vec::new()), ..self.clone() }
    }
}
