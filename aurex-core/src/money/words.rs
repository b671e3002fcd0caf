//! Amounts in words, as the foot of a bill spells them.

use super::{Currency, Money};

const ONES: [&str; 20] = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
];
const TENS: [&str; 10] =
    ["", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];

/// Greatest first. Above a crore Indian counting starts again: a lakh crore is 10^12.
const INDIAN: [(u64, &str); 4] =
    [(10_000_000, "Crore"), (100_000, "Lakh"), (1_000, "Thousand"), (100, "Hundred")];
const INTERNATIONAL: [(u64, &str); 6] = [
    (1_000_000_000_000_000, "Quadrillion"),
    (1_000_000_000_000, "Trillion"),
    (1_000_000_000, "Billion"),
    (1_000_000, "Million"),
    (1_000, "Thousand"),
    (100, "Hundred"),
];

impl Money {
    /// The amount in words: rupees in lakh and crore with paise, any other currency by its code, with the minor
    /// units as a fraction.
    ///
    /// ```
    /// use aurex_core::money::{Currency, Money};
    ///
    /// let payable = Money::new(5_184_500, Currency::INR)?;
    /// assert_eq!(payable.in_words(), "Rupees Fifty One Thousand Eight Hundred Forty Five Only");
    /// # Ok::<(), aurex_core::money::MoneyError>(())
    /// ```
    #[must_use]
    pub fn in_words(self) -> String {
        let minor_per_major = self.currency().minor_per_major().unsigned_abs();
        let magnitude = self.minor().unsigned_abs();
        let (major, minor) = (magnitude / minor_per_major, magnitude % minor_per_major);
        let sign = if self.is_negative() { "Minus " } else { "" };
        match self.currency() {
            Currency::INR => format!("{sign}{} Only", rupees(major, minor)),
            currency if minor == 0 => format!("{sign}{currency} {} Only", spell(major, &INTERNATIONAL)),
            currency => {
                format!(
                    "{sign}{currency} {} and {minor}/{minor_per_major} Only",
                    spell(major, &INTERNATIONAL)
                )
            }
        }
    }
}

fn rupees(rupees: u64, paise: u64) -> String {
    match (rupees, paise) {
        (0, paise) if paise > 0 => format!("Paise {}", spell(paise, &INDIAN)),
        (rupees, 0) => format!("Rupees {}", spell(rupees, &INDIAN)),
        (rupees, paise) => format!("Rupees {} and Paise {}", spell(rupees, &INDIAN), spell(paise, &INDIAN)),
    }
}

fn spell(number: u64, scale: &[(u64, &'static str)]) -> String {
    let mut words = Vec::new();
    push_words(number, scale, &mut words);
    if words.is_empty() { "Zero".to_owned() } else { words.join(" ") }
}

/// The words of a number, none for zero. Each level calls itself with a number below the scale word's own count
/// (or, above a crore, with one smaller by seven digits), so the depth is bounded by the digits of a `u64`.
fn push_words(number: u64, scale: &[(u64, &'static str)], words: &mut Vec<&'static str>) {
    let mut rest = number;
    for &(size, name) in scale {
        if rest >= size {
            push_words(rest / size, scale, words);
            words.push(name);
            rest %= size;
        }
    }
    if rest >= 20 {
        words.extend(word(&TENS, rest / 10));
        rest %= 10;
    }
    if rest > 0 {
        words.extend(word(&ONES, rest));
    }
}

fn word(table: &[&'static str], index: u64) -> Option<&'static str> {
    table.get(usize::try_from(index).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::LARGEST_EXACT;

    fn words(minor: i64, currency: Currency) -> String {
        Money::new(minor, currency).unwrap().in_words()
    }

    #[test]
    fn rupees_are_spelt_in_lakh_and_crore() {
        for (minor, expected) in [
            (0, "Rupees Zero Only"),
            (100, "Rupees One Only"),
            (50, "Paise Fifty Only"),
            (2_356_640, "Rupees Twenty Three Thousand Five Hundred Sixty Six and Paise Forty Only"),
            (10_000_000, "Rupees One Lakh Only"),
            (1_000_000_000, "Rupees One Crore Only"),
            (
                12_345_678_901,
                "Rupees Twelve Crore Thirty Four Lakh Fifty Six Thousand Seven Hundred Eighty Nine and Paise One Only",
            ),
            (100_000_000_000_000, "Rupees One Lakh Crore Only"),
            (-10_000, "Minus Rupees One Hundred Only"),
        ] {
            assert_eq!(words(minor, Currency::INR), expected);
        }
    }

    #[test]
    fn other_currencies_are_spelt_in_thousands_and_millions() {
        assert_eq!(
            words(123_456_750, Currency::USD),
            "USD One Million Two Hundred Thirty Four Thousand Five Hundred Sixty Seven and 50/100 Only"
        );
        assert_eq!(words(1_000, Currency::JPY), "JPY One Thousand Only");
        assert_eq!(words(1_005, Currency::KWD), "KWD One and 5/1000 Only");
    }

    proptest! {
        #[test]
        fn different_amounts_have_different_words(a in -LARGEST_EXACT..=LARGEST_EXACT, difference in 1..1_000_000_i64) {
            for currency in [Currency::INR, Currency::USD] {
                if let Ok(other) = Money::new(a.saturating_add(difference), currency) {
                    prop_assert_ne!(words(a, currency), other.in_words());
                }
            }
        }
    }
}
