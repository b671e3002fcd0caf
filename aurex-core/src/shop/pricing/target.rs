//! The figure bargained at the counter: which discount makes the bill come to it?

use super::{BillInput, Field, Priced, PricedLine, PricingError, Problem, goods, settle};
use crate::money::Money;

/// Prices a bill with the discount on it that makes the payable `target`, or the nearest to it.
///
/// The bill's own discount is replaced; the lines' discounts stay. Found by halving: the payable falls as the
/// discount grows, so some 50 pricings find the turning point among any number of discounts. With one tax class the
/// answer is the smallest discount that does it; with several, largest remainder may move a paisa between classes
/// from one discount to the next, and the answer is a smallest one in its neighbourhood. Between two equally near
/// the smaller discount is taken, and a target above the undiscounted bill gets none.
///
/// The discount is in [`Totals::bill_discount`](super::Totals).
///
/// # Errors
/// [`PricingError`] as [`price`](super::price) has it, and [`Field::TargetPayable`] for a negative target or one
/// in another currency.
pub fn price_for_target(input: &BillInput, target: Money) -> Result<Priced, PricingError> {
    if target.currency() != input.currency {
        return Err(PricingError::bill(Field::TargetPayable, Problem::CurrencyDiffers));
    }
    if target.is_negative() {
        return Err(PricingError::bill(Field::TargetPayable, Problem::Negative));
    }
    let search = Search { input, lines: goods::price_goods(input)? };

    let below = search.smallest_reaching(target.minor())?;
    let at_most = search.at(below)?;
    // Undiscounted it comes to the target or less already: no discount comes nearer.
    let Some(above) = below.checked_sub(1).filter(|discount| *discount >= 0) else { return Ok(at_most) };
    let more = search.at(above)?.totals.payable.minor();
    if more - target.minor() > target.minor() - at_most.totals.payable.minor() {
        return Ok(at_most);
    }
    search.at(search.smallest_reaching(more)?)
}

struct Search<'a> {
    input: &'a BillInput,
    lines: Vec<PricedLine>,
}

impl Search<'_> {
    fn at(&self, discount: i64) -> Result<Priced, PricingError> {
        let discount = Money::new(discount, self.input.currency)
            .map_err(|error| PricingError::bill(Field::Discount, error.into()))?;
        settle::settle(self.input, self.lines.clone(), Some(discount))
    }

    /// The smallest discount that leaves at most so much to pay. The whole value as a discount leaves nothing.
    fn smallest_reaching(&self, payable: i64) -> Result<i64, PricingError> {
        let value = Money::try_sum(self.input.currency, self.lines.iter().map(|line| line.taxable))
            .map_err(|error| PricingError::bill(Field::Total, error.into()))?;
        let (mut low, mut high) = (0, value.minor());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle)?.totals.payable.minor() <= payable { high = middle } else { low = middle + 1 }
        }
        Ok(low)
    }
}
