//! Refund vouchers.

use aurex_core::money::Money as CoreMoney;
use aurex_core::service::shop;
use aurex_core::shop::bookings::AdvanceId;
use aurex_core::shop::notes::BillNoteId;
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::shop::refunds::{NewRefund, Refund, RefundId};
use aurex_core::text::{Label, Note};
use poem_openapi::{Object, OpenApi, payload::Json};

use super::invoices::ReasonBody;
use super::list::Listing;
use super::signed::{InPath, Signed};
use super::wire::Money;
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, request};
use crate::http::etag::ETag;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

request! {
    /// Money to be paid back, from what stands to the customer's credit or is left of an advance.
    pub struct NewRefundBody {
        /// To whom.
        customer_id: PartyId,
        /// How; `cash_deposit` is cash of ours paid into the customer's bank.
        mode: PaymentMode,
        /// How much.
        amount: CoreMoney,
        /// The bank's or card's reference.
        reference: Option<Label>,
        /// The credit note that it pays back, and no more than it.
        credit_note_id: Option<BillNoteId>,
        /// The advance that it pays back, once its booking is cancelled.
        advance_id: Option<AdvanceId>,
        /// Why, in words.
        reason: Option<Note>,
    }
}

/// What somebody should know about a refund.
#[derive(Debug, Clone, Object)]
pub struct RefundWarning {
    /// A stable code: `cash_over_limit`.
    pub code: String,
    /// The same for people.
    pub message: String,
}

/// A refund.
#[derive(Debug, Clone, Object)]
pub struct RefundView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Who was paid.
    pub customer_id: String,
    /// How.
    pub mode: String,
    /// How much.
    pub amount: Money,
    /// The bank's or card's reference.
    pub reference: Option<String>,
    /// The credit note that it pays back.
    pub credit_note_id: Option<String>,
    /// The advance that it pays back.
    pub advance_id: Option<String>,
    /// Why, in words.
    pub reason: Option<String>,
    /// What somebody should know about it.
    pub warnings: Vec<RefundWarning>,
    /// `paid` or `reversed`.
    pub state: String,
    /// Its date.
    pub business_date: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// Why it was reversed.
    pub reverse_reason: Option<String>,
    /// When it was reversed.
    pub reversed_at: Option<String>,
    /// The document's revision tag.
    pub etag: String,
}

fn etag(refund: &Refund) -> ETag {
    ETag::of_revision(refund.version.into())
}

fn warnings(refund: &Refund) -> Vec<RefundWarning> {
    let over = refund.over_cash_limit.then(|| RefundWarning {
        code: "cash_over_limit".to_owned(),
        message: "with this the customer had more cash on the day than goes without a report".to_owned(),
    });
    over.into_iter().collect()
}

impl From<Refund> for RefundView {
    fn from(refund: Refund) -> Self {
        Self {
            id: refund.id.to_string(),
            number: refund.number.to_string(),
            customer_id: refund.party.to_string(),
            mode: refund.mode.code().to_owned(),
            amount: refund.amount.into(),
            reference: refund.reference.as_ref().map(ToString::to_string),
            credit_note_id: refund.note.map(|id| id.to_string()),
            advance_id: refund.advance.map(|id| id.to_string()),
            reason: refund.reason.as_ref().map(ToString::to_string),
            warnings: warnings(&refund),
            state: refund.state.code().to_owned(),
            business_date: refund.business_date.to_string(),
            recorded_at: refund.recorded_at.to_string(),
            reverse_reason: refund.reverse_reason.as_ref().map(ToString::to_string),
            reversed_at: refund.reversed_at.map(|at| at.to_string()),
            etag: etag(&refund).as_str().to_owned(),
        }
    }
}

/// A refund in a list.
#[derive(Debug, Clone, Object)]
pub struct RefundHeadView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Who was paid.
    pub customer_id: String,
    /// How.
    pub mode: String,
    /// How much.
    pub amount: Money,
    /// What somebody should know about it.
    pub warnings: Vec<RefundWarning>,
    /// `paid` or `reversed`.
    pub state: String,
    /// Its date.
    pub business_date: String,
    /// The document's revision tag.
    pub etag: String,
}

impl From<Refund> for RefundHeadView {
    fn from(refund: Refund) -> Self {
        Self {
            id: refund.id.to_string(),
            number: refund.number.to_string(),
            customer_id: refund.party.to_string(),
            mode: refund.mode.code().to_owned(),
            amount: refund.amount.into(),
            warnings: warnings(&refund),
            state: refund.state.code().to_owned(),
            business_date: refund.business_date.to_string(),
            etag: etag(&refund).as_str().to_owned(),
        }
    }
}

/// Refunds.
pub struct Refunds;

#[OpenApi]
impl Refunds {
    /// Pays money back: never more than stands to the customer's credit, nor more cash than there is.
    #[oai(path = "/:w/refunds", method = "post", operation_id = "payRefund")]
    async fn pay(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewRefundBody>,
    ) -> Result<Created<RefundView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewRefund {
            party: body.customer_id,
            mode: body.mode,
            amount: body.amount,
            reference: body.reference,
            note: body.credit_note_id,
            advance: body.advance_id,
            reason: body.reason,
        };
        let done = w.check(shop::pay_refund(w.road(), w.scope(), presented.as_ref(), &new).await).await?;
        let tag = etag(&done.value);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Lists refunds, newest first.
    #[oai(path = "/:w/refunds", method = "get", operation_id = "listRefunds")]
    async fn list(
        &self,
        w: Signed,
        customer_id: Query<Option<PartyId>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<RefundHeadView>>, Problem> {
        let list = Listing::new(&w, "refunds", &[&*customer_id]);
        let page = list.request(*limit, after.as_ref())?;
        let refunds = w.check(shop::refunds(w.road(), w.scope(), *customer_id, page).await).await?;
        Ok(Json(list.page(refunds, RefundHeadView::from)))
    }

    /// Shows a refund.
    #[oai(path = "/:w/refunds/:id", method = "get", operation_id = "showRefund")]
    async fn show(&self, w: Signed, id: InPath<RefundId>) -> Result<Document<RefundView>, Problem> {
        let refund = w.check(shop::refund(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&refund), value: refund.into() })
    }

    /// Reverses a refund: its exact mirror.
    #[oai(path = "/:w/refunds/:id/reverse", method = "post", operation_id = "reverseRefund")]
    async fn reverse(
        &self,
        w: Signed,
        id: InPath<RefundId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Document<RefundView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::reverse_refund(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        let refund = w.check(done).await?.value;
        Ok(Document { etag: etag(&refund), value: refund.into() })
    }
}
