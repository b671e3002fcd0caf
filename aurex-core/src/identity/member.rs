//! Members and what they sign in with.

use crate::rbac::Role;
use crate::tenancy::{ApiTokenId, MemberId, SessionId};
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
    }
}

impl Session {
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
