//! Allocation, rounding and the table of currencies beside what other libraries say.

use std::collections::BTreeMap;

use aurex_core::money::{Currency, Rounding, allocate, mul_div};

fn rows(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

fn numbers(text: &str) -> Vec<i64> {
    text.split(',').filter(|number| *number != "-").map(|number| number.parse().unwrap()).collect()
}

#[test]
fn other_libraries_share_out_as_we_do_or_the_row_says_why_not() {
    let mut judged: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for row in rows(include_str!("allocation.txt")) {
        let (theirs, ours) = row.split_once(" ; ").map_or((row, None), |(theirs, ours)| (theirs, Some(ours)));
        let [library, total, weights, parts] = theirs.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let expected = match ours {
            None => parts,
            Some(ours) => {
                let (expected, why) = ours.split_once(' ').unwrap();
                assert!(expected != parts && why.len() > 10, "{row}");
                expected
            }
        };
        let shared = allocate(total.parse().unwrap(), &numbers(weights)).ok();
        assert_eq!(shared, (expected != "refused").then(|| numbers(expected)), "{row}");
        let (same, other) = judged.entry(library).or_default();
        *if ours.is_some() { other } else { same } += 1;
    }
    let all = [("dinero", (7, 0)), ("go", (14, 1)), ("moneyphp", (19, 1)), ("ruby", (16, 2))];
    assert_eq!(judged, BTreeMap::from(all));
}

#[test]
fn other_libraries_round_as_we_do() {
    let mut judged: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows(include_str!("rounding.txt")) {
        let [library, mode, numerator, denominator, result] =
            row.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let mode = Rounding::ALL.into_iter().find(|known| format!("{known:?}") == mode).unwrap();
        let rounded = mul_div(numerator.parse().unwrap(), 1, denominator.parse().unwrap(), mode).ok();
        assert_eq!(rounded, (result != "refused").then(|| result.parse().unwrap()), "{row}");
        *judged.entry(library).or_default() += 1;
    }
    assert_eq!(judged, BTreeMap::from([("dinero", 27), ("go", 8), ("joda", 10), ("moneyphp", 20)]));
}

/// The list that others took in September 2024, beside ours of January 2026. Between the two the Caribbean guilder took the
/// Netherlands Antilles' number (January 2025), Bulgaria took the euro (January 2026), Cuba's convertible peso and Zimbabwe's
/// dollar of 2009 were withdrawn for the peso and for Zimbabwe Gold, and the Arab accounting dinar was added.
#[test]
fn the_table_of_currencies_is_the_published_one() {
    let mut published: BTreeMap<&str, (u16, u32)> = BTreeMap::new();
    for row in rows(include_str!("currencies.txt")) {
        let [code, number, decimals] = row.split(' ').collect::<Vec<_>>().try_into().unwrap();
        published.insert(code, (number.parse().unwrap(), decimals.parse().unwrap()));
    }
    assert_eq!(published.len(), 179);
    let mut only_ours = Vec::new();
    for currency in Currency::TABLE {
        match published.remove(currency.code()) {
            Some(row) => assert_eq!((currency.number(), currency.exponent()), row, "{currency}"),
            None => only_ours.push(currency.code()),
        }
    }
    assert_eq!(only_ours, ["XAD", "XCG", "ZWG"]);
    let withdrawn = ["ANG", "BGN", "CUC", "ZWL"];
    let without_a_minor_unit =
        ["XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"];
    let mut expected: Vec<&str> = withdrawn.into_iter().chain(without_a_minor_unit).collect();
    expected.sort_unstable();
    assert_eq!(published.into_keys().collect::<Vec<_>>(), expected);
}
