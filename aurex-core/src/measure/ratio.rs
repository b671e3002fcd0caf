//! [`Ratio`]: a share of something, such as making, wastage or tax.

use std::fmt;

use super::{MeasureError, ParseMeasureError};
use crate::money::{Money, MoneyError, Rounding, parse_decimal, print_decimal};

/// A share in parts per million: 1.5 % is 15 000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ratio(i32);

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The parts that make a whole.
    pub const WHOLE: i64 = 1_000_000;

    /// So many parts per million.
    #[must_use]
    pub const fn from_ppm(ppm: i32) -> Self {
        Self(ppm)
    }

    /// The parts per million.
    #[must_use]
    pub const fn ppm(self) -> i32 {
        self.0
    }

    /// This share of an amount, rounded once.
    ///
    /// # Errors
    /// [`MoneyError`] if the share is out of range, or not exact under [`Rounding::Exact`].
    pub fn of(self, amount: Money, rounding: Rounding) -> Result<Money, MoneyError> {
        amount.mul_div(i64::from(self.0), Self::WHOLE, rounding)
    }

    /// Reads a percentage with at most four decimals, without the sign: `1.5`, `16`, `-0.25`.
    ///
    /// # Errors
    /// [`ParseMeasureError`].
    pub fn parse_percent(text: &str) -> Result<Self, ParseMeasureError> {
        let ppm = parse_decimal(text, 4, None)?;
        Ok(Self(i32::try_from(ppm).map_err(|_| MeasureError::RatioOutOfRange)?))
    }
}

/// The percentage with as many decimals as it needs, without the sign: `1.5`.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = print_decimal(i64::from(self.0), 4, None);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ppm", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_share_is_rounded_as_asked() {
        let taxable = Money::new(5_033_472, Currency::INR).unwrap();
        let share = |rounding| Ratio::from_ppm(15_000).of(taxable, rounding).map(Money::minor);
        assert_eq!(share(Rounding::HalfAwayFromZero), Ok(75_502));
        assert_eq!(share(Rounding::Ceiling), Ok(75_503));
        assert!(share(Rounding::Exact).is_err());
    }

    #[test]
    fn a_ratio_beyond_its_range_is_refused() {
        assert!(Ratio::parse_percent("214748.3648").is_err());
        assert!(Ratio::parse_percent("0.00001").is_err());
        assert!(Ratio::parse_percent("3%").is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(ppm: i32) {
            let ratio = Ratio::from_ppm(ppm);
            prop_assert_eq!(Ratio::parse_percent(&ratio.to_string()), Ok(ratio));
        }
    }
}
