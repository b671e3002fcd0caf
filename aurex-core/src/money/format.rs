//! Amounts as people write them.

use super::{Currency, Money, print_decimal};

/// Where the separators of the whole part stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// The last three digits, then twos, at any size: `1,00,00,00,000`.
    Indian,
    /// Threes: `1,000,000,000`.
    International,
}

impl Grouping {
    /// Puts the separators into a run of digits.
    pub(super) fn group(self, digits: &str) -> String {
        let count = digits.chars().count();
        let mut grouped = String::with_capacity(count + count / 2);
        for (index, digit) in digits.chars().enumerate() {
            let right = count - index;
            let separated = match self {
                Self::Indian => right >= 3 && right % 2 == 1,
                Self::International => right.is_multiple_of(3),
            };
            if separated && index > 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }
}

/// What stands in front of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// The symbol, `₹51,845.00`; a currency without one of its own shows its code.
    Symbol,
    /// The ISO code, `INR 51,845.00`.
    Code,
    /// Nothing.
    Bare,
}

impl Currency {
    /// The sign that stands for this currency and no other. `$` and `¥` are claimed by several and stand for none.
    #[must_use]
    pub const fn symbol(self) -> Option<&'static str> {
        match self {
            Self::INR => Some("₹"),
            Self::EUR => Some("€"),
            Self::GBP => Some("£"),
            _ => None,
        }
    }
}

impl Money {
    /// The amount with separators and all its decimals.
    ///
    /// ```
    /// use aurex_core::money::{Currency, Grouping, Label, Money};
    ///
    /// let turnover = Money::new(100_000_000_000, Currency::INR)?;
    /// assert_eq!(turnover.format(Grouping::Indian, Label::Symbol), "₹1,00,00,00,000.00");
    /// assert_eq!(turnover.format(Grouping::International, Label::Code), "INR 1,000,000,000.00");
    /// # Ok::<(), aurex_core::money::MoneyError>(())
    /// ```
    #[must_use]
    pub fn format(self, grouping: Grouping, label: Label) -> String {
        let number = print_decimal(self.minor(), self.currency().exponent(), Some(grouping));
        let (sign, number) = match number.strip_prefix('-') {
            Some(unsigned) => ("-", unsigned),
            None => ("", number.as_str()),
        };
        match (label, self.currency().symbol()) {
            (Label::Bare, _) => format!("{sign}{number}"),
            (Label::Symbol, Some(symbol)) => format!("{sign}{symbol}{number}"),
            (Label::Symbol, None) | (Label::Code, _) => format!("{sign}{} {number}", self.currency()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_stand_where_each_grouping_puts_them() {
        for (digits, indian, international) in [
            ("1", "1", "1"),
            ("123", "123", "123"),
            ("1234", "1,234", "1,234"),
            ("12345", "12,345", "12,345"),
            ("123456", "1,23,456", "123,456"),
            ("1234567", "12,34,567", "1,234,567"),
            ("1000000000", "1,00,00,00,000", "1,000,000,000"),
        ] {
            assert_eq!(Grouping::Indian.group(digits), indian);
            assert_eq!(Grouping::International.group(digits), international);
        }
    }

    #[test]
    fn the_sign_stands_before_the_symbol_and_never_at_zero() {
        let rupees =
            |minor| Money::new(minor, Currency::INR).unwrap().format(Grouping::Indian, Label::Symbol);
        assert_eq!(rupees(-10_000_000), "-₹1,00,000.00");
        assert_eq!(rupees(0), "₹0.00");
        assert_eq!(rupees(-1), "-₹0.01");
    }

    #[test]
    fn decimals_follow_the_currency() {
        let bare =
            |currency| Money::new(1_234_567, currency).unwrap().format(Grouping::International, Label::Bare);
        assert_eq!(bare(Currency::JPY), "1,234,567");
        assert_eq!(bare(Currency::KWD), "1,234.567");
        let dollars = Money::new(-150, Currency::USD).unwrap();
        assert_eq!(dollars.format(Grouping::International, Label::Symbol), "-USD 1.50");
    }
}
