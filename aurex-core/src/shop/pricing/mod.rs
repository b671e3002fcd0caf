//! What a bill comes to: the pricing policy `IN-2026-1`, as one pure function.
//!
//! A policy is a named version stored on the bill; another choice is another version, so that a bill ten years old
//! prints the same again. The order of the steps is the policy. It matters: rounding every component to the rupee
//! changes the total of a third of all bills, and twice a rounded 1.5 % is not a rounded 3 % for half of all amounts.
//!
//! 1. net = gross − less (`goods`)
//! 2. wastage on weight or on value, never both
//! 3. metal = chargeable weight × rate ÷ per, rounded once; with a locked rate (`lock`) the weight at each rate, each
//!    rounded once
//! 4. making (`making`), 5. stones and other charges (`parts`), 6. gross of the line
//! 7. discount of the line, then of the bill, spread by largest remainder (`settle`)
//! 8. tax once per tax class, spread back to the lines by largest remainder; SGST is set equal to CGST
//! 9. round-off to the whole rupee
//!
//! Every amount is rounded half away from zero to the minor unit. Nothing that settles a bill (old metal, advances,
//! money) is known here: it never changes a taxable value.

mod bill;
mod checks;
mod error;
mod goods;
mod lock;
mod making;
mod parts;
mod priced;
mod settle;
mod target;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod line_tests;
#[cfg(test)]
mod published;

pub use bill::{
    BillInput, Charge, LineInput, Lock, Making, MakingMassBase, MakingMetalBase, Stone, TaxTreatment, Wastage,
};
pub use error::{Field, PricingError, Problem};
pub use priced::{LockedPart, Priced, PricedLine, TaxGroup, Totals};
pub use target::price_for_target;

/// The name of the policy that this room computes, as it stands on the bills.
pub const POLICY: &str = "IN-2026-1";

/// The most lines that a bill can have.
pub const MOST_LINES: usize = 500;

/// The most stones, and the most other charges, that a line can have.
pub const MOST_PARTS: usize = 200;

/// Prices a bill.
///
/// ```
/// use aurex_core::measure::{Fineness, Mass, Rate, Ratio};
/// use aurex_core::money::{Currency, Money};
/// use aurex_core::shop::pricing::{BillInput, LineInput, Making, TaxTreatment, price};
///
/// // 3.390 g of 22 karat at ₹12,800 a gram, making 16 %, GST 3 % within the state
/// let rate = Rate::new(Money::new(1_280_000, Currency::INR)?, Mass::new(1_000)?, Fineness::new(916_000)?)?;
/// let mut line = LineInput::new(Mass::new(3_390)?, rate, Ratio::from_ppm(30_000));
/// line.making = Some(Making::PercentOfMetal { ratio: Ratio::from_ppm(160_000), base: Default::default() });
///
/// let bill = price(&BillInput::new(Currency::INR, TaxTreatment::IntraState, vec![line]))?;
/// assert_eq!(bill.totals.payable.minor(), 5_184_500);
/// assert_eq!(bill.totals.amount_in_words(), "Rupees Fifty One Thousand Eight Hundred Forty Five Only");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PricingError`]: the first thing that is wrong, with the line and the field it is wrong in.
pub fn price(input: &BillInput) -> Result<Priced, PricingError> {
    settle::settle(input, goods::price_goods(input)?, input.discount)
}

/// Everything that keeps a bill from being priced, for an answer that names all of it: one fault for every faulty
/// line or, if the lines are sound, the fault of the bill. Empty exactly when [`price`] succeeds.
#[must_use]
pub fn faults(input: &BillInput) -> Vec<PricingError> {
    let lines = goods::goods_faults(input);
    if lines.is_empty() { price(input).err().into_iter().collect() } else { lines }
}
