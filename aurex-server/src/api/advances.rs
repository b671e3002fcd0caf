//! Advances: money paid ahead, each with a receipt voucher.

use aurex_core::money::Money as CoreMoney;
use aurex_core::service::shop;
use aurex_core::shop::bookings::{Advance, AdvanceId, BookingId, NewAdvance};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::store::AdvanceFilter;
use aurex_core::text::Label;
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
    /// Money to be taken ahead.
    pub struct NewAdvanceBody {
        /// Who pays.
        customer_id: PartyId,
        /// How.
        mode: PaymentMode,
        /// How much.
        amount: CoreMoney,
        /// The bank's or card's reference.
        reference: Option<Label>,
        /// The event that it is paid for, a wedding say: in cash the law limits what one person pays for one. Kept in lower
        /// case.
        occasion: Option<Label>,
        /// The booking that it is paid for.
        booking_id: Option<BookingId>,
    }
}

/// An advance.
#[derive(Debug, Clone, Object)]
pub struct AdvanceView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Who paid.
    pub customer_id: String,
    /// How.
    pub mode: String,
    /// How much.
    pub amount: Money,
    /// What receipts and refunds have used of it.
    pub used: Money,
    /// The bank's or card's reference.
    pub reference: Option<String>,
    /// The event that it is paid for, in lower case.
    pub occasion: Option<String>,
    /// The booking that it was paid for.
    pub booking_id: Option<String>,
    /// `taken` or `reversed`.
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

fn etag(advance: &Advance) -> ETag {
    ETag::of_revision(advance.version.into())
}

impl From<Advance> for AdvanceView {
    fn from(advance: Advance) -> Self {
        Self {
            id: advance.id.to_string(),
            number: advance.number.to_string(),
            customer_id: advance.party.to_string(),
            mode: advance.mode.code().to_owned(),
            amount: advance.amount.into(),
            used: advance.used.into(),
            reference: advance.reference.as_ref().map(ToString::to_string),
            occasion: advance.occasion.as_ref().map(ToString::to_string),
            booking_id: advance.booking.map(|id| id.to_string()),
            state: advance.state.code().to_owned(),
            business_date: advance.business_date.to_string(),
            recorded_at: advance.recorded_at.to_string(),
            reverse_reason: advance.reverse_reason.as_ref().map(ToString::to_string),
            reversed_at: advance.reversed_at.map(|at| at.to_string()),
            etag: etag(&advance).as_str().to_owned(),
        }
    }
}

/// Advances.
pub struct Advances;

#[OpenApi]
impl Advances {
    /// Takes money ahead. No tax is due on it for goods; a bill is settled with it by a receipt of the mode `advance`.
    #[oai(path = "/:w/advances", method = "post", operation_id = "takeAdvance")]
    async fn take(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewAdvanceBody>,
    ) -> Result<Created<AdvanceView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewAdvance {
            party: body.customer_id,
            mode: body.mode,
            amount: body.amount,
            reference: body.reference,
            occasion: body.occasion,
            booking: body.booking_id,
        };
        let done = w.check(shop::take_advance(w.road(), w.scope(), presented.as_ref(), &new).await).await?;
        let tag = etag(&done.value);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Lists advances, newest first.
    #[oai(path = "/:w/advances", method = "get", operation_id = "listAdvances")]
    async fn list(
        &self,
        w: Signed,
        customer_id: Query<Option<PartyId>>,
        booking_id: Query<Option<BookingId>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<AdvanceView>>, Problem> {
        let filter = AdvanceFilter { party: *customer_id, booking: *booking_id };
        let list = Listing::new(&w, "advances", &[&filter]);
        let page = list.request(*limit, after.as_ref())?;
        let advances = w.check(shop::advances(w.road(), w.scope(), filter, page).await).await?;
        Ok(Json(list.page(advances, AdvanceView::from)))
    }

    /// Shows an advance.
    #[oai(path = "/:w/advances/:id", method = "get", operation_id = "showAdvance")]
    async fn show(&self, w: Signed, id: InPath<AdvanceId>) -> Result<Document<AdvanceView>, Problem> {
        let advance = w.check(shop::advance(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&advance), value: advance.into() })
    }

    /// Reverses an advance of which nothing is used: its exact mirror. A booking that then has less than its least advance
    /// does not hold until as much is paid again.
    #[oai(path = "/:w/advances/:id/reverse", method = "post", operation_id = "reverseAdvance")]
    async fn reverse(
        &self,
        w: Signed,
        id: InPath<AdvanceId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Document<AdvanceView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::reverse_advance(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        let advance = w.check(done).await?.value;
        Ok(Document { etag: etag(&advance), value: advance.into() })
    }
}
