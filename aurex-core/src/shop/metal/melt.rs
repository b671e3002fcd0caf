//! Melting lots into one, and writing stock off.

use super::goldsmith::taken_from;
use super::refusal::MetalRefusal;
use super::rows::{LineRole, MetalVoucherKind, MetalVoucherLine, WholeMetalVoucher};
use super::voucher::{MetalIds, MetalVoucherRecorded, TakenFromLot, VoucherDraft, VoucherKnown};
use crate::measure::{Fineness, Mass, Metal};
use crate::money::Rounding;
use crate::shop::accounts::For;
use crate::shop::actions::{LossLimits, MeltMetal, WriteOffStock};
use crate::shop::stock::{Item, ItemId, ItemState, Lot, LotId, LotKind, OnHand};
use crate::text::{Name, Note};

/// By how much more pure metal may come out of the pot than was reckoned to go in, in parts per million: tests err, pots do
/// not make gold.
const MOST_GAIN_PPM: i128 = 50_000;

/// Lots to be melted into one.
#[derive(Debug, Clone)]
pub struct NewMelt {
    /// From which lots, and how much of each.
    pub lines: Vec<(LotId, Mass)>,
    /// What comes out.
    pub description: Name,
    /// Its fineness, as tested.
    pub fineness: Fineness,
    /// Its weight.
    pub mass: Mass,
    /// Why, or by whom.
    pub reason: Option<Note>,
}

/// What is known when lots are melted.
#[derive(Debug, Clone, Copy)]
pub struct MeltKnown<'a> {
    /// What every voucher has to know.
    pub voucher: VoucherKnown<'a>,
    /// The lots that there are.
    pub lots: &'a [(Lot, OnHand)],
    /// What was melted today and stands.
    pub today: &'a [WholeMetalVoucher],
    /// How much the actor may lose.
    pub limits: &'a LossLimits,
}

/// What was melted of one metal on a day. What came out of a pot and went in again is no fresh metal: else a little could be
/// lost of the same gold as often as it is melted.
struct Day {
    made: Vec<LotId>,
    fresh: i128,
    lost: i128,
}

impl Day {
    fn of(melts: &[WholeMetalVoucher], metal: Metal) -> Self {
        let lines = |melt: &WholeMetalVoucher, role| {
            let of_role = move |line: &MetalVoucherLine| line.role == role && line.metal == metal;
            melt.lines.clone().into_iter().filter(move |line| of_role(line))
        };
        let fine = |lines: &mut dyn Iterator<Item = MetalVoucherLine>| {
            lines.map(|line| i128::from(line.fine.ng())).sum::<i128>()
        };
        let made: Vec<LotId> =
            melts.iter().flat_map(|melt| lines(melt, LineRole::In)).filter_map(|line| line.lot).collect();
        let (mut fresh, mut lost) = (0, 0);
        for melt in melts {
            let is_fresh = |line: &MetalVoucherLine| line.lot.is_none_or(|lot| !made.contains(&lot));
            fresh += fine(&mut lines(melt, LineRole::Out).filter(is_fresh));
            let less = fine(&mut lines(melt, LineRole::Out)) - fine(&mut lines(melt, LineRole::In));
            lost += less.max(0);
        }
        Self { made, fresh, lost }
    }
}

/// Decides about melting. The new lot costs what its pure metal cost before; what is lost or gained goes to the difference,
/// in rupees and in fine metal.
///
/// # Errors
/// [`MetalRefusal`].
pub fn decide_melt(
    new: &NewMelt,
    known: MeltKnown<'_>,
    ids: &MetalIds,
) -> Result<MetalVoucherRecorded<MeltMetal>, MetalRefusal> {
    let kind = MetalVoucherKind::Melt;
    let mut draft = VoucherDraft::begin(kind, known.voucher, ids, new.lines.len())?;
    let taken = taken_from(&new.lines, known.lots)?;
    let Some(metal) = taken.first().map(|(lot, _)| lot.metal) else { return Err(MetalRefusal::Lines) };
    if new.mass.mg() <= 0 {
        return Err(MetalRefusal::NoMelt);
    }
    let (mut fine_in, mut cost_in) = (0_i64, draft.nothing());
    for (index, (lot, part)) in taken.iter().enumerate() {
        if lot.metal != metal {
            return Err(MetalRefusal::OneMetal { line: index });
        }
        fine_in = fine_in.checked_add(part.fine.ng()).ok_or(MetalRefusal::OutOfRange)?;
        cost_in = cost_in.checked_add(part.cost)?;
        let line =
            MetalVoucherLine { cost: part.cost.checked_neg()?, ..draft.line(LineRole::Out, lot, part) };
        draft.push(line)?;
        draft.take_lot(index, lot, part)?;
    }
    let fine_out = new.mass.fine(new.fineness)?;
    let lost = i128::from(fine_in) - i128::from(fine_out.ng());
    if lost * 1_000_000 > i128::from(fine_in) * i128::from(known.limits.loss.ppm()) {
        return Err(MetalRefusal::LossBeyondLimit);
    }
    let day = Day::of(known.today, metal);
    let fresh = taken
        .iter()
        .filter(|(lot, _)| !day.made.contains(&lot.id))
        .map(|(_, part)| i128::from(part.fine.ng()));
    let fresh = day.fresh + fresh.sum::<i128>();
    if lost > 0 && (day.lost + lost) * 1_000_000 > fresh * i128::from(known.limits.loss.ppm()) {
        return Err(MetalRefusal::LossOfDayBeyondLimit);
    }
    if -lost * 1_000_000 > i128::from(fine_in) * MOST_GAIN_PPM {
        return Err(MetalRefusal::GainTooGreat);
    }
    let cost_out = cost_in.mul_div(fine_out.ng(), fine_in, Rounding::HalfAwayFromZero)?;
    let out = draft.ids(taken.len())?;
    let lot = Lot {
        id: out.lot,
        description: new.description.clone(),
        metal,
        fineness: new.fineness,
        created_at: known.voucher.now,
        kind: LotKind::Stock,
    };
    let came = TakenFromLot { mass: new.mass, fine: fine_out, cost: cost_out };
    draft.push(draft.line(LineRole::In, &lot, &came))?;
    draft.bring_lot(taken.len(), lot, &came)?;
    let difference = draft.chart.of(For::MetalDifference)?;
    draft.debit(difference, cost_in.checked_sub(cost_out)?.minor());
    let conversion = draft.chart.of(For::Conversion(metal))?;
    draft.debit(conversion, i64::try_from(lost).map_err(|_| MetalRefusal::OutOfRange)?);
    let mut head = draft.head(kind)?;
    head.value = cost_out;
    head.reason = new.reason.clone();
    draft.end(head)
}

/// Stock to be written off.
#[derive(Debug, Clone)]
pub struct NewWriteOff {
    /// What.
    pub lines: Vec<WrittenOff>,
    /// Why.
    pub reason: Note,
}

/// What is written off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenOff {
    /// A piece.
    Piece(ItemId),
    /// So much of a lot.
    Loose(LotId, Mass),
}

/// What is known when stock is written off.
#[derive(Debug, Clone, Copy)]
pub struct WriteOffKnown<'a> {
    /// What every voucher has to know.
    pub voucher: VoucherKnown<'a>,
    /// The lots that there are.
    pub lots: &'a [(Lot, OnHand)],
    /// The pieces that there are.
    pub items: &'a [Item],
}

/// Decides about writing stock off: at its cost to the expense, and by fine weight out of the metal that is owned.
///
/// # Errors
/// [`MetalRefusal`].
pub fn decide_write_off(
    new: &NewWriteOff,
    known: WriteOffKnown<'_>,
    ids: &MetalIds,
) -> Result<MetalVoucherRecorded<WriteOffStock>, MetalRefusal> {
    let kind = MetalVoucherKind::WriteOff;
    let mut draft = VoucherDraft::begin(kind, known.voucher, ids, new.lines.len())?;
    let mut seen: Vec<uuid::Uuid> = Vec::new();
    for (index, line) in new.lines.iter().enumerate() {
        use crate::tenancy::Id as _;
        let id = match line {
            WrittenOff::Piece(id) => id.uuid(),
            WrittenOff::Loose(id, _) => id.uuid(),
        };
        if seen.contains(&id) {
            return Err(MetalRefusal::Twice { line: index });
        }
        seen.push(id);
        let (row, metal, taken) = write_off_line(&mut draft, index, line, known)?;
        draft.push(MetalVoucherLine { cost: taken.cost.checked_neg()?, ..row })?;
        let expense = draft.chart.of(For::StockWrittenOff)?;
        draft.debit(expense, taken.cost.minor());
        let conversion = draft.chart.of(For::Conversion(metal))?;
        draft.debit(conversion, taken.fine.ng());
    }
    let mut head = draft.head(kind)?;
    head.reason = Some(new.reason.clone());
    draft.end(head)
}

fn write_off_line(
    draft: &mut VoucherDraft<'_>,
    line: usize,
    what: &WrittenOff,
    known: WriteOffKnown<'_>,
) -> Result<(MetalVoucherLine, Metal, TakenFromLot), MetalRefusal> {
    match what {
        WrittenOff::Loose(id, mass) => {
            let (lot, on_hand) =
                known.lots.iter().find(|(lot, _)| lot.id == *id).ok_or(MetalRefusal::NoLot { line })?;
            if mass.mg() <= 0 {
                return Err(MetalRefusal::NoWeight { line, field: "mass_mg" });
            }
            let taken = TakenFromLot::of(lot, on_hand, *mass)?.ok_or(MetalRefusal::NotEnough { line })?;
            draft.take_lot(line, lot, &taken)?;
            Ok((draft.line(LineRole::Out, lot, &taken), lot.metal, taken))
        }
        WrittenOff::Piece(id) => {
            let item = known.items.iter().find(|item| item.id == *id).ok_or(MetalRefusal::NoItem { line })?;
            if item.state != ItemState::InStock {
                return Err(MetalRefusal::NotInStock { line });
            }
            let taken = draft.take_item(line, item, ItemState::WrittenOff)?;
            let like = Lot {
                id: draft.ids(line)?.lot,
                description: item.description.clone(),
                metal: item.metal,
                fineness: item.fineness,
                created_at: draft.known.now,
                kind: LotKind::Stock,
            };
            let row = MetalVoucherLine {
                item: Some(item.id),
                lot: None,
                gross: item.gross,
                less: item.less,
                ..draft.line(LineRole::Out, &like, &taken)
            };
            Ok((row, item.metal, taken))
        }
    }
}
