//! Reading notes and refunds in the reference store.

use async_trait::async_trait;

use super::super::*;
use super::Opened;
use super::reads::backward;
use super::state::State;
use crate::shop::invoices::InvoiceId;
use crate::shop::notes::{BillNote, BillNoteId, BillNoteLine, NoteWithLines};
use crate::shop::parties::PartyId;
use crate::shop::refunds::{Refund, RefundId};

impl State {
    fn with_lines(&self, note: &BillNote) -> NoteWithLines {
        let lines = self.rows::<BillNoteLine>().filter(|line| line.note == note.id).cloned().collect();
        NoteWithLines { note: note.clone(), lines }
    }
}

#[async_trait]
impl NoteReads for Opened {
    async fn note(&mut self, id: BillNoteId) -> Read<Option<NoteWithLines>> {
        let state = self.state()?;
        Ok(state.get::<BillNote>(&[&id]).map(|note| state.with_lines(note)))
    }
    async fn notes_against(&mut self, invoice: InvoiceId) -> Read<Vec<NoteWithLines>> {
        let state = self.state()?;
        let against = state.rows::<BillNote>().filter(|note| note.invoice == invoice);
        Ok(against.map(|note| state.with_lines(note)).collect())
    }
    async fn notes(
        &mut self,
        filter: NoteFilter,
        page: PageRequest<BillNoteId>,
    ) -> Read<Page<BillNote, BillNoteId>> {
        let wanted = |note: &&BillNote| {
            filter.kind.is_none_or(|kind| note.kind == kind)
                && filter.invoice.is_none_or(|invoice| note.invoice == invoice)
                && filter.party.is_none_or(|party| note.party == party)
                && filter.from.is_none_or(|from| note.business_date >= from)
                && filter.to.is_none_or(|to| note.business_date <= to)
        };
        Ok(backward(self.state()?.rows::<BillNote>().filter(wanted).cloned(), |note| note.id, page))
    }
    async fn refund(&mut self, id: RefundId) -> Read<Option<Refund>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn refunds_of(&mut self, note: BillNoteId) -> Read<Vec<Refund>> {
        Ok(self.state()?.rows::<Refund>().filter(|refund| refund.note == Some(note)).cloned().collect())
    }
    async fn refunds(
        &mut self,
        of: Option<PartyId>,
        page: PageRequest<RefundId>,
    ) -> Read<Page<Refund, RefundId>> {
        let rows = self.state()?.rows::<Refund>().filter(|row| of.is_none_or(|of| row.party == of));
        Ok(backward(rows.cloned(), |row| row.id, page))
    }
}
