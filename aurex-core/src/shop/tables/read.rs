//! Cells as people write them: money with separators, thousandths and karats, weights with their unit.

use crate::measure::{Fineness, Mass};
use crate::money::{Currency, Grouping, Money};

/// Money with its separators, as it is written in the currency's country.
pub(in crate::shop) fn money_of(text: &str, currency: Currency) -> Option<Money> {
    let grouping = if currency == Currency::INR { Grouping::Indian } else { Grouping::International };
    Money::parse(text, currency, grouping).ok()
}

/// A fineness in thousandths as they are stamped, or a karat of gold.
pub(in crate::shop) fn fineness_of(text: &str) -> Option<Fineness> {
    let karat = text.strip_suffix(['K', 'k']).map(|karat| karat.trim().parse::<u32>());
    match karat {
        None => Fineness::parse_per_mille(text).ok(),
        // 24 karat is 995, 999 or 999.9: the trade means all of them by it, and a rate is of one.
        Some(Ok(karat)) => [375_000, 585_000, 750_000, 833_000, 916_000, 958_000]
            .into_iter()
            .filter_map(|ppm| Fineness::new(ppm).ok())
            .find(|fineness| fineness.karat() == Some(karat)),
        Some(Err(_)) => None,
    }
}

/// A weight with its unit; the unit alone is one of it.
pub(in crate::shop) fn weight_of(text: &str) -> Option<Mass> {
    let text = text.to_lowercase();
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(split)?;
    let milligrams = match unit.trim() {
        "kg" => 1_000_000,
        "g" | "gm" | "gms" | "gram" | "grams" => 1_000,
        "mg" => 1,
        _ => return None,
    };
    let number: i64 = match number.trim() {
        "" => 1,
        digits => digits.parse().ok()?,
    };
    Mass::new(number.checked_mul(milligrams)?).ok().filter(|mass| mass.mg() > 0)
}

/// A weight in grams as a scale shows it: up to three decimals, without a unit.
pub(in crate::shop) fn grams_of(text: &str) -> Option<Mass> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > 3 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let milligrams: i64 = format!("{part:0<3}").parse().ok()?;
    let grams: i64 = whole.parse().ok()?;
    Mass::new(grams.checked_mul(1_000)?.checked_add(milligrams)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grams_are_read_to_the_milligram_and_never_rounded() {
        let read = |text| grams_of(text).map(Mass::mg);
        assert_eq!(
            [read("3.39"), read("10"), read("0.001"), read("7.")],
            [Some(3390), Some(10_000), Some(1), Some(7000)]
        );
        for bad in ["", ".5", "1.2345", "-1", "1,000", "1e3", "2 g", "99999999999999999999"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
