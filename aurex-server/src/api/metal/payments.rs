//! Payments.

use aurex_core::money::Money as CoreMoney;
use aurex_core::service::shop;
use aurex_core::shop::metal::MetalVoucherId;
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::payments::{NewPayment, OutgoingPayment, PaymentId};
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::text::Label;
use poem_openapi::{Object, OpenApi, payload::Json};

use crate::api::invoices::ReasonBody;
use crate::api::list::Listing;
use crate::api::signed::{InPath, Signed};
use crate::api::wire::Money;
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, request};
use crate::http::etag::ETag;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

request! {
    /// Money to be paid out.
    pub struct NewPaymentBody {
        /// To whom.
        party_id: PartyId,
        /// How.
        mode: PaymentMode,
        /// How much.
        amount: CoreMoney,
        /// The bank's reference or the cheque's number.
        reference: Option<Label>,
        /// What it pays: a purchase, a goldsmith's receipt, and for a customer a purchase of old metal; a supplier and a
        /// goldsmith may be paid on account.
        voucher_id: Option<MetalVoucherId>,
    }
}

/// A payment.
#[derive(Debug, Clone, Object)]
pub struct PaymentView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Who was paid.
    pub party_id: String,
    /// How.
    pub mode: String,
    /// How much.
    pub amount: Money,
    /// The bank's reference or the cheque's number.
    pub reference: Option<String>,
    /// What it pays.
    pub voucher_id: Option<String>,
    /// Its date.
    pub business_date: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// Whether cash to this party passed the law's limit of the day with it: it goes through, and is reported.
    pub over_cash_limit: bool,
    /// `recorded` or `reversed`.
    pub state: String,
    /// Why it was reversed.
    pub reverse_reason: Option<String>,
    /// When it was reversed.
    pub reversed_at: Option<String>,
    /// The document's revision tag.
    pub etag: String,
}

fn etag(payment: &OutgoingPayment) -> ETag {
    ETag::of_revision(payment.version.into())
}

impl From<OutgoingPayment> for PaymentView {
    fn from(payment: OutgoingPayment) -> Self {
        Self {
            id: payment.id.to_string(),
            number: payment.number.to_string(),
            party_id: payment.party.to_string(),
            mode: payment.mode.code().to_owned(),
            amount: payment.amount.into(),
            reference: payment.reference.as_ref().map(ToString::to_string),
            voucher_id: payment.voucher.map(|id| id.to_string()),
            business_date: payment.business_date.to_string(),
            recorded_at: payment.recorded_at.to_string(),
            over_cash_limit: payment.over_cash_limit,
            state: payment.state.code().to_owned(),
            reverse_reason: payment.reverse_reason.as_ref().map(ToString::to_string),
            reversed_at: payment.reversed_at.map(|at| at.to_string()),
            etag: etag(&payment).as_str().to_owned(),
        }
    }
}

/// Payments.
pub struct Payments;

#[OpenApi]
impl Payments {
    /// Pays a supplier or a goldsmith, or a customer for old metal.
    #[oai(path = "/:w/payments", method = "post", operation_id = "recordPayment")]
    async fn record(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewPaymentBody>,
    ) -> Result<Created<PaymentView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewPayment {
            party: body.party_id,
            mode: body.mode,
            amount: body.amount,
            reference: body.reference,
            voucher: body.voucher_id,
        };
        let done = w.check(shop::record_payment(w.road(), w.scope(), presented.as_ref(), &new).await).await?;
        let tag = etag(&done.value);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Lists payments, newest first.
    #[oai(path = "/:w/payments", method = "get", operation_id = "listPayments")]
    async fn list(
        &self,
        w: Signed,
        party_id: Query<Option<PartyId>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<PaymentView>>, Problem> {
        let list = Listing::new(&w, "payments", &[&*party_id]);
        let page = list.request(*limit, after.as_ref())?;
        let payments = w.check(shop::payments(w.road(), w.scope(), *party_id, page).await).await?;
        Ok(Json(list.page(payments, PaymentView::from)))
    }

    /// Shows a payment.
    #[oai(path = "/:w/payments/:id", method = "get", operation_id = "showPayment")]
    async fn show(&self, w: Signed, id: InPath<PaymentId>) -> Result<Document<PaymentView>, Problem> {
        let payment = w.check(shop::payment(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&payment), value: payment.into() })
    }

    /// Reverses a payment: its exact mirror.
    #[oai(path = "/:w/payments/:id/reverse", method = "post", operation_id = "reversePayment")]
    async fn reverse(
        &self,
        w: Signed,
        id: InPath<PaymentId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Created<PaymentView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::reverse_payment(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        let done = w.check(done).await?;
        let tag = etag(&done.value);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }
}
