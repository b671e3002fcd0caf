//! When and from where members may sign in and act, as it stands on the wire; it is read and changed with the settings.

use aurex_core::rbac::Role;
use aurex_core::tenancy::{AccessRule, Network, OpenHours, TimeOfDay, Weekday, WhenOutside};
use poem_openapi::Object;

use crate::http::body::{List, choice, request};

choice! {
    /// A day of the week.
    pub enum DayWord {
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

choice! {
    /// What becomes of somebody outside.
    pub enum OutsideWord {
        /// They are refused: sign-in, and every call but signing out.
        Refuse = "refuse",
        /// They prove once more who they are, and go on while the proof is fresh.
        Ask = "ask",
    }
}

request! {
    /// Hours that come back every week.
    pub struct HoursBody {
        /// The days on which they begin.
        days: List<DayWord, 1, 7>,
        /// From this minute on, `09:30`.
        from: TimeOfDay,
        /// Up to this minute, `20:00`; `24:00` is the day's end, and an earlier minute than `from` is the next day's.
        until: TimeOfDay,
    }
}

request! {
    /// When and from where the members of one role may sign in and act.
    pub struct AccessRuleBody {
        /// The role: any but the owner's.
        role: Role,
        /// The hours, in the workspace's time zone; left out, any.
        hours: Option<List<HoursBody, 0, 21>>,
        /// The networks, `203.0.113.0/24`; left out, any.
        networks: Option<List<Network, 0, 64>>,
        /// What becomes of somebody outside.
        outside: OutsideWord,
    }
}

impl From<DayWord> for Weekday {
    fn from(word: DayWord) -> Self {
        match word {
            DayWord::Monday => Self::Monday,
            DayWord::Tuesday => Self::Tuesday,
            DayWord::Wednesday => Self::Wednesday,
            DayWord::Thursday => Self::Thursday,
            DayWord::Friday => Self::Friday,
            DayWord::Saturday => Self::Saturday,
            DayWord::Sunday => Self::Sunday,
        }
    }
}

impl From<HoursBody> for OpenHours {
    fn from(body: HoursBody) -> Self {
        let HoursBody { days, from, until } = body;
        Self { days: days.into_vec().into_iter().map(Weekday::from).collect(), from, until }
    }
}

impl From<AccessRuleBody> for AccessRule {
    fn from(body: AccessRuleBody) -> Self {
        let AccessRuleBody { role, hours, networks, outside } = body;
        let hours = hours.map_or_else(Vec::new, List::into_vec);
        Self {
            role,
            hours: hours.into_iter().map(OpenHours::from).collect(),
            networks: networks.map_or_else(Vec::new, List::into_vec),
            outside: match outside {
                OutsideWord::Refuse => WhenOutside::Refuse,
                OutsideWord::Ask => WhenOutside::Ask,
            },
        }
    }
}

/// Hours that come back every week.
#[derive(Debug, Clone, Object)]
pub struct HoursView {
    /// The days on which they begin.
    pub days: Vec<String>,
    /// From this minute on.
    pub from: String,
    /// Up to this minute; an earlier one than `from` is the next day's.
    pub until: String,
}

/// When and from where the members of one role may sign in and act.
#[derive(Debug, Clone, Object)]
pub struct AccessRuleView {
    /// The role.
    pub role: String,
    /// The hours, in the workspace's time zone; any where there are none.
    pub hours: Vec<HoursView>,
    /// The networks; any where there are none.
    pub networks: Vec<String>,
    /// What becomes of somebody outside: `refuse` or `ask`.
    pub outside: String,
}

impl From<AccessRule> for AccessRuleView {
    fn from(rule: AccessRule) -> Self {
        let hours = |hours: OpenHours| HoursView {
            days: hours.days.iter().map(|day| day.code().to_owned()).collect(),
            from: hours.from.to_string(),
            until: hours.until.to_string(),
        };
        Self {
            role: rule.role.code().to_owned(),
            hours: rule.hours.into_iter().map(hours).collect(),
            networks: rule.networks.iter().map(ToString::to_string).collect(),
            outside: rule.outside.code().to_owned(),
        }
    }
}
