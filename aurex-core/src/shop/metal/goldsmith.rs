//! Metal with a goldsmith: given out at cost and by fine weight, title stays ours; received back as finished goods, with
//! what was lost on the way and the labour that he charges.

use std::collections::BTreeMap;

use super::purchase::{Goods, Incoming, bring, check_amount, check_twice, cost_of, post_taxes, rate_of};
use super::refusal::MetalRefusal;
use super::rows::{LineRole, MetalVoucherKind, MetalVoucherLine};
use super::tax::{input_tax, spread};
use super::voucher::{MetalIds, MetalVoucherRecorded, TakenFromLot, VoucherDraft, VoucherKnown};
use crate::measure::{FineMass, Fineness, Mass, Metal};
use crate::money::{Money, Rounding};
use crate::shop::accounts::For;
use crate::shop::actions::{IssueToGoldsmith, LossLimits, ReceiveFromGoldsmith};
use crate::shop::business::Business;
use crate::shop::identifiers::Hsn;
use crate::shop::parties::{Party, PartyId, PartyKind};
use crate::shop::stock::{Lot, LotId, LotKind, OnHand, Taken};
use crate::text::Name;

/// The service code of job work.
const JOB_WORK: &str = "9988";

/// Metal to be given out.
#[derive(Debug, Clone)]
pub struct NewGoldsmithIssue {
    /// The goldsmith.
    pub party: PartyId,
    /// From which lots, and how much of each.
    pub lines: Vec<(LotId, Mass)>,
}

/// What is known when metal is given out.
#[derive(Debug, Clone, Copy)]
pub struct GoldsmithIssueKnown<'a> {
    /// What every voucher has to know.
    pub voucher: VoucherKnown<'a>,
    /// The goldsmith, if there is such a party.
    pub party: Option<&'a Party>,
    /// The lots that there are.
    pub lots: &'a [(Lot, OnHand)],
}

/// Decides about giving metal out to a goldsmith.
///
/// # Errors
/// [`MetalRefusal`].
pub fn decide_goldsmith_issue(
    new: &NewGoldsmithIssue,
    known: GoldsmithIssueKnown<'_>,
    ids: &MetalIds,
) -> Result<MetalVoucherRecorded<IssueToGoldsmith>, MetalRefusal> {
    let party = goldsmith(known.party)?;
    let kind = MetalVoucherKind::GoldsmithIssue;
    let mut draft = VoucherDraft::begin(kind, known.voucher, ids, new.lines.len())?;
    for (index, (lot, taken)) in taken_from(&new.lines, known.lots)?.into_iter().enumerate() {
        let line =
            MetalVoucherLine { cost: taken.cost.checked_neg()?, ..draft.line(LineRole::Out, lot, &taken) };
        draft.push(line)?;
        draft.take_lot(index, lot, &taken)?;
        let at_cost = draft.chart.of_party(For::HoldingCost(lot.metal), party.id)?;
        let by_weight = draft.chart.of_party(For::HoldingFine(lot.metal), party.id)?;
        draft.debit(at_cost, taken.cost.minor());
        draft.debit(by_weight, taken.fine.ng());
    }
    let mut head = draft.head(kind)?;
    head.party = Some(party.id);
    draft.end(head)
}

fn goldsmith(party: Option<&Party>) -> Result<&Party, MetalRefusal> {
    party.filter(|party| party.kind == PartyKind::Goldsmith).ok_or(MetalRefusal::NoGoldsmith)
}

/// What each line takes from its lot; a lot stands on a voucher once.
pub(super) fn taken_from<'a>(
    lines: &[(LotId, Mass)],
    lots: &'a [(Lot, OnHand)],
) -> Result<Vec<(&'a Lot, TakenFromLot)>, MetalRefusal> {
    let mut taken: Vec<(&Lot, TakenFromLot)> = Vec::new();
    for (line, (id, mass)) in lines.iter().enumerate() {
        if taken.iter().any(|(lot, _)| lot.id == *id) {
            return Err(MetalRefusal::Twice { line });
        }
        let (lot, on_hand) =
            lots.iter().find(|(lot, _)| lot.id == *id).ok_or(MetalRefusal::NoLot { line })?;
        if mass.mg() <= 0 {
            return Err(MetalRefusal::NoWeight { line, field: "mass_mg" });
        }
        let found = TakenFromLot::of(lot, on_hand, *mass)?.ok_or(MetalRefusal::NotEnough { line })?;
        taken.push((lot, found));
    }
    Ok(taken)
}

/// Goods to be received.
#[derive(Debug, Clone)]
pub struct NewGoldsmithReceipt {
    /// The goldsmith.
    pub party: PartyId,
    /// What he brings.
    pub lines: Vec<NewReceived>,
    /// What was lost.
    pub losses: Vec<NewLoss>,
}

/// One line of what a goldsmith brings.
#[derive(Debug, Clone)]
pub struct NewReceived {
    /// The goods.
    pub goods: Goods,
    /// What he charges for making them, before tax.
    pub labour: Money,
}

crate::codes! {
    /// Who bears what was lost in making.
    pub enum LossBearer {
        /// It was agreed, and is part of what the goods cost.
        Agreed = "agreed",
        /// The goldsmith, who owes what it cost.
        Goldsmith = "goldsmith",
        /// The shop, as an expense.
        Shop = "shop",
    }
}

/// Metal that was lost.
#[derive(Debug, Clone)]
pub struct NewLoss {
    /// The metal.
    pub metal: Metal,
    /// The pure metal in it.
    pub fine: FineMass,
    /// Who bears it.
    pub bearer: LossBearer,
}

/// What a goldsmith holds of one metal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The metal.
    pub metal: Metal,
    /// The pure metal in it.
    pub fine: FineMass,
    /// What it cost.
    pub cost: Money,
}

/// What is known when goods are received.
#[derive(Debug, Clone, Copy)]
pub struct GoldsmithReceiptKnown<'a> {
    /// What every voucher has to know.
    pub voucher: VoucherKnown<'a>,
    /// The goldsmith, if there is such a party.
    pub party: Option<&'a Party>,
    /// The shop's particulars.
    pub business: &'a Business,
    /// What he holds.
    pub holdings: &'a [Holding],
    /// A line each: whose tag and hallmark id are others' already.
    pub taken: &'a [Taken],
    /// How much the actor may agree to have lost.
    pub limits: &'a LossLimits,
}

/// Decides about receiving goods. Their metal and what was lost leave the goldsmith's holding at its average cost; the
/// goods cost that, their share of the agreed loss, and the labour.
///
/// # Errors
/// [`MetalRefusal`].
pub fn decide_goldsmith_receipt(
    new: &NewGoldsmithReceipt,
    known: GoldsmithReceiptKnown<'_>,
    ids: &MetalIds,
) -> Result<MetalVoucherRecorded<ReceiveFromGoldsmith>, MetalRefusal> {
    let party = goldsmith(known.party)?;
    let kind = MetalVoucherKind::GoldsmithReceipt;
    let mut draft = VoucherDraft::begin(kind, known.voucher, ids, new.lines.len())?;
    let tax = input_tax(party, known.business)?;
    let job_work = Hsn::parse(JOB_WORK).map_err(|_| MetalRefusal::NoTaxClass { line: 0 })?;
    let mut labour = Vec::new();
    for (index, line) in new.lines.iter().enumerate() {
        let amount = check_amount(index, "labour", line.labour, draft.nothing())?;
        labour.push((amount, rate_of(index, &job_work, tax.treatment, known.voucher.today)?));
    }
    let taxes = spread(&labour, draft.nothing(), tax.treatment)?;
    check_twice(new.lines.iter().map(|line| &line.goods))?;
    let metal_costs = leave_holding(&mut draft, party.id, new, known)?;
    for (index, ((line, (_, rate)), line_tax)) in new.lines.iter().zip(&labour).zip(&taxes).enumerate() {
        let metal = metal_costs.get(index).copied().unwrap_or(draft.nothing());
        let cost = cost_of(line.labour, line_tax, tax)?.checked_add(metal)?;
        let incoming = Incoming { value: line.labour, labour: line.labour, rate: *rate, tax: *line_tax };
        let taken = known.taken.get(index).copied().unwrap_or_default();
        bring(&mut draft, index, &line.goods, taken, &incoming, cost)?;
    }
    for loss in &new.losses {
        draft.push(loss_line(&draft, loss)?)?;
    }
    let mut head = draft.head(kind)?;
    head.party = Some(party.id);
    head.place_of_supply = tax.place;
    post_taxes(&mut draft, &mut head, tax)?;
    let payable = draft.chart.of_party(For::Payable, party.id)?;
    draft.credit(payable, head.total.minor())?;
    draft.end(head)
}

/// What leaves the holding for one metal: the lines' and the losses' places in the command, and their pure weights.
#[derive(Default)]
struct Leaving {
    goods: Vec<(usize, i64)>,
    losses: Vec<(LossBearer, i64)>,
}

/// Takes the goods' metal and what was lost out of the holding; answers what the metal in each line cost.
fn leave_holding(
    draft: &mut VoucherDraft<'_>,
    party: PartyId,
    new: &NewGoldsmithReceipt,
    known: GoldsmithReceiptKnown<'_>,
) -> Result<Vec<Money>, MetalRefusal> {
    let mut leaving = BTreeMap::<&'static str, (Metal, Leaving)>::new();
    for (index, line) in new.lines.iter().enumerate() {
        let (metal, fine) = metal_of(index, &line.goods)?;
        leaving.entry(metal.code()).or_insert((metal, Leaving::default())).1.goods.push((index, fine.ng()));
    }
    for (index, loss) in new.losses.iter().enumerate() {
        if loss.fine.ng() <= 0 {
            return Err(MetalRefusal::Loss { index });
        }
        let of = leaving.entry(loss.metal.code()).or_insert((loss.metal, Leaving::default()));
        of.1.losses.push((loss.bearer, loss.fine.ng()));
    }
    let mut costs = vec![draft.nothing(); new.lines.len()];
    for (metal, leaving) in leaving.into_values() {
        let holding = known.holdings.iter().find(|holding| holding.metal == metal);
        for (index, cost) in leave_one(draft, party, metal, &leaving, holding, known.limits)? {
            if let Some(of) = costs.get_mut(index) {
                *of = cost;
            }
        }
    }
    Ok(costs)
}

fn leave_one(
    draft: &mut VoucherDraft<'_>,
    party: PartyId,
    metal: Metal,
    leaving: &Leaving,
    holding: Option<&Holding>,
    limits: &LossLimits,
) -> Result<Vec<(usize, Money)>, MetalRefusal> {
    let lost = sum(leaving.losses.iter().map(|(_, fine)| *fine))?;
    let borne_by = |bearer| sum(leaving.losses.iter().filter(|(of, _)| *of == bearer).map(|(_, fine)| *fine));
    let [agreed, owed, borne] =
        [borne_by(LossBearer::Agreed)?, borne_by(LossBearer::Goldsmith)?, borne_by(LossBearer::Shop)?];
    let finished = sum(leaving.goods.iter().map(|(_, fine)| *fine))?;
    let taken = finished.checked_add(lost).ok_or(MetalRefusal::OutOfRange)?;
    let holding = holding.filter(|holding| holding.fine.ng() >= taken).ok_or(MetalRefusal::HoldsLess)?;
    if i128::from(lost) * 1_000_000 > i128::from(taken) * i128::from(limits.loss.ppm()) {
        return Err(MetalRefusal::LossBeyondLimit);
    }
    let cost = holding.cost.mul_div(taken, holding.fine.ng(), Rounding::HalfAwayFromZero)?;
    let into_goods = finished.checked_add(agreed).ok_or(MetalRefusal::OutOfRange)?;
    let shares = cost.allocate(&[into_goods, owed, borne])?;
    let [of_goods, of_owed, of_borne] = shares.as_slice() else { return Err(MetalRefusal::OutOfRange) };

    let at_cost = draft.chart.of_party(For::HoldingCost(metal), party)?;
    let by_weight = draft.chart.of_party(For::HoldingFine(metal), party)?;
    draft.credit(at_cost, cost.minor())?;
    draft.credit(by_weight, taken)?;
    let conversion = draft.chart.of(For::Conversion(metal))?;
    draft.debit(conversion, lost);
    let payable = draft.chart.of_party(For::Payable, party)?;
    draft.debit(payable, of_owed.minor());
    let difference = draft.chart.of(For::MetalDifference)?;
    draft.debit(difference, of_borne.minor());
    if leaving.goods.is_empty() {
        // Nothing was made of this metal that could bear what was agreed to be lost of it.
        draft.debit(difference, of_goods.minor());
        return Ok(Vec::new());
    }
    let weights: Vec<i64> = leaving.goods.iter().map(|(_, fine)| *fine).collect();
    let costs = of_goods.allocate(&weights)?;
    Ok(leaving.goods.iter().map(|(index, _)| *index).zip(costs).collect())
}

fn sum(mut parts: impl Iterator<Item = i64>) -> Result<i64, MetalRefusal> {
    parts.try_fold(0_i64, i64::checked_add).ok_or(MetalRefusal::OutOfRange)
}

/// The metal of goods, and the pure weight of it.
fn metal_of(line: usize, goods: &Goods) -> Result<(Metal, FineMass), MetalRefusal> {
    let (metal, fineness, net, field) = match goods {
        Goods::Piece(item) => {
            (item.metal, item.fineness, item.gross.checked_sub(item.less)?, "piece/gross_mg")
        }
        Goods::Loose { metal, fineness, mass, .. } => (*metal, *fineness, *mass, "loose/mass_mg"),
    };
    if net.mg() <= 0 {
        return Err(MetalRefusal::NoWeight { line, field });
    }
    Ok((metal, net.fine(fineness)?))
}

fn loss_line(draft: &VoucherDraft<'_>, loss: &NewLoss) -> Result<MetalVoucherLine, MetalRefusal> {
    let (role, words) = match loss.bearer {
        LossBearer::Agreed => (LineRole::AgreedLoss, "Lost in making, as agreed"),
        LossBearer::Goldsmith => (LineRole::LossOwed, "Lost beyond that, owed by the goldsmith"),
        LossBearer::Shop => (LineRole::LossBorne, "Lost beyond that, borne by the shop"),
    };
    let lost = Lot {
        id: draft.ids(0)?.lot,
        description: Name::new(words)?,
        metal: loss.metal,
        fineness: Fineness::PURE,
        created_at: draft.known.now,
        kind: LotKind::Stock,
    };
    let taken = TakenFromLot { mass: Mass::ZERO, fine: loss.fine, cost: draft.nothing() };
    Ok(MetalVoucherLine { lot: None, ..draft.line(role, &lost, &taken) })
}
