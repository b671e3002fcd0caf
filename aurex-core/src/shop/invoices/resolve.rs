//! A bill with everything filled in: from the piece, the board, the customer and the law. Preview and issue share it, so
//! that what was shown is what is issued.

use std::collections::BTreeSet;

use super::bill::{BillRefused, InvoiceRefusal, NewBill, NewLine};
use crate::measure::{Fineness, Mass, Metal, Rate, RateKind};
use crate::money::Money;
use crate::shop::actions::BillLimits;
use crate::shop::business::{Business, Scheme};
use crate::shop::identifiers::{Gstin, Hsn, StateCode};
use crate::shop::law;
use crate::shop::parties::{Party, PartyKind};
use crate::shop::pricing::{
    BillInput, Charge, LineInput, Making, Priced, TaxTreatment, Wastage, faults, price,
};
use crate::shop::rates::{RateId, on_board};
use crate::shop::stock::{ChargeLine, Item, ItemState, Lot, LotKind, OnHand, StoneLine};
use crate::store::BillKnown;
use crate::text::Name;
use crate::time::Date;

/// What is known, and what day it is.
#[derive(Debug, Clone, Copy)]
pub struct BillContext<'a> {
    /// What was read.
    pub known: &'a BillKnown,
    /// How far the actor may go.
    pub limits: &'a BillLimits,
    /// Today in the workspace.
    pub today: Date,
}

/// A bill with everything filled in and priced.
#[derive(Debug, Clone)]
pub struct ResolvedBill {
    /// Its date.
    pub date: Date,
    /// Where the goods are supplied.
    pub place_of_supply: StateCode,
    /// Which taxes apply.
    pub treatment: TaxTreatment,
    /// The lines.
    pub lines: Vec<ResolvedLine>,
    /// What it comes to.
    pub priced: Priced,
}

/// A line with everything filled in.
#[derive(Debug, Clone)]
pub struct ResolvedLine {
    /// The piece.
    pub item: Option<Item>,
    /// The lot and what was on hand of it.
    pub lot: Option<(Lot, OnHand)>,
    /// What it is.
    pub description: Name,
    /// The metal.
    pub metal: Metal,
    /// Its fineness.
    pub fineness: Fineness,
    /// What the scale showed.
    pub gross: Mass,
    /// What is not metal.
    pub less: Mass,
    /// The HSN code.
    pub hsn: Hsn,
    /// The rate.
    pub rate: Rate,
    /// The posted rate, when it was not overridden.
    pub rate_id: Option<RateId>,
    /// Wastage.
    pub wastage: Option<Wastage>,
    /// Making.
    pub making: Option<Making>,
    /// Stones.
    pub stones: Vec<StoneLine>,
    /// Other charges.
    pub other_charges: Vec<ChargeLine>,
    /// The line's discount.
    pub discount: Option<Money>,
    input: LineInput,
}

/// Prices a bill without issuing it.
///
/// # Errors
/// [`BillRefused`] with everything that is wrong.
pub fn decide_preview(bill: &NewBill, context: BillContext<'_>) -> Result<ResolvedBill, BillRefused> {
    resolve(bill, context, Goods::Optional)
}

/// Whether each line must name a piece or a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goods {
    Optional,
    Needed,
}

pub(super) fn resolve(
    bill: &NewBill,
    context: BillContext<'_>,
    goods: Goods,
) -> Result<ResolvedBill, BillRefused> {
    let known = context.known;
    let mut wrong = Vec::new();
    let party = known.party.as_ref().filter(|party| party.kind == PartyKind::Customer);
    if party.is_none() {
        wrong.push(InvoiceRefusal::NoCustomer);
    }
    let date = bill.date.unwrap_or(context.today);
    wrong.extend(check_date(date, context));
    let place = place_of_supply(party, &known.business);
    if bill.place_of_supply.is_some_and(|said| said != place) {
        wrong.push(InvoiceRefusal::PlaceDisagrees);
    }
    let treatment = treatment(&known.business, place);
    let mut lines = Vec::new();
    for (index, line) in bill.lines.iter().enumerate() {
        match resolve_line(index, line, context, date, treatment, goods) {
            Ok(line) => lines.push(line),
            Err(refusals) => wrong.extend(refusals),
        }
    }
    wrong.extend(pieces_twice(&bill.lines));
    BillRefused::unless_empty(wrong)?;

    let input = BillInput {
        currency: known.workspace.currency,
        treatment,
        discount: bill.discount,
        lines: lines.iter().map(|line| line.input.clone()).collect(),
    };
    BillRefused::unless_empty(faults(&input).into_iter().map(InvoiceRefusal::from).collect())?;
    let priced = price(&input)?;
    let asked = asked_price(&input, &lines)?.unwrap_or(priced.totals.gross);
    if is_beyond(&priced, asked, context.limits) {
        return Err(InvoiceRefusal::DiscountBeyondLimit.into());
    }
    Ok(ResolvedBill { date, place_of_supply: place, treatment, lines, priced })
}

fn check_date(date: Date, context: BillContext<'_>) -> Option<InvoiceRefusal> {
    if date > context.today {
        return Some(InvoiceRefusal::FutureDate);
    }
    let back = context.today.signed_duration_since(date).num_days();
    (back > i64::from(context.limits.back_date_days)).then_some(InvoiceRefusal::BackDateBeyondLimit)
}

/// A registered buyer's by the state of delivery or the registration's own, an unregistered one's by the state
/// recorded with the address, else ours (section 10 of the IGST Act).
fn place_of_supply(party: Option<&Party>, business: &Business) -> StateCode {
    party
        .and_then(|party| party.state.or_else(|| party.gstin.as_ref().map(Gstin::state)))
        .unwrap_or(business.state)
}

fn treatment(business: &Business, place: StateCode) -> TaxTreatment {
    match business.scheme {
        Scheme::Composition | Scheme::Unregistered => TaxTreatment::Untaxed,
        Scheme::Regular if place == business.state => TaxTreatment::IntraState,
        Scheme::Regular => TaxTreatment::InterState,
    }
}

fn pieces_twice(lines: &[NewLine]) -> Vec<InvoiceRefusal> {
    let mut seen = BTreeSet::new();
    let twice = |(line, item)| (!seen.insert(item)).then_some(InvoiceRefusal::Twice { line });
    lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| line.item.map(|item| (index, item)))
        .filter_map(twice)
        .collect()
}

/// What the pieces' own terms ask for: billing a piece with less making or fewer stones than it is tagged with is a
/// discount by another name. `None` when every piece is billed as it is tagged.
fn asked_price(input: &BillInput, lines: &[ResolvedLine]) -> Result<Option<Money>, BillRefused> {
    let is_as_tagged = |line: &ResolvedLine| {
        line.item.as_ref().is_none_or(|item| {
            item.stones == line.stones && (item.making.is_none() || item.making == line.making)
        })
    };
    if lines.iter().all(is_as_tagged) {
        return Ok(None);
    }
    let tagged = lines.iter().zip(&input.lines).map(|(line, input)| match &line.item {
        None => input.clone(),
        Some(item) => LineInput {
            making: item.making.or(input.making),
            stones: item.stones.iter().map(|line| line.stone).collect(),
            discount: None,
            ..input.clone()
        },
    });
    let asked = price(&BillInput { discount: None, lines: tagged.collect(), ..input.clone() })?;
    Ok(Some(asked.totals.gross))
}

fn is_beyond(priced: &Priced, asked: Money, limits: &BillLimits) -> bool {
    let (value, taxable) = (priced.totals.gross.minor().max(asked.minor()), priced.totals.taxable.minor());
    let given = i128::from(value) - i128::from(taxable);
    given * 1_000_000 > i128::from(value) * i128::from(limits.discount.ppm())
}

/// The goods that a line names.
struct Named<'a> {
    item: Option<&'a Item>,
    lot: Option<&'a (Lot, OnHand)>,
}

fn named<'a>(
    index: usize,
    line: &NewLine,
    known: &'a BillKnown,
    goods: Goods,
    wrong: &mut Vec<InvoiceRefusal>,
) -> Named<'a> {
    let item = line.item.and_then(|id| known.items.iter().find(|item| item.id == id));
    let lot = line.lot.and_then(|id| known.lots.iter().find(|(lot, _)| lot.id == id));
    match (line.item, line.lot) {
        (Some(_), Some(_)) => wrong.push(InvoiceRefusal::ItemAndLot { line: index }),
        (Some(_), None) if item.is_none() => wrong.push(InvoiceRefusal::NoItem { line: index }),
        (None, Some(_)) if lot.is_none() => wrong.push(InvoiceRefusal::NoLot { line: index }),
        (None, None) if goods == Goods::Needed => wrong.push(InvoiceRefusal::NoGoods { line: index }),
        _ => {}
    }
    if goods == Goods::Needed && item.is_some_and(|item| item.state != ItemState::InStock) {
        wrong.push(InvoiceRefusal::NotInStock { line: index });
    }
    if goods == Goods::Needed && lot.is_some_and(|(lot, _)| lot.kind == LotKind::OldMetal) {
        wrong.push(InvoiceRefusal::OldMetal { line: index });
    }
    Named { item, lot }
}

/// Takes what the stock says, refuses what disagrees with it, and asks for what neither says.
struct Filler<'w> {
    line: usize,
    wrong: &'w mut Vec<InvoiceRefusal>,
}

impl Filler<'_> {
    fn fixed<T: PartialEq + Clone>(
        &mut self,
        field: &'static str,
        said: Option<&T>,
        stock: Option<&T>,
    ) -> Option<T> {
        match (said, stock) {
            (Some(said), Some(stock)) if said != stock => {
                self.wrong.push(InvoiceRefusal::Disagrees { line: self.line, field });
                None
            }
            (Some(value), _) | (None, Some(value)) => Some(value.clone()),
            (None, None) => {
                self.wrong.push(InvoiceRefusal::Missing { line: self.line, field });
                None
            }
        }
    }

    fn free<T: Clone>(&mut self, field: &'static str, said: Option<&T>, stock: Option<&T>) -> Option<T> {
        let value = said.or(stock).cloned();
        if value.is_none() {
            self.wrong.push(InvoiceRefusal::Missing { line: self.line, field });
        }
        value
    }
}

fn resolve_line(
    index: usize,
    line: &NewLine,
    context: BillContext<'_>,
    date: Date,
    treatment: TaxTreatment,
    goods: Goods,
) -> Result<ResolvedLine, Vec<InvoiceRefusal>> {
    let mut wrong = Vec::new();
    let Named { item, lot } = named(index, line, context.known, goods, &mut wrong);
    let names_goods = line.item.is_some() || line.lot.is_some();
    if names_goods && item.is_none() && lot.is_none() {
        // Asking for the fields that the missing piece would have filled in would only confuse.
        return Err(wrong);
    }
    let mut fill = Filler { line: index, wrong: &mut wrong };
    let lot_row = lot.map(|(lot, _)| lot);
    let description = fill.free(
        "description",
        line.description.as_ref(),
        item.map(|i| &i.description).or(lot_row.map(|l| &l.description)),
    );
    let metal =
        fill.fixed("commodity", line.metal.as_ref(), item.map(|i| &i.metal).or(lot_row.map(|l| &l.metal)));
    let fineness = fill.fixed(
        "fineness_ppm",
        line.fineness.as_ref(),
        item.map(|i| &i.fineness).or(lot_row.map(|l| &l.fineness)),
    );
    let gross = fill.fixed("gross_mg", line.gross.as_ref(), item.map(|i| &i.gross));
    let nothing = Mass::ZERO;
    let less = fill.fixed(
        "less_mg",
        line.less.as_ref(),
        item.map(|i| &i.less).or(line.less.is_none().then_some(&nothing)),
    );
    // The class of tax follows from it.
    let hsn = fill.fixed("hsn", line.hsn.as_ref(), item.map(|i| &i.hsn));
    let (Some(description), Some(metal), Some(fineness), Some(gross), Some(less), Some(hsn)) =
        (description, metal, fineness, gross, less, hsn)
    else {
        return Err(wrong);
    };
    let tax_rate = match treatment {
        TaxTreatment::Untaxed => Some(crate::measure::Ratio::from_ppm(0)),
        TaxTreatment::IntraState | TaxTreatment::InterState => law::tax_rate(hsn.as_str(), date),
    };
    if tax_rate.is_none() {
        wrong.push(InvoiceRefusal::NoTaxClass { line: index });
    }
    let rate = match rate_of(index, line, metal, fineness, context) {
        Ok(rate) => Some(rate),
        Err(refusal) => {
            wrong.push(refusal);
            None
        }
    };
    let (Some((rate, rate_id)), Some(tax_rate), true) = (rate, tax_rate, wrong.is_empty()) else {
        return Err(wrong);
    };
    let making = line.making.or_else(|| item.and_then(|item| item.making));
    let stones = line.stones.clone().or_else(|| item.map(|item| item.stones.clone())).unwrap_or_default();
    let input = LineInput {
        fineness,
        gross,
        less,
        rate,
        wastage: line.wastage,
        making,
        stones: stones.iter().map(|line| line.stone).collect(),
        other_charges: line.other_charges.iter().map(|c| Charge { amount: c.amount }).collect(),
        discount: line.discount,
        tax_rate,
    };
    Ok(ResolvedLine {
        item: item.cloned(),
        lot: lot.cloned(),
        description,
        metal,
        fineness,
        gross,
        less,
        hsn,
        rate,
        rate_id,
        wastage: line.wastage,
        making,
        stones,
        other_charges: line.other_charges.clone(),
        discount: line.discount,
        input,
    })
}

/// The board's rate, or an overridden one within the limit of the board's. Nothing is sold on a day without a rate.
fn rate_of(
    index: usize,
    line: &NewLine,
    metal: Metal,
    fineness: Fineness,
    context: BillContext<'_>,
) -> Result<(Rate, Option<RateId>), InvoiceRefusal> {
    let found = on_board(&context.known.rates, RateKind::Sell, metal, fineness);
    let found = found.ok_or(InvoiceRefusal::NoRate { line: index })?;
    let (board, posted) = (found.rate, found.posted.id);
    let Some(said) = line.rate else { return Ok((board, Some(posted))) };
    let rate =
        Rate::new(said.amount, said.per, fineness).map_err(|_| InvoiceRefusal::BadRate { line: index })?;
    if said.amount.currency() != board.amount().currency() {
        return Err(InvoiceRefusal::BadRate { line: index });
    }
    if departs_beyond(&rate, &board, context.limits) {
        return Err(InvoiceRefusal::RateBeyondLimit { line: index });
    }
    let is_the_board = (said.amount, said.per) == (board.amount(), board.per());
    Ok((rate, is_the_board.then_some(posted)))
}

/// |said/per − board/per| > board/per × limit, multiplied out so that nothing is rounded.
fn departs_beyond(said: &Rate, board: &Rate, limits: &BillLimits) -> bool {
    let said = i128::from(said.amount().minor())
        .checked_mul(i128::from(board.per().mg()))
        .zip(i128::from(board.amount().minor()).checked_mul(i128::from(said.per().mg())));
    let Some((said, board)) = said else { return true };
    let departs = said.abs_diff(board).checked_mul(1_000_000);
    let allowed = board.unsigned_abs().checked_mul(u128::from(limits.rate_override.ppm().unsigned_abs()));
    match (departs, allowed) {
        (Some(departs), Some(allowed)) => departs > allowed,
        _ => true,
    }
}
