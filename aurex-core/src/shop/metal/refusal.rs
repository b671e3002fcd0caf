//! Why metal does not come in, go out or come back.

use crate::ledger::{JournalError, NumberError};
use crate::measure::MeasureError;
use crate::money::MoneyError;
use crate::shop::accounts::NoSuchAccount;
use crate::shop::stock::StockRefusal;
use crate::text::TextError;

crate::refusals! {
    /// Why a voucher that moves metal is not recorded or cancelled.
    pub enum MetalRefusal {
        /// No lines, or more than a voucher takes.
        Lines = Invalid, "metal.lines_out_of_range", "/lines", "a voucher has between one line and 200";
        /// There is no such customer here.
        NoCustomer = NotFound, "customer.not_found", "/customer_id", "no such customer";
        /// There is no such supplier here.
        NoSupplier = NotFound, "supplier.not_found", "/supplier_id", "no such supplier";
        /// There is no such goldsmith here.
        NoGoldsmith = NotFound, "goldsmith.not_found", "/goldsmith_id", "no such goldsmith";
        /// There is no such lot here.
        NoLot {
            /// The line, from 0.
            line: usize
        } = NotFound, "lot.not_found", "/lines/{line}/lot_id", "no such lot";
        /// There is no such piece here.
        NoItem {
            /// The line, from 0.
            line: usize
        } = NotFound, "item.not_found", "/lines/{line}/item_id", "no such item";
        /// The piece is not there any more.
        NotInStock {
            /// The line, from 0.
            line: usize
        } = Conflict, "item.not_in_stock", "/lines/{line}/item_id", "the piece is not in stock";
        /// One piece or lot on two lines.
        Twice {
            /// The line, from 0.
            line: usize
        } = Invalid, "metal.goods_twice", "/lines/{line}", "the piece or lot stands on the voucher already";
        /// A line names a piece and a lot, or neither.
        ItemOrLot {
            /// The line, from 0.
            line: usize
        } = Invalid, "metal.item_or_lot", "/lines/{line}", "a line names a piece or a lot";
        /// Less on hand than the line takes.
        NotEnough {
            /// The line, from 0.
            line: usize
        } = Conflict, "lot.not_enough", "/lines/{line}/mass_mg", "the lot has less on hand";
        /// Nothing on the scale.
        NoWeight {
            /// The line, from 0.
            line: usize,
            /// The field.
            field: &'static str
        } = Invalid, "metal.no_weight", "/lines/{line}/{field}", "a weight is more than nothing";
        /// What is not metal is negative, or leaves no metal.
        Less {
            /// The line, from 0.
            line: usize
        } = Invalid, "metal.less_out_of_range", "/lines/{line}/less_mg", "the less weight is not negative and leaves some metal";
        /// Nobody declared that the metal is theirs to sell.
        NotDeclared = Invalid, "old_metal.not_declared", "/declares_ownership", "the seller declares that the metal is theirs";
        /// Nobody wrote down by what the seller was known.
        IdentityMissing = Conflict, "old_metal.identity_required", "/customer_id", "record the document that the seller has shown with the customer first";
        /// The rate is for selling.
        SellingRate = Invalid, "old_metal.selling_rate", "/rate_kind", "old metal is taken in at the exchange or the buying rate";
        /// The board has no rate for the day.
        NoRate {
            /// The line, from 0.
            line: usize
        } = Conflict, "rate.none_for_date", "/lines/{line}", "the board has no rate of this kind and metal for the date";
        /// The overridden rate is no rate.
        BadRate {
            /// The line, from 0.
            line: usize
        } = Invalid, "rate.not_positive", "/lines/{line}/rate", "a rate is a positive amount for a positive weight";
        /// The overridden rate departs too far from the board.
        RateBeyondLimit {
            /// The line, from 0.
            line: usize
        } = BeyondLimit, "metal.rate_beyond_limit", "/lines/{line}/rate", "the rate departs further from the board than your role allows";
        /// The supplier's bill is recorded already.
        BillKnown = Conflict, "purchase.bill_recorded", "/bill_number", "this bill of the supplier's is recorded already";
        /// The supplier's bill is dated after today.
        FutureDate = Invalid, "purchase.future_date", "/bill_date", "a bill is not dated in the future";
        /// The supplier's bill is older than input tax may be taken for.
        TooOld = Invalid, "purchase.too_old", "/bill_date", "the bill is older than two financial years";
        /// No tax class covers the HSN.
        NoTaxClass {
            /// The line, from 0.
            line: usize
        } = Invalid, "metal.no_tax_class", "/lines/{line}", "no rate of tax is known for this HSN code";
        /// An amount of nothing or less, or in another currency.
        Amount {
            /// The line, from 0.
            line: usize,
            /// The field.
            field: &'static str
        } = Invalid, "metal.amount_out_of_range", "/lines/{line}/{field}", "an amount is not negative, and in the currency of the books";
        /// A round-off of a rupee or more, or in another currency.
        RoundOff = Invalid, "purchase.round_off_out_of_range", "/round_off", "a round-off is less than one unit of the currency";
        /// The shop's particulars are incomplete.
        BusinessIncomplete {
            /// What is missing.
            missing: String
        } = Conflict, "business.incomplete", "", "complete the business details first: {missing}";
        /// What came in is refused as goods.
        Goods {
            /// The line, from 0.
            line: usize,
            /// Where in the line, as a pointer.
            pointer: String,
            /// What the stock says.
            why: String
        } = Invalid, "metal.goods_refused", "/lines/{line}{pointer}", "{why}";
        /// The tag or hallmark id is another piece's.
        GoodsTaken {
            /// The line, from 0.
            line: usize,
            /// Where in the line, as a pointer.
            pointer: String,
            /// What the stock says.
            why: String
        } = Conflict, "metal.goods_taken", "/lines/{line}{pointer}", "{why}";
        /// The goldsmith holds less of the metal.
        HoldsLess = Conflict, "goldsmith.holds_less", "/lines", "the goldsmith holds less of this metal";
        /// A loss of nothing, or less.
        Loss {
            /// The loss, from 0.
            index: usize
        } = Invalid, "goldsmith.loss_out_of_range", "/losses/{index}/fine_ng", "a loss is more than nothing";
        /// Each melt of the day is within the limit, all of them together are not.
        LossOfDayBeyondLimit = BeyondLimit, "metal.loss_of_day_beyond_limit", "", "with what was lost in the pot today, more is lost than your role may agree to; metal that was melted today already counts once";
        /// More is lost than the role may agree to.
        LossBeyondLimit = BeyondLimit, "metal.loss_beyond_limit", "", "more metal is lost than your role may agree to";
        /// Melting makes one metal of one metal.
        OneMetal {
            /// The line, from 0.
            line: usize
        } = Invalid, "melt.other_metal", "/lines/{line}/lot_id", "only lots of one metal are melted together";
        /// Nothing came out of the pot.
        NoMelt = Invalid, "melt.no_weight", "/mass_mg", "a lot weighs more than nothing";
        /// More pure metal came out than melting finds.
        GainTooGreat = Invalid, "melt.gain_too_great", "/mass_mg", "more pure metal came out than went in by over five parts in a hundred: test again";
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
        /// The numbers leave the range that is counted.
        OutOfRange = Invalid, "metal.out_of_range", "", "an amount or weight is out of range";
        /// There is no such voucher here.
        NoVoucher = NotFound, "metal.not_found", "", "no such voucher";
        /// It does not stand any more.
        NotRecorded = Conflict, "metal.not_recorded", "", "the voucher is cancelled already";
        /// Bills were paid with it, or it was paid for.
        Settled = Conflict, "metal.settled", "", "bills were settled with it or money was paid for it: reverse the receipts and payments first";
        /// What it brought in has moved on.
        MovedOn = Conflict, "metal.moved_on", "", "what it brought in has moved on: undo that first";
        /// What it took out of is not as it was.
        CannotReturn = Conflict, "metal.cannot_return", "", "the goldsmith holds less than it gave out: cancel what he gave back first";
        /// The role's window is over.
        WindowOver = BeyondLimit, "metal.cancel_window_over", "", "the time in which your role may cancel it is over";
        /// Its input tax is of another return period.
        OtherPeriod = Conflict, "metal.other_period", "", "its input tax belongs to another return period";
        /// A live piece has the hallmark id of a piece that would come back.
        HuidTaken = Conflict, "item.huid_taken", "", "a live piece has the hallmark id of a piece on the voucher";
    }
}

impl MetalRefusal {
    /// What the stock says of the goods of one line, which stand in it at `at`.
    pub(super) fn goods(line: usize, at: &str, refusal: &StockRefusal) -> Self {
        use crate::refusal::Refusal as _;
        let pointer = format!("{at}{}", refusal.pointer().unwrap_or_default());
        let why = refusal.to_string();
        match refusal {
            StockRefusal::TagTaken | StockRefusal::HuidTaken => Self::GoodsTaken { line, pointer, why },
            _ => Self::Goods { line, pointer, why },
        }
    }
}

macro_rules! out_of_range {
    ($($Error:ty),*) => {$(
        impl From<$Error> for MetalRefusal {
            fn from(_: $Error) -> Self {
                Self::OutOfRange
            }
        }
    )*};
}
out_of_range!(MoneyError, MeasureError, TextError);

impl From<NoSuchAccount> for MetalRefusal {
    fn from(error: NoSuchAccount) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<JournalError> for MetalRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<NumberError> for MetalRefusal {
    fn from(why: NumberError) -> Self {
        Self::Number { why }
    }
}
