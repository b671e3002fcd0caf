//! [`Money`]: an exact amount of one currency.

use std::{cmp::Ordering, fmt};

use super::{
    AllocationError, ArithmeticError, Currency, LARGEST_EXACT, Rounding, mul_div, print_decimal,
    round_to_multiple,
};

/// Why an operation on amounts has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The amount would leave ±(2^53 − 1) minor units.
    #[error("amount is out of range")]
    OutOfRange,
    /// The two amounts are of different currencies.
    #[error("amounts are in different currencies: {left} and {right}")]
    CurrencyMismatch {
        /// Of the amount asked.
        left: Currency,
        /// Of the other.
        right: Currency,
    },
    /// A multiplication, division or rounding has no answer.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// The amount cannot be shared out.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
}

/// An amount of money: whole minor units (paise, cents) of one [`Currency`].
///
/// INVARIANT: within ±(2^53 − 1) minor units, so that every client reads the JSON integer exactly. There is no
/// `Ord`: amounts compare within a currency, through [`Money::compare`].
///
/// ```
/// use aurex_core::money::{Currency, Money};
///
/// let gold = Money::new(4_339_200, Currency::INR)?;
/// let making = Money::new(694_272, Currency::INR)?;
/// assert_eq!(gold.checked_add(making)?.to_string(), "INR 50334.72");
/// # Ok::<(), aurex_core::money::MoneyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// So many minor units of a currency.
    ///
    /// # Errors
    /// [`MoneyError::OutOfRange`] beyond ±(2^53 − 1).
    pub const fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor > LARGEST_EXACT || minor < -LARGEST_EXACT {
            return Err(MoneyError::OutOfRange);
        }
        Ok(Self { minor, currency })
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The whole minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Is it exactly nothing?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Is it less than nothing?
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], [`MoneyError::OutOfRange`].
    pub const fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        match self.same_currency(other) {
            // Both are within ±2^53, so the bare sum cannot overflow.
            Ok(()) => Self::new(self.minor + other.minor, self.currency),
            Err(error) => Err(error),
        }
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], [`MoneyError::OutOfRange`].
    pub const fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        match self.same_currency(other) {
            Ok(()) => Self::new(self.minor - other.minor, self.currency),
            Err(error) => Err(error),
        }
    }

    /// The same amount with the other sign.
    ///
    /// # Errors
    /// None today, the range being symmetric; it answers like its sisters.
    pub const fn checked_neg(self) -> Result<Self, MoneyError> {
        Self::new(-self.minor, self.currency)
    }

    /// So many times this amount.
    ///
    /// # Errors
    /// [`MoneyError::OutOfRange`].
    pub fn checked_mul(self, times: i64) -> Result<Self, MoneyError> {
        Self::new(self.minor.checked_mul(times).ok_or(MoneyError::OutOfRange)?, self.currency)
    }

    /// This amount `× n ÷ d`, rounded once; see [`mul_div`].
    ///
    /// # Errors
    /// [`MoneyError::Arithmetic`], [`MoneyError::OutOfRange`].
    pub fn mul_div(self, n: i64, d: i64, rounding: Rounding) -> Result<Self, MoneyError> {
        Self::new(mul_div(self.minor, n, d, rounding)?, self.currency)
    }

    /// The nearest multiple of so many minor units; see [`round_to_multiple`].
    ///
    /// # Errors
    /// [`MoneyError::Arithmetic`], [`MoneyError::OutOfRange`].
    pub fn round_to_multiple(self, multiple: i64, rounding: Rounding) -> Result<Self, MoneyError> {
        Self::new(round_to_multiple(self.minor, multiple, rounding)?, self.currency)
    }

    /// The sum of any number of amounts of one currency; nothing sums to zero.
    ///
    /// Only the final sum must be in range, so the answer does not depend on the order.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], [`MoneyError::OutOfRange`].
    pub fn try_sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        let zero = Self::zero(currency);
        let mut sum: i128 = 0;
        for amount in amounts {
            zero.same_currency(amount)?;
            // Each is below 2^53: 2^74 of them would be needed to overflow.
            sum += i128::from(amount.minor);
        }
        Self::new(i64::try_from(sum).map_err(|_| MoneyError::OutOfRange)?, currency)
    }

    /// Which of two amounts of one currency is greater.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`]: rupees are neither more nor less than dollars.
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    const fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency.number() == other.currency.number() {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
        }
    }
}

/// The code and the plain decimal, `INR 51845.00`: for logs and messages. Bills use [`Money::format`].
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, print_decimal(self.minor, self.currency.exponent(), None))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inr(minor: i64) -> Money {
        Money::new(minor, Currency::INR).unwrap()
    }

    #[test]
    fn amounts_beyond_what_every_client_reads_exactly_are_refused() {
        assert!(Money::new(9_007_199_254_740_991, Currency::INR).is_ok());
        assert!(Money::new(-9_007_199_254_740_991, Currency::INR).is_ok());
        for minor in [9_007_199_254_740_992, -9_007_199_254_740_992, i64::MAX, i64::MIN] {
            assert_eq!(Money::new(minor, Currency::INR), Err(MoneyError::OutOfRange));
        }
        assert_eq!(inr(LARGEST_EXACT).checked_add(inr(1)), Err(MoneyError::OutOfRange));
        assert_eq!(inr(LARGEST_EXACT).checked_mul(i64::MAX), Err(MoneyError::OutOfRange));
    }

    #[test]
    fn currencies_do_not_mix() {
        let mismatch = Err(MoneyError::CurrencyMismatch { left: Currency::INR, right: Currency::USD });
        let dollar = Money::new(100, Currency::USD).unwrap();
        assert_eq!(inr(100).checked_add(dollar), mismatch);
        assert_eq!(inr(100).checked_sub(dollar), mismatch);
        assert_eq!(Money::try_sum(Currency::INR, [inr(1), dollar]), mismatch);
        assert!(inr(100).compare(dollar).is_err());
        assert_eq!(inr(1).compare(inr(2)), Ok(Ordering::Less));
    }

    #[test]
    fn display_is_plain_and_zero_has_no_sign() {
        assert_eq!(inr(-5).to_string(), "INR -0.05");
        assert_eq!(inr(0).checked_neg().unwrap().to_string(), "INR 0.00");
        assert_eq!(Money::new(7, Currency::JPY).unwrap().to_string(), "JPY 7");
    }

    proptest! {
        #[test]
        fn sums_do_not_depend_on_the_order(mut minors in proptest::collection::vec(-LARGEST_EXACT..=LARGEST_EXACT, 0..20)) {
            let forward = Money::try_sum(Currency::INR, minors.iter().map(|&m| inr(m)));
            minors.reverse();
            prop_assert_eq!(forward, Money::try_sum(Currency::INR, minors.iter().map(|&m| inr(m))));
        }

        #[test]
        fn no_input_panics(a: i64, b: i64, n: i64, d: i64) {
            for currency in [Currency::INR, Currency::KWD] {
                if let (Ok(a), Ok(b)) = (Money::new(a, currency), Money::new(b, Currency::INR)) {
                    let _ = (a.checked_add(b), a.checked_sub(b), a.checked_neg(), a.checked_mul(n));
                    let _ = (a.mul_div(n, d, Rounding::HalfEven), a.round_to_multiple(d, Rounding::Ceiling));
                }
            }
        }
    }
}
