//! Paying money out: numbered, posted, and counted against what it pays for.

use super::rows::{OutgoingPayment, PaymentId};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{
    Account, Allocated, Journal, JournalDraft, JournalEntry, JournalEntryId, JournalError, NumberError,
    Series, SeriesKind,
};
use crate::measure::RateKind;
use crate::money::{Currency, Money};
use crate::shop::accounts::{Chart, For, NoSuchAccount};
use crate::shop::law::cash_paid_out_unreported;
use crate::shop::metal::{MetalVoucher, MetalVoucherId, MetalVoucherState};
use crate::shop::parties::{Party, PartyId, PartyKind};
use crate::shop::receipts::{PaymentMode, ReceiptState};
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// The series of payments.
pub const PREFIX: &str = "PAY";

/// Money to be paid out.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// To whom.
    pub party: PartyId,
    /// How.
    pub mode: PaymentMode,
    /// How much.
    pub amount: Money,
    /// The bank's reference or the cheque's number.
    pub reference: Option<Label>,
    /// What it pays; a supplier and a goldsmith may be paid on account.
    pub voucher: Option<MetalVoucherId>,
}

/// What is known when money is paid out.
#[derive(Debug, Clone)]
pub struct PaymentKnown {
    /// To whom, if there is such a party.
    pub party: Option<Party>,
    /// What it pays, if there is such a voucher.
    pub voucher: Option<MetalVoucher>,
    /// The series of payments in today's financial year.
    pub series: Option<Series>,
    /// The accounts of the workspace and the party.
    pub accounts: Vec<Account>,
    /// Cash in hand, in minor units.
    pub cash_in_hand: i64,
    /// What the party's own account holds, debits less credits, in minor units.
    pub owes: i64,
    /// What was paid to the party in cash today, before.
    pub cash_paid_today: Money,
    /// The currency of the books.
    pub currency: Currency,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that a payment uses.
#[derive(Debug, Clone, Copy)]
pub struct PaymentIds {
    /// The payment's.
    pub payment: PaymentId,
    /// The journal entry's.
    pub entry: JournalEntryId,
}

crate::refusals! {
    /// Why money is not paid out, or a payment not reversed.
    pub enum PaymentRefusal {
        /// There is no such party here.
        NoParty = NotFound, "party.not_found", "/party_id", "no such customer, supplier or goldsmith";
        /// Nothing, or less.
        NotPositive = Invalid, "payment.not_positive", "/amount", "a payment is of more than nothing";
        /// The books have one currency.
        OtherCurrency = Invalid, "payment.other_currency", "/amount/currency", "the books are kept in another currency";
        /// Nobody pays out that way.
        Mode = Invalid, "payment.mode_not_meant", "/mode", "money is paid out in cash, by UPI, card, bank or cheque";
        /// A customer is paid for old metal.
        VoucherNeeded = Invalid, "payment.voucher_required", "/voucher_id", "a customer is paid for old metal: name its purchase";
        /// There is no such voucher of this party's here.
        NoVoucher = NotFound, "metal.not_found", "/voucher_id", "no such voucher of this party";
        /// More than is open of the voucher.
        MoreThanOpen = Conflict, "payment.more_than_open", "/amount", "less than that is open on the voucher";
        /// Metal at the exchange rate is worth that against a bill alone.
        AtExchangeRate = Conflict, "payment.exchange_metal", "/voucher_id", "the metal was taken at the exchange rate: it settles bills and is not paid out; cancel its purchase and take it in at the buying rate to pay for it";
        /// What the old metal was worth was used otherwise.
        NoCredit = Conflict, "payment.no_credit", "/amount", "the party's account does not hold that much in their favour";
        /// There is less cash than would be paid.
        CashShort = Conflict, "payment.cash_short", "/amount", "there is less cash in hand";
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
        AlreadyReversed = Conflict, "payment.already_reversed", "", "the payment is reversed already";
    }
}

impl From<NoSuchAccount> for PaymentRefusal {
    fn from(error: NoSuchAccount) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<JournalError> for PaymentRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<NumberError> for PaymentRefusal {
    fn from(why: NumberError) -> Self {
        Self::Number { why }
    }
}

/// Money was paid out.
#[derive(Debug, Clone)]
pub struct PaymentRecorded {
    /// The payment.
    pub payment: OutgoingPayment,
    series: Allocated,
    journal: Journal,
    voucher: Option<(MetalVoucher, MetalVoucher)>,
}

/// Decides about paying money out.
///
/// # Errors
/// [`PaymentRefusal`].
pub fn decide_payment(
    new: &NewPayment,
    known: &PaymentKnown,
    ids: PaymentIds,
) -> Result<PaymentRecorded, PaymentRefusal> {
    let party = known.party.as_ref().ok_or(PaymentRefusal::NoParty)?;
    if new.amount.currency() != known.currency {
        return Err(PaymentRefusal::OtherCurrency);
    }
    if new.amount.minor() <= 0 {
        return Err(PaymentRefusal::NotPositive);
    }
    let from = For::paying(new.mode).ok_or(PaymentRefusal::Mode)?;
    let voucher = paid_of_voucher(new, party, known)?;
    if new.mode.is_cash() && known.cash_in_hand < new.amount.minor() {
        return Err(PaymentRefusal::CashShort);
    }
    let prefix = label(PREFIX)?;
    let series = Series::allocate(SeriesKind::Payment, &prefix, known.series.as_ref(), known.today)?;
    let payment = OutgoingPayment {
        id: ids.payment,
        number: series.number.clone(),
        party: party.id,
        mode: new.mode,
        amount: new.amount,
        reference: new.reference.clone(),
        voucher: new.voucher,
        business_date: known.today,
        recorded_at: known.now,
        entry: ids.entry,
        over_cash_limit: passes_cash_limit(new, known)?,
        state: ReceiptState::Recorded,
        reverse_reason: None,
        reversed_at: None,
        version: 1,
    };
    let chart = Chart(&known.accounts);
    let head = JournalEntry {
        id: ids.entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: label("payment")?,
        source_id: label(ids.payment.to_string())?,
        narration: note(series.number.as_str())?,
        reverses: None,
    };
    let own = match party.kind {
        PartyKind::Customer => For::Receivable,
        PartyKind::Supplier | PartyKind::Goldsmith => For::Payable,
    };
    let (to, from) = (chart.of_party(own, party.id)?, chart.of(from)?);
    let (paid, journal) = (new.amount.minor(), JournalDraft::new(head));
    let journal = journal.debit(to, paid).credit(from, paid).balance()?;
    Ok(PaymentRecorded { payment, series, journal, voucher })
}

/// The voucher as it was and as it shall be, where one is named. A customer is paid for old metal alone, and only as far as
/// their account is in their favour: what a bill has used up is not paid out as well.
fn paid_of_voucher(
    new: &NewPayment,
    party: &Party,
    known: &PaymentKnown,
) -> Result<Option<(MetalVoucher, MetalVoucher)>, PaymentRefusal> {
    let is_customer = party.kind == PartyKind::Customer;
    let Some(id) = new.voucher else {
        return if is_customer { Err(PaymentRefusal::VoucherNeeded) } else { Ok(None) };
    };
    let stands = |voucher: &&MetalVoucher| {
        voucher.id == id && voucher.party == Some(party.id) && voucher.state == MetalVoucherState::Recorded
    };
    let before = known.voucher.as_ref().filter(stands).ok_or(PaymentRefusal::NoVoucher)?;
    if before.rate_kind == Some(RateKind::Exchange) {
        return Err(PaymentRefusal::AtExchangeRate);
    }
    let open = before.open().map_err(|_| PaymentRefusal::MoreThanOpen)?;
    if new.amount.minor() > open.minor() {
        return Err(PaymentRefusal::MoreThanOpen);
    }
    if known.owes.checked_add(new.amount.minor()).is_none_or(|after| after > 0) {
        return Err(PaymentRefusal::NoCredit);
    }
    let settled = before.settled.checked_add(new.amount).map_err(|_| PaymentRefusal::MoreThanOpen)?;
    let version = before.version.saturating_add(1);
    Ok(Some((before.clone(), MetalVoucher { settled, version, ..before.clone() })))
}

/// Whether cash paid to this party today passes the law's limit with this payment.
fn passes_cash_limit(new: &NewPayment, known: &PaymentKnown) -> Result<bool, PaymentRefusal> {
    let Some(limit) = cash_paid_out_unreported(known.today, known.currency) else { return Ok(false) };
    let paid = known.cash_paid_today.checked_add(new.amount).map_err(|_| PaymentRefusal::NotPositive)?;
    Ok(new.mode.is_cash() && paid.minor() > limit)
}

pub(super) fn label(text: impl Into<String>) -> Result<Label, PaymentRefusal> {
    Label::new(text).map_err(|error| PaymentRefusal::Books { why: error.to_string() })
}

pub(super) fn note(text: impl Into<String>) -> Result<Note, PaymentRefusal> {
    Note::new(text).map_err(|error| PaymentRefusal::Books { why: error.to_string() })
}

impl Change for PaymentRecorded {
    type By = crate::shop::actions::RecordPayment;

    fn subject(&self) -> Subject {
        Subject::new("payment", self.payment.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        self.journal.record(draft);
        if let Some((before, after)) = self.voucher {
            draft.update(&before, after);
        }
        draft.insert(self.payment);
    }
}
