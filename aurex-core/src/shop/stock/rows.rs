//! Stock: tagged pieces, loose lots, and the movements that say what is on hand.

use crate::audit::{Column, Malformed, Value};
use crate::ledger::JournalEntryId;
use crate::measure::{FineMass, Fineness, Mass, Metal};
use crate::money::Money;
use crate::shop::identifiers::{Hsn, Huid};
use crate::shop::pricing::{Making, Stone};
use crate::text::{Label, Name};
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A tagged piece.
    ItemId = "itm";
    /// A lot of loose metal.
    LotId = "lot";
    /// A movement of stock.
    MovementId = "mov";
}
crate::id_columns!(ItemId, LotId, MovementId);

crate::codes! {
    /// Where a piece is in its life.
    pub enum ItemState {
        /// For sale.
        InStock = "in_stock",
        /// On a bill that stands.
        Sold = "sold",
        /// Written off: lost, stolen or broken.
        WrittenOff = "written_off",
        /// Never came in: the document that brought it was cancelled. Its tag is free again.
        Withdrawn = "withdrawn",
    }
}

impl ItemState {
    /// Whether the piece is there, so that nobody else has its hallmark id.
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Sold | Self::WrittenOff | Self::Withdrawn)
    }
}

crate::codes! {
    /// What a lot is.
    pub enum LotKind {
        /// Metal to work with or to sell.
        Stock = "stock",
        /// Old metal as it was taken in, until it is melted or given out.
        OldMetal = "old_metal",
    }
}

/// Stones of one kind on a piece or a line: what they are, and how they are priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoneLine {
    /// What they are.
    pub description: Name,
    /// Their weight or number, and price.
    pub stone: Stone,
}

impl Column for StoneLine {
    fn to_value(&self) -> Value {
        let description = self.description.to_value();
        Value::List(match self.stone {
            Stone::PerCarat { mass, per_carat } => {
                vec![description, Value::Text("per_carat".to_owned()), mass.to_value(), per_carat.to_value()]
            }
            Stone::PerPiece { count, per_piece } => {
                vec![description, Value::Text("per_piece".to_owned()), count.to_value(), per_piece.to_value()]
            }
        })
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        let Value::List(parts) = value else { return Err(Malformed) };
        let [description, kind, quantity, price]: [Value; 4] = parts.try_into().map_err(|_| Malformed)?;
        let price = Money::from_value(price)?;
        let stone = match String::from_value(kind)?.as_str() {
            "per_carat" => Stone::PerCarat { mass: Column::from_value(quantity)?, per_carat: price },
            "per_piece" => Stone::PerPiece { count: Column::from_value(quantity)?, per_piece: price },
            _ => return Err(Malformed),
        };
        Ok(Self { description: Name::from_value(description)?, stone })
    }
}

crate::nested! {
    /// A charge beside metal, making and stones: hallmarking, for example.
    pub struct ChargeLine {
        /// What it is for.
        description: Name,
        /// How much.
        amount: Money,
    }
}

crate::record! {
    /// A tagged piece.
    pub struct Item in "item" {
        /// Its id.
        id: ItemId = 1 [key],
        /// The tag, unique in the workspace.
        tag: Label = 2,
        /// What it is.
        description: Name = 3,
        /// Its hallmark id, unique while the piece is live.
        huid: Option<Huid> = 4,
        /// The metal.
        metal: Metal = 5,
        /// Its fineness.
        fineness: Fineness = 6,
        /// What the scale shows.
        gross: Mass = 7,
        /// What is not metal: never under the stones' own weight.
        less: Mass = 8,
        /// Its stones.
        stones: Vec<StoneLine> = 9,
        /// Its making charge, where it has one of its own.
        making: Option<Making> = 10,
        /// Its HSN code.
        hsn: Hsn = 11,
        /// What it cost.
        cost: Money = 12,
        /// Where it is in its life.
        state: ItemState = 13,
        /// When it was recorded.
        created_at: Timestamp = 14,
        /// Counts changes; the ETag.
        version: u32 = 15,
    }
}

crate::record! {
    /// A lot of loose metal of one fineness. What is on hand is the sum of its movements.
    pub struct Lot in "lot" {
        /// Its id.
        id: LotId = 1 [key],
        /// What it is.
        description: Name = 2,
        /// The metal.
        metal: Metal = 3,
        /// Its fineness.
        fineness: Fineness = 4,
        /// When it was recorded.
        created_at: Timestamp = 5,
        /// What it is.
        kind: LotKind = 6,
    }
}

crate::record! {
    /// A movement of stock; into our hands positive, out of them negative.
    pub struct StockMovement in "stock_movement" {
        /// Its id.
        id: MovementId = 1 [key],
        /// The journal entry that posts it.
        entry: JournalEntryId = 2,
        /// The piece, when it is one.
        item: Option<ItemId> = 3,
        /// The lot, when it is one.
        lot: Option<LotId> = 4,
        /// Pieces, for tagged ones.
        pieces: i64 = 5,
        /// Net weight.
        mass: Mass = 6,
        /// Fine weight: equal to the metal posting.
        fine: FineMass = 7,
        /// Cost moved.
        cost: Money = 8,
        /// The entry's effective date.
        effective: Date = 9,
    }
}

impl StockMovement {
    /// The same the other way, posted by another entry; `None` when a number has no negative, which none has.
    pub(crate) fn mirrored(&self, id: MovementId, entry: JournalEntryId, effective: Date) -> Option<Self> {
        Some(Self {
            id,
            entry,
            item: self.item,
            lot: self.lot,
            pieces: self.pieces.saturating_neg(),
            mass: self.mass.checked_neg().ok()?,
            fine: self.fine.checked_neg().ok()?,
            cost: self.cost.checked_neg().ok()?,
            effective,
        })
    }
}

/// What is on hand of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnHand {
    /// Net weight.
    pub mass: Mass,
    /// Fine weight.
    pub fine: FineMass,
    /// What it cost.
    pub cost: Money,
}
