//! Erasing a customer's personal data: from when on it may be, and asking for it.

use aurex_core::erasure::{CustomerField, ErasureBasis, FieldStanding};
use aurex_core::service::{ask_customer_erasure, customer_erasure};
use aurex_core::shop::parties::PartyId;
use aurex_core::text::Note;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::approvals::{self, ApprovalView};
use super::signed::{InPath, Signed};
use crate::http::answer::Created;
use crate::http::body::{Body, List, choice, request};
use crate::http::idempotency::IdempotencyKey;
use crate::http::problem::Problem;

choice! {
    /// By what right somebody's data is erased.
    pub enum ErasureBasisWord {
        /// They took their consent back.
        ConsentWithdrawn = "consent_withdrawn",
        /// What it was wanted for is over.
        PurposeEnded = "purpose_ended",
        /// The time for which it had to be kept is over.
        RetentionEnded = "retention_ended",
        /// A court or an authority ordered it.
        Ordered = "ordered",
        /// It should never have been recorded.
        RecordedInError = "recorded_in_error",
    }
}

impl From<ErasureBasisWord> for ErasureBasis {
    fn from(word: ErasureBasisWord) -> Self {
        match word {
            ErasureBasisWord::ConsentWithdrawn => Self::ConsentWithdrawn,
            ErasureBasisWord::PurposeEnded => Self::PurposeEnded,
            ErasureBasisWord::RetentionEnded => Self::RetentionEnded,
            ErasureBasisWord::Ordered => Self::Ordered,
            ErasureBasisWord::RecordedInError => Self::RecordedInError,
        }
    }
}

choice! {
    /// A personal field of a customer.
    pub enum CustomerFieldWord {
        /// The name.
        Name = "name",
        /// The telephone number.
        Phone = "phone",
        /// The email address.
        Email = "email",
        /// The GSTIN.
        Gstin = "gstin",
        /// The PAN.
        Pan = "pan",
        /// The address.
        Address = "address",
        /// The document they were known by.
        Identity = "identity",
    }
}

impl From<CustomerFieldWord> for CustomerField {
    fn from(word: CustomerFieldWord) -> Self {
        match word {
            CustomerFieldWord::Name => Self::Name,
            CustomerFieldWord::Phone => Self::Phone,
            CustomerFieldWord::Email => Self::Email,
            CustomerFieldWord::Gstin => Self::Gstin,
            CustomerFieldWord::Pan => Self::Pan,
            CustomerFieldWord::Address => Self::Address,
            CustomerFieldWord::Identity => Self::Identity,
        }
    }
}

request! {
    /// What of a customer shall be erased, and by what right.
    pub struct NewErasureBody {
        /// By what right.
        basis: ErasureBasisWord,
        /// Which fields; all of them where none is named.
        fields: Option<List<CustomerFieldWord, 0, 7>>,
        /// What whoever decides should know. It stays: nobody's name belongs here.
        note: Option<Note>,
    }
}

/// How one personal field of somebody stands.
#[derive(Debug, Clone, Object)]
pub struct ErasableFieldView {
    /// Of a customer `name`, `phone`, `email`, `gstin`, `pan`, `address` or `identity`; of a member `name`, `email` or `whereabouts`.
    pub field: String,
    /// Whether there is anything of it, in their record or in the log.
    pub holds: bool,
    /// Whether the law lets it be erased today.
    pub is_free: bool,
    /// The first day on which it may be erased, where a rule keeps it.
    pub free_from: Option<String>,
    /// The rule that keeps it longest.
    pub rule: Option<String>,
    /// Where the rule stands.
    pub source: Option<String>,
}

impl<F: std::fmt::Display> From<FieldStanding<F>> for ErasableFieldView {
    fn from(standing: FieldStanding<F>) -> Self {
        Self {
            field: standing.field.to_string(),
            holds: standing.holds,
            is_free: standing.held.is_none(),
            free_from: standing.held.map(|(_, day)| day.to_string()),
            rule: standing.held.map(|(rule, _)| rule.code.to_owned()),
            source: standing.held.map(|(rule, _)| rule.source.to_owned()),
        }
    }
}

/// What may be erased of a customer.
#[derive(Debug, Clone, Object)]
pub struct ErasureView {
    /// The customer's id.
    pub customer_id: String,
    /// Each personal field.
    pub fields: Vec<ErasableFieldView>,
}

/// Erasure.
pub struct Erasure;

#[OpenApi]
impl Erasure {
    /// Shows what may be erased of a customer, and why the rest may not yet.
    #[oai(path = "/:w/customers/:id/erasure", method = "get", operation_id = "showErasure")]
    async fn show(&self, w: Signed, id: InPath<PartyId>) -> Result<Json<ErasureView>, Problem> {
        let standing = w.check(customer_erasure(w.road(), w.scope(), *id).await).await?;
        let fields = standing.into_iter().map(ErasableFieldView::from).collect();
        Ok(Json(ErasureView { customer_id: id.to_string(), fields }))
    }

    /// Asks a second person to let a customer's personal data be erased, from the customer's record and from the log.
    ///
    /// Nothing is erased before the approval is given (`POST …/approvals/{id}/approve`); then it is gone, and what it was
    /// cannot be had back. It needs a fresh proof of who asks. Refused while a legal minimum runs, naming each field, the
    /// rule and the first day on which it may be erased; and while the customer's account is not settled. Amounts, numbers,
    /// dates and who did what stay.
    #[oai(path = "/:w/customers/:id/erasure", method = "post", operation_id = "askErasure")]
    async fn ask(
        &self,
        w: Signed,
        id: InPath<PartyId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewErasureBody>,
    ) -> Result<Created<ApprovalView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &format!("{}/erasure", *id));
        let NewErasureBody { basis, fields, note } = body.into_inner();
        let fields = fields.into_iter().flat_map(List::into_vec).map(CustomerField::from).collect();
        let asked =
            ask_customer_erasure(w.road(), w.scope(), presented.as_ref(), *id, basis.into(), fields, note);
        let done = w.check(asked.await).await?;
        Ok(Created::new(approvals::view(&w, done.value)).replayed(done.replayed))
    }
}
