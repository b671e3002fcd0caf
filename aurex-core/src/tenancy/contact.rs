//! Where a workspace is reached: the addresses for notices and for bills, beside the members' own.
//!
//! An address that nobody reads is found out when it is needed. So each is proved when it is given, proved again after a
//! year, and marked as soon as mail to it is refused.

use crate::text::Email;
use crate::time::Timestamp;

crate::codes! {
    /// What an address is for.
    pub enum ContactKind {
        /// What the operator has to tell: a breach, a change of terms, the end of a service.
        Notices = "notices",
        /// Bills for the service.
        Billing = "billing",
    }
}

crate::nested! {
    /// An address of the workspace's.
    pub struct Contact {
        /// What for.
        kind: ContactKind,
        /// The address.
        email: Email,
        /// When its last code was sent.
        asked_at: Timestamp,
        /// When a code from it was last given.
        verified_at: Option<Timestamp>,
        /// When the owners were last told that a year is over.
        reminded_at: Option<Timestamp>,
        /// When a mail to it was last refused for good.
        bounced_at: Option<Timestamp>,
        /// How many were.
        bounces: u32,
    }
}

/// How an address stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactState {
    /// Nobody has proved yet that they read it.
    Unverified,
    /// It reaches somebody, as far as anybody knows.
    Verified,
    /// The last proof is more than a year old.
    Due,
    /// Mail to it was refused since the last proof.
    Bounced,
}

impl ContactState {
    /// As on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Verified => "verified",
            Self::Due => "due",
            Self::Bounced => "bounced",
        }
    }
}

impl Contact {
    /// For how long a proof is good.
    pub const VERIFIED_SECONDS: i64 = 365 * 24 * 3600;
    /// For how long a code is.
    pub const CODE_SECONDS: i64 = 24 * 3600;

    /// How it stands at `now`.
    pub fn state(&self, now: Timestamp) -> ContactState {
        match (self.verified_at, self.bounced_at) {
            (verified, Some(bounced)) if verified.is_none_or(|verified| verified <= bounced) => {
                ContactState::Bounced
            }
            (None, _) => ContactState::Unverified,
            (Some(verified), _) if now.seconds_since(verified) >= Self::VERIFIED_SECONDS => ContactState::Due,
            (Some(_), _) => ContactState::Verified,
        }
    }

    /// Until when the code that was sent last is good.
    pub const fn code_until(&self) -> Timestamp {
        self.asked_at.plus_seconds(Self::CODE_SECONDS)
    }
}
