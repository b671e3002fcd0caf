//! Vouchers that move metal, as they are asked for.

use aurex_core::measure::{FineMass, Fineness, Mass, Metal, RateKind};
use aurex_core::money::Money as CoreMoney;
use aurex_core::shop::identifiers::{Hsn, Huid};
use aurex_core::shop::invoices::OverriddenRate;
use aurex_core::shop::metal::{
    Goods, LossBearer, NewGoldsmithIssue, NewGoldsmithReceipt, NewLoss, NewMelt, NewOldMetal, NewPurchase,
    NewPurchaseLine, NewReceived, NewWriteOff, OldPiece, WrittenOff,
};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::stock::{ItemId, LotId, NewItem};
use aurex_core::text::{Label, Name, Note};
use aurex_core::time::Date;

use crate::api::invoices::RateBody;
use crate::api::wire::{MakingBody, StonesBody, stones};
use crate::http::body::{List, request, union};

request! {
    /// One piece of old metal, weighed and tested.
    pub struct OldPieceBody {
        /// What it is.
        description: Name,
        /// The metal.
        commodity: Metal,
        /// Its fineness as tested, in parts per million.
        fineness_ppm: Fineness,
        /// What the scale shows, in milligrams.
        gross_mg: Mass,
        /// Stones and whatever else is not metal, in milligrams.
        less_mg: Mass,
        /// A rate other than the board's, for metal of the tested fineness.
        rate: Option<RateBody>,
    }
}

request! {
    /// Old metal to be taken in.
    pub struct NewOldMetalBody {
        /// Who sells it.
        customer_id: PartyId,
        /// By which rate of the board: `exchange` against a bill, `buy` for money.
        rate_kind: RateKind,
        /// That the seller has declared the metal to be theirs.
        declares_ownership: bool,
        /// The pieces.
        lines: List<OldPieceBody, 1, 200>,
    }
}

impl From<NewOldMetalBody> for NewOldMetal {
    fn from(body: NewOldMetalBody) -> Self {
        let piece = |piece: OldPieceBody| OldPiece {
            description: piece.description,
            metal: piece.commodity,
            fineness: piece.fineness_ppm,
            gross: piece.gross_mg,
            less: piece.less_mg,
            rate: piece.rate.map(|rate| OverriddenRate { amount: rate.amount, per: rate.per_mg }),
        };
        Self {
            party: body.customer_id,
            rate_kind: body.rate_kind,
            declares_ownership: body.declares_ownership,
            pieces: body.lines.into_vec().into_iter().map(piece).collect(),
        }
    }
}

request! {
    /// A piece that comes in. What it costs follows from the line.
    pub struct PieceBody {
        /// The tag, unique in the workspace.
        tag: Label,
        /// What it is.
        description: Name,
        /// Its hallmark id: six letters or digits.
        huid: Option<Huid>,
        /// The metal.
        commodity: Metal,
        /// Its fineness in parts per million.
        fineness_ppm: Fineness,
        /// What the scale shows, in milligrams.
        gross_mg: Mass,
        /// What is not metal, in milligrams.
        less_mg: Mass,
        /// Its stones.
        stones: Option<StonesBody>,
        /// Its making charge.
        making: Option<MakingBody>,
        /// Its HSN code.
        hsn: Hsn,
    }
}

request! {
    /// Loose metal that comes in, as a lot.
    pub struct LooseBody {
        /// What it is.
        description: Name,
        /// The metal.
        commodity: Metal,
        /// Its fineness in parts per million.
        fineness_ppm: Fineness,
        /// How much, in milligrams.
        mass_mg: Mass,
        /// Its HSN code.
        hsn: Hsn,
    }
}

impl From<PieceBody> for Goods {
    fn from(body: PieceBody) -> Self {
        Self::Piece(Box::new(NewItem {
            tag: body.tag,
            description: body.description,
            huid: body.huid,
            metal: body.commodity,
            fineness: body.fineness_ppm,
            gross: body.gross_mg,
            less: body.less_mg,
            stones: body.stones.map(stones).unwrap_or_default(),
            making: body.making.map(Into::into),
            hsn: body.hsn,
            cost: None,
        }))
    }
}

impl From<LooseBody> for Goods {
    fn from(body: LooseBody) -> Self {
        Self::Loose {
            description: body.description,
            metal: body.commodity,
            fineness: body.fineness_ppm,
            mass: body.mass_mg,
            hsn: body.hsn,
        }
    }
}

union! {
    /// One line of a supplier's bill.
    pub enum PurchaseLineBody by presence {
        /// A tagged piece.
        Piece = "piece" { piece: PieceBody, amount: CoreMoney },
        /// Loose metal.
        Loose = "loose" { loose: LooseBody, amount: CoreMoney },
    }
}

request! {
    /// A supplier's bill to be recorded.
    pub struct NewPurchaseBody {
        /// The supplier.
        supplier_id: PartyId,
        /// The number of the supplier's bill.
        bill_number: Label,
        /// Its date.
        bill_date: Date,
        /// The round-off at its foot.
        round_off: Option<CoreMoney>,
        /// Its lines, each with what it asks before tax.
        lines: List<PurchaseLineBody, 1, 200>,
    }
}

impl From<NewPurchaseBody> for NewPurchase {
    fn from(body: NewPurchaseBody) -> Self {
        let line = |line| match line {
            PurchaseLineBody::Piece { piece, amount } => NewPurchaseLine { goods: piece.into(), amount },
            PurchaseLineBody::Loose { loose, amount } => NewPurchaseLine { goods: loose.into(), amount },
        };
        Self {
            party: body.supplier_id,
            bill_number: body.bill_number,
            bill_date: body.bill_date,
            round_off: body.round_off,
            lines: body.lines.into_vec().into_iter().map(line).collect(),
        }
    }
}

request! {
    /// So much of a lot.
    pub struct LotPartBody {
        /// The lot.
        lot_id: LotId,
        /// How much of it, in milligrams.
        mass_mg: Mass,
    }
}

/// The parts of lots that a voucher takes.
type LotParts = List<LotPartBody, 1, 200>;

fn parts(parts: LotParts) -> Vec<(LotId, Mass)> {
    parts.into_vec().into_iter().map(|part| (part.lot_id, part.mass_mg)).collect()
}

request! {
    /// Metal to be given out to a goldsmith.
    pub struct NewGoldsmithIssueBody {
        /// The goldsmith.
        goldsmith_id: PartyId,
        /// From which lots, and how much of each.
        lines: LotParts,
    }
}

impl From<NewGoldsmithIssueBody> for NewGoldsmithIssue {
    fn from(body: NewGoldsmithIssueBody) -> Self {
        Self { party: body.goldsmith_id, lines: parts(body.lines) }
    }
}

union! {
    /// One line of what a goldsmith brings.
    pub enum ReceivedBody by presence {
        /// A finished piece.
        Piece = "piece" { piece: PieceBody, labour: CoreMoney },
        /// Loose metal.
        Loose = "loose" { loose: LooseBody, labour: CoreMoney },
    }
}

request! {
    /// Metal that was lost in making.
    pub struct LossBody {
        /// The metal.
        commodity: Metal,
        /// The pure metal in it, in nanograms.
        fine_ng: FineMass,
        /// Who bears it: `agreed` makes it part of what the goods cost, `goldsmith` his debt, `shop` an expense.
        borne_by: LossBearer,
    }
}

request! {
    /// Goods to be received from a goldsmith.
    pub struct NewGoldsmithReceiptBody {
        /// The goldsmith.
        goldsmith_id: PartyId,
        /// What he brings, each line with what he charges for it before tax.
        lines: List<ReceivedBody, 1, 200>,
        /// What was lost.
        losses: Option<List<LossBody, 0, 20>>,
    }
}

impl From<NewGoldsmithReceiptBody> for NewGoldsmithReceipt {
    fn from(body: NewGoldsmithReceiptBody) -> Self {
        let line = |line| match line {
            ReceivedBody::Piece { piece, labour } => NewReceived { goods: piece.into(), labour },
            ReceivedBody::Loose { loose, labour } => NewReceived { goods: loose.into(), labour },
        };
        let loss =
            |loss: LossBody| NewLoss { metal: loss.commodity, fine: loss.fine_ng, bearer: loss.borne_by };
        Self {
            party: body.goldsmith_id,
            lines: body.lines.into_vec().into_iter().map(line).collect(),
            losses: body.losses.map(List::into_vec).unwrap_or_default().into_iter().map(loss).collect(),
        }
    }
}

request! {
    /// Lots to be melted into one.
    pub struct NewMeltBody {
        /// From which lots, and how much of each.
        lines: LotParts,
        /// What comes out.
        description: Name,
        /// Its fineness as tested, in parts per million.
        fineness_ppm: Fineness,
        /// Its weight in milligrams.
        mass_mg: Mass,
        /// Why, or by whom.
        reason: Option<Note>,
    }
}

impl From<NewMeltBody> for NewMelt {
    fn from(body: NewMeltBody) -> Self {
        Self {
            lines: parts(body.lines),
            description: body.description,
            fineness: body.fineness_ppm,
            mass: body.mass_mg,
            reason: body.reason,
        }
    }
}

union! {
    /// What is written off.
    pub enum WriteOffLineBody by presence {
        /// A piece.
        Piece = "item_id" { item_id: ItemId },
        /// So much of a lot.
        Loose = "lot_id" { lot_id: LotId, mass_mg: Mass },
    }
}

request! {
    /// Stock to be written off.
    pub struct NewWriteOffBody {
        /// What.
        lines: List<WriteOffLineBody, 1, 200>,
        /// Why.
        reason: Note,
    }
}

impl From<NewWriteOffBody> for NewWriteOff {
    fn from(body: NewWriteOffBody) -> Self {
        let line = |line| match line {
            WriteOffLineBody::Piece { item_id } => WrittenOff::Piece(item_id),
            WriteOffLineBody::Loose { lot_id, mass_mg } => WrittenOff::Loose(lot_id, mass_mg),
        };
        Self { lines: body.lines.into_vec().into_iter().map(line).collect(), reason: body.reason }
    }
}
