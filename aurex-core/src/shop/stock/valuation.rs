//! What stock is worth: at cost, at the day's rate, and the lower of the two, which the books of a year are closed with.

use super::{Item, Lot, LotKind, OnHand};
use crate::measure::{FineMass, Metal, RateKind, Ratio};
use crate::money::{Currency, Money, MoneyError, Rounding};
use crate::shop::pricing::{BillInput, LineInput, TaxTreatment, price};
use crate::shop::rates::{PostedRate, on_board};

/// What some goods are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// How many pieces or lots.
    pub count: u64,
    /// The pure metal in them.
    pub fine: FineMass,
    /// What they cost.
    pub cost: Money,
    /// What they would fetch at the day's selling rate, before tax: a piece with its making charge and its stones. What has
    /// no rate counts at cost.
    pub at_rate: Money,
    /// The lower of the two, of each by itself.
    pub lower: Money,
    /// How many have no rate on the board.
    pub without_rate: u64,
}

/// What the stock of one metal is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Valuation {
    /// The metal.
    pub metal: Metal,
    /// Tagged pieces, each at its own cost.
    pub pieces: Worth,
    /// Loose metal, at its average cost.
    pub lots: Worth,
    /// Old metal that is not melted yet.
    pub old_metal: Worth,
}

impl Worth {
    fn nothing(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { count: 0, fine: FineMass::ZERO, cost: zero, at_rate: zero, lower: zero, without_rate: 0 }
    }

    fn add(&mut self, fine: FineMass, cost: Money, fetches: Option<Money>) -> Result<(), MoneyError> {
        let at_rate = fetches.unwrap_or(cost);
        let lower = if at_rate.minor() < cost.minor() { at_rate } else { cost };
        self.count = self.count.saturating_add(1);
        self.without_rate = self.without_rate.saturating_add(u64::from(fetches.is_none()));
        self.fine = self.fine.checked_add(fine).map_err(|_| MoneyError::OutOfRange)?;
        self.cost = self.cost.checked_add(cost)?;
        self.at_rate = self.at_rate.checked_add(at_rate)?;
        self.lower = self.lower.checked_add(lower)?;
        Ok(())
    }
}

impl Valuation {
    /// The stock of `metal` before anything is counted into it.
    #[must_use]
    pub fn of(metal: Metal, currency: Currency) -> Self {
        let nothing = Worth::nothing(currency);
        Self { metal, pieces: nothing, lots: nothing, old_metal: nothing }
    }

    /// Counts a piece of this metal.
    ///
    /// # Errors
    /// When the sums leave what is counted.
    pub fn add_piece(&mut self, item: &Item, board: &[PostedRate]) -> Result<(), MoneyError> {
        let net = item.gross.checked_sub(item.less).map_err(|_| MoneyError::OutOfRange)?;
        let fine = net.fine(item.fineness).map_err(|_| MoneyError::OutOfRange)?;
        self.pieces.add(fine, item.cost, fetches(item, board))
    }

    /// Counts what is on hand of a lot of this metal.
    ///
    /// # Errors
    /// When the sums leave what is counted.
    pub fn add_lot(&mut self, lot: &Lot, on_hand: OnHand, board: &[PostedRate]) -> Result<(), MoneyError> {
        let found = on_board(board, RateKind::Sell, lot.metal, lot.fineness);
        let fetches =
            found.and_then(|found| found.rate.price_of(on_hand.mass, Rounding::HalfAwayFromZero).ok());
        let of = match lot.kind {
            LotKind::Stock => &mut self.lots,
            LotKind::OldMetal => &mut self.old_metal,
        };
        of.add(on_hand.fine, on_hand.cost, fetches)
    }
}

/// What a piece would be billed at today, before tax and discount.
fn fetches(item: &Item, board: &[PostedRate]) -> Option<Money> {
    let found = on_board(board, RateKind::Sell, item.metal, item.fineness)?;
    let line = LineInput {
        fineness: item.fineness,
        less: item.less,
        making: item.making,
        stones: item.stones.iter().map(|line| line.stone).collect(),
        ..LineInput::new(item.gross, found.rate, Ratio::from_ppm(0))
    };
    let priced = price(&BillInput::new(item.cost.currency(), TaxTreatment::Untaxed, vec![line])).ok()?;
    priced.lines.first().map(|line| line.gross)
}
