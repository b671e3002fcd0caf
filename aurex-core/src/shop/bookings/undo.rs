//! The undo of both: a booking is cancelled, which frees its lock and what was paid for it; an advance is reversed.

use super::book::BookingRefusal;
use super::rows::{Advance, AdvanceState, Booking, BookingState};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Journal, JournalEntry, JournalEntryId, Posting};
use crate::shop::receipts::PaymentMode;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// A booking was cancelled.
#[derive(Debug, Clone)]
pub struct BookingCancelled {
    before: Booking,
    /// The booking as it shall be.
    pub after: Booking,
}

/// Decides about cancelling a booking. Bills that used it keep what they took; what is left of its advances may be paid back
/// or used for any bill.
///
/// # Errors
/// [`BookingRefusal::AlreadyCancelled`].
pub fn decide_cancel_booking(
    booking: &Booking,
    reason: Note,
    now: Timestamp,
) -> Result<BookingCancelled, BookingRefusal> {
    if booking.state != BookingState::Open {
        return Err(BookingRefusal::AlreadyCancelled);
    }
    let after = Booking {
        state: BookingState::Cancelled,
        cancel_reason: Some(reason),
        cancelled_at: Some(now),
        version: booking.version.saturating_add(1),
        ..booking.clone()
    };
    Ok(BookingCancelled { before: booking.clone(), after })
}

impl Change for BookingCancelled {
    type By = crate::shop::actions::CancelBooking;

    fn subject(&self) -> Subject {
        Subject::new("booking", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
    }
}

/// What is known when an advance is reversed.
#[derive(Debug, Clone)]
pub struct ReverseAdvanceKnown {
    /// The advance.
    pub advance: Advance,
    /// The booking that it was paid for.
    pub booking: Option<Booking>,
    /// Its journal entry and postings.
    pub journal: (JournalEntry, Vec<Posting>),
    /// Cash in hand, in minor units.
    pub cash_in_hand: i64,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// An advance was reversed.
#[derive(Debug, Clone)]
pub struct AdvanceReversed {
    before: Advance,
    /// The advance as it shall be.
    pub after: Advance,
    booking: Option<(Booking, Booking)>,
    journal: Journal,
}

/// Decides about reversing an advance: a cheque that bounced, a voucher that was wrong. A booking that then has less than
/// its least advance does not hold until it is paid again.
///
/// # Errors
/// [`BookingRefusal`]: reversed before, something of it used, less cash than it was of.
pub fn decide_reverse_advance(
    known: &ReverseAdvanceKnown,
    reason: Note,
    entry: JournalEntryId,
) -> Result<AdvanceReversed, BookingRefusal> {
    let before = &known.advance;
    if before.state != AdvanceState::Taken {
        return Err(BookingRefusal::AlreadyReversed);
    }
    if !before.used.is_zero() {
        return Err(BookingRefusal::AdvanceUsed);
    }
    if before.mode == PaymentMode::Cash && known.cash_in_hand < before.amount.minor() {
        return Err(BookingRefusal::CashShort);
    }
    let head = JournalEntry {
        id: entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: Label::new("advance")?,
        source_id: Label::new(before.id.to_string())?,
        narration: Note::new(format!("{} reversed", before.number))?,
        reverses: None,
    };
    let (original, postings) = &known.journal;
    let journal = Journal::reversal(original, postings, head)?;
    let out_of_range = |_: crate::money::MoneyError| BookingRefusal::AdvanceNotPositive;
    let booking = known
        .booking
        .as_ref()
        .map(|booking| {
            let less = before.amount.checked_neg().and_then(|less| booking.with_advanced(less));
            less.map(|after| (booking.clone(), after)).map_err(out_of_range)
        })
        .transpose()?;
    let after = Advance {
        state: AdvanceState::Reversed,
        reverse_reason: Some(reason),
        reversed_at: Some(known.now),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    Ok(AdvanceReversed { before: before.clone(), after, booking, journal })
}

impl Change for AdvanceReversed {
    type By = crate::shop::actions::ReverseAdvance;

    fn subject(&self) -> Subject {
        Subject::new("advance", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        self.journal.record(draft);
        draft.update(&self.before, self.after);
        if let Some((before, after)) = self.booking {
            draft.update(&before, after);
        }
    }
}
