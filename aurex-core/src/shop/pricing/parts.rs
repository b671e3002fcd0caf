//! Step 5: stones and other charges.

use super::{
    Field, LineInput, MOST_PARTS, Problem, Stone,
    checks::{BlameField, InField, not_negative},
    goods::ROUNDING,
};
use crate::{
    measure::StoneMass,
    money::{Currency, Money},
};

/// A carat in milli-carats.
const CARAT: i64 = 1_000;

/// The stones together. What weighs in carats must have been taken off the gross weight.
pub(super) fn price_stones(line: &LineInput, currency: Currency) -> InField<Money> {
    at_most(line.stones.len(), Field::Stones)?;
    let mut prices = Vec::with_capacity(line.stones.len());
    let mut weights = Vec::with_capacity(line.stones.len());
    for (index, stone) in line.stones.iter().enumerate() {
        let field = Field::Stone(index);
        let price = match *stone {
            Stone::PerCarat { mass, per_carat } => {
                if mass.mct() <= 0 {
                    return Err((field, Problem::NotPositive));
                }
                not_negative(per_carat, field)?;
                weights.push(mass);
                per_carat.mul_div(mass.mct(), CARAT, ROUNDING)
            }
            Stone::PerPiece { count, per_piece } => {
                if count == 0 {
                    return Err((field, Problem::NotPositive));
                }
                not_negative(per_piece, field)?;
                per_piece.checked_mul(i64::from(count))
            }
        };
        let price = price.in_field(field)?;
        if price.currency() != currency {
            return Err((field, Problem::CurrencyDiffers));
        }
        prices.push(price);
    }
    if StoneMass::try_sum(weights).in_field(Field::Stones)?.outweighs(line.less) {
        return Err((Field::Less, Problem::StonesOutweighLess));
    }
    Money::try_sum(currency, prices).in_field(Field::Stones)
}

/// The other charges together.
pub(super) fn price_other(line: &LineInput, currency: Currency) -> InField<Money> {
    at_most(line.other_charges.len(), Field::OtherCharges)?;
    for (index, charge) in line.other_charges.iter().enumerate() {
        not_negative(charge.amount, Field::OtherCharge(index))?;
        if charge.amount.currency() != currency {
            return Err((Field::OtherCharge(index), Problem::CurrencyDiffers));
        }
    }
    Money::try_sum(currency, line.other_charges.iter().map(|charge| charge.amount))
        .in_field(Field::OtherCharges)
}

const fn at_most(count: usize, field: Field) -> InField<()> {
    if count > MOST_PARTS { Err((field, Problem::TooMany { most: MOST_PARTS })) } else { Ok(()) }
}
