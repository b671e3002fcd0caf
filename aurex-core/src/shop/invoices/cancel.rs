//! Cancelling a bill: its exact mirror, in the same return period, before anything is settled. The number stays used.

use super::bill::InvoiceRefusal;
use super::rows::{Bill, Invoice, InvoiceState};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Journal, JournalEntry, JournalEntryId, Posting};
use crate::measure::Mass;
use crate::shop::actions::CancelWindow;
use crate::shop::bookings::Booking;
use crate::shop::pricing::{Field, PricingError, Problem};
use crate::shop::stock::{Item, ItemState, MovementId, StockMovement};
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp, return_period};

/// What is known when a bill is cancelled.
#[derive(Debug, Clone)]
pub struct CancelKnown {
    /// The bill.
    pub bill: Bill,
    /// Its journal entry and postings.
    pub journal: (JournalEntry, Vec<Posting>),
    /// What left the stock with it.
    pub movements: Vec<StockMovement>,
    /// The pieces on it, as they are.
    pub items: Vec<Item>,
    /// The bookings that it used.
    pub bookings: Vec<Booking>,
    /// Whether a live piece has the hallmark id of one of them by now.
    pub huid_taken: bool,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that a cancellation uses.
#[derive(Debug, Clone)]
pub struct CancelIds {
    /// The reversing journal entry's.
    pub entry: JournalEntryId,
    /// One a movement.
    pub movements: Vec<MovementId>,
}

/// A bill was cancelled.
#[derive(Debug, Clone)]
pub struct InvoiceCancelled {
    before: Invoice,
    /// The bill as it shall be.
    pub after: Invoice,
    journal: Journal,
    movements: Vec<StockMovement>,
    back: Vec<(Item, Item)>,
    bookings: Vec<(Booking, Booking)>,
}

/// Decides about cancelling a bill.
///
/// # Errors
/// [`InvoiceRefusal`]: not standing, something settled, another return period, the role's window over, a hallmark id
/// given to another piece meanwhile.
pub fn decide_cancel(
    known: &CancelKnown,
    window: &CancelWindow,
    reason: Note,
    ids: &CancelIds,
) -> Result<InvoiceCancelled, InvoiceRefusal> {
    let before = &known.bill.invoice;
    if before.state == InvoiceState::Cancelled {
        return Err(InvoiceRefusal::NotIssued);
    }
    if before.state != InvoiceState::Issued || !before.debited.is_zero() {
        return Err(InvoiceRefusal::HasNotes);
    }
    if !known.bill.settled.is_zero() {
        return Err(InvoiceRefusal::Settled);
    }
    if return_period(before.business_date) != return_period(known.today) {
        return Err(InvoiceRefusal::OtherPeriod);
    }
    if known.today.signed_duration_since(before.business_date).num_days() > i64::from(window.days) {
        return Err(InvoiceRefusal::WindowOver);
    }
    if known.huid_taken {
        return Err(InvoiceRefusal::HuidTaken);
    }
    let out_of_range = || PricingError { line: None, field: Field::Total, problem: Problem::TooLarge };
    let fits = |_: crate::text::TextError| out_of_range();
    let (entry, postings) = &known.journal;
    let head = JournalEntry {
        id: ids.entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: Label::new("invoice").map_err(fits)?,
        source_id: Label::new(before.id.to_string()).map_err(fits)?,
        narration: Note::new(format!("{} cancelled", before.number)).map_err(fits)?,
        reverses: None,
    };
    let journal = Journal::reversal(entry, postings, head)?;
    let movements = known
        .movements
        .iter()
        .zip(&ids.movements)
        .map(|(movement, id)| movement.mirrored(*id, ids.entry, known.today).ok_or_else(out_of_range))
        .collect::<Result<_, _>>()?;
    let back = known
        .items
        .iter()
        .map(|item| {
            let version = item.version.saturating_add(1);
            (item.clone(), Item { state: ItemState::InStock, version, ..item.clone() })
        })
        .collect();
    let bookings = known
        .bookings
        .iter()
        .map(|booking| {
            let taken = known.bill.lines.iter().filter_map(|line| line.lock);
            let taken = taken.filter(|lock| lock.booking == booking.id).map(|lock| lock.mass);
            let back = Mass::try_sum(taken).and_then(Mass::checked_neg);
            let after = back.and_then(|back| booking.with_used(back)).map_err(|_| out_of_range())?;
            Ok((booking.clone(), after))
        })
        .collect::<Result<_, PricingError>>()?;
    let after = Invoice {
        state: InvoiceState::Cancelled,
        cancel_reason: Some(reason),
        cancelled_at: Some(known.now),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    Ok(InvoiceCancelled { before: before.clone(), after, journal, movements, back, bookings })
}

impl Change for InvoiceCancelled {
    type By = crate::shop::actions::CancelInvoice;

    fn subject(&self) -> Subject {
        Subject::new("invoice", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        self.journal.record(draft);
        draft.update(&self.before, self.after);
        for (before, after) in self.back {
            draft.update(&before, after);
        }
        for movement in self.movements {
            draft.insert(movement);
        }
        for (before, after) in self.bookings {
            draft.update(&before, after);
        }
    }
}
