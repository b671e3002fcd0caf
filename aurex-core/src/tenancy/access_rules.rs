//! When and from where members may sign in and act: a workspace's own rules, by role.
//!
//! A rule only ever takes away, and there is none until somebody makes one. No rule holds for owners: whoever could lock
//! every owner out of a workspace would have locked the workspace.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::Network;
use crate::rbac::Role;
use crate::time::{Moment, Timestamp, Zone};

crate::codes! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl Weekday {
    /// The day before.
    const fn before(self) -> Self {
        match self {
            Self::Monday => Self::Sunday,
            Self::Tuesday => Self::Monday,
            Self::Wednesday => Self::Tuesday,
            Self::Thursday => Self::Wednesday,
            Self::Friday => Self::Thursday,
            Self::Saturday => Self::Friday,
            Self::Sunday => Self::Saturday,
        }
    }
}

/// A minute of the day on the wall clock, `09:30`; `24:00` is the day's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Where a day begins.
    pub const START: Self = Self(0);
    /// Where it ends.
    pub const END: Self = Self(24 * 60);

    /// The minute so many minutes after midnight; none beyond 24:00.
    pub const fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes <= Self::END.0 { Some(Self(minutes)) } else { None }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// Not a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is hours and minutes, such as 09:30 or 24:00")]
pub struct NotATimeOfDay;

impl FromStr for TimeOfDay {
    type Err = NotATimeOfDay;

    fn from_str(text: &str) -> Result<Self, NotATimeOfDay> {
        let (hours, minutes) = text.split_once(':').ok_or(NotATimeOfDay)?;
        let number = |digits: &str| digits.parse::<u16>().map_err(|_| NotATimeOfDay);
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let at = hours.checked_mul(60).and_then(|at| at.checked_add(minutes)).filter(|_| minutes < 60);
        let at = at.and_then(Self::from_minutes).ok_or(NotATimeOfDay)?;
        // One written form, so that what is kept is what was typed.
        if at.to_string() == text { Ok(at) } else { Err(NotATimeOfDay) }
    }
}

crate::text_columns!(TimeOfDay);

crate::nested! {
    /// Hours that come back every week.
    pub struct OpenHours {
        /// The days on which they begin.
        days: Vec<Weekday>,
        /// From this minute on.
        from: TimeOfDay,
        /// Up to this minute. An earlier one than `from` is the next day's: a shift over midnight.
        until: TimeOfDay,
    }
}

impl OpenHours {
    fn hold(&self, day: Weekday, at: TimeOfDay) -> bool {
        let today = self.days.contains(&day);
        if self.from < self.until {
            today && (self.from..self.until).contains(&at)
        } else {
            (today && at >= self.from) || (self.days.contains(&day.before()) && at < self.until)
        }
    }
}

crate::codes! {
    /// What becomes of somebody outside.
    pub enum WhenOutside {
        /// They are refused.
        Refuse = "refuse",
        /// They prove once more who they are, and go on while the proof is fresh.
        Ask = "ask",
    }
}

crate::nested! {
    /// When and from where the members of one role may sign in and act.
    pub struct AccessRule {
        /// The role; never the owner's.
        role: Role,
        /// The hours, in the workspace's zone; at any hour where there are none.
        hours: Vec<OpenHours>,
        /// The networks; from anywhere where there are none.
        networks: Vec<Network>,
        /// What becomes of somebody outside.
        outside: WhenOutside,
    }
}

/// In what way somebody is outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// Not at this hour.
    Hours,
    /// Not from this network.
    Network,
}

impl Outside {
    /// The actions that a session outside still reaches: signing out is never refused.
    pub const REACHES: &'static [&'static str] = &["session.close"];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hours => "access.outside_hours",
            Self::Network => "access.outside_network",
        }
    }
}

/// A rule with the zone that its hours are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessInForce {
    /// The rule.
    pub rule: AccessRule,
    /// The workspace's zone.
    pub zone: Zone,
}

impl AccessInForce {
    /// The rule of `rules` that holds for `role`, which is none for owners whatever stands there.
    pub fn of(rules: &[AccessRule], role: Role, zone: Zone) -> Option<Self> {
        let rule = rules.iter().find(|rule| rule.role == role && role != Role::Owner)?;
        Some(Self { rule: rule.clone(), zone })
    }

    /// Whether somebody at `address` is outside at `now`. An address that nobody knows is in no network.
    ///
    /// ```
    /// use aurex_core::rbac::Role;
    /// use aurex_core::tenancy::{AccessInForce, AccessRule, OpenHours, Outside, WhenOutside, Weekday};
    /// use aurex_core::time::{Timestamp, Zone};
    ///
    /// let rule = AccessRule {
    ///     role: Role::Cashier,
    ///     hours: vec![OpenHours {
    ///         days: vec![Weekday::Monday],
    ///         from: "09:30".parse().unwrap(),
    ///         until: "20:00".parse().unwrap(),
    ///     }],
    ///     networks: vec!["203.0.113.0/24".parse().unwrap()],
    ///     outside: WhenOutside::Refuse,
    /// };
    /// let rule = AccessInForce::of(&[rule], Role::Cashier, Zone::INDIA).unwrap();
    /// // A Monday in India, half past nine and a minute before.
    /// let opens = Timestamp::parse("2026-11-23T04:00:00Z").unwrap();
    /// let till = Some("203.0.113.7".parse().unwrap());
    /// assert_eq!(rule.outside(opens, till), None);
    /// assert_eq!(rule.outside(opens.plus_seconds(-60), till), Some(Outside::Hours));
    /// assert_eq!(rule.outside(opens, Some("198.51.100.1".parse().unwrap())), Some(Outside::Network));
    /// ```
    pub fn outside(&self, now: Timestamp, address: Option<IpAddr>) -> Option<Outside> {
        let Self { rule: AccessRule { hours, networks, .. }, zone } = self;
        let Moment { weekday, minute } = zone.moment_of(now);
        let day = Weekday::ALL.get(usize::from(weekday)).copied().unwrap_or(Weekday::Monday);
        let at = TimeOfDay(minute);
        if !hours.is_empty() && !hours.iter().any(|hours| hours.hold(day, at)) {
            return Some(Outside::Hours);
        }
        let is_in = |address: IpAddr| networks.iter().any(|network| network.contains(address));
        (!networks.is_empty() && !address.is_some_and(is_in)).then_some(Outside::Network)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(hours: &[(&[Weekday], &str, &str)], networks: &[&str]) -> AccessInForce {
        let rule = AccessRule {
            role: Role::Cashier,
            hours: hours
                .iter()
                .map(|(days, from, until)| OpenHours {
                    days: days.to_vec(),
                    from: from.parse().unwrap(),
                    until: until.parse().unwrap(),
                })
                .collect(),
            networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            outside: WhenOutside::Refuse,
        };
        AccessInForce::of(&[rule], Role::Cashier, Zone::INDIA).unwrap()
    }

    /// In India, on the Monday 23 November 2026 and the days behind it.
    fn at(day: u32, time: &str) -> Timestamp {
        Timestamp::parse(&format!("2026-11-{day}T{time}:00+05:30")).unwrap()
    }

    fn is_in(rule: &AccessInForce, day: u32, time: &str) -> bool {
        rule.outside(at(day, time), None).is_none()
    }

    #[test]
    fn asvs_v8_2_4_hours_are_on_the_shops_wall_clock_and_end_before_their_end() {
        let rule = rule(&[(&[Weekday::Monday, Weekday::Saturday], "09:30", "20:00")], &[]);
        let at = ["00:00", "09:29", "09:30", "19:59", "20:00", "23:59"];
        assert_eq!(at.map(|time| is_in(&rule, 23, time)), [false, false, true, true, false, false]);
        assert_eq!(at.map(|time| is_in(&rule, 24, time)), [false; 6], "a Tuesday");
        assert!(is_in(&rule, 28, "12:00"), "a Saturday");
    }

    #[test]
    fn asvs_v8_2_4_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() {
        let rule = rule(&[(&[Weekday::Sunday], "22:00", "02:00")], &[]);
        assert!(is_in(&rule, 22, "22:00") && is_in(&rule, 23, "01:59"), "Sunday, and the Monday after");
        assert!(!is_in(&rule, 23, "02:00") && !is_in(&rule, 22, "01:00") && !is_in(&rule, 23, "23:00"));
    }

    #[test]
    fn a_whole_day_has_no_gap_and_several_hours_are_each_good() {
        let days = Weekday::ALL;
        let whole = rule(&[(days, "00:00", "24:00")], &[]);
        assert!(["00:00", "12:00", "23:59"].iter().all(|time| is_in(&whole, 23, time)));
        let halves = rule(&[(days, "09:00", "13:00"), (days, "16:00", "20:00")], &[]);
        assert_eq!(["12:00", "14:00", "17:00"].map(|time| is_in(&halves, 23, time)), [true, false, true]);
    }

    #[test]
    fn asvs_v8_2_4_an_address_in_none_of_the_networks_is_outside_and_so_is_none() {
        let rule = rule(&[], &["203.0.113.0/24", "2001:db8::/48"]);
        let of = |text: &str| rule.outside(at(23, "12:00"), Some(text.parse().unwrap()));
        assert_eq!(["203.0.113.9", "::ffff:203.0.113.9", "2001:db8::7"].map(of), [None; 3]);
        assert_eq!(["203.0.114.9", "2001:db8:1::7"].map(of), [Some(Outside::Network); 2]);
        assert_eq!(rule.outside(at(23, "12:00"), None), Some(Outside::Network));
    }

    #[test]
    fn no_rule_holds_for_owners_or_for_another_role() {
        let rules: Vec<_> = [Role::Owner, Role::Cashier]
            .map(|role| AccessRule { role, hours: vec![], networks: vec![], outside: WhenOutside::Refuse })
            .into();
        assert_eq!(AccessInForce::of(&rules, Role::Owner, Zone::INDIA), None);
        assert_eq!(AccessInForce::of(&rules, Role::Manager, Zone::INDIA), None);
        assert!(AccessInForce::of(&rules, Role::Cashier, Zone::INDIA).is_some());
    }

    #[test]
    fn times_of_day_have_one_written_form() {
        for right in ["00:00", "09:30", "23:59", "24:00"] {
            assert_eq!(right.parse::<TimeOfDay>().unwrap().to_string(), right);
        }
        for wrong in ["", "9:30", "24:01", "12:60", "12", "-1:00", "+9:30", "09:30:00", "99999:00"] {
            assert_eq!(wrong.parse::<TimeOfDay>(), Err(NotATimeOfDay), "{wrong}");
        }
    }
}
