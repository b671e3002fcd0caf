//! The one function that multiplies and divides, and the one that rounds to a multiple.

use std::cmp::Ordering;

use super::Rounding;

/// The largest integer that every client reads exactly: 2^53 − 1 (RFC 8259, section 6: interoperable integers).
///
/// Amounts and weights keep within ±this, so that a JSON number is never silently changed on the way.
pub const LARGEST_EXACT: i64 = (1 << 53) - 1;

/// Why a calculation has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArithmeticError {
    /// The divisor is zero.
    #[error("division by zero")]
    DivisionByZero,
    /// The result does not fit.
    #[error("result is too large")]
    Overflow,
    /// [`Rounding::Exact`] was asked for and a fraction is left.
    #[error("result is not exact")]
    Inexact,
    /// A multiple to round to must be positive.
    #[error("multiple must be positive")]
    MultipleNotPositive,
}

/// `a × n ÷ d`, rounded once.
///
/// The product is held in 128 bits, so only the final result can overflow.
///
/// ```
/// use aurex_core::money::{Rounding, mul_div};
///
/// // 3.390 g at ₹12,800.00 a gram, in milligrams and paise
/// assert_eq!(mul_div(3_390, 1_280_000, 1_000, Rounding::HalfAwayFromZero), Ok(4_339_200));
/// ```
///
/// # Errors
/// [`ArithmeticError::DivisionByZero`]; [`ArithmeticError::Overflow`] if the result does not fit an `i64`;
/// [`ArithmeticError::Inexact`] under [`Rounding::Exact`].
pub fn mul_div(a: i64, n: i64, d: i64, rounding: Rounding) -> Result<i64, ArithmeticError> {
    let product = i128::from(a) * i128::from(n);
    let divisor = i128::from(d);
    let quotient = product.checked_div(divisor).ok_or(ArithmeticError::DivisionByZero)?;
    let remainder = product - quotient * divisor;
    let step = if remainder == 0 { 0 } else { step(quotient, remainder, divisor, rounding)? };
    i64::try_from(quotient + step).map_err(|_| ArithmeticError::Overflow)
}

/// What to add to a quotient that was cut toward zero, given its remainder (not zero).
fn step(quotient: i128, remainder: i128, divisor: i128, rounding: Rounding) -> Result<i128, ArithmeticError> {
    let negative = (remainder < 0) != (divisor < 0);
    let away = if negative { -1 } else { 1 };
    let distance = remainder.unsigned_abs();
    // Compared with what is left to the next integer: doubling the remainder is not needed and cannot overflow.
    let half = distance.cmp(&(divisor.unsigned_abs() - distance));
    let goes_away = match rounding {
        Rounding::AwayFromZero => true,
        Rounding::TowardZero => false,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::HalfAwayFromZero => half != Ordering::Less,
        Rounding::HalfTowardZero => half == Ordering::Greater,
        Rounding::HalfEven => half == Ordering::Greater || (half == Ordering::Equal && quotient % 2 != 0),
        Rounding::Exact => return Err(ArithmeticError::Inexact),
    };
    Ok(if goes_away { away } else { 0 })
}

/// The multiple of `multiple` that `value` rounds to: the rupee round-off at the foot of a bill is the multiple 100.
///
/// # Errors
/// [`ArithmeticError::MultipleNotPositive`]; [`ArithmeticError::Overflow`]; [`ArithmeticError::Inexact`] under
/// [`Rounding::Exact`] if `value` is not a multiple already.
pub fn round_to_multiple(value: i64, multiple: i64, rounding: Rounding) -> Result<i64, ArithmeticError> {
    if multiple <= 0 {
        return Err(ArithmeticError::MultipleNotPositive);
    }
    mul_div(value, 1, multiple, rounding)?.checked_mul(multiple).ok_or(ArithmeticError::Overflow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_modes_round_as_their_table_says() {
        use Rounding::*;
        let tenths = [25, 15, 11, -11, -15, -25];
        for (mode, expected) in [
            (AwayFromZero, [3, 2, 2, -2, -2, -3]),
            (TowardZero, [2, 1, 1, -1, -1, -2]),
            (Ceiling, [3, 2, 2, -1, -1, -2]),
            (Floor, [2, 1, 1, -2, -2, -3]),
            (HalfAwayFromZero, [3, 2, 1, -1, -2, -3]),
            (HalfTowardZero, [2, 1, 1, -1, -1, -2]),
            (HalfEven, [2, 2, 1, -1, -2, -2]),
        ] {
            for (value, wanted) in tenths.into_iter().zip(expected) {
                assert_eq!(mul_div(value, 1, 10, mode), Ok(wanted), "{mode:?} of {value}/10");
                assert_eq!(mul_div(value, -1, -10, mode), Ok(wanted), "{mode:?} of {value}/10, signs turned");
            }
        }
        assert_eq!(mul_div(25, 1, 10, Exact), Err(ArithmeticError::Inexact));
        assert_eq!(mul_div(20, 1, 10, Exact), Ok(2));
    }

    #[test]
    fn extremes_are_errors_and_never_wrap() {
        assert_eq!(mul_div(1, 1, 0, Rounding::Floor), Err(ArithmeticError::DivisionByZero));
        assert_eq!(mul_div(i64::MIN, 1, -1, Rounding::Floor), Err(ArithmeticError::Overflow));
        assert_eq!(mul_div(i64::MIN, i64::MIN, i64::MIN, Rounding::Exact), Ok(i64::MIN));
        assert_eq!(round_to_multiple(i64::MAX, 100, Rounding::Ceiling), Err(ArithmeticError::Overflow));
        assert_eq!(round_to_multiple(5, 0, Rounding::Floor), Err(ArithmeticError::MultipleNotPositive));
        assert_eq!(round_to_multiple(5_184_476, 100, Rounding::HalfAwayFromZero), Ok(5_184_500));
    }

    fn modes() -> impl Strategy<Value = Rounding> {
        proptest::sample::select(Rounding::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn a_rounded_quotient_is_less_than_one_unit_off(a: i64, n: i64, d: i64, mode in modes()) {
            if let Ok(result) = mul_div(a, n, d, mode) {
                let error = i128::from(a) * i128::from(n) - i128::from(result) * i128::from(d);
                prop_assert!(error.unsigned_abs() < i128::from(d).unsigned_abs());
                match mode {
                    Rounding::HalfAwayFromZero | Rounding::HalfTowardZero | Rounding::HalfEven => {
                        prop_assert!(2 * error.unsigned_abs() <= i128::from(d).unsigned_abs());
                    }
                    Rounding::Exact => prop_assert_eq!(error, 0),
                    _ => {}
                }
            }
        }

        #[test]
        fn modes_about_zero_are_mirrored(a in -1_000_000_000_i64..1_000_000_000, n in -1_000_000_i64..1_000_000, d in 1_i64..1_000_000) {
            use Rounding::*;
            for mode in [AwayFromZero, TowardZero, HalfAwayFromZero, HalfTowardZero, HalfEven] {
                prop_assert_eq!(mul_div(-a, n, d, mode), mul_div(a, n, d, mode).map(|r| -r));
            }
            prop_assert_eq!(mul_div(-a, n, d, Floor), mul_div(a, n, d, Ceiling).map(|r| -r));
        }

        #[test]
        fn what_was_multiplied_divides_back_exactly(a: i64, n in 1_i64..) {
            prop_assert_eq!(mul_div(a, n, n, Rounding::Exact), Ok(a));
        }

        #[test]
        fn a_multiple_is_its_own_rounding(value: i32, multiple in 1_i64..1_000_000, mode in modes()) {
            let exact = i64::from(value) * multiple;
            prop_assert_eq!(round_to_multiple(exact, multiple, mode), Ok(exact));
        }
    }
}
