//! How long the law wants what kept, as data: each rule with the day it takes effect and its source.

use crate::time::{Date, FinancialYear, parse_date, plus_days};

crate::codes! {
    /// What a personal field is kept for.
    pub enum Retention {
        /// It stands on bills and in the books, or says who changed them.
        Books = "books",
        /// It is how somebody is reached.
        Contact = "contact",
        /// It says from where somebody worked: addresses, what a browser calls itself.
        Traffic = "traffic",
    }
}

/// For how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Until this many whole financial years, April to March, have followed the one in which it was.
    FinancialYears(u8),
    /// For this many months.
    Months(u32),
    /// For this many days.
    Days(u16),
}

/// What its time is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountsFrom {
    /// The last document in the books that is about them, or that they made.
    LastDocument,
    /// The last time that anything was done with it.
    LastProcessing,
}

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionRule {
    /// Its stable code, for clients.
    pub code: &'static str,
    /// What it keeps.
    pub covers: &'static [Retention],
    /// For how long.
    pub keeps: Keeps,
    /// Counted from what.
    pub counts_from: CountsFrom,
    /// Binding from this day.
    pub from: &'static str,
    /// Where it stands. `unconfirmed` says that nobody has compared the row with the text in force.
    pub source: &'static str,
}

/// The rules. Where several keep a field, the longest decides.
pub const RULES: &[RetentionRule] = &[
    RetentionRule {
        code: "books.eight_years",
        covers: &[Retention::Books],
        keeps: Keeps::FinancialYears(8),
        counts_from: CountsFrom::LastDocument,
        from: "2014-04-01",
        source: "Companies Act 2013, s. 128(5); Companies (Accounts) Rules 2014, r. 3(1); unconfirmed",
    },
    RetentionRule {
        code: "personal.one_year",
        covers: &[Retention::Books, Retention::Contact, Retention::Traffic],
        keeps: Keeps::Months(12),
        counts_from: CountsFrom::LastProcessing,
        from: "2027-05-14",
        source: "DPDP Rules 2025, r. 8(3), eighteen months after their notification; unconfirmed",
    },
    RetentionRule {
        code: "logs.180_days",
        covers: &[Retention::Traffic],
        keeps: Keeps::Days(180),
        counts_from: CountsFrom::LastProcessing,
        from: "2022-06-28",
        source: "CERT-In directions of 28 April 2022, (iv); unconfirmed",
    },
];

impl Keeps {
    /// The first day on which what happened on `day` need not be kept any more.
    pub fn free_from(self, day: Date) -> Date {
        match self {
            Self::FinancialYears(years) => {
                let year =
                    FinancialYear::of(day).starts_in().saturating_add(i32::from(years)).saturating_add(1);
                Date::from_ymd_opt(year, 4, 1).unwrap_or(Date::MAX)
            }
            // The day itself counts whole, so what is free is free the day after the anniversary.
            Self::Months(months) => {
                let day = day.checked_add_months(chrono::Months::new(months));
                day.map_or(Date::MAX, |day| plus_days(day, 1))
            }
            Self::Days(days) => plus_days(day, i64::from(days).saturating_add(1)),
        }
    }
}

/// The rule that keeps something of this class longest on `today`, and the first day on which it does not.
pub fn held(
    class: Retention,
    last_document: Option<Date>,
    last_processing: Date,
    today: Date,
) -> Option<(&'static RetentionRule, Date)> {
    let binding = RULES
        .iter()
        .filter(|rule| rule.covers.contains(&class) && parse_date(rule.from).is_ok_and(|from| from <= today));
    binding
        .filter_map(|rule| {
            let day = match rule.counts_from {
                CountsFrom::LastDocument => last_document?,
                CountsFrom::LastProcessing => last_processing,
            };
            Some((rule, rule.keeps.free_from(day)))
        })
        .filter(|(_, free_from)| today < *free_from)
        .max_by_key(|(_, free_from)| *free_from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        parse_date(text).unwrap()
    }

    #[test]
    fn every_rule_has_a_code_of_its_own_and_a_date_that_parses() {
        let mut codes: Vec<_> = RULES.iter().map(|rule| rule.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), RULES.len());
        for rule in RULES {
            assert!(parse_date(rule.from).is_ok() && !rule.covers.is_empty(), "{}", rule.code);
        }
    }

    #[test]
    fn every_class_is_kept_by_some_rule() {
        for class in Retention::ALL {
            assert!(RULES.iter().any(|rule| rule.covers.contains(class)), "{class}");
        }
    }

    #[test]
    fn books_are_kept_for_the_eight_financial_years_after_their_own() {
        let keeps = Keeps::FinancialYears(8);
        assert_eq!(keeps.free_from(day("2026-04-01")), day("2035-04-01"));
        assert_eq!(keeps.free_from(day("2027-03-31")), day("2035-04-01"));
        assert_eq!(keeps.free_from(day("2027-04-01")), day("2036-04-01"));
    }

    #[test]
    fn months_and_days_are_kept_whole() {
        assert_eq!(Keeps::Months(12).free_from(day("2028-02-29")), day("2029-03-01"));
        assert_eq!(Keeps::Days(180).free_from(day("2026-01-01")), day("2026-07-01"));
    }

    #[test]
    fn a_rule_keeps_nothing_before_it_binds_and_the_longest_decides() {
        let seen = day("2027-05-13");
        assert_eq!(held(Retention::Contact, None, seen, day("2027-05-13")), None);
        let (rule, free_from) = held(Retention::Contact, None, seen, day("2027-05-14")).unwrap();
        assert_eq!((rule.code, free_from), ("personal.one_year", day("2028-05-14")));
        let (rule, _) = held(Retention::Traffic, None, seen, day("2027-05-14")).unwrap();
        assert_eq!(rule.code, "personal.one_year");
        let (rule, _) = held(Retention::Traffic, None, seen, day("2027-05-13")).unwrap();
        assert_eq!(rule.code, "logs.180_days");
        let (rule, free_from) = held(Retention::Books, Some(seen), seen, day("2027-05-14")).unwrap();
        assert_eq!((rule.code, free_from), ("books.eight_years", day("2036-04-01")));
        assert_eq!(held(Retention::Books, Some(seen), seen, day("2036-04-01")), None);
    }
}
