//! Step 4: the making charge.

use super::{
    Field, LineInput, Making, MakingMassBase, MakingMetalBase, Problem,
    checks::{BlameField, InField, not_negative},
    goods::ROUNDING,
};
use crate::{measure::Mass, money::Money};

/// The charge for a line whose weights are known.
pub(super) fn price_making(
    making: Making,
    line: &LineInput,
    net: Mass,
    chargeable: Mass,
    metal_with_wastage: Money,
) -> InField<Money> {
    let field = Field::Making;
    match making {
        Making::PercentOfMetal { ratio, base } => {
            // Making may exceed the metal's value on light, elaborate silver: no upper bound.
            if ratio.ppm() < 0 {
                return Err((field, Problem::Negative));
            }
            let metal = match base {
                MakingMetalBase::WithoutWastage => {
                    line.metal(net).map_err(|(_, problem)| (field, problem))?
                }
                MakingMetalBase::WithWastage => metal_with_wastage,
            };
            ratio.of(metal, ROUNDING).in_field(field)
        }
        Making::PerMass { amount, per, base } => {
            not_negative(amount, field)?;
            if per.mg() <= 0 {
                return Err((field, Problem::NotPositive));
            }
            let mass = match base {
                MakingMassBase::Net => net,
                MakingMassBase::Chargeable => chargeable,
                MakingMassBase::Gross => line.gross,
            };
            amount.mul_div(mass.mg(), per.mg(), ROUNDING).in_field(field)
        }
        Making::PerPiece { amount, pieces } => {
            not_negative(amount, field)?;
            if pieces == 0 {
                return Err((field, Problem::NotPositive));
            }
            amount.checked_mul(i64::from(pieces)).in_field(field)
        }
        Making::Fixed { amount } => {
            not_negative(amount, field)?;
            Ok(amount)
        }
    }
}
