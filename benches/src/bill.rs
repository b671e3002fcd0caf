//! A jeweller's bill with everything on every line.

use aurex_core::measure::{Fineness, Mass, MeasureError, Rate, RateError, Ratio, StoneMass};
use aurex_core::money::{Currency, Money, MoneyError};
use aurex_core::shop::pricing::{BillInput, Charge, LineInput, Making, Stone, TaxTreatment, Wastage};

/// Rupees, in paise.
///
/// # Errors
/// As [`Money::new`].
pub fn rupees(minor: i64) -> Result<Money, MoneyError> {
    Money::new(minor, Currency::INR)
}

/// A figure of the bill that cannot be.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub enum BillError {
    /// An amount.
    Money(#[from] MoneyError),
    /// A weight or a fineness.
    Measure(#[from] MeasureError),
    /// A rate.
    Rate(#[from] RateError),
}

/// A bill of so many lines, each with wastage, making, a stone and hallmarking, and a discount on the whole.
///
/// # Errors
/// An error of the pricing, which these figures never are.
pub fn bill(lines: i64) -> Result<BillInput, BillError> {
    let lines = (0..lines).map(line).collect::<Result<_, _>>()?;
    let discount = Some(rupees(123_457)?);
    Ok(BillInput { discount, ..BillInput::new(Currency::INR, TaxTreatment::IntraState, lines) })
}

fn line(number: i64) -> Result<LineInput, BillError> {
    let rate = Rate::new(rupees(1_280_000)?, Mass::new(1_000)?, Fineness::new(916_000)?)?;
    let carats = Stone::PerCarat { mass: StoneMass::new(136)?, per_carat: rupees(2_500_000)? };
    Ok(LineInput {
        lock: None,
        less: Mass::new(40)?,
        wastage: Some(Wastage::OnMass(Ratio::from_ppm(30_000))),
        making: Some(Making::PercentOfMetal { ratio: Ratio::from_ppm(160_000), base: Default::default() }),
        stones: vec![carats],
        other_charges: vec![Charge { amount: rupees(5_300)? }],
        ..LineInput::new(Mass::new(3_390 + number * 137)?, rate, Ratio::from_ppm(30_000))
    })
}
