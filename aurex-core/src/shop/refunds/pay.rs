//! Paying money back: never more than stands to the customer's credit, never more cash than there is.

use super::rows::{Refund, RefundId, RefundState};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{
    Account, Allocated, Journal, JournalDraft, JournalEntry, JournalEntryId, JournalError, NumberError,
    Series, SeriesKind,
};
use crate::money::{Currency, Money};
use crate::shop::accounts::{Chart, For, NoSuchAccount};
use crate::shop::bookings::{Advance, AdvanceId, Booking, BookingState};
use crate::shop::law;
use crate::shop::notes::{BillNote, BillNoteId, NoteKind, NoteState};
use crate::shop::parties::PartyId;
use crate::shop::receipts::PaymentMode;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// The series of refund vouchers.
pub const PREFIX: &str = "RFV";

/// Money to be paid back.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// To whom.
    pub party: PartyId,
    /// How.
    pub mode: PaymentMode,
    /// How much.
    pub amount: Money,
    /// The bank's or card's reference.
    pub reference: Option<Label>,
    /// The credit note that it pays back.
    pub note: Option<BillNoteId>,
    /// The advance that it pays back.
    pub advance: Option<AdvanceId>,
    /// Why, in words.
    pub reason: Option<Note>,
}

/// What is known when money is paid back.
#[derive(Debug, Clone)]
pub struct RefundKnown {
    /// The credit note, if there is one of this id.
    pub note: Option<BillNote>,
    /// What stands paid back of it, in minor units.
    pub paid_of_note: i64,
    /// The advance, if there is one of this id, and the booking that it was paid for.
    pub advance: Option<(Advance, Option<Booking>)>,
    /// What the party owes, negative when it is in credit, in minor units.
    pub owed: i64,
    /// Cash in hand, in minor units.
    pub cash_in_hand: i64,
    /// What of their old metal is neither settled against a bill nor paid out, in minor units.
    pub old_metal_open: i64,
    /// What metal at the exchange rate settled of bills beyond what credit notes left of them, in minor units.
    pub exchange_given_back: i64,
    /// What the party had in cash today, in minor units.
    pub cash_today: i64,
    /// The series of refund vouchers in today's financial year.
    pub series: Option<Series>,
    /// The accounts of the workspace and the party.
    pub accounts: Vec<Account>,
    /// The currency of the books.
    pub currency: Currency,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that a refund uses.
#[derive(Debug, Clone, Copy)]
pub struct RefundIds {
    /// The refund's.
    pub refund: RefundId,
    /// The journal entry's.
    pub entry: JournalEntryId,
}

crate::refusals! {
    /// Why money is not paid back, or a refund not reversed.
    pub enum RefundRefusal {
        /// Nothing, or less.
        NotPositive = Invalid, "refund.not_positive", "/amount", "a refund is of more than nothing";
        /// Nothing is paid back in old metal, or as an advance.
        Mode = Invalid, "refund.mode", "/mode", "a refund is paid with money";
        /// The books have one currency.
        OtherCurrency = Invalid, "refund.other_currency", "/amount/currency", "the books are kept in another currency";
        /// A note and an advance at once.
        NoteAndAdvance = Invalid, "refund.note_and_advance", "/advance_id", "a refund pays back a credit note or an advance, not both";
        /// There is no such advance of this party here.
        NoAdvance = NotFound, "advance.not_found", "/advance_id", "no such advance of this customer";
        /// Less is left of the advance.
        MoreThanAdvance = Conflict, "refund.more_than_advance", "/amount", "less than that is left of the advance";
        /// The booking that the advance was paid for stands.
        BookingStands = Conflict, "refund.booking_stands", "/advance_id", "the booking that the advance was paid for stands: cancel it first";
        /// There is no such credit note of this party here.
        NoNote = NotFound, "credit_note.not_found", "/credit_note_id", "no such credit note of this customer";
        /// The note does not stand.
        NoteCancelled = Conflict, "refund.note_cancelled", "/credit_note_id", "the credit note is cancelled";
        /// More than the note credited.
        MoreThanNote = Conflict, "refund.more_than_note", "/amount", "less than that of the credit note is not paid back yet";
        /// More than stands to the customer's credit.
        MoreThanCredit = Conflict, "refund.more_than_credit", "/amount", "less than that stands to the customer's credit";
        /// What stands to their credit is old metal's.
        OldMetals = Conflict, "refund.of_old_metal", "/amount", "that stands to the customer's credit for old metal: it settles a bill, or is paid out by a payment that names its purchase";
        /// What stands to their credit was never money.
        ExchangeMetals = Conflict, "refund.of_exchange_metal", "/amount", "that stands to the customer's credit for metal taken at the exchange rate, whose bill was credited: it settles a bill and is not paid out";
        /// There is less cash than would be paid.
        CashShort = Conflict, "refund.cash_short", "/amount", "there is less cash in hand";
        /// The series refuses.
        Number {
            /// Why.
            why: NumberError
        } = Conflict, "series.refuses", "", "{why}";
        /// The chart lacks an account, or one of them is closed.
        Books {
            /// What the books say.
            why: String
        } = Conflict, "books.refuse", "", "the books refuse: {why}";
        /// It was reversed before.
        AlreadyReversed = Conflict, "refund.already_reversed", "", "the refund is reversed already";
    }
}

impl From<NoSuchAccount> for RefundRefusal {
    fn from(error: NoSuchAccount) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<JournalError> for RefundRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<NumberError> for RefundRefusal {
    fn from(why: NumberError) -> Self {
        Self::Number { why }
    }
}

impl From<crate::text::TextError> for RefundRefusal {
    fn from(error: crate::text::TextError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

/// Money was paid back.
#[derive(Debug, Clone)]
pub struct RefundPaid {
    /// The refund.
    pub refund: Refund,
    series: Allocated,
    journal: Journal,
    advance: Option<(Advance, Advance)>,
}

/// Decides about paying money back.
///
/// # Errors
/// [`RefundRefusal`].
pub fn decide_pay(new: &NewRefund, known: &RefundKnown, ids: RefundIds) -> Result<RefundPaid, RefundRefusal> {
    let minor = new.amount.minor();
    if new.amount.currency() != known.currency {
        return Err(RefundRefusal::OtherCurrency);
    }
    if minor <= 0 {
        return Err(RefundRefusal::NotPositive);
    }
    let from = For::paying(new.mode).ok_or(RefundRefusal::Mode)?;
    check_note(new, known)?;
    let advance = used_advance(new, known)?;
    if advance.is_none() {
        check_credit(minor, known)?;
    }
    let in_cash = new.mode.is_cash();
    if in_cash && minor > known.cash_in_hand {
        return Err(RefundRefusal::CashShort);
    }
    let most = law::cash_paid_out_unreported(known.today, known.currency);
    let over_cash_limit = in_cash && most.is_some_and(|most| minor > most.saturating_sub(known.cash_today));
    let prefix = Label::new(PREFIX)?;
    let series = Series::allocate(SeriesKind::Refund, &prefix, known.series.as_ref(), known.today)?;
    let refund = Refund {
        id: ids.refund,
        number: series.number.clone(),
        party: new.party,
        mode: new.mode,
        amount: new.amount,
        reference: new.reference.clone(),
        note: new.note,
        reason: new.reason.clone(),
        over_cash_limit,
        business_date: known.today,
        recorded_at: known.now,
        entry: ids.entry,
        state: RefundState::Paid,
        reverse_reason: None,
        reversed_at: None,
        version: 1,
        advance: new.advance,
    };
    let chart = Chart(&known.accounts);
    let head = JournalEntry {
        id: ids.entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: Label::new("refund")?,
        source_id: Label::new(ids.refund.to_string())?,
        narration: Note::new(series.number.as_str())?,
        reverses: None,
    };
    let owed_on = match new.advance {
        Some(_) => chart.of(For::Advances)?,
        None => chart.receivable(new.party)?,
    };
    let journal = JournalDraft::new(head).debit(owed_on, minor).credit(chart.of(from)?, minor).balance()?;
    Ok(RefundPaid { refund, series, journal, advance })
}

/// The advance as it is and as it shall be (rule 51 of the CGST Rules).
fn used_advance(new: &NewRefund, known: &RefundKnown) -> Result<Option<(Advance, Advance)>, RefundRefusal> {
    if new.advance.is_none() {
        return Ok(None);
    }
    if new.note.is_some() {
        return Err(RefundRefusal::NoteAndAdvance);
    }
    let theirs = known.advance.as_ref().filter(|(advance, _)| advance.party == new.party);
    let (before, booking) = theirs.ok_or(RefundRefusal::NoAdvance)?;
    if booking.as_ref().is_some_and(|booking| booking.state == BookingState::Open) {
        return Err(RefundRefusal::BookingStands);
    }
    if new.amount.minor() > before.left() {
        return Err(RefundRefusal::MoreThanAdvance);
    }
    let after = before.with_used(new.amount).map_err(|_| RefundRefusal::MoreThanAdvance)?;
    Ok(Some((before.clone(), after)))
}

/// What old metal left on the account is not paid back here: the purchase keeps its own count of what it settled, and the
/// same rupees would go twice.
fn check_credit(minor: i64, known: &RefundKnown) -> Result<(), RefundRefusal> {
    let credit = known.owed.checked_neg().ok_or(RefundRefusal::MoreThanCredit)?;
    if minor > credit {
        return Err(RefundRefusal::MoreThanCredit);
    }
    if minor > credit.saturating_sub(known.old_metal_open) {
        return Err(RefundRefusal::OldMetals);
    }
    let money = credit.saturating_sub(known.old_metal_open).saturating_sub(known.exchange_given_back);
    if minor > money {
        return Err(RefundRefusal::ExchangeMetals);
    }
    Ok(())
}

fn check_note(new: &NewRefund, known: &RefundKnown) -> Result<(), RefundRefusal> {
    if new.note.is_none() {
        return Ok(());
    }
    let is_theirs = |note: &&BillNote| note.kind == NoteKind::CreditNote && note.party == new.party;
    let note = known.note.as_ref().filter(is_theirs).ok_or(RefundRefusal::NoNote)?;
    if note.state != NoteState::Issued {
        return Err(RefundRefusal::NoteCancelled);
    }
    if new.amount.minor() > note.payable.minor().saturating_sub(known.paid_of_note) {
        return Err(RefundRefusal::MoreThanNote);
    }
    Ok(())
}

impl Change for RefundPaid {
    type By = crate::shop::actions::PayRefund;

    fn subject(&self) -> Subject {
        Subject::new("refund", self.refund.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        self.journal.record(draft);
        draft.insert(self.refund);
        if let Some((before, after)) = self.advance {
            draft.update(&before, after);
        }
    }
}
