//! Whole units to decimal text and back: the one reader and the one printer behind amounts, weights and ratios.
//!
//! Reading is strict because a lenient reader is wrong by a factor of ten or a hundred, silently: `1,50` means 1.50
//! to one person and a mistyped 1,500 to another. What is not certain is refused.

use super::Grouping;

/// Why a text is not a decimal number of the wanted form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// There is nothing to read.
    #[error("number is empty")]
    Empty,
    /// Something other than digits, one point, one leading minus and the separators.
    #[error("number contains an unexpected character")]
    UnexpectedCharacter,
    /// A separator where the grouping has none, or none where it has one.
    #[error("separators are misplaced")]
    MisplacedSeparator,
    /// A zero in front of another digit: `007`.
    #[error("number has a superfluous leading zero")]
    LeadingZero,
    /// A point without digits on both sides.
    #[error("decimal point needs a digit on either side")]
    BarePoint,
    /// More decimals than the unit has; they are never rounded away.
    #[error("at most {most} decimals are allowed")]
    TooManyDecimals {
        /// How many the unit has.
        most: u32,
    },
    /// The number is out of range.
    #[error("number is too large")]
    TooLarge,
}

/// Reads a decimal as a count of units of 10^−`decimals`: `"3.39"` with 3 decimals is 3 390.
///
/// Fewer decimals than the unit has are fine, more are refused. Separators are allowed only if a grouping is
/// named, and then all of them must stand where it puts them, or none.
///
/// # Errors
/// [`DecimalError`] names the first fault.
pub fn parse_decimal(text: &str, decimals: u32, grouping: Option<Grouping>) -> Result<i64, DecimalError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if unsigned.is_empty() {
        return Err(DecimalError::Empty);
    }
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) if whole.is_empty() || fraction.is_empty() => {
            return Err(DecimalError::BarePoint);
        }
        Some((whole, fraction)) => (whole, fraction),
        None => (unsigned, ""),
    };
    if whole.chars().any(|c| !c.is_ascii_digit() && c != ',') || fraction.chars().any(|c| !c.is_ascii_digit())
    {
        return Err(DecimalError::UnexpectedCharacter);
    }
    let digits: String = whole.chars().filter(|&c| c != ',').collect();
    if digits != whole && grouping.is_none_or(|grouping| grouping.group(&digits) != whole) {
        return Err(DecimalError::MisplacedSeparator);
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return Err(DecimalError::LeadingZero);
    }
    let missing = usize::try_from(decimals)
        .map_err(|_| DecimalError::TooLarge)?
        .checked_sub(fraction.len())
        .ok_or(DecimalError::TooManyDecimals { most: decimals })?;
    let zeros = std::iter::repeat_n('0', missing);
    let mut value: i64 = 0;
    for digit in digits.chars().chain(fraction.chars()).chain(zeros) {
        let digit = i64::from(digit.to_digit(10).ok_or(DecimalError::UnexpectedCharacter)?);
        // Counted downwards, because i64 has one more negative number than positive ones.
        value = value.checked_mul(10).and_then(|v| v.checked_sub(digit)).ok_or(DecimalError::TooLarge)?;
    }
    if negative { Ok(value) } else { value.checked_neg().ok_or(DecimalError::TooLarge) }
}

/// Prints a count of units of 10^−`decimals` with all its decimals; zero never has a sign.
#[must_use]
pub fn print_decimal(units: i64, decimals: u32, grouping: Option<Grouping>) -> String {
    let width = usize::try_from(decimals).unwrap_or(0);
    let digits = format!("{:0>least$}", units.unsigned_abs(), least = width.saturating_add(1));
    let (whole, fraction) =
        digits.split_at_checked(digits.len().saturating_sub(width)).unwrap_or((&digits, ""));
    let sign = if units < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    let whole = match grouping {
        Some(grouping) => grouping.group(whole),
        None => whole.to_owned(),
    };
    format!("{sign}{whole}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strict_reading_refuses_what_is_not_certain() {
        use DecimalError::*;
        let indian = Some(Grouping::Indian);
        for (text, grouping, fault) in [
            ("", None, Empty),
            ("-", None, Empty),
            ("1,000", None, MisplacedSeparator),
            ("1,50", indian, MisplacedSeparator),
            ("100,000", indian, MisplacedSeparator),
            (",100", indian, MisplacedSeparator),
            ("1,00,000", Some(Grouping::International), MisplacedSeparator),
            ("1,00000", indian, MisplacedSeparator),
            ("007", None, LeadingZero),
            (".5", None, BarePoint),
            ("5.", None, BarePoint),
            ("1.234", None, TooManyDecimals { most: 2 }),
            ("1.2.3", None, UnexpectedCharacter),
            ("+1", None, UnexpectedCharacter),
            ("--1", None, UnexpectedCharacter),
            ("1e3", None, UnexpectedCharacter),
            (" 1", None, UnexpectedCharacter),
            ("१", None, UnexpectedCharacter),
            ("1.0,0", indian, UnexpectedCharacter),
            ("92233720368547758.08", None, TooLarge),
        ] {
            assert_eq!(parse_decimal(text, 2, grouping), Err(fault), "{text:?}");
        }
        assert_eq!(parse_decimal("92233720368547758.07", 2, None), Ok(i64::MAX));
        assert_eq!(parse_decimal("-92233720368547758.08", 2, None), Ok(i64::MIN));
        assert_eq!(parse_decimal("1,00,000.5", 2, indian), Ok(10_000_050));
    }

    fn groupings() -> impl Strategy<Value = Option<Grouping>> {
        proptest::sample::select(vec![None, Some(Grouping::Indian), Some(Grouping::International)])
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(units: i64, decimals in 0_u32..=6, grouping in groupings()) {
            let text = print_decimal(units, decimals, grouping);
            prop_assert_eq!(parse_decimal(&text, decimals, grouping), Ok(units), "{}", text);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,30}", numeric in "[-0-9,.]{0,24}", decimals in 0_u32..=6, grouping in groupings()) {
            let _ = parse_decimal(&text, decimals, grouping);
            if let Ok(units) = parse_decimal(&numeric, decimals, grouping) {
                // Nothing is accepted that means another number than it prints as.
                prop_assert_eq!(parse_decimal(&print_decimal(units, decimals, grouping), decimals, grouping), Ok(units));
            }
        }
    }
}
