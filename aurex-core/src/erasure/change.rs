//! The erasure as a change.

use crate::audit::{Change, Draft, Erased, Subject};
use crate::identity::actions::ErasePersonal;
#[cfg(feature = "shop")]
use crate::shop::{invoices::InvoiceParties, parties::Party};

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
    #[cfg(feature = "shop")]
    pub(super) party: Option<(Party, Party)>,
    #[cfg(feature = "shop")]
    pub(super) bills: Vec<(InvoiceParties, InvoiceParties)>,
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
        #[cfg(feature = "shop")]
        if let Some((before, after)) = self.party {
            draft.blank(&before, after);
        }
        #[cfg(feature = "shop")]
        for (before, after) in self.bills {
            draft.blank(&before, after);
        }
    }
}
