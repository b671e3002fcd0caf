//! Using a link: setting a password, or signing in. Either ends it in the same change.

use super::actions::UseLink;
use super::links::{Link, end_all};
use super::mails::Mail;
use super::member::{Credential, Session};
use super::sessions::{SessionOpened, close_all};
use crate::audit::{Change, Draft, Subject};
use crate::time::Timestamp;

/// A member set a password by a link. Every session of theirs ends and none begins: whoever reads their mail still has
/// to sign in, with the second factor where there is one.
#[derive(Debug, Clone)]
pub struct PasswordSetByLink {
    /// The link.
    pub link: Link,
    /// The member's other links, which end with it.
    pub others: Vec<Link>,
    /// The credential as it was, if there was one.
    pub before: Option<Credential>,
    /// The new hash in its stored form.
    pub hash: String,
    /// The sessions that end.
    pub open: Vec<Session>,
    /// What the member is told, if they had a password before.
    pub mail: Option<Mail>,
    /// When.
    pub at: Timestamp,
}

impl Change for PasswordSetByLink {
    type By = UseLink;

    fn subject(&self) -> Subject {
        Subject::new("member", self.link.member)
    }

    fn record(self, draft: &mut Draft) {
        draft.raise_epoch();
        draft.note("link.purpose", self.link.purpose.code().to_owned());
        let after =
            Credential { member: self.link.member, hash: self.hash, one_time: false, set_at: self.at };
        end_all(&[self.link], self.at, draft);
        end_all(&self.others, self.at, draft);
        match self.before {
            Some(before) => draft.update(&before, after),
            None => draft.insert(after),
        }
        close_all(&self.open, self.at, draft);
        if let Some(mail) = self.mail {
            draft.insert(mail);
        }
    }
}

/// A member signed in by a link or by the code beside it.
#[derive(Debug, Clone)]
pub struct SignedInByLink {
    /// The link.
    pub link: Link,
    /// The session that begins, and those that make room for it.
    pub opened: SessionOpened,
}

impl Change for SignedInByLink {
    type By = UseLink;

    fn subject(&self) -> Subject {
        Subject::new("session", self.opened.session.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("link.purpose", self.link.purpose.code().to_owned());
        end_all(&[self.link], self.opened.session.opened_at, draft);
        self.opened.record(draft);
    }
}
