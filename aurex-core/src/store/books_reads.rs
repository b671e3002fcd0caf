//! The shop's reads for its books: sums of a period, the day book, what parties owe by age, and what returns are made of.

use async_trait::async_trait;

use super::{Page, PageRequest, PostingKey, Read};
use crate::ledger::{Account, AccountId, Balance, JournalEntry, JournalEntryId, Posting, VoucherNumber};
use crate::measure::{Mass, Ratio};
use crate::money::{Currency, Money};
use crate::shop::identifiers::{Gstin, Hsn, StateCode};
use crate::shop::parties::PartyId;
use crate::shop::vouchers::{JournalVoucher, JournalVoucherId};
use crate::text::Name;
use crate::time::Date;

/// Where an entry stands in the day book: by date, then as recorded.
pub type EntryKey = (Date, JournalEntryId);

/// One line of an entry, with the account that it is posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayLine {
    /// The posting.
    pub posting: Posting,
    /// Its account.
    pub account: Account,
    /// Whose account it is, where it is a party's.
    pub party: Option<Name>,
}

/// One entry of the day book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayEntry {
    /// The entry's head.
    pub entry: JournalEntry,
    /// Its lines in order.
    pub lines: Vec<DayLine>,
}

/// What a party's accounts of what is owed, receivable and payable, say at a date in one currency. An entry and its reversal are left out together: they
/// cancel, and a reversal is no new debt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgedSums {
    /// The party.
    pub party: PartyId,
    /// Its name.
    pub name: Name,
    /// Debits less credits, never zero, in minor units.
    pub balance: i64,
    /// Debits of the last 30 days, of the 31st to the 60th, and of the 61st to the 90th, in minor units.
    pub debits: [i64; 3],
}

/// Where a document stands among those of a period: by date, then as issued.
pub type DocumentKey = (Date, uuid::Uuid);

crate::codes! {
    /// What a return calls a document.
    pub enum TaxDocumentKind {
        /// A bill with tax.
        TaxInvoice = "tax_invoice",
        /// A bill without tax.
        BillOfSupply = "bill_of_supply",
        /// Less is due.
        CreditNote = "credit_note",
        /// More is due.
        DebitNote = "debit_note",
    }
}

/// The bill that a note is against, as a return asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Against {
    /// Its number.
    pub number: VoucherNumber,
    /// Its date.
    pub date: Date,
    /// What it came to.
    pub value: Money,
    /// Whether it bore tax.
    pub taxed: bool,
}

/// A bill or note as a return reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxDocument {
    /// Its id.
    pub id: uuid::Uuid,
    /// What it is.
    pub kind: TaxDocumentKind,
    /// Its number.
    pub number: VoucherNumber,
    /// Its date.
    pub date: Date,
    /// Where the goods are supplied.
    pub place: StateCode,
    /// What the customer owes by it, round-off included.
    pub value: Money,
    /// Whether it was cancelled; its number stays used.
    pub cancelled: bool,
    /// Whether it changes the tax that is due: a credit note after the statutory date does not.
    pub tax_effect: bool,
    /// The buyer's name, as the bill says it.
    pub buyer: Name,
    /// The buyer's GSTIN, as the bill says it.
    pub gstin: Option<Gstin>,
    /// The bill that a note is against.
    pub against: Option<Against>,
    /// Its lines, summed by HSN code and rate of tax, in the order of these.
    pub rows: Vec<TaxRow>,
}

/// The lines of a document that bear the same HSN code and rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxRow {
    /// The HSN code.
    pub hsn: Hsn,
    /// The whole rate of GST.
    pub rate: Ratio,
    /// Net weight.
    pub net: Mass,
    /// The value that tax is computed on.
    pub taxable: Money,
    /// Central tax.
    pub cgst: Money,
    /// State tax.
    pub sgst: Money,
    /// Integrated tax.
    pub igst: Money,
}

/// Bills that a return declares together and never by themselves: to unregistered buyers of the shop's own state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CounterSales {
    /// The numbers that they bear, cancelled ones included.
    pub numbers: Vec<CounterNumbers>,
    /// Their lines summed by kind, HSN code and rate of tax, in this order; of cancelled ones none.
    pub rows: Vec<(TaxDocumentKind, TaxRow)>,
}

/// Numbers of one series that are equally long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterNumbers {
    /// What bears them.
    pub kind: TaxDocumentKind,
    /// The lowest.
    pub first: VoucherNumber,
    /// The highest.
    pub last: VoucherNumber,
    /// How many there are.
    pub issued: u32,
    /// How many of them are cancelled.
    pub cancelled: u32,
}

/// The books.
#[async_trait]
pub trait BooksReads {
    /// Every account's sums of postings with effective dates in `from..=to`, by the accounts' codes; an account without
    /// one is left out.
    async fn sums_of(&mut self, from: Option<Date>, to: Option<Date>) -> Read<Vec<(Account, Balance)>>;
    /// Debits less credits of an account's postings up to and including `key`, in ledger order.
    async fn sum_through(&mut self, account: AccountId, key: PostingKey) -> Read<i64>;
    /// Entries with effective dates in `from..=to`, in the order of the day book.
    async fn day_book(
        &mut self,
        from: Date,
        to: Date,
        page: PageRequest<EntryKey>,
    ) -> Read<Page<DayEntry, EntryKey>>;
    /// Parties whose receivable and payable accounts in `currency` are not even at `as_of`, by their ids.
    async fn aged(
        &mut self,
        currency: Currency,
        as_of: Date,
        page: PageRequest<PartyId>,
    ) -> Read<Page<AgedSums, PartyId>>;
    /// Bills dated in `from..=to` to unregistered buyers, supplied in `home`: as sums, because a shop has as many as it has
    /// customers.
    async fn counter_sales(&mut self, home: StateCode, from: Date, to: Date) -> Read<CounterSales>;
    /// All other bills dated in `from..=to`, cancelled ones included, by date and id: to registered buyers, or supplied to
    /// another state than `home`.
    async fn declared_bills(
        &mut self,
        home: StateCode,
        from: Date,
        to: Date,
        page: PageRequest<DocumentKey>,
    ) -> Read<Page<TaxDocument, DocumentKey>>;
    /// Credit and debit notes dated in `from..=to`, cancelled ones included, by date and id.
    async fn taxed_notes(
        &mut self,
        from: Date,
        to: Date,
        page: PageRequest<DocumentKey>,
    ) -> Read<Page<TaxDocument, DocumentKey>>;
    /// A journal voucher.
    async fn journal_voucher(&mut self, id: JournalVoucherId) -> Read<Option<JournalVoucher>>;
    /// Journal vouchers, newest first.
    async fn journal_vouchers(
        &mut self,
        page: PageRequest<JournalVoucherId>,
    ) -> Read<Page<JournalVoucher, JournalVoucherId>>;
}
