//! A purchase from a supplier: goods into stock at what they cost, input tax, and what is owed for them.

use super::refusal::MetalRefusal;
use super::rows::{LineRole, MetalVoucherKind, MetalVoucherLine};
use super::tax::{InputTax, LineTax, input_tax, spread};
use super::voucher::{MetalIds, MetalVoucherRecorded, TakenFromLot, VoucherDraft, VoucherKnown};
use crate::measure::{Fineness, Mass, Metal, Ratio};
use crate::money::Money;
use crate::shop::accounts::For;
use crate::shop::actions::RecordPurchase;
use crate::shop::business::Business;
use crate::shop::identifiers::Hsn;
use crate::shop::law;
use crate::shop::parties::{Party, PartyId, PartyKind};
use crate::shop::pricing::TaxTreatment;
use crate::shop::stock::{Lot, LotKind, NewItem, StockRefusal, Taken, new_item};
use crate::text::{Label, Name};
use crate::time::{Date, FinancialYear};

/// A supplier's bill to be recorded.
#[derive(Debug, Clone)]
pub struct NewPurchase {
    /// The supplier.
    pub party: PartyId,
    /// The number of the supplier's bill, in capitals.
    pub bill_number: Label,
    /// The date of the supplier's bill.
    pub bill_date: Date,
    /// The round-off at the foot of the supplier's bill.
    pub round_off: Option<Money>,
    /// The lines.
    pub lines: Vec<NewPurchaseLine>,
}

/// One line of a supplier's bill.
#[derive(Debug, Clone)]
pub struct NewPurchaseLine {
    /// What came.
    pub goods: Goods,
    /// What the bill asks for it before tax.
    pub amount: Money,
}

/// Goods that come in: a piece to be tagged, or loose metal. What a piece cost follows from the line.
#[derive(Debug, Clone)]
pub enum Goods {
    /// A tagged piece.
    Piece(Box<NewItem>),
    /// Loose metal.
    Loose {
        /// What it is.
        description: Name,
        /// The metal.
        metal: Metal,
        /// Its fineness.
        fineness: Fineness,
        /// How much.
        mass: Mass,
        /// The HSN code.
        hsn: Hsn,
    },
}

impl Goods {
    pub(super) const fn hsn(&self) -> &Hsn {
        match self {
            Self::Piece(item) => &item.hsn,
            Self::Loose { hsn, .. } => hsn,
        }
    }
}

/// What is known when a purchase is recorded.
#[derive(Debug, Clone, Copy)]
pub struct PurchaseKnown<'a> {
    /// What every voucher has to know.
    pub voucher: VoucherKnown<'a>,
    /// The supplier, if there is such a party.
    pub party: Option<&'a Party>,
    /// The shop's particulars.
    pub business: &'a Business,
    /// Whether this bill of the supplier's is recorded already.
    pub bill_recorded: bool,
    /// A line each: whose tag and hallmark id are others' already.
    pub taken: &'a [Taken],
}

/// Decides about recording a purchase. Goods come into stock at the bill's amounts; input tax that may be taken as credit
/// stands on accounts of its own, and is part of the cost where it may not.
///
/// # Errors
/// [`MetalRefusal`].
pub fn decide_purchase(
    new: &NewPurchase,
    known: PurchaseKnown<'_>,
    ids: &MetalIds,
) -> Result<MetalVoucherRecorded<RecordPurchase>, MetalRefusal> {
    let party = known.party.filter(|party| party.kind == PartyKind::Supplier);
    let party = party.ok_or(MetalRefusal::NoSupplier)?;
    check_bill(new, known)?;
    let kind = MetalVoucherKind::Purchase;
    let mut draft = VoucherDraft::begin(kind, known.voucher, ids, new.lines.len())?;
    let tax = input_tax(party, known.business)?;
    let mut values = Vec::new();
    for (index, line) in new.lines.iter().enumerate() {
        let amount = check_amount(index, "amount", line.amount, draft.nothing())?;
        values.push((amount, rate_of(index, line.goods.hsn(), tax.treatment, new.bill_date)?));
    }
    let taxes = spread(&values, draft.nothing(), tax.treatment)?;
    check_twice(new.lines.iter().map(|line| &line.goods))?;
    for (index, ((line, (_, rate)), line_tax)) in new.lines.iter().zip(&values).zip(&taxes).enumerate() {
        let taken = known.taken.get(index).copied().unwrap_or_default();
        let incoming = Incoming { value: line.amount, labour: draft.nothing(), rate: *rate, tax: *line_tax };
        let cost = cost_of(line.amount, line_tax, tax)?;
        let fine = bring(&mut draft, index, &line.goods, taken, &incoming, cost)?;
        let conversion = draft.chart.of(For::Conversion(fine.0))?;
        draft.credit(conversion, fine.1)?;
    }
    let mut head = draft.head(kind)?;
    head.party = Some(party.id);
    head.reference = Some(new.bill_number.clone());
    head.reference_date = Some(new.bill_date);
    head.reference_year = Some(FinancialYear::of(new.bill_date).starts_in());
    head.place_of_supply = tax.place;
    head.round_off = new.round_off.unwrap_or(draft.nothing());
    post_taxes(&mut draft, &mut head, tax)?;
    let payable = draft.chart.of_party(For::Payable, party.id)?;
    let round_off = draft.chart.of(For::RoundOff)?;
    draft.debit(round_off, head.round_off.minor());
    draft.credit(payable, head.total.minor())?;
    draft.end(head)
}

fn check_bill(new: &NewPurchase, known: PurchaseKnown<'_>) -> Result<(), MetalRefusal> {
    if known.bill_recorded {
        return Err(MetalRefusal::BillKnown);
    }
    if new.bill_date > known.voucher.today {
        return Err(MetalRefusal::FutureDate);
    }
    let year = |date| FinancialYear::of(date).starts_in();
    if year(new.bill_date) < year(known.voucher.today).saturating_sub(2) {
        return Err(MetalRefusal::TooOld);
    }
    let currency = known.voucher.currency;
    let is_small = |off: Money| {
        off.currency() == currency && off.minor().unsigned_abs() < currency.minor_per_major().unsigned_abs()
    };
    if new.round_off.is_some_and(|off| !is_small(off)) {
        return Err(MetalRefusal::RoundOff);
    }
    Ok(())
}

pub(super) fn check_amount(
    line: usize,
    field: &'static str,
    amount: Money,
    nothing: Money,
) -> Result<Money, MetalRefusal> {
    if amount.currency() != nothing.currency() || amount.is_negative() {
        return Err(MetalRefusal::Amount { line, field });
    }
    Ok(amount)
}

pub(super) fn rate_of(
    line: usize,
    hsn: &Hsn,
    treatment: TaxTreatment,
    date: Date,
) -> Result<Ratio, MetalRefusal> {
    match treatment {
        TaxTreatment::Untaxed => Ok(Ratio::from_ppm(0)),
        TaxTreatment::IntraState | TaxTreatment::InterState => {
            law::tax_rate(hsn.as_str(), date).ok_or(MetalRefusal::NoTaxClass { line })
        }
    }
}

/// Two pieces of one voucher are two: neither the tag nor the hallmark id of one is another's.
pub(super) fn check_twice<'a>(goods: impl Iterator<Item = &'a Goods>) -> Result<(), MetalRefusal> {
    let mut seen: Vec<&NewItem> = Vec::new();
    for (line, goods) in goods.enumerate() {
        let Goods::Piece(item) = goods else { continue };
        if seen.iter().any(|other| other.tag == item.tag) {
            return Err(MetalRefusal::goods(line, "/piece", &StockRefusal::TagTaken));
        }
        if item.huid.is_some() && seen.iter().any(|other| other.huid == item.huid) {
            return Err(MetalRefusal::goods(line, "/piece", &StockRefusal::HuidTaken));
        }
        seen.push(item);
    }
    Ok(())
}

/// What the goods stand in our books at: their value, and the tax on it that nobody gives back.
pub(super) fn cost_of(value: Money, line: &LineTax, tax: InputTax) -> Result<Money, MetalRefusal> {
    if tax.is_credit {
        return Ok(value);
    }
    Ok(Money::try_sum(value.currency(), [value, line.cgst, line.sgst, line.igst])?)
}

/// What a line that brings goods in says of them beside the goods.
pub(super) struct Incoming {
    pub(super) value: Money,
    pub(super) labour: Money,
    pub(super) rate: Ratio,
    pub(super) tax: LineTax,
}

/// Brings goods into stock at `cost`; answers their metal and the pure weight of it, in nanograms.
pub(super) fn bring(
    draft: &mut VoucherDraft<'_>,
    index: usize,
    goods: &Goods,
    taken: Taken,
    incoming: &Incoming,
    cost: Money,
) -> Result<(Metal, i64), MetalRefusal> {
    let (currency, now, ids) = (draft.known.currency, draft.known.now, draft.ids(index)?);
    let said = |line: MetalVoucherLine| MetalVoucherLine {
        value: incoming.value,
        labour: incoming.labour,
        tax_rate: incoming.rate,
        cgst: incoming.tax.cgst,
        sgst: incoming.tax.sgst,
        igst: incoming.tax.igst,
        hsn: Some(goods.hsn().clone()),
        ..line
    };
    match goods {
        Goods::Piece(new) => {
            let new = NewItem { cost: Some(cost), ..(**new).clone() };
            let (item, net) = new_item(new, taken, currency, ids.item, now)
                .map_err(|refusal| MetalRefusal::goods(index, "/piece", &refusal))?;
            let came = TakenFromLot { mass: net, fine: net.fine(item.fineness)?, cost };
            let metal = item.metal;
            let like = Lot {
                id: ids.lot,
                description: item.description.clone(),
                metal,
                fineness: item.fineness,
                created_at: now,
                kind: LotKind::Stock,
            };
            let line = MetalVoucherLine {
                item: Some(item.id),
                lot: None,
                gross: item.gross,
                less: item.less,
                ..draft.line(LineRole::In, &like, &came)
            };
            draft.push(said(line))?;
            draft.bring_item(index, item, net)?;
            Ok((metal, came.fine.ng()))
        }
        Goods::Loose { description, metal, fineness, mass, .. } => {
            if mass.mg() <= 0 {
                return Err(MetalRefusal::NoWeight { line: index, field: "loose/mass_mg" });
            }
            let lot = Lot {
                id: ids.lot,
                description: description.clone(),
                metal: *metal,
                fineness: *fineness,
                created_at: now,
                kind: LotKind::Stock,
            };
            let came = TakenFromLot { mass: *mass, fine: mass.fine(*fineness)?, cost };
            draft.push(said(draft.line(LineRole::In, &lot, &came)))?;
            draft.bring_lot(index, lot, &came)?;
            Ok((*metal, came.fine.ng()))
        }
    }
}

/// Sums the lines' tax into the head, posts what is credit, and says what is owed altogether.
pub(super) fn post_taxes(
    draft: &mut VoucherDraft<'_>,
    head: &mut super::rows::MetalVoucher,
    tax: InputTax,
) -> Result<(), MetalRefusal> {
    head.cgst = draft.sum(|line| line.cgst)?;
    head.sgst = draft.sum(|line| line.sgst)?;
    head.igst = draft.sum(|line| line.igst)?;
    let owed = [head.value, head.cgst, head.sgst, head.igst, head.round_off];
    head.total = Money::try_sum(draft.known.currency, owed)?;
    if head.total.is_negative() {
        return Err(MetalRefusal::RoundOff);
    }
    if tax.is_credit {
        for (purpose, amount) in
            [(For::InputCgst, head.cgst), (For::InputSgst, head.sgst), (For::InputIgst, head.igst)]
        {
            let account = draft.chart.of(purpose)?;
            draft.debit(account, amount.minor());
        }
    }
    Ok(())
}
