//! What is asked for, and why it is refused.

use crate::ledger::{JournalError, NumberError};
use crate::measure::{Fineness, Mass, Metal};
use crate::money::Money;
use crate::refusal::{Fault, Refusal, RefusalKind};
use crate::shop::accounts::NoSuchAccount;
use crate::shop::identifiers::{Hsn, StateCode};
use crate::shop::parties::PartyId;
use crate::shop::pricing::{Making, PricingError, Problem, Wastage};
use crate::shop::stock::{ChargeLine, ItemId, LotId, StoneLine};
use crate::text::Name;
use crate::time::Date;

/// A bill as it is asked for.
#[derive(Debug, Clone)]
pub struct NewBill {
    /// Who buys.
    pub party: PartyId,
    /// Where the client believes the goods are supplied; it must agree with what is derived.
    pub place_of_supply: Option<StateCode>,
    /// The bill's date; today when none is named.
    pub date: Option<Date>,
    /// A discount on the whole bill.
    pub discount: Option<Money>,
    /// The lines.
    pub lines: Vec<NewLine>,
}

/// A line as it is asked for. What a piece knows of itself need not be said again; what is said must agree with it.
#[derive(Debug, Clone, Default)]
pub struct NewLine {
    /// The piece.
    pub item: Option<ItemId>,
    /// The lot.
    pub lot: Option<LotId>,
    /// What it is.
    pub description: Option<Name>,
    /// The metal.
    pub metal: Option<Metal>,
    /// Its fineness.
    pub fineness: Option<Fineness>,
    /// What the scale shows.
    pub gross: Option<Mass>,
    /// What is not metal.
    pub less: Option<Mass>,
    /// The HSN code.
    pub hsn: Option<Hsn>,
    /// A rate other than the board's.
    pub rate: Option<OverriddenRate>,
    /// Wastage.
    pub wastage: Option<Wastage>,
    /// Making; the piece's own when none is named.
    pub making: Option<Making>,
    /// Stones; the piece's own when none are named.
    pub stones: Option<Vec<StoneLine>>,
    /// Other charges.
    pub other_charges: Vec<ChargeLine>,
    /// A discount on the line.
    pub discount: Option<Money>,
}

/// A rate other than the board's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverriddenRate {
    /// The amount.
    pub amount: Money,
    /// The weight it is for.
    pub per: Mass,
}

crate::refusals! {
    /// Why a bill is not issued or cancelled.
    pub enum InvoiceRefusal {
        /// There is no such party here.
        NoCustomer = NotFound, "customer.not_found", "/customer_id", "no such customer";
        /// There is no such piece here.
        NoItem {
            /// The line, from 0.
            line: usize
        } = NotFound, "item.not_found", "/lines/{line}/item_id", "no such item";
        /// There is no such lot here.
        NoLot {
            /// The line, from 0.
            line: usize
        } = NotFound, "lot.not_found", "/lines/{line}/lot_id", "no such lot";
        /// The piece is not for sale.
        NotInStock {
            /// The line, from 0.
            line: usize
        } = Conflict, "item.not_in_stock", "/lines/{line}/item_id", "the piece is not in stock";
        /// Old metal is not sold as it came.
        OldMetal {
            /// The line, from 0.
            line: usize
        } = Conflict, "lot.old_metal", "/lines/{line}/lot_id", "old metal is melted into stock before it is sold";
        /// One piece on two lines.
        Twice {
            /// The line, from 0.
            line: usize
        } = Invalid, "invoice.item_twice", "/lines/{line}/item_id", "the piece stands on the bill already";
        /// Less on hand than the line takes.
        NotEnough {
            /// The line, from 0.
            line: usize
        } = Conflict, "lot.not_enough", "/lines/{line}/gross_mg", "the lot has less on hand";
        /// A line names piece and lot.
        ItemAndLot {
            /// The line, from 0.
            line: usize
        } = Invalid, "invoice.item_and_lot", "/lines/{line}/lot_id", "a line names a piece or a lot, not both";
        /// A line to be issued names neither.
        NoGoods {
            /// The line, from 0.
            line: usize
        } = Invalid, "invoice.no_goods", "/lines/{line}/item_id", "a line to be issued names a piece or a lot";
        /// A field is needed that nothing fills in.
        Missing {
            /// The line, from 0.
            line: usize,
            /// The field.
            field: &'static str
        } = Invalid, "field.required", "/lines/{line}/{field}", "is required";
        /// The line says otherwise than the piece.
        Disagrees {
            /// The line, from 0.
            line: usize,
            /// The field.
            field: &'static str
        } = Invalid, "invoice.disagrees_with_stock", "/lines/{line}/{field}", "is not what the piece or lot has";
        /// The board has no rate for the day.
        NoRate {
            /// The line, from 0.
            line: usize
        } = Conflict, "rate.none_for_date", "/lines/{line}", "the board has no selling rate of this metal and fineness for the date";
        /// The overridden rate is no rate.
        BadRate {
            /// The line, from 0.
            line: usize
        } = Invalid, "rate.not_positive", "/lines/{line}/rate", "a rate is a positive amount for a positive weight";
        /// The overridden rate departs too far from the board.
        RateBeyondLimit {
            /// The line, from 0.
            line: usize
        } = BeyondLimit, "invoice.rate_beyond_limit", "/lines/{line}/rate", "the rate departs further from the board than your role allows";
        /// The discounts are beyond the role's limit.
        DiscountBeyondLimit = BeyondLimit, "invoice.discount_beyond_limit", "/discount", "the discount is greater than your role allows";
        /// No tax class covers the HSN.
        NoTaxClass {
            /// The line, from 0.
            line: usize
        } = Invalid, "invoice.no_tax_class", "/lines/{line}/hsn", "no rate of tax is known for this HSN code";
        /// The arithmetic refuses.
        Pricing {
            /// Why.
            why: Problem,
            /// Where, as a pointer.
            pointer: String
        } = Invalid, "invoice.pricing", "{pointer}", "{why}";
        /// Dated after today.
        FutureDate = Invalid, "invoice.future_date", "/business_date", "a bill is not dated in the future";
        /// Dated back further than allowed.
        BackDateBeyondLimit = BeyondLimit, "invoice.back_date_beyond_limit", "/business_date", "the date lies further back than your role allows";
        /// The client's place of supply is another than the derived one.
        PlaceDisagrees = Invalid, "invoice.place_of_supply_disagrees", "/place_of_supply", "the place of supply follows from the customer and is another";
        /// The shop's particulars are incomplete.
        BusinessIncomplete {
            /// What is missing.
            missing: String
        } = Conflict, "business.incomplete", "", "complete the business details first: {missing}";
        /// An unregistered buyer of so much must be named with address and state.
        BuyerNotNamed = Conflict, "customer.address_required", "/customer_id", "from ₹50,000 an unregistered buyer's address and state are required (Rule 46(e))";
        /// The series refuses the date or is full.
        Number {
            /// Why.
            why: NumberError
        } = Conflict, "series.refuses", "/business_date", "{why}";
        /// The chart lacks an account, or one of them is closed.
        Books {
            /// What the books say.
            why: String
        } = Conflict, "books.refuse", "", "the books refuse: {why}";
        /// It does not stand any more.
        NotIssued = Conflict, "invoice.not_issued", "", "the bill is cancelled already";
        /// Notes stand against it.
        HasNotes = Conflict, "invoice.has_notes", "", "credit or debit notes stand against the bill: cancel them first";
        /// Something was settled.
        Settled = Conflict, "invoice.settled", "", "something is settled of the bill: reverse the receipts first";
        /// Another return period.
        OtherPeriod = Conflict, "invoice.other_period", "", "the bill belongs to another return period: issue a credit note";
        /// A piece on it would come back beside another that has its hallmark id.
        HuidTaken = Conflict, "item.huid_taken", "", "a live piece has the hallmark id of a piece on the bill";
        /// The role's window is over.
        WindowOver = BeyondLimit, "invoice.cancel_window_over", "", "the time in which your role may cancel it is over; somebody with a longer one can approve it";
    }
}

impl From<NoSuchAccount> for InvoiceRefusal {
    fn from(error: NoSuchAccount) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<JournalError> for InvoiceRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<NumberError> for InvoiceRefusal {
    fn from(why: NumberError) -> Self {
        Self::Number { why }
    }
}

impl From<PricingError> for InvoiceRefusal {
    fn from(error: PricingError) -> Self {
        Self::Pricing { why: error.problem, pointer: error.pointer() }
    }
}

/// Everything that is wrong with a bill, at least one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.weightiest())]
pub struct BillRefused {
    first: InvoiceRefusal,
    more: Vec<InvoiceRefusal>,
}

impl BillRefused {
    /// Answers `Ok` when nothing is wrong.
    pub(super) fn unless_empty(mut refusals: Vec<InvoiceRefusal>) -> Result<(), Self> {
        if refusals.is_empty() {
            return Ok(());
        }
        let first = refusals.remove(0);
        Err(Self { first, more: refusals })
    }

    /// The refusal that gives the answer its kind, its code and its words.
    fn weightiest(&self) -> &InvoiceRefusal {
        let kind = self.kind();
        self.refusals().find(|refusal| refusal.kind() == kind).unwrap_or(&self.first)
    }

    /// The refusals, the first one first.
    pub fn refusals(&self) -> impl Iterator<Item = &InvoiceRefusal> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

impl<R: Into<InvoiceRefusal>> From<R> for BillRefused {
    fn from(refusal: R) -> Self {
        Self { first: refusal.into(), more: Vec::new() }
    }
}

impl Refusal for BillRefused {
    /// What is not there outweighs what is wrong, and what is wrong what is merely not possible now.
    fn kind(&self) -> RefusalKind {
        let any = |kind| self.refusals().any(|refusal| refusal.kind() == kind);
        [RefusalKind::Invalid, RefusalKind::BeyondLimit, RefusalKind::NotFound]
            .into_iter()
            .find(|kind| any(*kind))
            .unwrap_or(RefusalKind::Conflict)
    }

    fn code(&self) -> &'static str {
        self.weightiest().code()
    }

    fn faults(&self) -> Vec<Fault> {
        self.refusals().flat_map(Refusal::faults).collect()
    }
}
