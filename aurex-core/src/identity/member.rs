//! Members and what they sign in with.

use super::vault::Ciphertext;
use crate::rbac::Role;
use crate::tenancy::{ApiTokenId, Assurance, CustomRoleId, MemberId, SessionId, TillId};
use crate::text::{Email, Name};
use crate::time::Timestamp;

crate::record! {
    /// A person with a login in one workspace. Never deleted: bills and the log name them.
    pub struct Member in "member" {
        /// Their id.
        id: MemberId = 1 [key],
        /// Their name.
        name: Name = 2 [personal],
        /// The address they sign in with, unique in the workspace.
        email: Email = 3 [personal],
        /// Their role.
        role: Role = 4,
        /// Whether they are locked out.
        disabled: bool = 5,
        /// When they joined.
        created_at: Timestamp = 6,
        /// Counts changes; the ETag.
        version: u32 = 7,
        /// The workspace's own role that narrows theirs.
        custom_role: Option<CustomRoleId> = 8,
        /// From when on they are locked out by themselves: the end of their last day.
        leaves_at: Option<Timestamp> = 9,
    }
}

impl Member {
    /// Whether their address was erased: they cannot come back as who they were.
    pub fn is_erased(&self) -> bool {
        self.email.as_str().ends_with(crate::erasure::ERASED_ADDRESSES)
    }

    /// Whether they may be here at `now`: neither disabled nor gone.
    pub fn is_active(&self, now: Timestamp) -> bool {
        !self.disabled && self.leaves_at.is_none_or(|leaves| now < leaves)
    }
}

crate::record! {
    /// A member's password, as its hash.
    pub struct Credential in "credential" {
        /// Whose.
        member: MemberId = 1 [key],
        /// The hash in its stored form: algorithm tag, pepper id, bcrypt string.
        hash: String = 2 [secret],
        /// Whether somebody else chose it, so that it opens only “set your password”.
        one_time: bool = 3,
        /// When it was set. Sessions opened before are over.
        set_at: Timestamp = 4,
    }
}

crate::record! {
    /// A signed-in session.
    pub struct Session in "session" {
        /// Its id.
        id: SessionId = 1 [key],
        /// Whose.
        member: MemberId = 2,
        /// SHA-256 of the token.
        token_hash: [u8; 32] = 3 [secret],
        /// When it was opened.
        opened_at: Timestamp = 4,
        /// When it ends whatever happens.
        expires_at: Timestamp = 5,
        /// After how many seconds without use it ends.
        idle_seconds: u32 = 6,
        /// Whether it was opened with a one-time secret.
        one_time: bool = 7,
        /// When it was closed, if it was.
        closed_at: Option<Timestamp> = 8,
        /// How its holder proved who they are.
        assurance: Assurance = 9,
        /// When they last did.
        proved_at: Timestamp = 10,
        /// From which address it was opened.
        address: Option<String> = 11 [personal],
        /// What the browser called itself.
        agent: Option<String> = 12 [personal],
        /// The shared till that it is on.
        till: Option<TillId> = 13,
    }
}

crate::nested! {
    /// A recovery code, as its hash.
    pub struct RecoveryCode {
        /// SHA-256 of the code.
        hash: [u8; 32],
        /// When it was used, if it was.
        used_at: Option<Timestamp>,
    }
}

crate::record! {
    /// A member's second factor. Removed, its row stays without its secrets.
    pub struct SecondFactor in "second_factor" {
        /// Whose.
        member: MemberId = 1 [key],
        /// The seed, sealed by the vault; none once it was removed.
        seed: Option<Ciphertext> = 2 [secret],
        /// When it was set up.
        added_at: Timestamp = 3,
        /// When its first code proved that the authenticator works; it counts from then on.
        confirmed_at: Option<Timestamp> = 4,
        /// The last step that was accepted; none before it is ever accepted again.
        last_step: Option<i64> = 5,
        /// The recovery codes.
        recovery: Vec<RecoveryCode> = 6 [secret],
        /// When it was removed, if it was.
        removed_at: Option<Timestamp> = 7,
    }
}

impl SecondFactor {
    /// Whether sign-in asks for it.
    pub const fn counts(&self) -> bool {
        self.confirmed_at.is_some() && self.removed_at.is_none()
    }
}

crate::record! {
    /// A member's personal number for shared tills, as its hash.
    pub struct Pin in "pin" {
        /// Whose.
        member: MemberId = 1 [key],
        /// The hash in its stored form, as a password's.
        hash: String = 2 [secret],
        /// When it was set.
        set_at: Timestamp = 3,
        /// When it was taken away, if it was.
        removed_at: Option<Timestamp> = 4,
    }
}

crate::record! {
    /// A program's token.
    pub struct ApiToken in "api_token" {
        /// Its id.
        id: ApiTokenId = 1 [key],
        /// Whose rights it has, at most.
        member: MemberId = 2,
        /// What it is called.
        name: Name = 3,
        /// SHA-256 of the token.
        token_hash: [u8; 32] = 4 [secret],
        /// The codes of the actions it was granted.
        permissions: Vec<String> = 5,
        /// When it was made.
        created_at: Timestamp = 6,
        /// When it ends.
        expires_at: Timestamp = 7,
        /// When it was revoked, if it was.
        revoked_at: Option<Timestamp> = 8,
        /// The first characters of the token, by which people tell which one a program has. They are no secret.
        prefix: String = 9,
    }
}

impl Session {
    /// The session without what an erasure takes: from where it was, and by what.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self { address: None, agent: None, ..self.clone() }
    }

    /// Whether it still carries anybody at `now`, last used at `used`.
    pub fn is_alive(&self, now: Timestamp, used: Timestamp) -> bool {
        self.closed_at.is_none()
            && now < self.expires_at
            && now.seconds_since(used.max(self.opened_at)) < i64::from(self.idle_seconds)
    }
}

impl ApiToken {
    /// Whether it still opens anything at `now`.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}
