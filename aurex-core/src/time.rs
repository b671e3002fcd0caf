//! Time as a value. Below the composition root nobody asks the machine what time it is.

use std::fmt;
use std::str::FromStr;

pub use chrono::NaiveDate as Date;
use chrono::{DateTime, Datelike as _, Duration, Months, SecondsFormat, TimeZone as _, Timelike as _, Utc};

/// An instant in UTC, in whole microseconds since 1970.
///
/// Microseconds because that is what both stores keep exactly; ordering by it is ordering by the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `micros` microseconds after 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This instant moved by `micros`, staying within the representable range.
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// This instant moved by whole `seconds`, staying within the representable range.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` to here; negative when `earlier` is later.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1_000_000
    }

    fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Parses RFC 3339.
    ///
    /// # Errors
    /// [`TimeError::Timestamp`] when `text` is not RFC 3339.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        DateTime::parse_from_rfc3339(text)
            .map(|at| Self(at.timestamp_micros()))
            .map_err(|_| TimeError::Timestamp)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with six decimals, so that text order is time order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

/// Where the time comes from: the composition root gives a real clock, tests a scripted one.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// What a wall clock and a calendar of the week show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Days since Monday, 0 to 6.
    pub weekday: u8,
    /// Minutes since midnight, 0 to 1439.
    pub minute: u16,
}

/// A workspace's IANA time zone, `Asia/Kolkata` for example. Business dates are days in this zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(chrono_tz::Tz);

impl Zone {
    /// The zone most of our first shops are in.
    pub const INDIA: Self = Self(chrono_tz::Asia::Kolkata);

    /// The calendar day that `at` falls on in this zone.
    pub fn date_of(self, at: Timestamp) -> Date {
        at.to_utc().with_timezone(&self.0).date_naive()
    }

    /// The day of the week and the minute of the day that the wall clock shows at `at` in this zone.
    pub fn moment_of(self, at: Timestamp) -> Moment {
        let local = at.to_utc().with_timezone(&self.0);
        let weekday = u8::try_from(local.weekday().num_days_from_monday()).unwrap_or(0);
        let minutes = local.hour().saturating_mul(60).saturating_add(local.minute());
        Moment { weekday, minute: u16::try_from(minutes).unwrap_or(0) }
    }

    /// The first instant of `date` in this zone.
    pub fn start_of(self, date: Date) -> Timestamp {
        let midnight = date.and_time(chrono::NaiveTime::MIN);
        let local = self.0.from_local_datetime(&midnight);
        // A zone that skips midnight on a clock change starts its day an hour later.
        let at = local.earliest().map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc));
        Timestamp(at.timestamp_micros())
    }

    /// The day and minute of `at` in this zone as people write them, with the zone: `23 November 2026, 10:00
    /// (Asia/Kolkata)`. The name, because abbreviations are shared: IST is India's, Israel's and Ireland's.
    pub fn written(self, at: Timestamp) -> String {
        let local = at.to_utc().with_timezone(&self.0);
        format!("{} ({})", local.format("%-d %B %Y, %H:%M"), self.name())
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

impl FromStr for Zone {
    type Err = TimeError;

    fn from_str(name: &str) -> Result<Self, TimeError> {
        name.parse().map(Self).map_err(|_| TimeError::Zone)
    }
}

/// The Indian financial year, April to March, named by its first calendar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FinancialYear(i32);

impl FinancialYear {
    /// The year that `date` belongs to.
    pub fn of(date: Date) -> Self {
        Self(if date.month() >= 4 { date.year() } else { date.year().saturating_sub(1) })
    }

    /// The year that starts in the April of this calendar year.
    pub const fn starting_in(year: i32) -> Self {
        Self(year)
    }

    /// Its first of April.
    pub fn first_day(self) -> Date {
        Date::from_ymd_opt(self.0, 4, 1).unwrap_or(if self.0 < 0 { Date::MIN } else { Date::MAX })
    }

    /// The year behind it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The year before it.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The calendar year in which it starts.
    pub const fn starts_in(self) -> i32 {
        self.0
    }

    /// As printed inside voucher numbers: `26-27`.
    pub fn label(self) -> String {
        format!("{:02}-{:02}", self.0.rem_euclid(100), self.0.saturating_add(1).rem_euclid(100))
    }
}

/// The month a return is filed for, as `year * 12 + month0`: equal means the same return period.
pub fn return_period(date: Date) -> i32 {
    date.year().saturating_mul(12).saturating_add(i32::try_from(date.month0()).unwrap_or(0))
}

/// `date` moved by whole `days`, staying within the calendar.
pub fn plus_days(date: Date, days: i64) -> Date {
    Duration::try_days(days).and_then(|d| date.checked_add_signed(d)).unwrap_or(if days < 0 {
        Date::MIN
    } else {
        Date::MAX
    })
}

/// `date` moved back by whole `months`, staying within the calendar.
pub fn minus_months(date: Date, months: u32) -> Date {
    date.checked_sub_months(Months::new(months)).unwrap_or(Date::MIN)
}

/// Parses an ISO 8601 date, `2026-11-23`, of the years 0001 to 9999: those that every store orders as text and as dates
/// alike.
///
/// # Errors
/// [`TimeError::Date`] for any other form.
pub fn parse_date(text: &str) -> Result<Date, TimeError> {
    let parsed = Date::parse_from_str(text, "%Y-%m-%d").map_err(|_| TimeError::Date)?;
    // chrono also reads `2026-1-2` and signs; the wire has one form.
    let in_range = (1..=9999).contains(&chrono::Datelike::year(&parsed));
    if in_range && parsed.to_string() == text { Ok(parsed) } else { Err(TimeError::Date) }
}

/// Why a piece of text is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Not an RFC 3339 instant.
    #[error("not an RFC 3339 time")]
    Timestamp,
    /// Not an ISO 8601 date.
    #[error("not an ISO 8601 date")]
    Date,
    /// Not an IANA time zone.
    #[error("not a time zone of the IANA database")]
    Zone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_date_is_a_day_in_the_shops_zone() {
        let late_evening_utc = Timestamp::parse("2026-03-31T20:00:00Z").unwrap();
        assert_eq!(Zone::INDIA.date_of(late_evening_utc), parse_date("2026-04-01").unwrap());
        assert_eq!(
            Zone::INDIA.start_of(parse_date("2026-04-01").unwrap()).to_string(),
            "2026-03-31T18:30:00.000000Z"
        );
    }

    #[test]
    fn an_instant_is_written_in_the_shops_zone() {
        let at = Timestamp::parse("2026-11-22T18:35:59Z").unwrap();
        assert_eq!(Zone::INDIA.written(at), "23 November 2026, 00:05 (Asia/Kolkata)");
        let beyond = Timestamp::from_micros(i64::MAX);
        assert!(Zone::INDIA.written(beyond).ends_with("(Asia/Kolkata)"));
    }

    #[test]
    fn financial_years_turn_in_april() {
        assert_eq!(FinancialYear::of(parse_date("2026-03-31").unwrap()).label(), "25-26");
        assert_eq!(FinancialYear::of(parse_date("2026-04-01").unwrap()).label(), "26-27");
        assert_eq!(FinancialYear::of(parse_date("2099-04-01").unwrap()).label(), "99-00");
        let year = FinancialYear::starting_in(2026);
        assert_eq!(FinancialYear::of(year.first_day()), year);
        assert_eq!(FinancialYear::of(plus_days(year.next().first_day(), -1)), year);
    }

    #[test]
    fn dates_have_one_written_form() {
        let malformed = ["2026-1-2", "+2026-01-02", "2026-13-01", "20260101", "2026-02-30", ""];
        let beyond = ["0000-12-31", "-0001-01-01", "+10000-01-01", "10000-01-01"];
        for wrong in malformed.into_iter().chain(beyond) {
            assert_eq!(parse_date(wrong), Err(TimeError::Date), "{wrong}");
        }
        for right in ["0001-01-01", "9999-12-31"] {
            assert_eq!(parse_date(right).unwrap().to_string(), right);
        }
    }
}
