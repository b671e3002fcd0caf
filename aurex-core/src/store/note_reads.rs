//! The shop's reads of what comes after a bill: notes and refunds.

use async_trait::async_trait;

use super::{Page, PageRequest, Read};
use crate::shop::invoices::InvoiceId;
use crate::shop::notes::{BillNote, BillNoteId, NoteKind, NoteWithLines};
use crate::shop::parties::PartyId;
use crate::shop::refunds::{Refund, RefundId};
use crate::time::Date;

/// Which notes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoteFilter {
    /// Of this kind.
    pub kind: Option<NoteKind>,
    /// Against this bill.
    pub invoice: Option<InvoiceId>,
    /// Of this party.
    pub party: Option<PartyId>,
    /// Dated this day or later.
    pub from: Option<Date>,
    /// Dated this day or earlier.
    pub to: Option<Date>,
}

/// Notes and refunds.
#[async_trait]
pub trait NoteReads {
    /// A note with its lines.
    async fn note(&mut self, id: BillNoteId) -> Read<Option<NoteWithLines>>;
    /// Every note against a bill, oldest first, cancelled ones included.
    async fn notes_against(&mut self, invoice: InvoiceId) -> Read<Vec<NoteWithLines>>;
    /// The heads of notes, newest first.
    async fn notes(
        &mut self,
        filter: NoteFilter,
        page: PageRequest<BillNoteId>,
    ) -> Read<Page<BillNote, BillNoteId>>;
    /// A refund.
    async fn refund(&mut self, id: RefundId) -> Read<Option<Refund>>;
    /// Every refund of a credit note, oldest first, reversed ones included.
    async fn refunds_of(&mut self, note: BillNoteId) -> Read<Vec<Refund>>;
    /// Refunds, newest first, of one party or of all.
    async fn refunds(
        &mut self,
        of: Option<PartyId>,
        page: PageRequest<RefundId>,
    ) -> Read<Page<Refund, RefundId>>;
}
