//! [`Rate`]: what the rate board says, and what follows for other finenesses.
//!
//! A rate is kept as it was quoted (per 10 g, per kilogram, per 8 g sovereign) and never divided beforehand: a price
//! of 10.5 g from a rate per gram that was rounded first is off by several paise. Deriving another fineness scales
//! the amount and the weight it stands for, so it is exact as well; rounding happens once, in the price.

use super::{Fineness, Mass, MeasureError, RateBasis};
use crate::money::{ArithmeticError, Money, MoneyError, Rounding, mul_div};

/// Why a rate is refused, or has no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RateError {
    /// A price of nothing, or less.
    #[error("rate must be positive")]
    AmountNotPositive,
    /// A weight of nothing, or less.
    #[error("rate must be for a positive weight")]
    MassNotPositive,
    /// On the karat basis both finenesses must be grades with a karat.
    #[error("fineness {fineness} has no karat")]
    NoKarat {
        /// The one without.
        fineness: Fineness,
    },
    /// The workspace quotes every fineness by hand: nothing is derived.
    #[error("rates of this basis are quoted by hand")]
    QuotedByHand,
    /// The price is out of range or not exact.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The derived weight is out of range.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

/// A price per weight, at a fineness, as quoted.
///
/// INVARIANT: amount and weight are positive.
///
/// ```
/// use aurex_core::measure::{Fineness, Mass, Rate};
/// use aurex_core::money::{Currency, Money, Rounding};
///
/// let gram = Mass::new(1_000)?;
/// let rate = Rate::new(Money::new(1_280_000, Currency::INR)?, gram, Fineness::new(916_000)?)?;
/// assert_eq!(rate.price_of(Mass::new(3_390)?, Rounding::HalfAwayFromZero)?.minor(), 4_339_200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    amount: Money,
    per: Mass,
    fineness: Fineness,
}

impl Rate {
    /// So much money per weight of metal of a fineness.
    ///
    /// # Errors
    /// [`RateError::AmountNotPositive`], [`RateError::MassNotPositive`].
    pub fn new(amount: Money, per: Mass, fineness: Fineness) -> Result<Self, RateError> {
        if amount.minor() <= 0 {
            return Err(RateError::AmountNotPositive);
        }
        if per.mg() <= 0 {
            return Err(RateError::MassNotPositive);
        }
        Ok(Self { amount, per, fineness })
    }

    /// The money.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// The weight it is quoted for.
    #[must_use]
    pub const fn per(&self) -> Mass {
        self.per
    }

    /// The fineness it is quoted at.
    #[must_use]
    pub const fn fineness(&self) -> Fineness {
        self.fineness
    }

    /// The price of a weight of metal of this rate's fineness: mass × amount ÷ per, rounded once.
    ///
    /// # Errors
    /// [`MoneyError`] if the price is out of range, or not exact under [`Rounding::Exact`].
    pub fn price_of(&self, mass: Mass, rounding: Rounding) -> Result<Money, MoneyError> {
        self.amount.mul_div(mass.mg(), self.per.mg(), rounding)
    }

    /// The rate of another fineness, exactly: amount and weight are scaled, nothing is rounded.
    ///
    /// # Errors
    /// [`RateError::QuotedByHand`], [`RateError::NoKarat`], or out of range.
    pub fn derive_exact(&self, fineness: Fineness, basis: RateBasis) -> Result<Self, RateError> {
        let (to, from) = basis.factor(self.fineness, fineness)?;
        let common = gcd(to, from);
        let amount = self.amount.checked_mul(i64::from(to / common))?;
        let mg = self.per.mg().checked_mul(i64::from(from / common)).ok_or(MeasureError::MassOutOfRange)?;
        Self::new(amount, Mass::new(mg)?, fineness)
    }

    /// The rate of another fineness as a trade table prints it: for the same weight, rounded to a multiple of so many
    /// minor units (100 for whole rupees). What is bought by it is what the table says.
    ///
    /// # Errors
    /// As [`Rate::derive_exact`], and [`RateError::Money`] if the multiple is not positive.
    pub fn derive_quoted(
        &self,
        fineness: Fineness,
        basis: RateBasis,
        multiple: i64,
        rounding: Rounding,
    ) -> Result<Self, RateError> {
        let (to, from) = basis.factor(self.fineness, fineness)?;
        if multiple <= 0 {
            return Err(MoneyError::from(ArithmeticError::MultipleNotPositive).into());
        }
        // Rounded once, straight to the multiple: rounding to a paisa first could turn a .4999 into a half.
        let parts = i64::from(from).checked_mul(multiple).ok_or(MoneyError::OutOfRange)?;
        let multiples =
            mul_div(self.amount.minor(), i64::from(to), parts, rounding).map_err(MoneyError::from)?;
        let minor = multiples.checked_mul(multiple).ok_or(MoneyError::OutOfRange)?;
        Self::new(Money::new(minor, self.amount.currency())?, self.per, fineness)
    }
}

const fn gcd(a: u32, b: u32) -> u32 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn rate(minor: i64, per_mg: i64, ppm: u32) -> Rate {
        let amount = Money::new(minor, Currency::INR).unwrap();
        Rate::new(amount, Mass::new(per_mg).unwrap(), Fineness::new(ppm).unwrap()).unwrap()
    }

    /// 10.5 g of 22 karat from ₹6,200 a gram of fine gold, as published for both bases.
    #[test]
    fn karat_and_millesimal_bases_give_their_published_prices() {
        let fine = rate(620_000, 1_000, 999_000);
        let weight = Mass::new(10_500).unwrap();
        let price = |basis| {
            let derived = fine.derive_exact(Fineness::new(916_000).unwrap(), basis).unwrap();
            derived.price_of(weight, Rounding::HalfAwayFromZero).unwrap().minor()
        };
        assert_eq!(price(RateBasis::Karat), 5_967_500);
        assert_eq!(price(RateBasis::Millesimal), 5_963_160);
    }

    /// Published trade tables, per 10 g in whole rupees.
    #[test]
    fn trade_tables_derive_916_from_999_as_published() {
        for (fine, alloy) in [(59_583, 54_578), (69_905, 64_033)] {
            let quoted = rate(fine * 100, 10_000, 999_000)
                .derive_quoted(
                    Fineness::new(916_000).unwrap(),
                    RateBasis::Millesimal,
                    100,
                    Rounding::HalfAwayFromZero,
                )
                .unwrap();
            assert_eq!((quoted.amount().minor(), quoted.per().mg()), (alloy * 100, 10_000));
        }
    }

    #[test]
    fn what_cannot_be_derived_is_refused() {
        let fine = rate(620_000, 1_000, 999_000);
        let odd = Fineness::new(900_000).unwrap();
        assert_eq!(fine.derive_exact(odd, RateBasis::Manual), Err(RateError::QuotedByHand));
        assert_eq!(fine.derive_exact(odd, RateBasis::Karat), Err(RateError::NoKarat { fineness: odd }));
        assert_eq!(
            Rate::new(Money::zero(Currency::INR), Mass::new(1).unwrap(), odd),
            Err(RateError::AmountNotPositive)
        );
        let rupee = Money::new(100, Currency::INR).unwrap();
        assert_eq!(Rate::new(rupee, Mass::ZERO, odd), Err(RateError::MassNotPositive));
    }

    proptest! {
        #[test]
        fn deriving_the_same_fineness_changes_no_price(minor in 1..1_000_000_000_i64, mg in 1..1_000_000_i64, ppm in 1_u32..=1_000_000) {
            let quoted = rate(minor, 10_000, ppm);
            let derived = quoted.derive_exact(quoted.fineness(), RateBasis::Millesimal).unwrap();
            let weight = Mass::new(mg).unwrap();
            for rounding in [Rounding::Floor, Rounding::HalfAwayFromZero] {
                prop_assert_eq!(derived.price_of(weight, rounding), quoted.price_of(weight, rounding));
            }
        }

        #[test]
        fn no_input_panics(minor: i64, per: i64, mg: i64, from: u32, to: u32, multiple: i64) {
            let rate = || -> Option<Rate> {
                Rate::new(Money::new(minor, Currency::INR).ok()?, Mass::new(per).ok()?, Fineness::new(from).ok()?).ok()
            };
            if let (Some(rate), Ok(to), Ok(mass)) = (rate(), Fineness::new(to), Mass::new(mg)) {
                for basis in RateBasis::ALL {
                    let _ = rate.derive_quoted(to, basis, multiple, Rounding::HalfEven);
                    let _ = rate.derive_exact(to, basis).map(|derived| derived.price_of(mass, Rounding::Ceiling));
                }
            }
        }
    }
}
