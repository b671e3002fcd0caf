//! The erasure as a change.

use crate::audit::{Change, Draft, Erased, Subject};
use crate::identity::actions::ErasePersonal;
use crate::identity::links::{Link, end_all};
use crate::identity::mails::Mail;
use crate::identity::member::{Member, SecondFactor, Session};
#[cfg(feature = "shop")]
use crate::shop::{invoices::InvoiceParties, parties::Party};
use crate::time::Timestamp;

crate::codes! {
    /// By what right somebody's data is erased. The list is closed: an auditor asks for it.
    pub enum ErasureBasis {
        /// They took their consent back (DPDP Act 2023, s. 6(4) and 12).
        ConsentWithdrawn = "consent_withdrawn",
        /// What it was wanted for is over (s. 8(7)).
        PurposeEnded = "purpose_ended",
        /// The time for which it had to be kept is over.
        RetentionEnded = "retention_ended",
        /// A court or an authority ordered it.
        Ordered = "ordered",
        /// It should never have been recorded.
        RecordedInError = "recorded_in_error",
    }
}

/// Somebody's data was erased.
///
/// It is made by a `decide_erase_…` function, which asks for an approval's [`Consent`](crate::identity::approvals::Consent),
/// and in no other way.
#[derive(Debug, Clone)]
pub struct PersonalErased {
    pub(super) subject: Subject,
    pub(super) basis: ErasureBasis,
    /// The fields, `table.field` each.
    pub(super) fields: Vec<String>,
    pub(super) places: Vec<Erased>,
    pub(super) rows: Rows,
}

/// The rows that values are taken from, each as it is and as it shall be.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    /// A customer's.
    #[cfg(feature = "shop")]
    Customer(Box<CustomerRows>),
    /// A former member's.
    Member(Box<MemberRows>),
}

/// The rows of a customer.
#[cfg(feature = "shop")]
#[derive(Debug, Clone)]
pub(super) struct CustomerRows {
    pub(super) party: (Party, Party),
    pub(super) bills: Vec<(InvoiceParties, InvoiceParties)>,
}

#[cfg(feature = "shop")]
impl CustomerRows {
    fn record(self, draft: &mut Draft) {
        let (before, after) = self.party;
        draft.blank(&before, after);
        for (before, after) in self.bills {
            draft.blank(&before, after);
        }
    }
}

/// The rows of a former member.
#[derive(Debug, Clone)]
pub(super) struct MemberRows {
    pub(super) member: (Member, Member),
    pub(super) sessions: Vec<Session>,
    pub(super) mails: Vec<Mail>,
    /// What could still be used to come in, and cannot any more.
    pub(super) links: Vec<Link>,
    pub(super) factor: Option<(SecondFactor, SecondFactor)>,
    pub(super) at: Timestamp,
}

impl MemberRows {
    fn record(self, draft: &mut Draft) {
        let (before, after) = self.member;
        draft.blank(&before, after);
        for session in self.sessions {
            draft.blank(&session, session.erased());
        }
        for mail in self.mails {
            draft.blank(&mail, mail.erased());
        }
        end_all(&self.links, self.at, draft);
        if let Some((before, after)) = self.factor {
            draft.update(&before, after);
        }
    }
}

impl PersonalErased {
    /// How many commitments of the log it empties.
    pub fn places(&self) -> usize {
        self.places.len()
    }
}

impl Change for PersonalErased {
    type By = ErasePersonal;

    fn subject(&self) -> Subject {
        self.subject.clone()
    }

    fn record(self, draft: &mut Draft) {
        draft.note("basis", self.basis.code().to_owned());
        draft.note("fields", self.fields);
        draft.erase(self.places);
        match self.rows {
            #[cfg(feature = "shop")]
            Rows::Customer(rows) => rows.record(draft),
            Rows::Member(rows) => rows.record(draft),
        }
    }
}
