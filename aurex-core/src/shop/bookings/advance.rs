//! Taking money ahead. No tax is due on an advance for goods (notification 66/2017 – Central Tax), so all of it is owed to
//! the customer until a bill uses it.

use super::book::BookingRefusal;
use super::rows::{Advance, AdvanceId, AdvanceState, Booking, BookingId, BookingState};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{
    Account, Allocated, Journal, JournalDraft, JournalEntry, JournalEntryId, Series, SeriesKind,
};
use crate::money::{Currency, Money};
use crate::shop::accounts::{Chart, For};
use crate::shop::parties::PartyId;
use crate::shop::receipts::PaymentMode;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// The series of receipt vouchers.
pub const PREFIX_ADVANCE: &str = "ADV";

/// Money to be taken ahead.
#[derive(Debug, Clone)]
pub struct NewAdvance {
    /// Who pays.
    pub party: PartyId,
    /// How.
    pub mode: PaymentMode,
    /// How much.
    pub amount: Money,
    /// The bank's or card's reference.
    pub reference: Option<Label>,
    /// What it is paid for, a wedding say; kept in lower case.
    pub occasion: Option<Label>,
    /// The booking that it is paid for.
    pub booking: Option<BookingId>,
}

/// What is known when money is taken ahead.
#[derive(Debug, Clone)]
pub struct AdvanceKnown {
    /// The booking, if there is one of this id.
    pub booking: Option<Booking>,
    /// The series of receipt vouchers in today's financial year.
    pub series: Option<Series>,
    /// The accounts of the workspace.
    pub accounts: Vec<Account>,
    /// The currency of the books.
    pub currency: Currency,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that an advance uses.
#[derive(Debug, Clone, Copy)]
pub struct AdvanceIds {
    /// The advance's.
    pub advance: AdvanceId,
    /// The journal entry's.
    pub entry: JournalEntryId,
}

/// Money was taken ahead.
#[derive(Debug, Clone)]
pub struct AdvanceTaken {
    /// The advance.
    pub advance: Advance,
    booking: Option<(Booking, Booking)>,
    series: Allocated,
    journal: Journal,
}

/// Decides about taking money ahead.
///
/// # Errors
/// [`BookingRefusal`].
pub fn decide_advance(
    new: &NewAdvance,
    known: &AdvanceKnown,
    ids: AdvanceIds,
) -> Result<AdvanceTaken, BookingRefusal> {
    let is_theirs = |booking: &&Booking| booking.party == new.party;
    let booking = match new.booking {
        None => None,
        Some(_) => {
            let before = known.booking.as_ref().filter(is_theirs).ok_or(BookingRefusal::NoBooking)?;
            if before.state != BookingState::Open {
                return Err(BookingRefusal::NotOpen);
            }
            if known.today > before.expires {
                return Err(BookingRefusal::Expired);
            }
            let after = before.with_advanced(new.amount).map_err(|_| BookingRefusal::AdvanceNotPositive)?;
            Some((before.clone(), after))
        }
    };
    let (advance, series, journal) = voucher(new, known, ids)?;
    Ok(AdvanceTaken { advance, booking, series, journal })
}

/// The voucher itself: numbered and posted.
pub(super) fn voucher(
    new: &NewAdvance,
    known: &AdvanceKnown,
    ids: AdvanceIds,
) -> Result<(Advance, Allocated, Journal), BookingRefusal> {
    if new.amount.currency() != known.currency {
        return Err(BookingRefusal::AdvanceCurrency);
    }
    if new.amount.minor() <= 0 {
        return Err(BookingRefusal::AdvanceNotPositive);
    }
    let into = For::taking(new.mode).filter(|_| new.mode.moves_money()).ok_or(BookingRefusal::AdvanceMode)?;
    let prefix = Label::new(PREFIX_ADVANCE)?;
    let series = Series::allocate(SeriesKind::ReceiptVoucher, &prefix, known.series.as_ref(), known.today)?;
    let advance = Advance {
        id: ids.advance,
        number: series.number.clone(),
        party: new.party,
        mode: new.mode,
        amount: new.amount,
        reference: new.reference.clone(),
        booking: new.booking,
        used: Money::zero(known.currency),
        business_date: known.today,
        recorded_at: known.now,
        entry: ids.entry,
        state: AdvanceState::Taken,
        reverse_reason: None,
        reversed_at: None,
        version: 1,
        occasion: new.occasion.as_ref().map(|of| Label::new(of.as_str().to_lowercase())).transpose()?,
    };
    let chart = Chart(&known.accounts);
    let head = JournalEntry {
        id: ids.entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: Label::new("advance")?,
        source_id: Label::new(ids.advance.to_string())?,
        narration: Note::new(series.number.as_str())?,
        reverses: None,
    };
    let journal = JournalDraft::new(head)
        .debit(chart.of(into)?, new.amount.minor())
        .credit(chart.of(For::Advances)?, new.amount.minor())
        .balance()?;
    Ok((advance, series, journal))
}

impl Change for AdvanceTaken {
    type By = crate::shop::actions::TakeAdvance;

    fn subject(&self) -> Subject {
        Subject::new("advance", self.advance.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        self.journal.record(draft);
        draft.insert(self.advance);
        if let Some((before, after)) = self.booking {
            draft.update(&before, after);
        }
    }
}
