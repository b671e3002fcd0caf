//! Amounts in rupees as CLDR groups them and as another implementation spells them.

use aurex_core::money::{Currency, Grouping, Label, Money};

struct Row {
    money: Money,
    grouped: &'static str,
    /// Rupees and paise; none where the other implementation ends.
    words: Option<(&'static str, &'static str)>,
}

fn rows() -> impl Iterator<Item = Row> {
    include_str!("amounts.txt").lines().filter(|line| !line.starts_with('#')).map(|line| {
        let [paise, grouped, words] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        Row {
            money: Money::new(paise.parse().unwrap(), Currency::INR).unwrap(),
            grouped,
            words: words.split_once('|'),
        }
    })
}

#[test]
fn rupees_are_grouped_and_read_back_as_cldr_groups_them() {
    for Row { money, grouped, .. } in rows() {
        assert_eq!(money.format(Grouping::Indian, Label::Bare), grouped);
        assert_eq!(Money::parse(grouped, Currency::INR, Grouping::Indian), Ok(money));
    }
    assert!(rows().count() > 500);
}

/// The other spells with hyphens, commas and "and", which the file leaves out: a bill has none of them between the digits.
#[test]
fn rupees_are_spelt_as_another_implementation_spells_them() {
    let mut spelt = 0;
    for Row { money, words, .. } in rows() {
        let Some((rupees, paise)) = words else { continue };
        let expected = match (rupees, paise) {
            (rupees, "Zero") => format!("Rupees {rupees} Only"),
            ("Zero", paise) => format!("Paise {paise} Only"),
            (rupees, paise) => format!("Rupees {rupees} and Paise {paise} Only"),
        };
        assert_eq!(money.in_words(), expected);
        spelt += 1;
    }
    assert!(spelt > 400, "{spelt}");
}
