//! Credit and debit notes: preview, issue, list, show, cancel.

mod body;
mod view;

use aurex_core::service::Done;
use aurex_core::service::shop;
use aurex_core::shop::invoices::InvoiceId;
use aurex_core::shop::notes::{BillNoteId, NewCreditNote, NewDebitNote, NoteKind, NoteWithLines};
use aurex_core::shop::parties::PartyId;
use aurex_core::store::NoteFilter;
use aurex_core::time::Date;
use poem_openapi::{OpenApi, payload::Json};

pub use self::body::{CreditNoteBody, DebitNoteBody};
use self::view::{NoteHeadView, NotePreviewView, NoteView, etag, issued, previewed};
use super::invoices::ReasonBody;
use super::list::Listing;
use super::signed::{InPath, Signed};
use crate::http::answer::{Created, Document, Page};
use crate::http::body::Body;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

fn created(done: &Done<NoteWithLines>) -> Created<NoteView> {
    Created::new(issued(&done.value)).etag(etag(&done.value.note)).replayed(done.replayed)
}

fn document(note: &NoteWithLines) -> Document<NoteView> {
    Document { etag: etag(&note.note), value: issued(note) }
}

/// Credit notes.
pub struct CreditNotes;

/// Debit notes.
pub struct DebitNotes;

#[OpenApi]
impl CreditNotes {
    /// Works a credit note out without issuing it.
    #[oai(path = "/:w/credit-notes/preview", method = "post", operation_id = "previewCreditNote")]
    async fn preview(&self, w: Signed, body: Body<CreditNoteBody>) -> Result<Json<NotePreviewView>, Problem> {
        let new = NewCreditNote::from(body.into_inner());
        let note = w.check(shop::preview_credit_note(w.road(), w.scope(), &new).await).await?;
        Ok(Json(previewed(&note)))
    }

    /// Issues a credit note, dated today: the customer owes less, and returned goods are in stock again at what they cost.
    #[oai(path = "/:w/credit-notes", method = "post", operation_id = "issueCreditNote")]
    async fn issue(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<CreditNoteBody>,
    ) -> Result<Created<NoteView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = NewCreditNote::from(body.into_inner());
        let done = shop::issue_credit_note(w.road(), w.scope(), presented.as_ref(), &new).await;
        Ok(created(&w.check(done).await?))
    }

    /// Lists credit notes, newest first.
    #[oai(path = "/:w/credit-notes", method = "get", operation_id = "listCreditNotes")]
    #[expect(clippy::too_many_arguments, reason = "one a query parameter")]
    async fn list(
        &self,
        w: Signed,
        invoice_id: Query<Option<InvoiceId>>,
        customer_id: Query<Option<PartyId>>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<NoteHeadView>>, Problem> {
        let kind = Some(NoteKind::CreditNote);
        let filter = NoteFilter { kind, invoice: *invoice_id, party: *customer_id, from: *from, to: *to };
        let list = Listing::new(&w, "credit-notes", &[&filter]);
        let page = list.request(*limit, after.as_ref())?;
        let notes = w.check(shop::notes(w.road(), w.scope(), filter, page).await).await?;
        Ok(Json(list.page(notes, NoteHeadView::from)))
    }

    /// Shows a credit note.
    #[oai(path = "/:w/credit-notes/:id", method = "get", operation_id = "showCreditNote")]
    async fn show(&self, w: Signed, id: InPath<BillNoteId>) -> Result<Document<NoteView>, Problem> {
        let kind = NoteKind::CreditNote;
        Ok(document(&w.check(shop::note(w.road(), w.scope(), kind, *id).await).await?))
    }

    /// Cancels a credit note: its exact mirror, in the same return period, while its goods and its money are there.
    #[oai(path = "/:w/credit-notes/:id/cancel", method = "post", operation_id = "cancelCreditNote")]
    async fn cancel(
        &self,
        w: Signed,
        id: InPath<BillNoteId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Document<NoteView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::cancel_credit_note(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        Ok(document(&w.check(done).await?.value))
    }
}

#[OpenApi]
impl DebitNotes {
    /// Works a debit note out without issuing it.
    #[oai(path = "/:w/debit-notes/preview", method = "post", operation_id = "previewDebitNote")]
    async fn preview(&self, w: Signed, body: Body<DebitNoteBody>) -> Result<Json<NotePreviewView>, Problem> {
        let new = NewDebitNote::from(body.into_inner());
        let note = w.check(shop::preview_debit_note(w.road(), w.scope(), &new).await).await?;
        Ok(Json(previewed(&note)))
    }

    /// Issues a debit note, dated today: the customer owes more, taxed as the bill was.
    #[oai(path = "/:w/debit-notes", method = "post", operation_id = "issueDebitNote")]
    async fn issue(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<DebitNoteBody>,
    ) -> Result<Created<NoteView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = NewDebitNote::from(body.into_inner());
        let done = shop::issue_debit_note(w.road(), w.scope(), presented.as_ref(), &new).await;
        Ok(created(&w.check(done).await?))
    }

    /// Lists debit notes, newest first.
    #[oai(path = "/:w/debit-notes", method = "get", operation_id = "listDebitNotes")]
    #[expect(clippy::too_many_arguments, reason = "one a query parameter")]
    async fn list(
        &self,
        w: Signed,
        invoice_id: Query<Option<InvoiceId>>,
        customer_id: Query<Option<PartyId>>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<NoteHeadView>>, Problem> {
        let kind = Some(NoteKind::DebitNote);
        let filter = NoteFilter { kind, invoice: *invoice_id, party: *customer_id, from: *from, to: *to };
        let list = Listing::new(&w, "debit-notes", &[&filter]);
        let page = list.request(*limit, after.as_ref())?;
        let notes = w.check(shop::notes(w.road(), w.scope(), filter, page).await).await?;
        Ok(Json(list.page(notes, NoteHeadView::from)))
    }

    /// Shows a debit note.
    #[oai(path = "/:w/debit-notes/:id", method = "get", operation_id = "showDebitNote")]
    async fn show(&self, w: Signed, id: InPath<BillNoteId>) -> Result<Document<NoteView>, Problem> {
        let kind = NoteKind::DebitNote;
        Ok(document(&w.check(shop::note(w.road(), w.scope(), kind, *id).await).await?))
    }

    /// Cancels a debit note: its exact mirror, in the same return period, while what it made due is not paid.
    #[oai(path = "/:w/debit-notes/:id/cancel", method = "post", operation_id = "cancelDebitNote")]
    async fn cancel(
        &self,
        w: Signed,
        id: InPath<BillNoteId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Document<NoteView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::cancel_debit_note(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        Ok(document(&w.check(done).await?.value))
    }
}
