//! Amounts, weights and dates as a bill says them.

use crate::measure::{Fineness, Mass, Metal, Ratio, StoneMass};
use crate::money::{Currency, Grouping, Label, Money};
use crate::time::Date;

/// Lakh and crore for rupees, thousands for any other currency.
fn grouping(currency: Currency) -> Grouping {
    if currency == Currency::INR { Grouping::Indian } else { Grouping::International }
}

/// An amount without a sign of its currency: `51,845.00`.
pub(super) fn amount(money: Money) -> String {
    money.format(grouping(money.currency()), Label::Bare)
}

/// An amount with it: `₹51,845.00`.
pub(super) fn price(money: Money) -> String {
    money.format(grouping(money.currency()), Label::Symbol)
}

/// Nothing where there is nothing.
pub(super) fn some(money: Money) -> Option<String> {
    (!money.is_zero()).then(|| amount(money))
}

/// Grams with three decimals, as a scale shows them.
pub(super) fn grams(mass: Mass) -> String {
    format!("{mass} g")
}

/// Carats with three decimals.
pub(super) fn carats(mass: StoneMass) -> String {
    format!("{mass} ct")
}

/// What something costs for a weight, as it was quoted: `₹12,800.00 / g`, `₹1,28,000.00 / 10 g`.
pub(super) fn quoted(money: Money, per: Mass) -> String {
    let grams = per.to_string();
    let grams = grams.trim_end_matches('0').trim_end_matches('.');
    if grams == "1" { format!("{} / g", price(money)) } else { format!("{} / {grams} g", price(money)) }
}

/// A metal and its purity: gold in karat and parts per thousand, the others in parts per thousand (IS 1417 and IS 2112
/// name the grades so).
pub(super) fn purity(metal: Metal, fineness: Fineness) -> String {
    let name = match metal {
        Metal::Gold => "Gold",
        Metal::Silver => "Silver",
        Metal::Platinum => "Platinum",
    };
    match fineness.karat() {
        Some(karat) if metal == Metal::Gold => format!("{name} {karat}K {fineness}‰"),
        _ => format!("{name} {fineness}‰"),
    }
}

/// `1.5%`.
pub(super) fn percent(ratio: Ratio) -> String {
    format!("{ratio}%")
}

/// `23 Nov 2026`: a month in letters is not taken for a day.
pub(super) fn day(date: Date) -> String {
    date.format("%d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_said_as_it_was_quoted() {
        let rupees = Money::new(1_280_000, Currency::INR).unwrap();
        let quoted = |mg| quoted(rupees, Mass::new(mg).unwrap());
        assert_eq!(quoted(1_000), "₹12,800.00 / g");
        assert_eq!(quoted(10_000), "₹12,800.00 / 10 g");
        assert_eq!(quoted(1_000_000), "₹12,800.00 / 1000 g");
        assert_eq!(quoted(11_664), "₹12,800.00 / 11.664 g");
    }

    #[test]
    fn only_gold_has_a_karat() {
        let fineness = |ppm| Fineness::new(ppm).unwrap();
        assert_eq!(purity(Metal::Gold, fineness(916_000)), "Gold 22K 916‰");
        assert_eq!(purity(Metal::Gold, fineness(900_000)), "Gold 900‰");
        assert_eq!(purity(Metal::Silver, fineness(958_000)), "Silver 958‰");
        assert_eq!(purity(Metal::Gold, fineness(999_900)), "Gold 24K 999.9‰");
    }
}
