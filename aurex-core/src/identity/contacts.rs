//! The workspace's own addresses: set, proved, marked when mail is refused, asked about after a year.

use std::marker::PhantomData;

use super::actions::{ChangeContacts, TendContacts, VerifyContact};
use super::mails::Mail;
use crate::audit::{Change, Draft, Subject};
use crate::rbac::Action;
use crate::tenancy::{Contact, ContactKind, ContactState, Workspace};
use crate::text::Email;
use crate::time::Timestamp;

/// How long after one reminder the next goes out, while nobody has proved the address again.
const REMIND_AGAIN_SECONDS: i64 = 30 * 24 * 3600;

crate::refusals! {
    /// Why an address is not proved.
    pub enum ContactRefusal {
        /// There is none of the kind.
        Missing = Conflict, "contact.missing", "", "there is no address to prove: set one first";
        /// The code is another, was given too often, or is of an address before.
        WrongCode = Invalid, "contact.wrong_code", "/code", "that is not the code in the last mail";
        /// A day is over.
        CodeEnded = Gone, "contact.code_ended", "", "the code is too old: have another one sent";
    }
}

/// The workspace's address of a kind.
pub fn contact(workspace: &Workspace, kind: ContactKind) -> Option<&Contact> {
    workspace.contacts.iter().find(|contact| contact.kind == kind)
}

/// The workspace with `contact` in the place of the one of its kind.
fn with(workspace: &Workspace, contact: Contact) -> Workspace {
    let mut after = workspace.clone();
    after.contacts.retain(|other| other.kind != contact.kind);
    after.contacts.push(contact);
    after.contacts.sort_by_key(|contact| contact.kind);
    after.version = after.version.saturating_add(1);
    after
}

/// An address was set, proved, marked or asked about, under `A`.
#[derive(Debug, Clone)]
pub struct ContactChanged<A> {
    /// The workspace as it was.
    pub before: Workspace,
    /// The workspace as it is.
    pub after: Workspace,
    /// Which address.
    pub kind: ContactKind,
    /// What happened to it.
    pub what: &'static str,
    /// What is told, and to whom.
    pub mails: Vec<Mail>,
    by: PhantomData<fn() -> A>,
}

impl<A: Action> ContactChanged<A> {
    fn new(before: Workspace, contact: Contact, what: &'static str) -> Self {
        let (after, kind) = (with(&before, contact.clone()), contact.kind);
        Self { before, after, kind, what, mails: Vec::new(), by: PhantomData }
    }

    /// The address as it is now.
    pub fn contact(&self) -> Option<&Contact> {
        contact(&self.after, self.kind)
    }
}

impl<A: Action> Change for ContactChanged<A> {
    type By = A;

    fn subject(&self) -> Subject {
        Subject::new("contact", self.kind)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("what", self.what.to_owned());
        draft.update(&self.before, self.after);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}

/// Sets an address, or asks the one that is there for another proof. Until a new address is proved nothing is known of it;
/// the same one keeps its last proof meanwhile.
pub fn decide_set(
    before: Workspace,
    kind: ContactKind,
    email: Email,
    now: Timestamp,
) -> ContactChanged<ChangeContacts> {
    let same = contact(&before, kind).filter(|contact| contact.email == email).cloned();
    let new = Contact {
        kind,
        email,
        asked_at: now,
        verified_at: None,
        reminded_at: None,
        bounced_at: None,
        bounces: 0,
    };
    let contact = same.map_or(new, |same| Contact { asked_at: now, ..same });
    ContactChanged::new(before, contact, "set")
}

/// Whether a code may be tried at `now`.
///
/// # Errors
/// [`ContactRefusal::Missing`], [`ContactRefusal::CodeEnded`].
pub fn asked(workspace: &Workspace, kind: ContactKind, now: Timestamp) -> Result<&Contact, ContactRefusal> {
    let contact = contact(workspace, kind).ok_or(ContactRefusal::Missing)?;
    // What was proved since it was sent is used up.
    let is_used = contact.verified_at.is_some_and(|verified| verified >= contact.asked_at);
    if is_used || now >= contact.code_until() { Err(ContactRefusal::CodeEnded) } else { Ok(contact) }
}

/// The code of the last mail was given.
///
/// # Errors
/// As [`asked`].
pub fn decide_verify(
    before: Workspace,
    kind: ContactKind,
    now: Timestamp,
) -> Result<ContactChanged<VerifyContact>, ContactRefusal> {
    let contact = asked(&before, kind, now)?.clone();
    let contact =
        Contact { verified_at: Some(now), reminded_at: None, bounced_at: None, bounces: 0, ..contact };
    Ok(ContactChanged::new(before, contact, "verified"))
}

/// A mail to `email` was refused for good: each address of the workspace that it is, marked, and whether that is news.
pub fn decide_bounced(
    before: &Workspace,
    email: &Email,
    now: Timestamp,
) -> Vec<(ContactChanged<TendContacts>, bool)> {
    let (mut workspace, mut changes) = (before.clone(), Vec::new());
    for contact in before.contacts.iter().filter(|contact| contact.email == *email) {
        let is_news = contact.state(now) != ContactState::Bounced;
        let bounces = contact.bounces.saturating_add(1);
        let contact = Contact { bounced_at: Some(now), bounces, ..contact.clone() };
        let change = ContactChanged::new(workspace, contact, "bounced");
        workspace = change.after.clone();
        changes.push((change, is_news));
    }
    changes
}

/// The address of `kind`, asked about when its last proof is a year old; nothing when it is not, or when the owners were
/// told within the month.
pub fn decide_remind(
    before: &Workspace,
    kind: ContactKind,
    now: Timestamp,
) -> Option<ContactChanged<TendContacts>> {
    let contact = contact(before, kind).filter(|contact| contact.state(now) == ContactState::Due)?;
    let is_told = contact.reminded_at.is_some_and(|told| now.seconds_since(told) < REMIND_AGAIN_SECONDS);
    let contact = Contact { reminded_at: Some(now), ..contact.clone() };
    (!is_told).then(|| ContactChanged::new(before.clone(), contact, "due"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use crate::text::Name;
    use crate::time::Zone;

    fn workspace() -> Workspace {
        Workspace {
            plan: crate::tenancy::PlanState::Active,
            billing: None,
            slug: "zaveri".parse().unwrap(),
            name: Name::new("Zaveri").unwrap(),
            currency: Currency::INR,
            zone: Zone::INDIA,
            created_at: at(0),
            version: 1,
            magic_links: false,
            second_factor_for: Vec::new(),
            access_rules: Vec::new(),
            contacts: Vec::new(),
            ends_at: None,
            books_locked_through: None,
            payee: None,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    fn email(text: &str) -> Email {
        Email::new(text).unwrap()
    }

    const NOTICES: ContactKind = ContactKind::Notices;
    const DAY: i64 = 24 * 3600;

    fn verified() -> Workspace {
        let set = decide_set(workspace(), NOTICES, email("office@zaveri.example"), at(0)).after;
        decide_verify(set, NOTICES, at(60)).unwrap().after
    }

    fn state(workspace: &Workspace, seconds: i64) -> ContactState {
        contact(workspace, NOTICES).unwrap().state(at(seconds))
    }

    #[test]
    fn p66_an_address_is_unverified_until_its_code_is_given_within_a_day_and_once() {
        assert_eq!(decide_verify(workspace(), NOTICES, at(0)).unwrap_err(), ContactRefusal::Missing);
        let set = decide_set(workspace(), NOTICES, email("office@zaveri.example"), at(0)).after;
        assert_eq!(state(&set, 0), ContactState::Unverified);
        assert_eq!(decide_verify(set, NOTICES, at(DAY)).unwrap_err(), ContactRefusal::CodeEnded);
        let verified = verified();
        assert_eq!(state(&verified, 61), ContactState::Verified);
        assert_eq!(
            decide_verify(verified, NOTICES, at(61)).unwrap_err(),
            ContactRefusal::CodeEnded,
            "used up"
        );
    }

    #[test]
    fn p66_another_address_begins_anew_and_the_same_one_keeps_its_proof_meanwhile() {
        let again = decide_set(verified(), NOTICES, email("office@zaveri.example"), at(90)).after;
        assert_eq!(state(&again, 90), ContactState::Verified);
        assert!(decide_verify(again, NOTICES, at(91)).is_ok());
        let other = decide_set(verified(), NOTICES, email("books@zaveri.example"), at(90)).after;
        assert_eq!(state(&other, 90), ContactState::Unverified);
        let both = decide_set(other, ContactKind::Billing, email("books@zaveri.example"), at(91)).after;
        assert_eq!(both.contacts.len(), 2);
    }

    #[test]
    fn p66_refused_mails_are_counted_and_are_news_once_until_the_address_is_proved_again() {
        let mut now = verified();
        for n in 1..=3 {
            let mut changes = decide_bounced(&now, &email("office@zaveri.example"), at(100 + n));
            let (change, is_news) = changes.remove(0);
            assert_eq!((is_news, changes.len()), (n == 1, 0));
            now = change.after;
            assert_eq!(i64::from(contact(&now, NOTICES).unwrap().bounces), n);
        }
        assert_eq!(state(&now, 104), ContactState::Bounced);
        assert!(decide_bounced(&now, &email("ravi@zaveri.example"), at(105)).is_empty());
        let set = decide_set(now, NOTICES, email("office@zaveri.example"), at(200)).after;
        let proved = decide_verify(set, NOTICES, at(201)).unwrap().after;
        assert_eq!(
            (state(&proved, 202), contact(&proved, NOTICES).unwrap().bounces),
            (ContactState::Verified, 0)
        );
    }

    #[test]
    fn p66_after_a_year_it_is_asked_about_and_again_each_month_until_it_is_proved() {
        let (mut now, mut days) = (verified(), Vec::new());
        for day in 0..430 {
            if let Some(change) = decide_remind(&now, NOTICES, at(day * DAY + 61)) {
                now = change.after;
                days.push(day);
            }
        }
        assert_eq!(days, [365, 395, 425]);
        assert_eq!(state(&now, 430 * DAY), ContactState::Due);
        let set = decide_set(now, NOTICES, email("office@zaveri.example"), at(431 * DAY)).after;
        let proved = decide_verify(set, NOTICES, at(431 * DAY + 1)).unwrap().after;
        assert_eq!(decide_remind(&proved, NOTICES, at(700 * DAY)).map(|change| change.what), None);
    }
}
