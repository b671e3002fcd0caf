//! Weights: [`Mass`] in milligrams, [`StoneMass`] in milli-carats, [`FineMass`] in nanograms.
//!
//! Three types and not one, because adding a carat to a gram is a mistake that happens in shops: 1 mct is 0.2 mg.

use std::fmt;

use super::{Fineness, MeasureError, ParseMeasureError, Ratio};
use crate::money::{LARGEST_EXACT, Rounding, mul_div, parse_decimal, print_decimal};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $unit:ident, $unit_name:literal, $decimals:literal, $printed:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            #[doc = concat!("So many ", $unit_name, ".")]
            ///
            /// # Errors
            /// [`MeasureError::MassOutOfRange`] beyond ±(2^53 − 1), which not every client would read exactly.
            pub const fn new($unit: i64) -> Result<Self, MeasureError> {
                if $unit > LARGEST_EXACT || $unit < -LARGEST_EXACT {
                    return Err(MeasureError::MassOutOfRange);
                }
                Ok(Self($unit))
            }

            #[doc = concat!("The whole ", $unit_name, ".")]
            #[must_use]
            pub const fn $unit(self) -> i64 {
                self.0
            }

            /// Is it exactly nothing?
            #[must_use]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Is it less than nothing?
            #[must_use]
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// The sum.
            ///
            /// # Errors
            /// [`MeasureError::MassOutOfRange`].
            pub const fn checked_add(self, other: Self) -> Result<Self, MeasureError> {
                Self::new(self.0 + other.0)
            }

            /// The difference.
            ///
            /// # Errors
            /// [`MeasureError::MassOutOfRange`].
            pub const fn checked_sub(self, other: Self) -> Result<Self, MeasureError> {
                Self::new(self.0 - other.0)
            }

            /// The same weight with the other sign.
            ///
            /// # Errors
            /// None today, the range being symmetric; it answers like its sisters.
            pub const fn checked_neg(self) -> Result<Self, MeasureError> {
                Self::new(-self.0)
            }

            /// The sum of any number of weights; only the final sum must be in range.
            ///
            /// # Errors
            /// [`MeasureError::MassOutOfRange`].
            pub fn try_sum(weights: impl IntoIterator<Item = Self>) -> Result<Self, MeasureError> {
                let sum: i128 = weights.into_iter().map(|weight| i128::from(weight.0)).sum();
                Self::new(i64::try_from(sum).map_err(|_| MeasureError::MassOutOfRange)?)
            }

            #[doc = concat!("Reads ", $printed, " with at most ", stringify!($decimals), " decimals.")]
            ///
            /// # Errors
            /// [`ParseMeasureError`]: separators, signs other than one minus, and excess decimals are refused.
            pub fn parse(text: &str) -> Result<Self, ParseMeasureError> {
                Ok(Self::new(parse_decimal(text, $decimals, None)?)?)
            }
        }

        #[doc = concat!("Prints ", $printed, " with all ", stringify!($decimals), " decimals, no unit.")]
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&print_decimal(self.0, $decimals, None))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.0, stringify!($unit))
            }
        }
    };
}

quantity! {
    /// A weight of metal or of a whole piece, in milligrams.
    ///
    /// Shop scales read 1 or 10 mg; e-invoices carry three decimals of a gram, which are exactly milligrams.
    ///
    /// ```
    /// use aurex_core::measure::Mass;
    ///
    /// let chain = Mass::parse("3.39")?;
    /// assert_eq!((chain.mg(), chain.to_string()), (3_390, "3.390".to_owned()));
    /// # Ok::<(), aurex_core::measure::ParseMeasureError>(())
    /// ```
    Mass, mg, "milligrams", 3, "grams"
}

quantity! {
    /// A weight of stones, in milli-carats: 0.136 ct is 136 mct. One carat is 200 mg.
    StoneMass, mct, "milli-carats", 3, "carats"
}

quantity! {
    /// The pure metal in a weight, in nanograms.
    FineMass, ng, "nanograms", 9, "grams"
}

impl Mass {
    /// The pure metal in this weight: milligrams × parts per million = nanograms, exactly.
    ///
    /// ```
    /// use aurex_core::measure::{Fineness, Mass};
    ///
    /// let fine = Mass::new(3_390)?.fine(Fineness::new(916_000)?)?;
    /// assert_eq!(fine.ng(), 3_105_240_000);
    /// # Ok::<(), aurex_core::measure::MeasureError>(())
    /// ```
    ///
    /// # Errors
    /// [`MeasureError::MassOutOfRange`] beyond ±(2^53 − 1) ng, about nine tonnes.
    pub fn fine(self, fineness: Fineness) -> Result<FineMass, MeasureError> {
        let ng = self.0.checked_mul(i64::from(fineness.ppm())).ok_or(MeasureError::MassOutOfRange)?;
        FineMass::new(ng)
    }

    /// A share of this weight, such as wastage, rounded to a milligram.
    ///
    /// # Errors
    /// [`MeasureError::Arithmetic`], [`MeasureError::MassOutOfRange`].
    pub fn share(self, ratio: Ratio, rounding: Rounding) -> Result<Self, MeasureError> {
        Self::new(mul_div(self.0, i64::from(ratio.ppm()), Ratio::WHOLE, rounding)?)
    }
}

impl StoneMass {
    /// Do these stones weigh more than that? Exact: 1 mct is 0.2 mg, so five milli-carats are a milligram.
    #[must_use]
    pub fn outweighs(self, mass: Mass) -> bool {
        i128::from(self.0) > i128::from(mass.0) * 5
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weights_beyond_what_every_client_reads_exactly_are_refused() {
        assert!(Mass::new(LARGEST_EXACT).is_ok());
        assert_eq!(Mass::new(LARGEST_EXACT + 1), Err(MeasureError::MassOutOfRange));
        assert_eq!(FineMass::new(i64::MIN), Err(MeasureError::MassOutOfRange));
        let most = Mass::new(LARGEST_EXACT).unwrap();
        assert_eq!(most.fine(Fineness::new(1_000_000).unwrap()), Err(MeasureError::MassOutOfRange));
    }

    #[test]
    fn stones_are_compared_with_metal_without_rounding() {
        let stones = |mct| StoneMass::new(mct).unwrap();
        let one_mg = Mass::new(1).unwrap();
        assert!(!stones(5).outweighs(one_mg));
        assert!(stones(6).outweighs(one_mg));
        assert!(stones(1).outweighs(Mass::ZERO));
    }

    #[test]
    fn a_fourth_decimal_of_a_gram_or_carat_is_refused() {
        assert!(Mass::parse("1.2345").is_err());
        assert!(StoneMass::parse("0.1361").is_err());
        assert_eq!(StoneMass::parse("0.136").unwrap().mct(), 136);
        assert!(Mass::parse("1,000.000").is_err());
    }

    proptest! {
        #[test]
        fn fine_weight_is_exact_and_adds_up(a in 0..1_000_000_000_i64, b in 0..1_000_000_000_i64, ppm in 1_u32..=1_000_000) {
            let fineness = Fineness::new(ppm).unwrap();
            let fine = |mg| Mass::new(mg).unwrap().fine(fineness).unwrap();
            prop_assert_eq!(i128::from(fine(a).ng()), i128::from(a) * i128::from(ppm));
            prop_assert_eq!(fine(a).checked_add(fine(b)).unwrap(), fine(a + b));
        }

        #[test]
        fn what_is_printed_reads_back_the_same(units in -LARGEST_EXACT..=LARGEST_EXACT) {
            let mass = Mass::new(units).unwrap();
            prop_assert_eq!(Mass::parse(&mass.to_string()), Ok(mass));
            let stones = StoneMass::new(units).unwrap();
            prop_assert_eq!(StoneMass::parse(&stones.to_string()), Ok(stones));
            let fine = FineMass::new(units).unwrap();
            prop_assert_eq!(FineMass::parse(&fine.to_string()), Ok(fine));
        }

        #[test]
        fn no_input_panics(a: i64, b: i64, ppm: u32, ratio: i32, text in "\\PC{0,20}") {
            let _ = Mass::parse(&text);
            if let (Ok(a), Ok(b)) = (Mass::new(a), Mass::new(b)) {
                let _ = (a.checked_add(b), a.checked_sub(b), a.checked_neg(), Mass::try_sum([a, b, a]));
                let _ = a.share(Ratio::from_ppm(ratio), Rounding::HalfEven);
                let _ = Fineness::new(ppm).and_then(|fineness| a.fine(fineness));
            }
        }
    }
}
