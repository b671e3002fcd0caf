//! What a letter can be about.

use std::net::IpAddr;

use aurex_core::text::{Email, Name, Note};
use aurex_core::time::Timestamp;

use super::{LinkCode, LinkSecret};

/// When something happened, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// When.
    pub at: Timestamp,
    /// The network address it came from.
    pub address: Option<IpAddr>,
    /// The device, as its browser calls itself.
    pub device: Option<Name>,
}

/// A member whom nobody has seen for long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dormant {
    /// Who.
    pub name: Name,
    /// When they last did anything; `None` if they never did.
    pub seen: Option<Timestamp>,
}

/// What a letter is about. `by` is who did it; `None` where it was the reader.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Matter {
    /// Somebody is asked to join.
    Invitation {
        /// Who asks.
        by: Name,
        /// As what.
        role: Name,
        /// What takes it up.
        secret: LinkSecret,
        /// Until when.
        until: Timestamp,
    },
    /// A new password was asked for.
    PasswordReset {
        /// When and from where.
        occasion: Occasion,
        /// What sets it.
        secret: LinkSecret,
        /// Until when.
        until: Timestamp,
    },
    /// The password is another.
    PasswordChanged {
        /// When and from where.
        occasion: Occasion,
    },
    /// A sign-in by mail was asked for.
    MagicLink {
        /// When and from where.
        occasion: Occasion,
        /// What signs in, on the browser that asked.
        secret: LinkSecret,
        /// What signs in elsewhere.
        code: LinkCode,
        /// Until when.
        until: Timestamp,
    },
    /// A second factor is asked for from now on.
    SecondFactorEnrolled {
        /// When and from where.
        occasion: Occasion,
    },
    /// A second factor is no longer asked for.
    SecondFactorRemoved {
        /// Who took it away.
        by: Option<Name>,
        /// When and from where.
        occasion: Occasion,
    },
    /// A sign-in on a device that was never seen before.
    NewDevice {
        /// When and from where.
        occasion: Occasion,
    },
    /// Sessions were ended.
    SessionsRevoked {
        /// Who ended them.
        by: Option<Name>,
        /// How many.
        count: u32,
        /// When and from where.
        occasion: Occasion,
    },
    /// The address is another: said to the old one, which reads nothing from us from now on.
    AddressLeft {
        /// Who changed it.
        by: Option<Name>,
        /// The new address; all but its beginning and its domain is left out.
        new: Email,
        /// When and from where.
        occasion: Occasion,
    },
    /// The address is to be this one: said to the new one.
    AddressNew {
        /// Who changed it.
        by: Option<Name>,
        /// What confirms it, where that is asked for.
        secret: Option<LinkSecret>,
        /// When and from where.
        occasion: Occasion,
    },
    /// Something waits for a second person.
    ApprovalAsked {
        /// Who wants it done.
        by: Name,
        /// What, in the words of the catalogue.
        what: Name,
        /// Until when it waits.
        until: Timestamp,
        /// When and from where.
        occasion: Occasion,
    },
    /// Somebody did alone what two should do, because there is no second.
    ApprovedAlone {
        /// Who.
        by: Name,
        /// What, in the words of the catalogue.
        what: Name,
        /// Why, in theirs.
        why: Note,
        /// When and from where.
        occasion: Occasion,
    },
    /// The reader's role is another.
    RoleChanged {
        /// Who changed it.
        by: Name,
        /// What it was.
        before: Name,
        /// What it is.
        after: Name,
        /// When and from where.
        occasion: Occasion,
    },
    /// Somebody tries passwords.
    FailedSignIns {
        /// How many.
        count: u32,
        /// Since when.
        since: Timestamp,
        /// The last of them.
        occasion: Occasion,
    },
    /// Members whom nobody has seen.
    DormantMembers {
        /// For how many days at least.
        days: u16,
        /// Who.
        members: Vec<Dormant>,
    },
    /// Operators of the server opened the workspace.
    BreakGlass {
        /// Which two of them.
        by: [Name; 2],
        /// Why.
        why: Note,
        /// When and from where.
        occasion: Occasion,
    },
    /// An operator will take the second factor away from an owner who has no other way in.
    OwnerRecovery {
        /// Which owner.
        owner: Name,
        /// Why.
        why: Note,
        /// Not before then.
        not_before: Timestamp,
        /// When and from where it was asked for.
        occasion: Occasion,
    },
}
