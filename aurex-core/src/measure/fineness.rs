//! [`Fineness`]: how much of an alloy is the pure metal.

use std::fmt;

use super::{MeasureError, ParseMeasureError};
use crate::money::{parse_decimal, print_decimal};

/// The pure part of an alloy, in parts per million: 916 ‰ ("22 karat") is 916 000, four nines 999 900.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fineness(u32);

impl Fineness {
    /// Nothing but the metal.
    pub const PURE: Self = Self(1_000_000);

    /// So many parts per million.
    ///
    /// # Errors
    /// [`MeasureError::FinenessOutOfRange`] outside 1 to 1 000 000.
    pub const fn new(ppm: u32) -> Result<Self, MeasureError> {
        if ppm == 0 || ppm > 1_000_000 {
            return Err(MeasureError::FinenessOutOfRange);
        }
        Ok(Self(ppm))
    }

    /// The parts per million.
    #[must_use]
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// The karat that the trade calls a hallmarked gold grade by; none for other finenesses.
    ///
    /// The grades are those of the Indian hallmarking standard (IS 1417); 22 karat is 916 ‰ there and not 22/24,
    /// which is why a price derived by karat differs from one derived by fineness.
    #[must_use]
    pub const fn karat(self) -> Option<u32> {
        match self.0 {
            375_000 => Some(9),
            585_000 => Some(14),
            750_000 => Some(18),
            833_000 => Some(20),
            916_000 => Some(22),
            958_000 => Some(23),
            995_000..=1_000_000 => Some(24),
            _ => None,
        }
    }

    /// Reads parts per thousand, as they are stamped, with at most three decimals: `916`, `999.9`.
    ///
    /// # Errors
    /// [`ParseMeasureError`].
    pub fn parse_per_mille(text: &str) -> Result<Self, ParseMeasureError> {
        let ppm = parse_decimal(text, 3, None)?;
        Ok(Self::new(u32::try_from(ppm).map_err(|_| MeasureError::FinenessOutOfRange)?)?)
    }
}

/// Parts per thousand as they are stamped: `916`, `999.9`.
impl fmt::Display for Fineness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = print_decimal(i64::from(self.0), 3, None);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl fmt::Debug for Fineness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ppm", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fineness_lies_above_nothing_and_at_most_at_pure() {
        assert_eq!(Fineness::new(0), Err(MeasureError::FinenessOutOfRange));
        assert_eq!(Fineness::new(1_000_001), Err(MeasureError::FinenessOutOfRange));
        assert_eq!(Fineness::new(1_000_000), Ok(Fineness::PURE));
        assert!(Fineness::parse_per_mille("0").is_err());
        assert!(Fineness::parse_per_mille("-916").is_err());
        assert!(Fineness::parse_per_mille("1000.001").is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(ppm in 1_u32..=1_000_000) {
            let fineness = Fineness::new(ppm).unwrap();
            prop_assert_eq!(Fineness::parse_per_mille(&fineness.to_string()), Ok(fineness));
        }
    }
}
