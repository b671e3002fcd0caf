//! Mails: what is to be told to somebody, put down in the change that causes it, sent afterwards.

use super::vault::Ciphertext;
use crate::tenancy::{MailId, MemberId};
use crate::text::Email;
use crate::time::Timestamp;

crate::record! {
    /// A mail that is to be sent. Whether it was is housekeeping.
    pub struct Mail in "mail" {
        /// Its id.
        id: MailId = 1 [key],
        /// Which mail it is, `password_reset` for example.
        kind: String = 2,
        /// To whom, if to a member.
        member: Option<MemberId> = 3,
        /// The address.
        recipient: Email = 4 [personal],
        /// What is put into it, sealed by the vault: it may hold a link's token.
        content: Ciphertext = 5 [secret],
        /// When it was put down.
        queued_at: Timestamp = 6,
    }
}
