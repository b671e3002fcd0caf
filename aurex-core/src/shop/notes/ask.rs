//! What is asked for, and why it is refused.

use super::rows::NoteReason;
use crate::ledger::{JournalError, NumberError};
use crate::measure::Mass;
use crate::money::Money;
use crate::shop::accounts::NoSuchAccount;
use crate::shop::invoices::InvoiceId;
use crate::text::Note;

crate::codes! {
    /// Whether the goods of a line come back.
    pub enum Goods {
        /// They do.
        Returned = "returned",
        /// The customer keeps them: an allowance.
        Kept = "kept",
    }
}

/// A credit note as it is asked for.
#[derive(Debug, Clone)]
pub struct NewCreditNote {
    /// The bill.
    pub invoice: InvoiceId,
    /// Why, as a code.
    pub reason_code: NoteReason,
    /// Why, in words.
    pub reason: Option<Note>,
    /// Whether it shall leave the tax alone; it has to, after the statutory date.
    pub without_tax: bool,
    /// The lines; none for the whole bill: all that is left, goods and value.
    pub lines: Vec<NewCreditLine>,
}

/// What of a bill's line is credited.
#[derive(Debug, Clone, Copy)]
pub struct NewCreditLine {
    /// The line of the bill, from 1.
    pub line: u16,
    /// Whether its goods come back.
    pub goods: Goods,
    /// Of loose metal, how much comes back; all that is left when none is named.
    pub returned: Option<Mass>,
    /// The value credited, before tax; when none is named, what the returned weight was charged, or all that is left.
    pub taxable: Option<Money>,
}

/// A debit note as it is asked for.
#[derive(Debug, Clone)]
pub struct NewDebitNote {
    /// The bill.
    pub invoice: InvoiceId,
    /// Why, as a code.
    pub reason_code: NoteReason,
    /// Why, in words.
    pub reason: Option<Note>,
    /// The lines, at least one.
    pub lines: Vec<NewDebitLine>,
}

/// What more is due on a bill's line.
#[derive(Debug, Clone, Copy)]
pub struct NewDebitLine {
    /// The line of the bill, from 1.
    pub line: u16,
    /// What was charged too little.
    pub charge: NoteCharge,
    /// The value that is added, before tax.
    pub taxable: Money,
}

crate::codes! {
    /// What was charged too little.
    pub enum NoteCharge {
        /// The metal.
        Metal = "metal",
        /// The making.
        Making = "making",
        /// The stones.
        Stones = "stones",
        /// Something else.
        Other = "other",
    }
}

crate::refusals! {
    /// Why a note is not issued or not cancelled.
    pub enum NoteRefusal {
        /// There is no such bill here.
        NoBill = NotFound, "invoice.not_found", "/invoice_id", "no such invoice";
        /// The bill was cancelled.
        BillCancelled = Conflict, "note.bill_cancelled", "/invoice_id", "the bill is cancelled";
        /// All of it is credited.
        BillCredited = Conflict, "note.bill_credited", "/invoice_id", "the bill is credited as a whole";
        /// The bill has as many notes as one may have.
        TooManyNotes = Conflict, "note.too_many", "/invoice_id", "the bill has 100 notes already";
        /// The bill has no such line.
        NoLine {
            /// Which one, from 0.
            index: usize
        } = NotFound, "note.no_such_line", "/lines/{index}/line", "the bill has no such line";
        /// One line twice.
        Twice {
            /// Which one, from 0.
            index: usize
        } = Invalid, "note.line_twice", "/lines/{index}/line", "the line stands on the note already";
        /// Negative, nothing at all, or in another currency.
        BadValue {
            /// Which one, from 0.
            index: usize
        } = Invalid, "note.bad_value", "/lines/{index}/taxable", "a value is positive and in the currency of the bill";
        /// More than is left of the line.
        MoreThanLeft {
            /// Which one, from 0.
            index: usize
        } = Conflict, "note.more_than_left", "/lines/{index}/taxable", "less than that is left of the line";
        /// Nothing would be credited.
        NothingLeft {
            /// Which one, from 0.
            index: usize
        } = Conflict, "note.nothing_left", "/lines/{index}/line", "nothing of the line is left to credit";
        /// The goods came back already.
        NoGoodsLeft {
            /// Which one, from 0.
            index: usize
        } = Conflict, "note.goods_returned", "/lines/{index}/goods", "the goods of the line came back already";
        /// A weight that cannot come back.
        BadWeight {
            /// Which one, from 0.
            index: usize
        } = Invalid, "note.bad_weight", "/lines/{index}/returned_mg", "loose metal comes back in part, up to what was sold; a piece as a whole";
        /// The piece is not where the bill left it.
        NotSold {
            /// Which one, from 0.
            index: usize
        } = Conflict, "note.piece_not_sold", "/lines/{index}/goods", "the piece is not one that was sold and is out of the shop";
        /// A piece would come back beside another that has its hallmark id.
        HuidTaken {
            /// Which one, from 0.
            index: usize
        } = Conflict, "item.huid_taken", "/lines/{index}/goods", "a live piece has the hallmark id of the piece that comes back";
        /// The law's time is over.
        PastStatutoryDate = Conflict, "note.past_statutory_date", "/without_tax", "the time in which a credit note lowers the tax is over (30 November after the financial year): issue it without tax";
        /// Without goods back it is a discount, and the role's are smaller.
        AllowanceBeyondLimit = BeyondLimit, "note.allowance_beyond_limit", "/lines", "what is credited without goods coming back is more than your role allows";
        /// The role's window is over.
        WindowOver = BeyondLimit, "note.window_over", "", "the time in which your role may do this is over; somebody with a longer one can";
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
        /// A sum is beyond what is counted.
        OutOfRange = Invalid, "note.out_of_range", "/lines", "a sum is out of range";
        /// It was cancelled before.
        AlreadyCancelled = Conflict, "note.already_cancelled", "", "the note is cancelled already";
        /// Another return period.
        OtherPeriod = Conflict, "note.other_period", "", "the note belongs to another return period";
        /// What came back went out again.
        GoodsGone = Conflict, "note.goods_gone", "", "what came back with the note is not in stock any more";
        /// Money went back for it.
        Refunded = Conflict, "note.refunded", "", "money was paid back for the note: reverse the refund first";
        /// What it made due was paid.
        Settled = Conflict, "note.settled", "", "what the note made due is settled: reverse the receipts first";
    }
}

impl From<NoSuchAccount> for NoteRefusal {
    fn from(error: NoSuchAccount) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<JournalError> for NoteRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<NumberError> for NoteRefusal {
    fn from(why: NumberError) -> Self {
        Self::Number { why }
    }
}

impl From<crate::money::MoneyError> for NoteRefusal {
    fn from(_: crate::money::MoneyError) -> Self {
        Self::OutOfRange
    }
}

impl From<crate::measure::MeasureError> for NoteRefusal {
    fn from(_: crate::measure::MeasureError) -> Self {
        Self::OutOfRange
    }
}

impl From<crate::text::TextError> for NoteRefusal {
    fn from(_: crate::text::TextError) -> Self {
        Self::OutOfRange
    }
}
