//! Credit and debit notes, and refunds.

use async_trait::async_trait;
use aurex_core::shop::invoices::InvoiceId;
use aurex_core::shop::notes::{BillNote, BillNoteId, NoteWithLines};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::refunds::{Refund, RefundId};
use aurex_core::store::{NoteFilter, NoteReads, Page, PageRequest, Read};
use aurex_core::tenancy::Id as _;

use super::{before, hex_ids, paged};
use crate::rows::{bill_note, bill_note_line, read_all, read_one, refund};
use crate::turn::SqliteTurn;

impl SqliteTurn<'_> {
    /// The notes with their lines, in the order given.
    async fn with_lines(&mut self, notes: Vec<BillNote>) -> Read<Vec<NoteWithLines>> {
        let ids = hex_ids(notes.iter().map(|note| note.id.uuid()));
        let lines = bill_note_line!(
            "AND note IN (SELECT unhex(value) FROM json_each(?)) ORDER BY note, line",
            self.tenant.uuid(),
            ids
        );
        let lines = read_all(self.held.all(lines).await?, self.tenant)?;
        let of = |id: BillNoteId| lines.iter().filter(|line| line.note == id).cloned().collect();
        Ok(notes.into_iter().map(|note| NoteWithLines { lines: of(note.id), note }).collect())
    }
}

/// The conditions of a list of notes, but for what has an index.
macro_rules! wanted_notes {
    ($of:literal, $tenant:expr, $until:expr, $filter:expr, $limit:expr, $($indexed:expr)?) => {{
        let kind = $filter.kind.map(|kind| kind.code());
        let (from, to) = ($filter.from.map(|date| date.to_string()), $filter.to.map(|date| date.to_string()));
        bill_note!(
            "AND id < ? " + $of + "
             AND kind = coalesce(?, kind) AND business_date >= coalesce(?, business_date)
             AND business_date <= coalesce(?, business_date)
             ORDER BY id DESC LIMIT ?",
            $tenant, $until, $($indexed,)? kind, from, to, $limit
        )
    }};
}

#[async_trait]
impl NoteReads for SqliteTurn<'_> {
    /// Two hops.
    async fn note(&mut self, id: BillNoteId) -> Read<Option<NoteWithLines>> {
        let row = self.held.optional(bill_note!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        let Some(note) = read_one(row, self.tenant)? else { return Ok(None) };
        Ok(self.with_lines(vec![note]).await?.pop())
    }

    /// Two hops.
    async fn notes_against(&mut self, invoice: InvoiceId) -> Read<Vec<NoteWithLines>> {
        let rows = bill_note!("AND invoice = ? ORDER BY id", self.tenant.uuid(), invoice.uuid());
        let notes = read_all(self.held.all(rows).await?, self.tenant)?;
        if notes.is_empty() { Ok(Vec::new()) } else { self.with_lines(notes).await }
    }

    async fn notes(
        &mut self,
        filter: NoteFilter,
        page: PageRequest<BillNoteId>,
    ) -> Read<Page<BillNote, BillNoteId>> {
        let (until, limit) = before(page);
        let tenant = self.tenant.uuid();
        // A text for each index; who names both a bill and a customer gets the bill's notes if they are the customer's.
        let rows = match (filter.invoice.map(|id| id.uuid()), filter.party.map(|id| id.uuid())) {
            (Some(invoice), party) => {
                let against = wanted_notes!("AND invoice = ?", tenant, until, filter, limit, invoice);
                let mut rows = self.held.all(against).await?;
                rows.retain(|row| party.is_none_or(|party| row.party == party.as_bytes()));
                rows
            }
            (None, Some(party)) => {
                let of_party = wanted_notes!("AND party = ?", tenant, until, filter, limit, party);
                self.held.all(of_party).await?
            }
            (None, None) => self.held.all(wanted_notes!("", tenant, until, filter, limit,)).await?,
        };
        paged(rows, self.tenant, page.limit, |note| note.id)
    }

    async fn refund(&mut self, id: RefundId) -> Read<Option<Refund>> {
        let row = self.held.optional(refund!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn refunds_of(&mut self, note: BillNoteId) -> Read<Vec<Refund>> {
        let rows = refund!("AND note = ? ORDER BY id", self.tenant.uuid(), note.uuid());
        read_all(self.held.all(rows).await?, self.tenant)
    }

    async fn refunds(
        &mut self,
        of: Option<PartyId>,
        page: PageRequest<RefundId>,
    ) -> Read<Page<Refund, RefundId>> {
        let (until, limit) = before(page);
        let tenant = self.tenant.uuid();
        let rows = match of.map(|party| party.uuid()) {
            Some(party) => {
                let of_party =
                    refund!("AND party = ? AND id < ? ORDER BY id DESC LIMIT ?", tenant, party, until, limit);
                self.held.all(of_party).await?
            }
            None => {
                self.held.all(refund!("AND id < ? ORDER BY id DESC LIMIT ?", tenant, until, limit)).await?
            }
        };
        paged(rows, self.tenant, page.limit, |refund| refund.id)
    }
}
