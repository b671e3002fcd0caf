//! Links in mails: each opens one thing, once, for a while.

use std::marker::PhantomData;

use super::factor::MailCode;
use super::mails::Mail;
use crate::audit::{Change, Draft, Subject};
use crate::rbac::Action;
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

impl LinkPurpose {
    /// For how many seconds a link of this purpose is good: a week, half an hour, ten minutes (ASVS 5.0, V6.5.5).
    pub const fn lifetime_seconds(self) -> i64 {
        match self {
            Self::Invitation => 7 * 24 * 3600,
            Self::Reset => 30 * 60,
            Self::SignIn => MailCode::VALID_SECONDS,
        }
    }
}

crate::refusals! {
    /// Why a link opens nothing.
    pub enum LinkRefusal {
        /// One answer for a link that was used, ended, was called back or never was.
        Spent = Gone, "link.used_or_expired", "", "the link was used, is too old or never was one";
        /// A mail that somebody else reads signs nobody in.
        OtherBrowser = BeyondLimit, "link.other_browser", "",
            "this browser did not ask for the link: type the code from the mail into the one that did";
        /// The code is another.
        WrongCode = Invalid, "link.wrong_code", "/code", "that is not the code in the mail";
        /// Whoever has a password needs no invitation any more.
        JoinedAlready = Conflict, "link.joined_already", "", "the member has joined already";
    }
}

/// A link was sent to a member, by whoever `A` lets.
#[derive(Debug, Clone)]
pub struct LinkSent<A> {
    /// The link.
    pub link: Link,
    /// The mail that it stands in.
    pub mail: Mail,
    /// Earlier links that open nothing from now on.
    pub called_back: Vec<Link>,
    by: PhantomData<fn() -> A>,
}

impl<A: Action> LinkSent<A> {
    /// By somebody with a permit for `A`.
    pub const fn new(link: Link, mail: Mail, called_back: Vec<Link>) -> Self {
        Self { link, mail, called_back, by: PhantomData }
    }
}

impl<A: Action> Change for LinkSent<A> {
    type By = A;

    fn subject(&self) -> Subject {
        Subject::new("member", self.link.member)
    }

    fn record(self, draft: &mut Draft) {
        end_all(&self.called_back, self.link.made_at, draft);
        draft.insert(self.link);
        draft.insert(self.mail);
    }
}

/// Ends links at `now`.
pub(crate) fn end_all(links: &[Link], now: Timestamp, draft: &mut Draft) {
    for link in links {
        draft.update(link, Link { used_at: Some(now), ..link.clone() });
    }
}
