//! Law as data: each row with the date it takes effect and its source. Nothing here is a constant in code elsewhere.

use crate::measure::{Metal, Ratio};
use crate::time::{Date, parse_date};

/// A rate of tax on a heading, from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxClass {
    /// The HSN heading or SAC, by its first digits.
    pub heading: &'static str,
    /// The whole GST, parts per million.
    pub rate_ppm: i32,
    /// In force from this day.
    pub from: &'static str,
    /// Where it stands. `unconfirmed` says that nobody has compared the row with the text in force.
    pub source: &'static str,
}

/// Rates of GST, newest first within a heading.
pub const TAX_CLASSES: &[TaxClass] = &[
    TaxClass {
        heading: "7113",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "7114",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "7106",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "7108",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "7110",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "9988",
        rate_ppm: 50_000,
        from: "2017-07-01",
        source: "Notification 11/2017-CT(R), job work; unconfirmed",
    },
];

/// A fineness that is hallmarked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grade {
    /// The metal.
    pub metal: Metal,
    /// The fineness, parts per million.
    pub ppm: u32,
    /// Where it stands.
    pub source: &'static str,
}

const fn gold(thousandths: u32) -> Grade {
    Grade { metal: Metal::Gold, ppm: thousandths * 1_000, source: "IS 1417; unconfirmed" }
}

const fn silver(thousandths: u32) -> Grade {
    Grade { metal: Metal::Silver, ppm: thousandths * 1_000, source: "IS 2112; unconfirmed" }
}

/// Grades of the Indian hallmarking standards.
pub const GRADES: &[Grade] = &[
    gold(375),
    gold(585),
    gold(750),
    gold(833),
    gold(916),
    gold(958),
    gold(995),
    gold(999),
    silver(800),
    silver(835),
    silver(925),
    silver(958),
    silver(970),
    silver(990),
    silver(999),
];

/// The taxable value from which an unregistered buyer's name, address and state must stand on the bill, in paise, with
/// its source: Rule 46(e) of the CGST Rules, ₹50,000.
pub const NAMED_BUYER_FROM_MINOR: i64 = 5_000_000;

/// The rate of tax on `hsn` on `date`; `None` where no row of the table covers it.
pub fn tax_rate(hsn: &str, date: Date) -> Option<Ratio> {
    TAX_CLASSES
        .iter()
        .filter(|class| hsn.starts_with(class.heading))
        .find(|class| parse_date(class.from).is_ok_and(|from| from <= date))
        .map(|class| Ratio::from_ppm(class.rate_ppm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_date_that_parses() {
        for class in TAX_CLASSES {
            assert!(parse_date(class.from).is_ok(), "{}", class.heading);
        }
    }

    #[test]
    fn gold_jewellery_bears_three_percent_since_gst_began() {
        let day = |text| parse_date(text).unwrap();
        assert_eq!(tax_rate("71131911", day("2026-11-23")), Some(Ratio::from_ppm(30_000)));
        assert_eq!(tax_rate("71131911", day("2017-06-30")), None);
        assert_eq!(tax_rate("8471", day("2026-11-23")), None);
    }
}
