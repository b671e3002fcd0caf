//! What goes by itself: which personal values nobody needs once their time is over, and when that is.
//!
//! | class | what goes | after | not before |
//! |---|---|---|---|
//! | `traffic` | from where somebody asked or signed in, and by what: in every entry of the log, in sessions | 180 days | what keeps [`Retention::Traffic`] |
//! | `mails` | to whom a mail went and what it said | 180 days | what keeps [`Retention::Contact`] |
//!
//! The time is counted from the day of the entry. A legal minimum that is longer holds it up: the [rules](super::RULES)
//! are asked on the day of the run, so that one which begins to bind holds what is still there.

use super::REQUEST;
use super::retention::{Keeps, Retention, RetentionRule, held};
use crate::time::Date;

crate::codes! {
    /// A class of personal values that go by themselves.
    pub enum ExpiryClass {
        /// From where somebody asked or signed in, and by what.
        Traffic = "traffic",
        /// Mails: to whom they went, and what they said.
        Mails = "mails",
    }
}

impl ExpiryClass {
    /// What the law calls it, for its minimum.
    pub const fn kept_for(self) -> Retention {
        match self {
            Self::Traffic => Retention::Traffic,
            Self::Mails => Retention::Contact,
        }
    }

    /// For how long it is of use: links are long dead by then, and whoever looks into a break-in has what the law wants
    /// kept for that.
    pub const fn keeps(self) -> Keeps {
        match self {
            Self::Traffic | Self::Mails => Keeps::Days(180),
        }
    }

    /// Under which names the log keeps it, before a change (`….before`) as well as after it.
    pub fn names(self) -> Vec<&'static str> {
        match self {
            Self::Traffic => {
                let of_sessions =
                    ["session.address", "session.address.before", "session.agent", "session.agent.before"];
                REQUEST.into_iter().chain(of_sessions).collect()
            }
            Self::Mails => vec!["mail.recipient", "mail.recipient.before"],
        }
    }

    /// The first day on which what was recorded on `day` goes, as the law is on `today`, and the rule that holds it up.
    pub fn goes_on(self, day: Date, today: Date) -> (Date, Option<&'static RetentionRule>) {
        let of_no_use = self.keeps().free_from(day);
        match held(self.kept_for(), None, day, today) {
            Some((rule, free_from)) if free_from > of_no_use => (free_from, Some(rule)),
            _ => (of_no_use, None),
        }
    }

    /// Whether what was recorded on `day` has had its time on `today`.
    pub fn is_over(self, day: Date, today: Date) -> bool {
        self.goes_on(day, today).0 <= today
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_date;

    fn day(text: &str) -> Date {
        parse_date(text).unwrap()
    }

    #[test]
    fn asvs_v14_2_7_what_is_over_goes_and_a_legal_minimum_holds_it_up() {
        for class in ExpiryClass::ALL.iter().copied() {
            assert!(!class.is_over(day("2026-01-01"), day("2026-06-30")), "{class}");
            assert!(class.is_over(day("2026-01-01"), day("2026-07-01")), "{class}");
            // From 14 May 2027 on, a year.
            assert!(class.is_over(day("2026-10-01"), day("2027-05-13")), "{class}");
            assert!(!class.is_over(day("2026-10-01"), day("2027-05-14")), "{class}");
            let (on, rule) = class.goes_on(day("2026-10-01"), day("2027-05-14"));
            assert_eq!((on, rule.unwrap().code), (day("2027-10-02"), "personal.one_year"), "{class}");
            assert!(class.is_over(day("2026-10-01"), day("2027-10-02")), "{class}");
        }
    }

    #[test]
    fn every_personal_field_that_is_traffic_expires() {
        let names = ExpiryClass::Traffic.names();
        let traffic = crate::erasure::PERSONAL.iter().filter(|field| field.kept_for == Retention::Traffic);
        let mut seen = 0;
        for field in traffic {
            let name = format!("{}.{}", field.table, field.name);
            let before = format!("{name}.before");
            assert!(names.contains(&name.as_str()) && names.contains(&before.as_str()), "{name}");
            seen += 1;
        }
        assert!(seen > 1);
    }
}
