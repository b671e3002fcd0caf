//! Bills as they are shown.

use aurex_core::measure::{Mass, Metal};
use aurex_core::money::Money as CoreMoney;
use aurex_core::shop::bookings::BookingId;
use aurex_core::shop::identifiers::Hsn;
use aurex_core::shop::invoices::{Bill, Invoice, InvoiceLine, InvoiceState, ResolvedBill, ResolvedLine};
use aurex_core::shop::pricing::{POLICY, PricedLine};
use aurex_core::shop::rates::RateId;
use aurex_core::shop::stock::{ChargeLine, ItemId, LotId};
use aurex_core::text::Name;
use poem_openapi::Object;

use super::super::payee::PayView;
use super::super::wire::{AppliedRate, ChargeView, Money, StoneView};
use crate::http::body::choice;
use crate::http::etag::ETag;
use crate::http::problem::Problem;

/// A priced line with every intermediate result.
#[derive(Debug, Clone, Object)]
pub struct PricedLineView {
    /// The piece.
    pub item_id: Option<String>,
    /// The lot.
    pub lot_id: Option<String>,
    /// What it is.
    pub description: String,
    /// The metal.
    pub commodity: String,
    /// Its fineness in parts per million.
    pub fineness_ppm: u32,
    /// The HSN code.
    pub hsn: String,
    /// What the scale shows, in milligrams.
    pub gross_mg: i64,
    /// What is not metal, in milligrams.
    pub less_mg: i64,
    /// Net weight in milligrams.
    pub net_mg: i64,
    /// The weight charged, in milligrams.
    pub chargeable_mg: i64,
    /// The pure metal, in nanograms.
    pub fine_ng: i64,
    /// The rate; of what is beyond the booked part, where there is one.
    pub rate: AppliedRate,
    /// What of the weight was charged at a booking's rate; its value is part of the metal's.
    pub booked: Option<BookedPartView>,
    /// Value of the metal.
    pub metal: Money,
    /// Value of wastage on value.
    pub wastage: Money,
    /// Making.
    pub making: Money,
    /// Stones.
    pub stones: Money,
    /// The stones one by one.
    pub stone_details: Vec<StoneView>,
    /// Other charges.
    pub other: Money,
    /// The other charges one by one.
    pub other_charges: Vec<ChargeView>,
    /// Before discounts.
    pub gross: Money,
    /// All discounts: the line's own and its share of the bill's.
    pub discount: Money,
    /// Of that, its share of the bill's discount.
    pub bill_discount: Money,
    /// What tax is due on.
    pub taxable: Money,
    /// The whole GST of its class, in parts per million.
    pub tax_rate_ppm: i32,
    /// Central tax.
    pub cgst: Money,
    /// State tax.
    pub sgst: Money,
    /// Integrated tax.
    pub igst: Money,
}

/// The part of a line's weight that was charged at a booking's rate.
#[derive(Debug, Clone, Object)]
pub struct BookedPartView {
    /// The booking.
    pub booking_id: String,
    /// The weight, in milligrams.
    pub mass_mg: i64,
    /// The rate.
    pub rate: AppliedRate,
    /// The value of that weight.
    pub value: Money,
}

/// The foot of a bill.
#[derive(Debug, Clone, Object)]
pub struct TotalsView {
    /// What tax is due on.
    pub taxable: Money,
    /// Central tax.
    pub cgst: Money,
    /// State tax.
    pub sgst: Money,
    /// Integrated tax.
    pub igst: Money,
    /// Taxable value and tax.
    pub total: Money,
    /// What makes the total whole.
    pub round_off: Money,
    /// What the customer owes.
    pub payable: Money,
    /// The payable in words.
    pub amount_in_words: String,
}

/// A priced bill.
#[derive(Debug, Clone, Object)]
pub struct PricedView {
    /// The lines.
    pub lines: Vec<PricedLineView>,
    /// The foot.
    pub totals: TotalsView,
    /// The discount on the whole bill, which a target is reached by; its shares stand on the lines.
    pub bill_discount: Money,
    /// The pricing policy's name.
    pub pricing_policy: String,
    /// The GST code of the place of supply.
    pub place_of_supply: String,
    /// The bill's date.
    pub business_date: String,
}

/// An issued bill.
#[derive(Debug, Clone, Object)]
pub struct InvoiceView {
    /// Its id.
    pub id: String,
    /// `tax_invoice` or `bill_of_supply`.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// `issued`, `part_paid`, `paid`, `partly_credited`, `credited` or `cancelled`.
    pub state: String,
    /// When it was issued.
    pub issued_at: String,
    /// Counts revisions, from 1.
    pub revision: u32,
    /// Who buys.
    pub customer_id: String,
    /// The bill's date.
    pub business_date: String,
    /// The GST code of the place of supply.
    pub place_of_supply: String,
    /// The lines.
    pub lines: Vec<PricedLineView>,
    /// The foot.
    pub totals: TotalsView,
    /// The pricing policy's name.
    pub pricing_policy: String,
    /// What settlements have paid of it.
    pub settled: Money,
    /// What credit notes have taken back of it.
    pub credited: Money,
    /// What debit notes have added to it.
    pub debited: Money,
    /// What is open: payable and debited, less settled and credited, and never less than nothing.
    pub outstanding: Money,
    /// How that is paid, where the shop has said where. It stands here when a bill is shown, not in the answer to issuing or
    /// cancelling one.
    pub pay: Option<PayView>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// When it was cancelled.
    pub cancelled_at: Option<String>,
    /// The document's revision tag.
    pub etag: String,
}

/// An issued bill in a list.
#[derive(Debug, Clone, Object)]
pub struct InvoiceHeadView {
    /// Its id.
    pub id: String,
    /// `tax_invoice` or `bill_of_supply`.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// `issued`, `part_paid`, `paid`, `partly_credited`, `credited` or `cancelled`.
    pub state: String,
    /// When it was issued.
    pub issued_at: String,
    /// Counts revisions, from 1.
    pub revision: u32,
    /// Who buys.
    pub customer_id: String,
    /// The bill's date.
    pub business_date: String,
    /// What the customer owes.
    pub payable: Money,
    /// What settlements have paid of it.
    pub settled: Money,
    /// What is open.
    pub outstanding: Money,
    /// The document's revision tag.
    pub etag: String,
}

choice! {
    /// Whether a bill stands and is paid.
    pub enum InvoiceStateWord {
        /// It stands, nothing is paid.
        Issued = "issued",
        /// It stands, something is paid.
        PartPaid = "part_paid",
        /// It stands, all is paid.
        Paid = "paid",
        /// Credit notes took some of it back, whatever is paid.
        PartlyCredited = "partly_credited",
        /// Credit notes took all of it back.
        Credited = "credited",
        /// It was cancelled.
        Cancelled = "cancelled",
    }
}

/// The tag of a bill: it changes when the head does and when something is settled.
pub(super) fn etag(invoice: &Invoice, settled: CoreMoney) -> ETag {
    ETag::of_text(&format!("{}-{}", invoice.version, settled.minor()))
}

fn state(invoice: &Invoice, settled: CoreMoney) -> InvoiceStateWord {
    match invoice.state {
        InvoiceState::Cancelled => InvoiceStateWord::Cancelled,
        InvoiceState::PartlyCredited => InvoiceStateWord::PartlyCredited,
        InvoiceState::Credited => InvoiceStateWord::Credited,
        InvoiceState::Issued if invoice.due().is_ok_and(|due| settled.minor() >= due.minor()) => {
            InvoiceStateWord::Paid
        }
        InvoiceState::Issued if settled.is_zero() => InvoiceStateWord::Issued,
        InvoiceState::Issued => InvoiceStateWord::PartPaid,
    }
}

fn outstanding(invoice: &Invoice, settled: CoreMoney) -> Money {
    let zero = CoreMoney::zero(invoice.payable.currency());
    invoice.open(settled).unwrap_or(zero).into()
}

/// The parts of a line that pricing does not know.
struct LineFacts<'a> {
    item: Option<ItemId>,
    lot: Option<LotId>,
    description: &'a Name,
    metal: Metal,
    hsn: &'a Hsn,
    gross: Mass,
    less: Mass,
    rate_id: Option<RateId>,
    booking: Option<BookingId>,
    stones: Vec<StoneView>,
    charges: &'a [ChargeLine],
}

fn line_view(facts: LineFacts<'_>, priced: &PricedLine) -> PricedLineView {
    let discounts = priced.gross.checked_sub(priced.taxable).unwrap_or(priced.discount);
    PricedLineView {
        item_id: facts.item.map(|id| id.to_string()),
        lot_id: facts.lot.map(|id| id.to_string()),
        description: facts.description.to_string(),
        commodity: facts.metal.code().to_owned(),
        fineness_ppm: priced.rate.fineness().ppm(),
        hsn: facts.hsn.as_str().to_owned(),
        gross_mg: facts.gross.mg(),
        less_mg: facts.less.mg(),
        net_mg: priced.net.mg(),
        chargeable_mg: priced.chargeable.mg(),
        fine_ng: priced.fine.ng(),
        rate: AppliedRate::of(&priced.rate, facts.rate_id),
        booked: facts.booking.zip(priced.locked).map(|(booking, part)| BookedPartView {
            booking_id: booking.to_string(),
            mass_mg: part.mass.mg(),
            rate: AppliedRate::of(&part.rate, None),
            value: part.value.into(),
        }),
        metal: priced.metal.into(),
        wastage: priced.wastage.into(),
        making: priced.making.into(),
        stones: priced.stones.into(),
        stone_details: facts.stones,
        other: priced.other.into(),
        other_charges: facts.charges.iter().map(ChargeView::from).collect(),
        gross: priced.gross.into(),
        discount: discounts.into(),
        bill_discount: priced.bill_discount.into(),
        taxable: priced.taxable.into(),
        tax_rate_ppm: priced.tax_rate.ppm(),
        cgst: priced.cgst.into(),
        sgst: priced.sgst.into(),
        igst: priced.igst.into(),
    }
}

fn resolved_line((line, priced): (&ResolvedLine, &PricedLine)) -> PricedLineView {
    let facts = LineFacts {
        item: line.item.as_ref().map(|item| item.id),
        lot: line.lot.as_ref().map(|(lot, _)| lot.id),
        description: &line.description,
        metal: line.metal,
        hsn: &line.hsn,
        gross: line.gross,
        less: line.less,
        rate_id: line.rate_id,
        booking: line.booking,
        stones: line.stones.iter().map(StoneView::from).collect(),
        charges: &line.other_charges,
    };
    line_view(facts, priced)
}

fn stored_line(line: &InvoiceLine) -> Result<PricedLineView, Problem> {
    let facts = LineFacts {
        item: line.item,
        lot: line.lot,
        description: &line.description,
        metal: line.metal,
        hsn: &line.hsn,
        gross: line.gross,
        less: line.less,
        rate_id: line.rate_id,
        booking: line.lock.map(|lock| lock.booking),
        stones: line.stones.iter().map(StoneView::from).collect(),
        charges: &line.other_charges,
    };
    Ok(line_view(facts, &line.priced().map_err(Problem::fault)?))
}

pub(super) fn previewed(bill: &ResolvedBill) -> PricedView {
    let totals = &bill.priced.totals;
    PricedView {
        lines: bill.lines.iter().zip(&bill.priced.lines).map(resolved_line).collect(),
        totals: TotalsView {
            taxable: totals.taxable.into(),
            cgst: totals.cgst.into(),
            sgst: totals.sgst.into(),
            igst: totals.igst.into(),
            total: totals.total.into(),
            round_off: totals.round_off.into(),
            payable: totals.payable.into(),
            amount_in_words: totals.amount_in_words(),
        },
        bill_discount: totals.bill_discount.into(),
        pricing_policy: POLICY.to_owned(),
        place_of_supply: bill.place_of_supply.to_string(),
        business_date: bill.date.to_string(),
    }
}

pub(super) fn issued(bill: &Bill) -> Result<InvoiceView, Problem> {
    let invoice = &bill.invoice;
    Ok(InvoiceView {
        id: invoice.id.to_string(),
        kind: invoice.kind.code().to_owned(),
        number: invoice.number.to_string(),
        state: state(invoice, bill.settled).as_str().to_owned(),
        issued_at: invoice.issued_at.to_string(),
        revision: invoice.revision,
        customer_id: invoice.party.to_string(),
        business_date: invoice.business_date.to_string(),
        place_of_supply: invoice.place_of_supply.to_string(),
        lines: bill.lines.iter().map(stored_line).collect::<Result<_, _>>()?,
        totals: TotalsView {
            taxable: invoice.taxable.into(),
            cgst: invoice.cgst.into(),
            sgst: invoice.sgst.into(),
            igst: invoice.igst.into(),
            total: invoice.total.into(),
            round_off: invoice.round_off.into(),
            payable: invoice.payable.into(),
            amount_in_words: invoice.payable.in_words(),
        },
        pricing_policy: invoice.pricing_policy.to_string(),
        settled: bill.settled.into(),
        credited: invoice.credited.into(),
        debited: invoice.debited.into(),
        outstanding: outstanding(invoice, bill.settled),
        pay: None,
        cancel_reason: invoice.cancel_reason.as_ref().map(ToString::to_string),
        cancelled_at: invoice.cancelled_at.map(|at| at.to_string()),
        etag: etag(invoice, bill.settled).as_str().to_owned(),
    })
}

pub(super) fn head((invoice, settled): (Invoice, CoreMoney)) -> InvoiceHeadView {
    InvoiceHeadView {
        id: invoice.id.to_string(),
        kind: invoice.kind.code().to_owned(),
        number: invoice.number.to_string(),
        state: state(&invoice, settled).as_str().to_owned(),
        issued_at: invoice.issued_at.to_string(),
        revision: invoice.revision,
        customer_id: invoice.party.to_string(),
        business_date: invoice.business_date.to_string(),
        payable: invoice.payable.into(),
        settled: settled.into(),
        outstanding: outstanding(&invoice, settled),
        etag: etag(&invoice, settled).as_str().to_owned(),
    }
}
