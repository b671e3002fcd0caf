//! Taking old metal in: a purchase under a voucher of its own, never a discount on the bill that it may pay.

use super::refusal::MetalRefusal;
use super::rows::{LineRole, MetalVoucherKind, MetalVoucherLine};
use super::voucher::{MetalIds, MetalVoucherRecorded, TakenFromLot, VoucherDraft, VoucherKnown};
use crate::measure::{Fineness, Mass, Metal, Rate, RateKind};
use crate::money::Rounding;
use crate::shop::accounts::For;
use crate::shop::actions::{BuyOldMetal, OldMetalLimits};
use crate::shop::invoices::OverriddenRate;
use crate::shop::parties::{Party, PartyId, PartyKind};
use crate::shop::rates::{PostedRate, RateId, moves_beyond, on_board};
use crate::shop::stock::{Lot, LotKind};
use crate::text::Name;

/// Old metal to be taken in.
#[derive(Debug, Clone)]
pub struct NewOldMetal {
    /// Who sells it.
    pub party: PartyId,
    /// By which rate of the board: `exchange` against a bill, `buy` for money.
    pub rate_kind: RateKind,
    /// Whether the seller declares that the metal is theirs to sell.
    pub declares_ownership: bool,
    /// The pieces.
    pub pieces: Vec<OldPiece>,
}

/// One piece, weighed and tested.
#[derive(Debug, Clone)]
pub struct OldPiece {
    /// What it is.
    pub description: Name,
    /// The metal.
    pub metal: Metal,
    /// Its fineness, as tested.
    pub fineness: Fineness,
    /// What the scale shows.
    pub gross: Mass,
    /// Stones and whatever else is not metal.
    pub less: Mass,
    /// A rate other than the board's, at the tested fineness.
    pub rate: Option<OverriddenRate>,
}

/// What is known when old metal is taken in.
#[derive(Debug, Clone, Copy)]
pub struct OldMetalKnown<'a> {
    /// What every voucher has to know.
    pub voucher: VoucherKnown<'a>,
    /// Who sells it, if there is such a party.
    pub party: Option<&'a Party>,
    /// The current rates of today.
    pub rates: &'a [PostedRate],
    /// How far the actor may go.
    pub limits: &'a OldMetalLimits,
}

/// Decides about taking old metal in. Each piece becomes a lot of old metal at its tested fineness; its value is its net
/// weight by the day's rate, rounded once.
///
/// # Errors
/// [`MetalRefusal`].
pub fn decide_old_metal(
    new: &NewOldMetal,
    known: OldMetalKnown<'_>,
    ids: &MetalIds,
) -> Result<MetalVoucherRecorded<BuyOldMetal>, MetalRefusal> {
    let party = known.party.filter(|party| party.kind == PartyKind::Customer);
    let party = party.ok_or(MetalRefusal::NoCustomer)?;
    if new.rate_kind == RateKind::Sell {
        return Err(MetalRefusal::SellingRate);
    }
    if party.identity.is_none() {
        return Err(MetalRefusal::IdentityMissing);
    }
    if !new.declares_ownership {
        return Err(MetalRefusal::NotDeclared);
    }
    let kind = MetalVoucherKind::OldMetalPurchase;
    let mut draft = VoucherDraft::begin(kind, known.voucher, ids, new.pieces.len())?;
    for (index, piece) in new.pieces.iter().enumerate() {
        take_in(&mut draft, index, piece, new.rate_kind, known)?;
    }
    let mut head = draft.head(kind)?;
    head.party = Some(party.id);
    head.declared = true;
    head.rate_kind = Some(new.rate_kind);
    head.total = head.value;
    let owed = draft.chart.receivable(party.id)?;
    draft.credit(owed, head.total.minor())?;
    draft.end(head)
}

fn take_in(
    draft: &mut VoucherDraft<'_>,
    index: usize,
    piece: &OldPiece,
    kind: RateKind,
    known: OldMetalKnown<'_>,
) -> Result<(), MetalRefusal> {
    if piece.gross.mg() <= 0 {
        return Err(MetalRefusal::NoWeight { line: index, field: "gross_mg" });
    }
    if piece.less.is_negative() || piece.less.mg() >= piece.gross.mg() {
        return Err(MetalRefusal::Less { line: index });
    }
    let net = piece.gross.checked_sub(piece.less)?;
    let (rate, rate_id) = rate_of(index, piece, kind, known)?;
    let value = rate.price_of(net, Rounding::HalfAwayFromZero)?;
    let lot = Lot {
        id: draft.ids(index)?.lot,
        description: piece.description.clone(),
        metal: piece.metal,
        fineness: piece.fineness,
        created_at: draft.known.now,
        kind: LotKind::OldMetal,
    };
    let came = TakenFromLot { mass: net, fine: net.fine(piece.fineness)?, cost: value };
    let line = MetalVoucherLine {
        gross: piece.gross,
        less: piece.less,
        rate_id,
        rate_amount: rate.amount(),
        rate_per: rate.per(),
        ..draft.line(LineRole::In, &lot, &came)
    };
    draft.push(line)?;
    let conversion = draft.chart.of(For::Conversion(piece.metal))?;
    draft.credit(conversion, came.fine.ng())?;
    draft.bring_lot(index, lot, &came)
}

/// The board's rate at the tested fineness, posted for it or following from a finer one's, or another within the limit of
/// it.
fn rate_of(
    index: usize,
    piece: &OldPiece,
    kind: RateKind,
    known: OldMetalKnown<'_>,
) -> Result<(Rate, Option<RateId>), MetalRefusal> {
    let found = on_board(known.rates, kind, piece.metal, piece.fineness);
    let found = found.ok_or(MetalRefusal::NoRate { line: index })?;
    let Some(OverriddenRate { amount, per }) = piece.rate else {
        return Ok((found.rate, Some(found.posted.id)));
    };
    let bad = MetalRefusal::BadRate { line: index };
    if amount.currency() != found.rate.amount().currency() {
        return Err(bad);
    }
    let said = Rate::new(amount, per, piece.fineness).map_err(|_| bad)?;
    if moves_beyond(&said, &found.rate, known.limits.rate_override) {
        return Err(MetalRefusal::RateBeyondLimit { line: index });
    }
    Ok((said, None))
}
