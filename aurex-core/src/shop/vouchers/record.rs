//! Writing a journal voucher: numbered, balanced, and on accounts that no document keeps.

use super::rows::{JournalVoucher, JournalVoucherId};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{
    Account, AccountId, AccountState, Allocated, Commodity, Journal, JournalDraft, JournalEntry,
    JournalEntryId, JournalError, NumberError, Series, SeriesKind,
};
use crate::money::{Currency, Money};
use crate::shop::accounts::{ByHand, For, by_hand};
use crate::shop::parties::PartyId;
use crate::shop::receipts::ReceiptState;
use crate::text::{Label, Note, TextError};
use crate::time::{Date, FinancialYear, Timestamp};

/// The series of journal vouchers.
pub const PREFIX: &str = "JV";

/// What the entries of journal vouchers call their source.
pub(super) const SOURCE: &str = "journal_voucher";

/// The most lines of one voucher.
pub const MOST_LINES: usize = 50;

crate::codes! {
    /// The side of an entry that a line stands on.
    pub enum EntrySide {
        /// What comes in, is owed to the shop, or was spent.
        Debit = "debit",
        /// What goes out, is owed by the shop, or was earned.
        Credit = "credit",
    }
}

/// What a line is posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoucherAccount {
    /// An account of the books.
    Account(AccountId),
    /// What stands between the shop and a customer, supplier or goldsmith, in money.
    Party(PartyId),
}

/// A line of a voucher to be written.
#[derive(Debug, Clone)]
pub struct NewVoucherLine {
    /// Where to.
    pub on: VoucherAccount,
    /// Which side.
    pub side: EntrySide,
    /// How much; more than nothing.
    pub amount: Money,
}

/// A voucher to be written.
#[derive(Debug, Clone)]
pub struct NewJournalVoucher {
    /// Its date; today's, where it is left out.
    pub date: Option<Date>,
    /// What it is about; stands in the ledgers beside its number.
    pub remark: Note,
    /// Its lines, two to [`MOST_LINES`].
    pub lines: Vec<NewVoucherLine>,
}

/// What is known when a voucher is written.
#[derive(Debug, Clone)]
pub struct JournalVoucherKnown {
    /// The account of each line, in their order, where there is one.
    pub accounts: Vec<Option<Account>>,
    /// The series of journal vouchers in the financial year of the voucher's date.
    pub series: Option<Series>,
    /// Cash in hand, in minor units.
    pub cash_in_hand: i64,
    /// The currency of the books.
    pub currency: Currency,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that a voucher uses.
#[derive(Debug, Clone, Copy)]
pub struct JournalVoucherIds {
    /// The voucher's.
    pub voucher: JournalVoucherId,
    /// The journal entry's.
    pub entry: JournalEntryId,
}

crate::refusals! {
    /// Why a journal voucher is not written, or not reversed.
    pub enum JournalVoucherRefusal {
        /// Too few lines, or too many.
        Lines = Invalid, "journal_voucher.lines", "/lines", "a journal voucher has 2 to 50 lines";
        /// Nothing, or less.
        NotPositive {
            /// Which line, from 0.
            line: usize
        } = Invalid, "journal_voucher.not_positive", "/lines/{line}/amount", "each line is of more than nothing: the side says which way";
        /// The books have one currency.
        OtherCurrency {
            /// Which line, from 0.
            line: usize
        } = Invalid, "journal_voucher.other_currency", "/lines/{line}/amount/currency", "the books are kept in another currency";
        /// There is no such account here.
        NoAccount {
            /// Which line, from 0.
            line: usize
        } = NotFound, "journal_voucher.account_not_found", "/lines/{line}", "the line names an account, customer, supplier or goldsmith that is not there";
        /// Two lines are on one account.
        AccountTwice {
            /// The second of them, from 0.
            line: usize,
            /// Its code.
            code: String
        } = Invalid, "journal_voucher.account_twice", "/lines/{line}", "two lines are on {code}: say their sum in one";
        /// Documents post to it.
        KeptByDocuments {
            /// Which line, from 0.
            line: usize,
            /// Its code.
            code: String
        } = Conflict, "journal_voucher.kept_by_documents", "/lines/{line}", "{code} says what stock, bills and advances come to: only they move it";
        /// Input tax is claimed by its account and used by another.
        InputTaxCredited {
            /// Which line, from 0.
            line: usize,
            /// Its code.
            code: String
        } = Conflict, "journal_voucher.input_tax_credited", "/lines/{line}/side", "{code} says what the return claims: credit the account of the tax credit used instead";
        /// Debits and credits differ.
        Unbalanced {
            /// Debits.
            debit: Money,
            /// Credits.
            credit: Money
        } = Invalid, "journal_voucher.unbalanced", "/lines", "the debits come to {debit}, the credits to {credit}";
        /// Cash that passes between the shop and somebody has papers of its own.
        CashWithParty = Conflict, "journal_voucher.cash_with_party", "/lines", "cash taken from or paid to somebody is a receipt, a refund or a payment: the law counts it by person";
        /// There is less cash than would be spent.
        CashShort = Conflict, "journal_voucher.cash_short", "/lines", "there is less cash in hand";
        /// Cash moves on the day that it moves.
        CashOtherDay = Conflict, "journal_voucher.cash_other_day", "/date", "a voucher that moves cash is of today: the drawer is counted by the day";
        /// The day is yet to come.
        Future = Invalid, "journal_voucher.date_in_future", "/date", "a voucher is not of a day to come";
        /// The day is too long ago.
        LongAgo {
            /// The first day that one may be of.
            first: Date
        } = Invalid, "journal_voucher.date_too_early", "/date", "a voucher is of {first} or later: last financial year and this one";
        /// The series refuses.
        Number {
            /// Why.
            why: NumberError
        } = Conflict, "series.refuses", "", "{why}";
        /// An account is closed, or an amount too great.
        Books {
            /// What the books say.
            why: String
        } = Conflict, "books.refuse", "", "the books refuse: {why}";
        /// It was reversed before.
        AlreadyReversed = Conflict, "journal_voucher.already_reversed", "", "the journal voucher is reversed already";
    }
}

impl From<JournalError> for JournalVoucherRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<TextError> for JournalVoucherRefusal {
    fn from(error: TextError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<NumberError> for JournalVoucherRefusal {
    fn from(why: NumberError) -> Self {
        Self::Number { why }
    }
}

/// A journal voucher was written.
#[derive(Debug, Clone)]
pub struct JournalVoucherRecorded {
    /// The voucher.
    pub voucher: JournalVoucher,
    series: Allocated,
    journal: Journal,
}

impl JournalVoucherRecorded {
    /// The entry that posts it.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }
}

/// Decides about writing a journal voucher.
///
/// # Errors
/// [`JournalVoucherRefusal`].
pub fn decide_journal_voucher(
    new: &NewJournalVoucher,
    known: &JournalVoucherKnown,
    ids: JournalVoucherIds,
) -> Result<JournalVoucherRecorded, JournalVoucherRefusal> {
    let date = new.date.unwrap_or(known.today);
    check_date(date, known.today)?;
    let lines = lines_of(new, known)?;
    let total = balanced(&lines, known.currency)?;
    check_cash(&lines, known, date)?;
    let prefix = Label::new(PREFIX)?;
    let series = Series::allocate(SeriesKind::Journal, &prefix, known.series.as_ref(), date)?;
    let head = JournalEntry {
        id: ids.entry,
        effective: date,
        recorded_at: known.now,
        source_kind: Label::new(SOURCE)?,
        source_id: Label::new(ids.voucher.to_string())?,
        narration: narrated(series.number.as_str(), new.remark.as_str())?,
        reverses: None,
    };
    let post = |draft: JournalDraft, (account, amount): &(&Account, i64)| draft.debit(account, *amount);
    let journal = lines.iter().fold(JournalDraft::new(head), post).balance()?;
    let voucher = JournalVoucher {
        id: ids.voucher,
        number: series.number.clone(),
        remark: new.remark.clone(),
        total,
        business_date: date,
        recorded_at: known.now,
        entry: ids.entry,
        state: ReceiptState::Recorded,
        reverse_reason: None,
        reversed_at: None,
        version: 1,
    };
    Ok(JournalVoucherRecorded { voucher, series, journal })
}

fn check_date(date: Date, today: Date) -> Result<(), JournalVoucherRefusal> {
    if date > today {
        return Err(JournalVoucherRefusal::Future);
    }
    let first = FinancialYear::of(today).previous().first_day();
    if date < first { Err(JournalVoucherRefusal::LongAgo { first }) } else { Ok(()) }
}

/// The lines with their accounts: debits positive, credits negative, in minor units.
fn lines_of<'a>(
    new: &NewJournalVoucher,
    known: &'a JournalVoucherKnown,
) -> Result<Vec<(&'a Account, i64)>, JournalVoucherRefusal> {
    if !(2..=MOST_LINES).contains(&new.lines.len()) {
        return Err(JournalVoucherRefusal::Lines);
    }
    let mut lines: Vec<(&Account, i64)> = Vec::with_capacity(new.lines.len());
    let mut accounts = known.accounts.iter();
    for (line, new) in new.lines.iter().enumerate() {
        let account = accounts.next().and_then(Option::as_ref);
        let account = account.ok_or(JournalVoucherRefusal::NoAccount { line })?;
        if lines.iter().any(|(other, _)| other.id == account.id) {
            return Err(JournalVoucherRefusal::AccountTwice { line, code: account.code.to_string() });
        }
        lines.push((account, amount_of(line, new, account, known.currency)?));
    }
    Ok(lines)
}

/// What a line moves its account by, where it may.
fn amount_of(
    line: usize,
    new: &NewVoucherLine,
    account: &Account,
    currency: Currency,
) -> Result<i64, JournalVoucherRefusal> {
    if new.amount.currency() != currency {
        return Err(JournalVoucherRefusal::OtherCurrency { line });
    }
    let amount = new.amount.minor();
    if amount <= 0 {
        return Err(JournalVoucherRefusal::NotPositive { line });
    }
    let code = account.code.to_string();
    if account.state != AccountState::Open {
        return Err(JournalError::AccountNotOpen(code).into());
    }
    if account.commodity != Commodity::Currency(currency) {
        return Err(JournalVoucherRefusal::KeptByDocuments { line, code });
    }
    match (by_hand(account), new.side) {
        (ByHand::Never, _) => Err(JournalVoucherRefusal::KeptByDocuments { line, code }),
        (ByHand::Debits, EntrySide::Credit) => Err(JournalVoucherRefusal::InputTaxCredited { line, code }),
        (_, EntrySide::Debit) => Ok(amount),
        // More than nothing, so that its opposite is in range.
        (_, EntrySide::Credit) => Ok(amount.saturating_neg()),
    }
}

/// What each side comes to.
fn balanced(lines: &[(&Account, i64)], currency: Currency) -> Result<Money, JournalVoucherRefusal> {
    let side = |of: fn(i64) -> i64| {
        let sum = lines.iter().try_fold(0_i64, |sum, (_, amount)| sum.checked_add(of(*amount)));
        sum.and_then(|sum| Money::new(sum, currency).ok()).ok_or(JournalError::OutOfRange)
    };
    let debit = side(|amount| amount.max(0))?;
    let credit = side(|amount| amount.saturating_neg().max(0))?;
    if debit == credit { Ok(debit) } else { Err(JournalVoucherRefusal::Unbalanced { debit, credit }) }
}

/// Cash is spent today, as far as there is any, and never between the shop and somebody it keeps an account of.
fn check_cash(
    lines: &[(&Account, i64)],
    known: &JournalVoucherKnown,
    date: Date,
) -> Result<(), JournalVoucherRefusal> {
    let Some((_, cash)) = lines.iter().find(|(account, _)| For::Cash.is_of(account)) else { return Ok(()) };
    if lines.iter().any(|(account, _)| account.party.is_some()) {
        return Err(JournalVoucherRefusal::CashWithParty);
    }
    if date != known.today {
        return Err(JournalVoucherRefusal::CashOtherDay);
    }
    if *cash < 0 && known.cash_in_hand.checked_add(*cash).is_none_or(|left| left < 0) {
        return Err(JournalVoucherRefusal::CashShort);
    }
    Ok(())
}

/// What ledgers say of a voucher: its number and its remark, as much of it as a line holds.
pub(super) fn narrated(number: &str, remark: &str) -> Result<Note, TextError> {
    let line: String = format!("{number} {remark}").chars().take(Note::MOST_CHARS).collect();
    Note::new(line.trim_end())
}

impl Change for JournalVoucherRecorded {
    type By = crate::shop::actions::RecordJournalVoucher;

    fn subject(&self) -> Subject {
        Subject::new(SOURCE, self.voucher.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        self.journal.record(draft);
        draft.insert(self.voucher);
    }
}
