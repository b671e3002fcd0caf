//! A week of a workspace's calendar.

use chrono::Datelike as _;

use crate::time::{Date, Timestamp, Zone, plus_days};

/// Seven days from a Monday, in a workspace's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    monday: Date,
    zone: Zone,
}

impl Week {
    /// The week that `at` is in.
    pub fn of(at: Timestamp, zone: Zone) -> Self {
        let date = zone.date_of(at);
        Self { monday: plus_days(date, -i64::from(date.weekday().num_days_from_monday())), zone }
    }

    /// The week that begins on `monday`; none when that is another day.
    pub fn starting(monday: Date, zone: Zone) -> Option<Self> {
        (monday.weekday() == chrono::Weekday::Mon).then_some(Self { monday, zone })
    }

    /// The week that is `weeks` before this one.
    #[must_use]
    pub fn earlier(self, weeks: u32) -> Self {
        Self { monday: plus_days(self.monday, -7 * i64::from(weeks)), ..self }
    }

    /// Its first day; as text, the week's name in the log and on the wire.
    pub const fn monday(self) -> Date {
        self.monday
    }

    /// The workspace's zone.
    pub const fn zone(self) -> Zone {
        self.zone
    }

    /// Its first instant.
    pub fn starts(self) -> Timestamp {
        self.zone.start_of(self.monday)
    }

    /// The first instant of the week after it.
    pub fn ends(self) -> Timestamp {
        self.zone.start_of(plus_days(self.monday, 7))
    }

    /// Whether `at` is in it.
    pub fn holds(self, at: Timestamp) -> bool {
        self.starts() <= at && at < self.ends()
    }
}
