//! Bills: preview, issue, list, show, cancel.

mod body;
mod view;

use aurex_core::service::shop;
use aurex_core::shop::invoices::{InvoiceId, InvoiceState, NewBill};
use aurex_core::shop::parties::PartyId;
use aurex_core::store::{InvoiceFilter, Payment};
use aurex_core::time::Date;
use poem_openapi::{OpenApi, payload::Json};

pub use self::body::{BillBody, RateBody, ReasonBody};
use self::view::{InvoiceHeadView, InvoiceStateWord, InvoiceView, PricedView, etag, head, issued, previewed};
use super::list::Listing;
use super::payee::PayView;
use super::signed::{InPath, Signed};
use crate::http::answer::{Created, Document, Page};
use crate::http::body::Body;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

/// Bills.
pub struct Invoices;

#[OpenApi]
impl Invoices {
    /// Prices a bill without issuing it.
    #[oai(path = "/:w/invoices/preview", method = "post", operation_id = "previewInvoice")]
    async fn preview(&self, w: Signed, body: Body<BillBody>) -> Result<Json<PricedView>, Problem> {
        let bill = NewBill::from(body.into_inner());
        let resolved = w.check(shop::preview_invoice(w.road(), w.scope(), &bill).await).await?;
        Ok(Json(previewed(&resolved)))
    }

    /// Issues a bill: number, journal, stock and log in one transaction, or nothing.
    #[oai(path = "/:w/invoices", method = "post", operation_id = "issueInvoice")]
    async fn issue(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<BillBody>,
    ) -> Result<Created<InvoiceView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let bill = NewBill::from(body.into_inner());
        let done = w.check(shop::issue_invoice(w.road(), w.scope(), presented.as_ref(), &bill).await).await?;
        let tag = etag(&done.value.invoice, done.value.settled);
        Ok(Created::new(issued(&done.value)?).etag(tag).replayed(done.replayed))
    }

    /// Lists bills, newest first.
    #[oai(path = "/:w/invoices", method = "get", operation_id = "listInvoices")]
    #[expect(clippy::too_many_arguments, reason = "one a query parameter")]
    async fn list(
        &self,
        w: Signed,
        state: Query<Option<InvoiceStateWord>>,
        customer_id: Query<Option<PartyId>>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<InvoiceHeadView>>, Problem> {
        let payment = match *state {
            Some(InvoiceStateWord::Issued) => Some(Payment::Open),
            Some(InvoiceStateWord::PartPaid) => Some(Payment::Part),
            Some(InvoiceStateWord::Paid) => Some(Payment::Full),
            Some(
                InvoiceStateWord::PartlyCredited | InvoiceStateWord::Credited | InvoiceStateWord::Cancelled,
            )
            | None => None,
        };
        let stands = |state| match state {
            InvoiceStateWord::Cancelled => InvoiceState::Cancelled,
            InvoiceStateWord::PartlyCredited => InvoiceState::PartlyCredited,
            InvoiceStateWord::Credited => InvoiceState::Credited,
            _ => InvoiceState::Issued,
        };
        let filter =
            InvoiceFilter { state: state.map(stands), payment, party: *customer_id, from: *from, to: *to };
        let list = Listing::new(&w, "invoices", &[&filter]);
        let page = list.request(*limit, after.as_ref())?;
        let invoices = w.check(shop::invoices(w.road(), w.scope(), filter, page).await).await?;
        Ok(Json(list.page(invoices, head)))
    }

    /// Shows a bill.
    #[oai(path = "/:w/invoices/:id", method = "get", operation_id = "showInvoice")]
    async fn show(&self, w: Signed, id: InPath<InvoiceId>) -> Result<Document<InvoiceView>, Problem> {
        let (bill, pay) = w.check(shop::invoice_to_pay(w.road(), w.scope(), *id).await).await?;
        let value = InvoiceView { pay: pay.map(PayView::from), ..issued(&bill)? };
        Ok(Document { etag: etag(&bill.invoice, bill.settled), value })
    }

    /// Cancels a bill: its exact mirror, in the same return period, before anything is settled.
    #[oai(path = "/:w/invoices/:id/cancel", method = "post", operation_id = "cancelInvoice")]
    async fn cancel(
        &self,
        w: Signed,
        id: InPath<InvoiceId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Document<InvoiceView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::cancel_invoice(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        let bill = w.check(done).await?.value;
        Ok(Document { etag: etag(&bill.invoice, bill.settled), value: issued(&bill)? })
    }
}
