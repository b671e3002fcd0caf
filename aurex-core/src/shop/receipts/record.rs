//! Taking money: numbered, posted, and settled against bills.

use super::rows::{PaymentMode, PaymentReceipt, ReceiptId, ReceiptState, Settlement};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{
    Account, Allocated, Journal, JournalDraft, JournalEntry, JournalEntryId, JournalError, NumberError,
    Series, SeriesKind,
};
use crate::money::{Currency, Money};
use crate::shop::accounts::{Chart, For, NoSuchAccount};
use crate::shop::bookings::{Advance, AdvanceId, Booking, BookingId, BookingState};
use crate::shop::invoices::{Bill, InvoiceId, InvoiceLine, InvoiceState};
use crate::shop::metal::{MetalVoucher, MetalVoucherId, MetalVoucherKind, MetalVoucherState};
use crate::shop::parties::PartyId;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// The series of receipts.
pub const PREFIX: &str = "RCT";

/// Money to be taken.
#[derive(Debug, Clone)]
pub struct NewReceipt {
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
    /// The advance that it uses; for the mode [`PaymentMode::Advance`] and no other.
    pub advance: Option<AdvanceId>,
    /// Which bills it settles; what is left over stays on the party's account.
    pub allocations: Vec<(InvoiceId, Money)>,
    /// The purchase of old metal that it is paid with, in that mode alone.
    pub old_metal: Option<MetalVoucherId>,
}

/// What is known when money is taken.
#[derive(Debug, Clone)]
pub struct ReceiptKnown {
    /// The bills of the allocations that there are.
    pub bills: Vec<Bill>,
    /// The purchase of old metal that is named, if there is such a one.
    pub old_metal: Option<MetalVoucher>,
    /// The advance, if there is one of this id, and the booking that it was paid for.
    pub advance: Option<(Advance, Option<Booking>)>,
    /// What advances of that booking have settled of the bills before, in minor units.
    pub by_booking: Vec<(InvoiceId, i64)>,
    /// The series of receipts in today's financial year.
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

/// The ids that a receipt uses.
#[derive(Debug, Clone, Copy)]
pub struct ReceiptIds {
    /// The receipt's.
    pub receipt: ReceiptId,
    /// The journal entry's.
    pub entry: JournalEntryId,
}

crate::refusals! {
    /// Why money is not taken, or not given back.
    pub enum ReceiptRefusal {
        /// Nothing, or less.
        NotPositive = Invalid, "receipt.not_positive", "/amount", "a receipt is of more than nothing";
        /// The books have one currency.
        OtherCurrency = Invalid, "receipt.other_currency", "/amount/currency", "the books are kept in another currency";
        /// An advance without its mode, or the mode without an advance.
        AdvanceNeeded = Invalid, "receipt.advance_needed", "/advance_id", "a receipt by advance names the advance, and no other receipt does";
        /// There is no such advance of this party here.
        NoAdvance = NotFound, "advance.not_found", "/advance_id", "no such advance of this customer";
        /// Less is left of the advance.
        MoreThanAdvance = Conflict, "receipt.more_than_advance", "/amount", "less than that is left of the advance";
        /// Not all that is taken of the advance settles a bill.
        AdvanceNotAllocated = Invalid, "receipt.advance_not_allocated", "/allocations", "what is taken of an advance settles bills, all of it";
        /// The bill does not use the booking that the advance was paid for.
        AdvanceOfBooking {
            /// Which one, from 0.
            index: usize
        } = Conflict, "receipt.advance_of_booking", "/allocations/{index}/invoice_id", "the advance was paid for a booking that stands, and the bill does not use it";
        /// The bill's other lines are none of the booking's.
        MoreThanBooked {
            /// Which one, from 0.
            index: usize
        } = Conflict, "receipt.more_than_booked", "/allocations/{index}/amount", "the advance was paid for a booking that stands: it settles no more of the bill than the lines that use the booking come to";
        /// More allocations than a receipt takes.
        TooMany = Invalid, "receipt.too_many_allocations", "/allocations", "a receipt settles at most 100 bills";
        /// An allocation of nothing, or in another currency.
        AllocationNotPositive {
            /// Which one, from 0.
            index: usize
        } = Invalid, "receipt.allocation_not_positive", "/allocations/{index}/amount", "an allocation is of more than nothing, in the currency of the books";
        /// One bill twice.
        AllocatedTwice {
            /// Which one, from 0.
            index: usize
        } = Invalid, "receipt.allocated_twice", "/allocations/{index}/invoice_id", "the bill has an allocation already";
        /// There is no such bill of this party here.
        NoBill {
            /// Which one, from 0.
            index: usize
        } = NotFound, "invoice.not_found", "/allocations/{index}/invoice_id", "no such bill of this customer";
        /// The bill does not stand.
        BillNotIssued {
            /// Which one, from 0.
            index: usize
        } = Conflict, "invoice.not_issued", "/allocations/{index}/invoice_id", "the bill is cancelled";
        /// More than is open.
        MoreThanOpen {
            /// Which one, from 0.
            index: usize
        } = Conflict, "receipt.more_than_open", "/allocations/{index}/amount", "less than that is open on the bill";
        /// The allocations exceed the receipt.
        MoreThanAmount = Invalid, "receipt.more_than_amount", "/allocations", "the allocations exceed the amount";
        /// Paid with old metal, and nobody says which.
        OldMetalNeeded = Invalid, "receipt.old_metal_required", "/old_metal_purchase_id", "a receipt in old metal names the purchase, and no other does";
        /// There is no such purchase of this customer's here.
        NoOldMetal = NotFound, "old_metal.not_found", "/old_metal_purchase_id", "no such purchase of old metal from this customer";
        /// More than the old metal was worth, or than is left of it.
        MoreThanOldMetal = Conflict, "receipt.more_than_old_metal", "/amount", "less than that is left of the old metal";
        /// Old metal is already on the account: a receipt in it says which bills it pays.
        OldMetalNotAllocated = Invalid, "receipt.old_metal_not_allocated", "/allocations", "a receipt in old metal is allocated to bills to the last paisa";
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
        /// What it left on the account was paid back.
        PaidBack = Conflict, "receipt.paid_back", "", "its money was paid back since: reverse the refund first";
        /// It was reversed before.
        AlreadyReversed = Conflict, "receipt.already_reversed", "", "the receipt is reversed already";
        /// There is less cash than would be given back.
        CashShort = Conflict, "receipt.cash_short", "", "there is less cash in hand than the receipt was of";
    }
}

impl From<NoSuchAccount> for ReceiptRefusal {
    fn from(error: NoSuchAccount) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<JournalError> for ReceiptRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<NumberError> for ReceiptRefusal {
    fn from(why: NumberError) -> Self {
        Self::Number { why }
    }
}

/// Money was taken.
#[derive(Debug, Clone)]
pub struct ReceiptRecorded {
    /// The receipt.
    pub receipt: PaymentReceipt,
    /// What it settles.
    pub settlements: Vec<Settlement>,
    series: Allocated,
    /// None where old metal's purchase has posted it.
    journal: Option<Journal>,
    old_metal: Option<(MetalVoucher, MetalVoucher)>,
    advance: Option<(Advance, Advance)>,
}

/// The most bills that one receipt settles.
const MOST_ALLOCATIONS: usize = 100;

/// Decides about taking money.
///
/// # Errors
/// [`ReceiptRefusal`].
pub fn decide_record(
    new: &NewReceipt,
    known: &ReceiptKnown,
    ids: ReceiptIds,
) -> Result<ReceiptRecorded, ReceiptRefusal> {
    if new.amount.currency() != known.currency {
        return Err(ReceiptRefusal::OtherCurrency);
    }
    if new.amount.minor() <= 0 {
        return Err(ReceiptRefusal::NotPositive);
    }
    let settlements = settle(new, known, ids.receipt)?;
    let old_metal = used_of_old_metal(new, known, &settlements)?;
    let advance = used_advance(new, known)?;
    let prefix = label(PREFIX)?;
    let series = Series::allocate(SeriesKind::Receipt, &prefix, known.series.as_ref(), known.today)?;
    let entry = old_metal.as_ref().map_or(ids.entry, |(before, _)| before.entry);
    let receipt = PaymentReceipt {
        id: ids.receipt,
        number: series.number.clone(),
        party: new.party,
        mode: new.mode,
        amount: new.amount,
        reference: new.reference.clone(),
        business_date: known.today,
        recorded_at: known.now,
        entry,
        state: ReceiptState::Recorded,
        reverse_reason: None,
        reversed_at: None,
        version: 1,
        old_metal: old_metal.as_ref().map(|(before, _)| before.id),
        advance: new.advance,
        occasion: new.occasion.as_ref().map(occasion_kept).transpose()?,
    };
    let journal = match For::taking(new.mode) {
        None => None,
        Some(into) => Some(posted(new, known, ids, &series, into)?),
    };
    Ok(ReceiptRecorded { receipt, settlements, series, journal, old_metal, advance })
}

fn posted(
    new: &NewReceipt,
    known: &ReceiptKnown,
    ids: ReceiptIds,
    series: &Allocated,
    into: For,
) -> Result<Journal, ReceiptRefusal> {
    let chart = Chart(&known.accounts);
    let head = JournalEntry {
        id: ids.entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: label("receipt")?,
        source_id: label(ids.receipt.to_string())?,
        narration: note(series.number.as_str())?,
        reverses: None,
    };
    let (into, from) = (chart.of(into)?, chart.receivable(new.party)?);
    let (taken, journal) = (new.amount.minor(), JournalDraft::new(head));
    Ok(journal.debit(into, taken).credit(from, taken).balance()?)
}

/// The purchase of old metal as it was and as it shall be, where the receipt is in old metal. The purchase put its value on
/// the customer's account; the receipt says which bills that pays, and posts nothing.
fn used_of_old_metal(
    new: &NewReceipt,
    known: &ReceiptKnown,
    settlements: &[Settlement],
) -> Result<Option<(MetalVoucher, MetalVoucher)>, ReceiptRefusal> {
    if (new.mode == PaymentMode::OldMetal) != new.old_metal.is_some() {
        return Err(ReceiptRefusal::OldMetalNeeded);
    }
    let Some(id) = new.old_metal else { return Ok(None) };
    let stands = |voucher: &&MetalVoucher| {
        voucher.id == id
            && voucher.kind == MetalVoucherKind::OldMetalPurchase
            && voucher.party == Some(new.party)
            && voucher.state == MetalVoucherState::Recorded
    };
    let before = known.old_metal.as_ref().filter(stands).ok_or(ReceiptRefusal::NoOldMetal)?;
    let open = before.open().map_err(|_| ReceiptRefusal::MoreThanOldMetal)?;
    if new.amount.minor() > open.minor() {
        return Err(ReceiptRefusal::MoreThanOldMetal);
    }
    let allocated = Money::try_sum(known.currency, settlements.iter().map(|of| of.amount));
    if allocated != Ok(new.amount) {
        return Err(ReceiptRefusal::OldMetalNotAllocated);
    }
    let settled = before.settled.checked_add(new.amount).map_err(|_| ReceiptRefusal::MoreThanOldMetal)?;
    let version = before.version.saturating_add(1);
    Ok(Some((before.clone(), MetalVoucher { settled, version, ..before.clone() })))
}

/// The advance as it is and as it shall be. While its booking stands, it is for bills that use the booking: else the lock
/// would hold with nothing behind it.
fn used_advance(
    new: &NewReceipt,
    known: &ReceiptKnown,
) -> Result<Option<(Advance, Advance)>, ReceiptRefusal> {
    if (new.mode == PaymentMode::Advance) != new.advance.is_some() {
        return Err(ReceiptRefusal::AdvanceNeeded);
    }
    if new.advance.is_none() {
        return Ok(None);
    }
    let theirs = known.advance.as_ref().filter(|(advance, _)| advance.party == new.party);
    let (before, booking) = theirs.ok_or(ReceiptRefusal::NoAdvance)?;
    if new.amount.minor() > before.left() {
        return Err(ReceiptRefusal::MoreThanAdvance);
    }
    let allocated = new.allocations.iter().fold(0_i64, |sum, (_, amount)| sum.saturating_add(amount.minor()));
    if allocated != new.amount.minor() {
        return Err(ReceiptRefusal::AdvanceNotAllocated);
    }
    if let Some(booking) = booking.as_ref().filter(|booking| booking.state == BookingState::Open) {
        let uses = |invoice: &InvoiceId| {
            let bill = known.bills.iter().find(|bill| bill.invoice.id == *invoice);
            bill.is_some_and(|bill| bill.lines.iter().any(|line| line.takes_of(booking.id)))
        };
        if let Some(index) = new.allocations.iter().position(|(invoice, _)| !uses(invoice)) {
            return Err(ReceiptRefusal::AdvanceOfBooking { index });
        }
        let beyond = |(invoice, amount): &(InvoiceId, Money)| {
            let bill = known.bills.iter().find(|bill| bill.invoice.id == *invoice);
            let before = known.by_booking.iter().find(|(of, _)| of == invoice).map_or(0, |(_, minor)| *minor);
            let most = bill.map_or(0, |bill| booked_of(bill, booking.id));
            // A lock of which all is used needs nothing behind it.
            booking.used < booking.weight && before.saturating_add(amount.minor()) > most
        };
        if let Some(index) = new.allocations.iter().position(beyond) {
            return Err(ReceiptRefusal::MoreThanBooked { index });
        }
    }
    let after = before.with_used(new.amount).map_err(|_| ReceiptRefusal::MoreThanAdvance)?;
    Ok(Some((before.clone(), after)))
}

/// What the lines of a bill that use a booking come to with their tax, in minor units: the whole bill, round-off included, where
/// all of them do.
fn booked_of(bill: &Bill, booking: BookingId) -> i64 {
    if bill.lines.iter().all(|line| line.takes_of(booking)) {
        return bill.invoice.payable.minor();
    }
    let of_line = |line: &InvoiceLine| {
        [line.taxable, line.cgst, line.sgst, line.igst]
            .iter()
            .fold(0_i64, |sum, part| sum.saturating_add(part.minor()))
    };
    let booked = bill.lines.iter().filter(|line| line.takes_of(booking));
    booked.fold(0, |sum, line| sum.saturating_add(of_line(line)))
}

fn settle(
    new: &NewReceipt,
    known: &ReceiptKnown,
    receipt: ReceiptId,
) -> Result<Vec<Settlement>, ReceiptRefusal> {
    if new.allocations.len() > MOST_ALLOCATIONS {
        return Err(ReceiptRefusal::TooMany);
    }
    let mut left = new.amount.minor();
    let mut settlements: Vec<Settlement> = Vec::new();
    for (index, (invoice, amount)) in new.allocations.iter().enumerate() {
        if amount.minor() <= 0 || amount.currency() != known.currency {
            return Err(ReceiptRefusal::AllocationNotPositive { index });
        }
        if settlements.iter().any(|settlement| settlement.invoice == *invoice) {
            return Err(ReceiptRefusal::AllocatedTwice { index });
        }
        let bill = known
            .bills
            .iter()
            .find(|bill| bill.invoice.id == *invoice && bill.invoice.party == new.party)
            .ok_or(ReceiptRefusal::NoBill { index })?;
        if bill.invoice.state == InvoiceState::Cancelled {
            return Err(ReceiptRefusal::BillNotIssued { index });
        }
        if bill.invoice.open(bill.settled).map_or(0, Money::minor) < amount.minor() {
            return Err(ReceiptRefusal::MoreThanOpen { index });
        }
        left = left.saturating_sub(amount.minor());
        if left < 0 {
            return Err(ReceiptRefusal::MoreThanAmount);
        }
        let line = u16::try_from(index + 1).map_err(|_| ReceiptRefusal::TooMany)?;
        settlements.push(Settlement { receipt, line, invoice: *invoice, amount: *amount });
    }
    Ok(settlements)
}

fn occasion_kept(occasion: &Label) -> Result<Label, ReceiptRefusal> {
    label(occasion.as_str().to_lowercase())
}

pub(super) fn label(text: impl Into<String>) -> Result<Label, ReceiptRefusal> {
    Label::new(text).map_err(|error| ReceiptRefusal::Books { why: error.to_string() })
}

pub(super) fn note(text: impl Into<String>) -> Result<Note, ReceiptRefusal> {
    Note::new(text).map_err(|error| ReceiptRefusal::Books { why: error.to_string() })
}

impl Change for ReceiptRecorded {
    type By = crate::shop::actions::RecordReceipt;

    fn subject(&self) -> Subject {
        Subject::new("receipt", self.receipt.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        if let Some(journal) = self.journal {
            journal.record(draft);
        }
        if let Some((before, after)) = self.old_metal {
            draft.update(&before, after);
        }
        draft.insert(self.receipt);
        for settlement in self.settlements {
            draft.insert(settlement);
        }
        if let Some((before, after)) = self.advance {
            draft.update(&before, after);
        }
    }
}
