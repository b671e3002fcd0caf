//! Cancelling a note: its exact mirror, in the same return period. What came back goes out again; the number stays used.

use super::ask::NoteRefusal;
use super::rows::{BillNote, NoteKind, NoteState, NoteWithLines};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Journal, JournalEntry, Posting};
use crate::money::Money;
use crate::shop::actions::CancelWindow;
use crate::shop::invoices::{Bill, CancelIds, Invoice, InvoiceState};
use crate::shop::stock::{Item, ItemState, Lot, OnHand, StockMovement};
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp, return_period};

/// What is known when a note is cancelled.
#[derive(Debug, Clone)]
pub struct CancelNoteKnown {
    /// The note.
    pub note: NoteWithLines,
    /// The bill that it is against.
    pub bill: Bill,
    /// Every note against that bill.
    pub notes: Vec<NoteWithLines>,
    /// The note's journal entry and postings.
    pub journal: (JournalEntry, Vec<Posting>),
    /// What came back with it.
    pub movements: Vec<StockMovement>,
    /// The pieces that came back, as they are.
    pub items: Vec<Item>,
    /// The lots that took metal back, and what is on hand of each.
    pub lots: Vec<(Lot, OnHand)>,
    /// Whether money was paid back for it.
    pub refunded: bool,
    /// What stands free to the customer's credit, in minor units, if anything was paid back to them since.
    pub free_credit: Option<i64>,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// A note was cancelled.
#[derive(Debug, Clone)]
pub struct NoteCancelled {
    before: BillNote,
    /// The note as it shall be.
    pub after: BillNote,
    bill: (Invoice, Invoice),
    journal: Journal,
    movements: Vec<StockMovement>,
    out: Vec<(Item, Item)>,
}

/// A credit note was cancelled.
#[derive(Debug, Clone)]
pub struct CreditNoteCancelled(pub NoteCancelled);

/// A debit note was cancelled.
#[derive(Debug, Clone)]
pub struct DebitNoteCancelled(pub NoteCancelled);

/// Decides about cancelling a credit note.
///
/// # Errors
/// [`NoteRefusal`]: not standing, another return period, the role's window over, its goods sold again or money paid back.
pub fn decide_cancel_credit(
    known: &CancelNoteKnown,
    window: &CancelWindow,
    reason: Note,
    ids: &CancelIds,
) -> Result<CreditNoteCancelled, NoteRefusal> {
    decide(known, window, reason, ids).map(CreditNoteCancelled)
}

/// Decides about cancelling a debit note.
///
/// # Errors
/// [`NoteRefusal`]: not standing, another return period, the role's window over, what it made due paid.
pub fn decide_cancel_debit(
    known: &CancelNoteKnown,
    window: &CancelWindow,
    reason: Note,
    ids: &CancelIds,
) -> Result<DebitNoteCancelled, NoteRefusal> {
    decide(known, window, reason, ids).map(DebitNoteCancelled)
}

/// Whether what a credit note put to the customer's credit has gone out by refunds that did not name it.
fn was_paid_back(known: &CancelNoteKnown) -> Result<bool, NoteRefusal> {
    let note = &known.note.note;
    let Some(free) = known.free_credit.filter(|_| note.kind == NoteKind::CreditNote) else {
        return Ok(false);
    };
    let due = known.bill.invoice.due().map_err(|_| NoteRefusal::OutOfRange)?;
    let over = known.bill.settled.checked_sub(due).map_err(|_| NoteRefusal::OutOfRange)?;
    Ok(note.payable.minor().min(over.minor()) > free)
}

fn decide(
    known: &CancelNoteKnown,
    window: &CancelWindow,
    reason: Note,
    ids: &CancelIds,
) -> Result<NoteCancelled, NoteRefusal> {
    let before = &known.note.note;
    if before.state != NoteState::Issued {
        return Err(NoteRefusal::AlreadyCancelled);
    }
    if return_period(before.business_date) != return_period(known.today) {
        return Err(NoteRefusal::OtherPeriod);
    }
    if known.today.signed_duration_since(before.business_date).num_days() > i64::from(window.days) {
        return Err(NoteRefusal::WindowOver);
    }
    if known.refunded || was_paid_back(known)? {
        return Err(NoteRefusal::Refunded);
    }
    let bill = bill_after(known)?;
    check_goods(known)?;
    let (entry, postings) = &known.journal;
    let head = JournalEntry {
        id: ids.entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: Label::new(before.kind.code())?,
        source_id: Label::new(before.id.to_string())?,
        narration: Note::new(format!("{} cancelled", before.number))?,
        reverses: None,
    };
    let journal = Journal::reversal(entry, postings, head)?;
    let movements = known
        .movements
        .iter()
        .zip(&ids.movements)
        .map(|(movement, id)| {
            let mirrored = movement.mirrored(*id, ids.entry, known.today);
            mirrored.ok_or(NoteRefusal::OutOfRange)
        })
        .collect::<Result<_, _>>()?;
    let out = known
        .items
        .iter()
        .map(|item| {
            let version = item.version.saturating_add(1);
            (item.clone(), Item { state: ItemState::Sold, version, ..item.clone() })
        })
        .collect();
    let after = BillNote {
        state: NoteState::Cancelled,
        cancel_reason: Some(reason),
        cancelled_at: Some(known.now),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    Ok(NoteCancelled { before: before.clone(), after, bill, journal, movements, out })
}

/// The bill before and after.
fn bill_after(known: &CancelNoteKnown) -> Result<(Invoice, Invoice), NoteRefusal> {
    let (note, before) = (&known.note.note, &known.bill.invoice);
    let mut after = Invoice { version: before.version.saturating_add(1), ..before.clone() };
    match note.kind {
        NoteKind::DebitNote => {
            after.debited = before.debited.checked_sub(note.payable)?;
            let due = after.payable.checked_add(after.debited)?;
            if known.bill.settled.minor() > due.minor() {
                return Err(NoteRefusal::Settled);
            }
        }
        NoteKind::CreditNote => {
            after.credited = before.credited.checked_sub(note.payable)?;
            let rest: Vec<_> =
                known.notes.iter().filter(|other| other.credits() && other.note.id != note.id).collect();
            let totals = rest.iter().map(|other| other.note.total);
            let credited = Money::try_sum(note.total.currency(), totals)?;
            after.state = match rest.is_empty() {
                true => InvoiceState::Issued,
                false if credited == before.total => InvoiceState::Credited,
                false => InvoiceState::PartlyCredited,
            };
        }
    }
    Ok((before.clone(), after))
}

/// What came back must still be there to go out again, at what it came for.
fn check_goods(known: &CancelNoteKnown) -> Result<(), NoteRefusal> {
    if known.items.iter().any(|item| item.state != ItemState::InStock) {
        return Err(NoteRefusal::GoodsGone);
    }
    for (lot, on_hand) in &known.lots {
        let back = || known.movements.iter().filter(|movement| movement.lot == Some(lot.id));
        let mass = back().map(|movement| i128::from(movement.mass.mg())).sum::<i128>();
        let cost = back().map(|movement| i128::from(movement.cost.minor())).sum::<i128>();
        if i128::from(on_hand.mass.mg()) < mass || i128::from(on_hand.cost.minor()) < cost {
            return Err(NoteRefusal::GoodsGone);
        }
    }
    Ok(())
}

impl NoteCancelled {
    fn record(self, draft: &mut Draft) {
        self.journal.record(draft);
        draft.update(&self.before, self.after);
        let (before, after) = self.bill;
        draft.update(&before, after);
        for (before, after) in self.out {
            draft.update(&before, after);
        }
        for movement in self.movements {
            draft.insert(movement);
        }
    }
}

impl Change for CreditNoteCancelled {
    type By = crate::shop::actions::CancelCreditNote;

    fn subject(&self) -> Subject {
        Subject::new("credit_note", self.0.after.id)
    }

    fn record(self, draft: &mut Draft) {
        self.0.record(draft);
    }
}

impl Change for DebitNoteCancelled {
    type By = crate::shop::actions::CancelDebitNote;

    fn subject(&self) -> Subject {
        Subject::new("debit_note", self.0.after.id)
    }

    fn record(self, draft: &mut Draft) {
        self.0.record(draft);
    }
}
