//! Amounts as people type them, read strictly.

use super::{Currency, DecimalError, Grouping, Money, MoneyError, parse_decimal};

/// Why a text is not an amount of the wanted currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseMoneyError {
    /// The number is not written as the grouping and the currency want it.
    #[error(transparent)]
    Number(#[from] DecimalError),
    /// The amount is out of range.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

impl Money {
    /// Reads an amount: an optional minus, an optional symbol or code of this currency, digits with no separators or
    /// with all of them in their places, and at most the currency's decimals.
    ///
    /// Whatever [`Money::format`] prints reads back as the same amount.
    ///
    /// ```
    /// use aurex_core::money::{Currency, Grouping, Money};
    ///
    /// let typed = Money::parse("₹1,00,000.50", Currency::INR, Grouping::Indian)?;
    /// assert_eq!(typed.minor(), 10_000_050);
    /// assert!(Money::parse("₹100,000.50", Currency::INR, Grouping::Indian).is_err());
    /// # Ok::<(), aurex_core::money::ParseMoneyError>(())
    /// ```
    ///
    /// # Errors
    /// [`ParseMoneyError`]; excess decimals and misplaced separators are refused, never rounded or guessed.
    pub fn parse(text: &str, currency: Currency, grouping: Grouping) -> Result<Self, ParseMoneyError> {
        let (sign, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let symbol = currency.symbol().and_then(|symbol| unsigned.strip_prefix(symbol));
        let code = || unsigned.strip_prefix(currency.code()).and_then(|rest| rest.strip_prefix(' '));
        let number = symbol.or_else(code).unwrap_or(unsigned);
        if number.starts_with('-') {
            return Err(DecimalError::UnexpectedCharacter.into());
        }
        let units = parse_decimal(number, currency.exponent(), Some(grouping))?;
        Ok(Self::new(sign * units, currency)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::{LARGEST_EXACT, Label};

    #[test]
    fn a_label_of_another_currency_a_second_sign_and_stray_spaces_are_refused() {
        for text in ["USD 1.00", "₹-1", "--1", "₹ 1", "INR1", "1 ", "INR  1", "₹₹1", "₹"] {
            assert!(Money::parse(text, Currency::INR, Grouping::Indian).is_err(), "{text:?}");
        }
        assert!(Money::parse("1.5", Currency::JPY, Grouping::International).is_err());
        assert!(Money::parse("90071992547409.92", Currency::INR, Grouping::Indian).is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(
            minor in -LARGEST_EXACT..=LARGEST_EXACT,
            currency in proptest::sample::select(Currency::TABLE.to_vec()),
        ) {
            let amount = Money::new(minor, currency).unwrap();
            for grouping in [Grouping::Indian, Grouping::International] {
                for label in [Label::Symbol, Label::Code, Label::Bare] {
                    let text = amount.format(grouping, label);
                    prop_assert_eq!(Money::parse(&text, currency, grouping), Ok(amount), "{}", text);
                }
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,30}") {
            let _ = Money::parse(&text, Currency::INR, Grouping::Indian);
        }
    }
}
