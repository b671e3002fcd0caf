//! Recording a piece or a lot: it enters the books as opening stock, in money and in metal.

use super::rows::{Item, ItemId, ItemState, Lot, LotId, LotKind, MovementId, StockMovement, StoneLine};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Account, Journal, JournalDraft, JournalEntry, JournalEntryId, JournalError};
use crate::measure::{Fineness, Mass, Metal, StoneMass};
use crate::money::{Currency, Money};
use crate::shop::accounts::{Chart, For, NoSuchAccount};
use crate::shop::identifiers::{Hsn, Huid};
use crate::shop::pricing::{MOST_PARTS, Making, Stone};
use crate::text::{Label, Name, Note};
use crate::time::{Date, Timestamp};

/// A piece to be recorded.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// The tag.
    pub tag: Label,
    /// What it is.
    pub description: Name,
    /// Its hallmark id.
    pub huid: Option<Huid>,
    /// The metal.
    pub metal: Metal,
    /// Its fineness.
    pub fineness: Fineness,
    /// What the scale shows.
    pub gross: Mass,
    /// What is not metal.
    pub less: Mass,
    /// Its stones.
    pub stones: Vec<StoneLine>,
    /// Its making charge.
    pub making: Option<Making>,
    /// Its HSN code.
    pub hsn: Hsn,
    /// What it cost; nothing when not known.
    pub cost: Option<Money>,
}

/// A lot to be recorded.
#[derive(Debug, Clone)]
pub struct NewLot {
    /// What it is.
    pub description: Name,
    /// The metal.
    pub metal: Metal,
    /// Its fineness.
    pub fineness: Fineness,
    /// How much there is.
    pub mass: Mass,
    /// What it cost; nothing when not known.
    pub cost: Option<Money>,
}

/// What is known when stock is recorded.
#[derive(Debug, Clone, Copy)]
pub struct StockKnown<'a> {
    /// Whether another piece has the tag.
    pub tag_taken: bool,
    /// Whether a live piece has the hallmark id.
    pub huid_taken: bool,
    /// The accounts.
    pub accounts: &'a [Account],
    /// The currency of the books.
    pub currency: Currency,
    /// Today's date in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that recording stock uses.
#[derive(Debug, Clone, Copy)]
pub struct StockIds<I> {
    /// The piece's or lot's.
    pub id: I,
    /// The journal entry's.
    pub entry: JournalEntryId,
    /// The movement's.
    pub movement: MovementId,
}

crate::refusals! {
    /// Why stock is not recorded.
    pub enum StockRefusal {
        /// The tag is on another piece.
        TagTaken = Conflict, "item.tag_taken", "/tag", "another piece has this tag";
        /// The hallmark id is on a live piece.
        HuidTaken = Conflict, "item.huid_taken", "/huid", "a live piece has this hallmark id";
        /// Nothing on the scale.
        NoGross = Invalid, "item.no_weight", "/gross_mg", "the gross weight is more than nothing";
        /// A negative less, or one that leaves no metal.
        Less = Invalid, "item.less_out_of_range", "/less_mg", "the less weight is not negative and leaves some metal";
        /// Stones heavier than what is taken off for them.
        StonesOutweighLess = Invalid, "item.stones_outweigh_less", "/less_mg",
            "the stones weigh more than the less weight allows for";
        /// More stones than a piece takes.
        TooManyStones = Invalid, "item.too_many_stones", "/stones", "there are too many kinds of stones";
        /// A stone without weight, number or a sensible price.
        Stone {
            /// Which one, from 0.
            index: usize
        } = Invalid, "item.stone_out_of_range", "/stones/{index}", "weight, number and price are not negative";
        /// No weight.
        NoMass = Invalid, "lot.no_weight", "/mass_mg", "a lot weighs more than nothing";
        /// A negative cost.
        NegativeCost = Invalid, "stock.negative_cost", "/cost", "a cost is not negative";
        /// The books have one currency.
        OtherCurrency = Invalid, "stock.other_currency", "/cost/currency", "the books are kept in another currency";
        /// The books have one currency, and so do the prices of stones.
        StoneCurrency {
            /// Which one, from 0.
            index: usize,
            /// The field of its price.
            price: &'static str
        } = Invalid, "stock.other_currency", "/stones/{index}/{price}/currency", "the books are kept in another currency";
        /// The books have one currency, and so do making charges.
        MakingCurrency = Invalid, "stock.other_currency", "/making/amount/currency", "the books are kept in another currency";
        /// A making charge that no bill could ask for.
        Making = Invalid, "item.making_out_of_range", "/making",
            "a making charge is not negative, and is for more than no weight and no pieces";
        /// The numbers leave the range that is counted.
        OutOfRange = Invalid, "stock.out_of_range", "", "the weight is out of range";
        /// The chart lacks an account, or one of them is closed.
        Books {
            /// What the books say.
            why: String
        } = Conflict, "books.refuse", "", "the books refuse: {why}";
    }
}

impl From<NoSuchAccount> for StockRefusal {
    fn from(error: NoSuchAccount) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<JournalError> for StockRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

/// A piece was recorded.
#[derive(Debug, Clone)]
pub struct ItemRecorded {
    /// The piece.
    pub item: Item,
    movement: StockMovement,
    journal: Journal,
}

/// A lot was recorded.
#[derive(Debug, Clone)]
pub struct LotRecorded {
    /// The lot.
    pub lot: Lot,
    /// What came in with it.
    pub movement: StockMovement,
    journal: Journal,
}

/// Decides about recording a piece.
///
/// # Errors
/// [`StockRefusal`].
pub fn decide_record_item(
    new: NewItem,
    known: &StockKnown<'_>,
    ids: StockIds<ItemId>,
) -> Result<ItemRecorded, StockRefusal> {
    let taken = Taken { tag: known.tag_taken, huid: known.huid_taken };
    let (item, net) = new_item(new, taken, known.currency, ids.id, known.now)?;
    let opening = Opening { metal: item.metal, fineness: item.fineness, mass: net, cost: item.cost };
    let (mut movement, journal) = opening.post(known, "item", ids.id, ids.entry, ids.movement)?;
    movement.item = Some(item.id);
    movement.pieces = 1;
    Ok(ItemRecorded { item, movement, journal })
}

/// Whose tag and hallmark id a new piece would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Whether another piece has the tag.
    pub tag: bool,
    /// Whether a live piece has the hallmark id.
    pub huid: bool,
}

/// A new piece in stock with its net weight, if nothing is wrong with it.
pub(in crate::shop) fn new_item(
    new: NewItem,
    taken: Taken,
    currency: Currency,
    id: ItemId,
    now: Timestamp,
) -> Result<(Item, Mass), StockRefusal> {
    if new.gross.mg() <= 0 {
        return Err(StockRefusal::NoGross);
    }
    if new.less.is_negative() || new.less.mg() >= new.gross.mg() {
        return Err(StockRefusal::Less);
    }
    check_stones(&new.stones, new.less, currency)?;
    check_making(new.making, currency)?;
    let net = new.gross.checked_sub(new.less).map_err(|_| StockRefusal::OutOfRange)?;
    let cost = check_cost(new.cost, currency)?;
    if taken.tag {
        return Err(StockRefusal::TagTaken);
    }
    if taken.huid {
        return Err(StockRefusal::HuidTaken);
    }
    let item = Item {
        id,
        tag: new.tag,
        description: new.description,
        huid: new.huid,
        metal: new.metal,
        fineness: new.fineness,
        gross: new.gross,
        less: new.less,
        stones: new.stones,
        making: new.making,
        hsn: new.hsn,
        cost,
        state: ItemState::InStock,
        created_at: now,
        version: 1,
    };
    Ok((item, net))
}

/// Decides about recording a lot.
///
/// # Errors
/// [`StockRefusal`].
pub fn decide_record_lot(
    new: NewLot,
    known: &StockKnown<'_>,
    ids: StockIds<LotId>,
) -> Result<LotRecorded, StockRefusal> {
    if new.mass.mg() <= 0 {
        return Err(StockRefusal::NoMass);
    }
    let cost = check_cost(new.cost, known.currency)?;
    let lot = Lot {
        id: ids.id,
        description: new.description,
        metal: new.metal,
        fineness: new.fineness,
        created_at: known.now,
        kind: LotKind::Stock,
    };
    let opening = Opening { metal: lot.metal, fineness: lot.fineness, mass: new.mass, cost };
    let (mut movement, journal) = opening.post(known, "lot", ids.id, ids.entry, ids.movement)?;
    movement.lot = Some(lot.id);
    Ok(LotRecorded { lot, movement, journal })
}

/// A piece's stones weigh no more than what was taken off the gross weight for them.
fn check_stones(stones: &[StoneLine], less: Mass, currency: Currency) -> Result<(), StockRefusal> {
    if stones.len() > MOST_PARTS {
        return Err(StockRefusal::TooManyStones);
    }
    let mut weight = StoneMass::ZERO;
    for (index, line) in stones.iter().enumerate() {
        let (price, field) = match line.stone {
            Stone::PerCarat { per_carat, .. } => (per_carat, "per_carat"),
            Stone::PerPiece { per_piece, .. } => (per_piece, "per_piece"),
        };
        if price.currency() != currency {
            return Err(StockRefusal::StoneCurrency { index, price: field });
        }
        let sound = match line.stone {
            Stone::PerCarat { mass, per_carat } => {
                weight = weight.checked_add(mass).map_err(|_| StockRefusal::OutOfRange)?;
                !mass.is_negative() && !per_carat.is_negative()
            }
            Stone::PerPiece { per_piece, .. } => !per_piece.is_negative(),
        };
        if !sound {
            return Err(StockRefusal::Stone { index });
        }
    }
    if weight.outweighs(less) { Err(StockRefusal::StonesOutweighLess) } else { Ok(()) }
}

/// A making charge that every bill of the piece would refuse is refused with the piece.
fn check_making(making: Option<Making>, currency: Currency) -> Result<(), StockRefusal> {
    let (amount, sound) = match making {
        None => return Ok(()),
        Some(Making::PercentOfMetal { ratio, .. }) => (None, ratio.ppm() >= 0),
        Some(Making::PerMass { amount, per, .. }) => (Some(amount), per.mg() > 0),
        Some(Making::PerPiece { amount, pieces }) => (Some(amount), pieces > 0),
        Some(Making::Fixed { amount }) => (Some(amount), true),
    };
    match amount {
        Some(amount) if amount.currency() != currency => Err(StockRefusal::MakingCurrency),
        Some(amount) if amount.is_negative() || !sound => Err(StockRefusal::Making),
        None if !sound => Err(StockRefusal::Making),
        _ => Ok(()),
    }
}

fn check_cost(cost: Option<Money>, currency: Currency) -> Result<Money, StockRefusal> {
    match cost {
        None => Ok(Money::zero(currency)),
        Some(cost) if cost.currency() != currency => Err(StockRefusal::OtherCurrency),
        Some(cost) if cost.is_negative() => Err(StockRefusal::NegativeCost),
        Some(cost) => Ok(cost),
    }
}

/// Metal that was there before the books were opened.
struct Opening {
    metal: Metal,
    fineness: Fineness,
    mass: Mass,
    cost: Money,
}

impl Opening {
    fn post(
        &self,
        known: &StockKnown<'_>,
        kind: &'static str,
        id: impl ToString,
        entry: JournalEntryId,
        movement: MovementId,
    ) -> Result<(StockMovement, Journal), StockRefusal> {
        let chart = Chart(known.accounts);
        let fine = self.mass.fine(self.fineness).map_err(|_| StockRefusal::OutOfRange)?;
        let label = |text: String| Label::new(text).map_err(|_| StockRefusal::OutOfRange);
        let head = JournalEntry {
            id: entry,
            effective: known.today,
            recorded_at: known.now,
            source_kind: label(kind.to_owned())?,
            source_id: label(id.to_string())?,
            narration: Note::new("Opening stock").map_err(|_| StockRefusal::OutOfRange)?,
            reverses: None,
        };
        let journal = JournalDraft::new(head)
            .debit(chart.of(For::StockCost(self.metal))?, self.cost.minor())
            .credit(chart.of(For::Opening)?, self.cost.minor())
            .debit(chart.of(For::StockFine(self.metal))?, fine.ng())
            .credit(chart.of(For::Conversion(self.metal))?, fine.ng())
            .balance()?;
        let movement = StockMovement {
            id: movement,
            entry,
            item: None,
            lot: None,
            pieces: 0,
            mass: self.mass,
            fine,
            cost: self.cost,
            effective: known.today,
        };
        Ok((movement, journal))
    }
}

impl Change for ItemRecorded {
    type By = crate::shop::actions::RecordItem;

    fn subject(&self) -> Subject {
        Subject::new("item", self.item.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.item);
        self.journal.record(draft);
        draft.insert(self.movement);
    }
}

impl Change for LotRecorded {
    type By = crate::shop::actions::RecordLot;

    fn subject(&self) -> Subject {
        Subject::new("lot", self.lot.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.lot);
        self.journal.record(draft);
        draft.insert(self.movement);
    }
}
