//! Links in mails: each opens one thing, once, for a while.

use crate::tenancy::{LinkId, MemberId};
use crate::time::Timestamp;

crate::codes! {
    /// What a link opens.
    pub enum LinkPurpose {
        /// Joining the workspace: setting the first password.
        Invitation = "invitation",
        /// Setting a new password.
        Reset = "reset",
        /// Signing in.
        SignIn = "sign_in",
    }
}

crate::record! {
    /// A link that was sent to a member.
    pub struct Link in "link" {
        /// Its id.
        id: LinkId = 1 [key],
        /// To whom.
        member: MemberId = 2,
        /// What it opens.
        purpose: LinkPurpose = 3,
        /// SHA-256 of its token.
        token_hash: [u8; 32] = 4 [secret],
        /// The hash of the short code beside it, in its stored form, as a password's.
        code_hash: Option<String> = 5 [secret],
        /// SHA-256 of what the asking browser holds; the link opens there alone.
        browser: Option<[u8; 32]> = 6 [secret],
        /// When it was made.
        made_at: Timestamp = 7,
        /// When it ends.
        expires_at: Timestamp = 8,
        /// When it was used or called back, if it was.
        used_at: Option<Timestamp> = 9,
    }
}

impl Link {
    /// Whether it still opens anything at `now`.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }
}
