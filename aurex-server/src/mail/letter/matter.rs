//! What a letter can be about.

use std::net::IpAddr;

use aurex_core::money::Money;
use aurex_core::tenancy::PlanState;
use aurex_core::text::{Email, Name, Note};
use aurex_core::time::{Date, Timestamp};

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

/// Something in a week that the four weeks before had not.
#[derive(Debug, Clone)]
pub enum Seen {
    /// A device that somebody had not used.
    NewDevice {
        /// What it calls itself.
        device: Option<Name>,
        /// The first time.
        at: Timestamp,
    },
    /// Changes between ten in the evening and six in the morning.
    NightHours {
        /// How many.
        count: u64,
        /// The first.
        at: Timestamp,
    },
    /// Documents taken back.
    TakenBack {
        /// How many.
        count: u64,
        /// How many in a week before.
        usual: u64,
    },
    /// Discounts.
    GivenAway {
        /// In how many documents.
        count: u64,
        /// How much.
        given: Money,
        /// How much in a week before.
        usual: Money,
    },
    /// Sessions in two places at once.
    TwoPlaces {
        /// How often.
        count: u64,
    },
    /// Failed sign-ins.
    FailedSignIns {
        /// How many.
        count: u64,
        /// How many in a week before.
        usual: u64,
    },
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
        by: Option<Name>,
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
    /// The reader has a last day, or none any more.
    LastDay {
        /// Who set it.
        by: Option<Name>,
        /// Which; `None` where they stay.
        last_day: Option<Date>,
        /// When and from where.
        occasion: Occasion,
    },
    /// The reader was locked out.
    Disabled {
        /// Who did it.
        by: Option<Name>,
        /// When and from where.
        occasion: Occasion,
    },
    /// The reader was let in again.
    Enabled {
        /// Who did it.
        by: Option<Name>,
        /// When and from where.
        occasion: Occasion,
    },
    /// The reader has a number for shared tills.
    PinSet {
        /// When and from where.
        occasion: Occasion,
    },
    /// The reader has none any more.
    PinRemoved {
        /// When and from where.
        occasion: Occasion,
    },
    /// A device became a shared till.
    TillEnrolled {
        /// Who enrolled it.
        by: Option<Name>,
        /// What it is called.
        till: Name,
        /// When and from where.
        occasion: Occasion,
    },
    /// A recovery code was used.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
        /// When and from where.
        occasion: Occasion,
    },
    /// The recovery codes are others.
    RecoveryCodesRenewed {
        /// When and from where.
        occasion: Occasion,
    },
    /// The operator will take the reader's second factor away.
    SecondFactorResetAsked {
        /// Not before then.
        due: Timestamp,
        /// When and from where it was asked for.
        occasion: Occasion,
    },
    /// The operator will take somebody's second factor away: said to the owners.
    SecondFactorResetNotice {
        /// Whose.
        of: Name,
        /// Not before then.
        due: Timestamp,
        /// When and from where it was asked for.
        occasion: Occasion,
    },
    /// An address of the workspace's is to be proved.
    ContactCode {
        /// What it is for.
        what: Name,
        /// What proves it.
        code: LinkCode,
        /// Until when.
        until: Timestamp,
        /// When and from where it was set.
        occasion: Occasion,
    },
    /// The last proof of an address is a year old.
    ContactDue {
        /// What it is for.
        what: Name,
        /// The address.
        email: Email,
    },
    /// Mail to an address of the workspace's is refused.
    ContactBounced {
        /// What it is for.
        what: Name,
        /// The address.
        email: Email,
    },
    /// How the workspace stands with whoever runs the service was changed.
    PlanChanged {
        /// Who changed it.
        by: Option<Name>,
        /// How it stands now.
        plan: PlanState,
        /// When.
        occasion: Occasion,
    },
    /// Whom bills for the service are made out to was changed.
    BillingChanged {
        /// Who changed it; nobody where it was the reader.
        by: Option<Name>,
        /// When and from where.
        occasion: Occasion,
    },
    /// Where the workspace's customers pay was changed.
    PayeeChanged {
        /// Who changed it; nobody where it was the reader.
        by: Option<Name>,
        /// When and from where.
        occasion: Occasion,
    },
    /// What was unusual in a week.
    Digest {
        /// Its Monday.
        week: Date,
        /// How many entries its log has.
        entries: u64,
        /// What stood out, a sentence each after who it was: no name where it is about nobody.
        unusual: Vec<(Option<Name>, Seen)>,
    },
    /// The workspace is to be deleted, or is about to be.
    WorkspaceEnds {
        /// Who let it; nobody where it was the reader, or where it is a reminder.
        by: Option<Name>,
        /// When it ends.
        due: Timestamp,
        /// The occasion.
        occasion: Occasion,
    },
    /// It is not.
    WorkspaceKept {
        /// Who kept it; nobody where it was the reader.
        by: Option<Name>,
        /// The occasion.
        occasion: Occasion,
    },
    /// An API token of the reader's is about to expire.
    TokenExpires {
        /// What it is called.
        token: Name,
        /// When.
        due: Timestamp,
    },
}
