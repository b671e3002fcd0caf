//! Counting, and what stands out of it.

use std::collections::{BTreeMap, BTreeSet};

use super::week::Week;
use crate::audit::record::Column as _;
use crate::audit::{Body, Entry, Opening, Outcome, Value};
use crate::time::Timestamp;

/// How many weeks before are somebody's habit.
const WEEKS_BEFORE: u32 = 4;
/// Night is from ten in the evening to six in the morning, by the workspace's clock.
const NIGHT_FROM: i64 = 22 * 3600;
const NIGHT_UNTIL: i64 = 6 * 3600;
/// Fewer than three of something in a week is nobody's habit and no news.
const FEW: u64 = 3;
/// Fewer failed sign-ins in a week than this are people who mistype.
const FEW_FAILED: u64 = 20;

/// What the domain on top of the log counts as taken back and as given away.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// The codes of actions that undo a document.
    pub undoing: &'static [&'static str],
    /// What a change gives away, in minor units of the workspace's currency: a bill's discounts. Nothing: none.
    pub given: fn(&Body) -> u64,
}

/// Something that the weeks before had not. Members are ids, as entries name their actors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusual {
    /// Somebody signed in with a device that they had not used in the four weeks before.
    NewDevice {
        /// Who.
        member: String,
        /// What the device calls itself; none where it says nothing or where that was erased.
        device: Option<String>,
        /// The first time.
        at: Timestamp,
    },
    /// Somebody changed something between ten in the evening and six in the morning.
    NightHours {
        /// Who.
        member: String,
        /// How often.
        count: u64,
        /// The first time.
        at: Timestamp,
    },
    /// Somebody took back more documents than is their habit: at least three, and more than twice as many.
    TakenBack {
        /// Who.
        member: String,
        /// How many.
        count: u64,
        /// How many a week before.
        usual: u64,
    },
    /// Somebody gave more discount than is their habit: in at least three documents, and more than twice as much.
    GivenAway {
        /// Who.
        member: String,
        /// In how many documents.
        count: u64,
        /// How much, in minor units.
        minor: u64,
        /// How much a week before.
        usual_minor: u64,
    },
    /// Somebody was signed in in two places at once.
    TwoPlaces {
        /// Who.
        member: String,
        /// How often it was noticed.
        count: u64,
    },
    /// Sign-ins that failed, of whatever account: at least twenty, and more than twice as many as usual.
    FailedSignIns {
        /// How many.
        count: u64,
        /// How many a week before.
        usual: u64,
    },
}

impl Unusual {
    /// Its stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NewDevice { .. } => "new_device",
            Self::NightHours { .. } => "night_hours",
            Self::TakenBack { .. } => "taken_back",
            Self::GivenAway { .. } => "given_away",
            Self::TwoPlaces { .. } => "two_places",
            Self::FailedSignIns { .. } => "failed_sign_ins",
        }
    }

    /// Who it is about, where it is about somebody.
    pub const fn member(&self) -> Option<&String> {
        match self {
            Self::NewDevice { member, .. }
            | Self::NightHours { member, .. }
            | Self::TakenBack { member, .. }
            | Self::GivenAway { member, .. }
            | Self::TwoPlaces { member, .. } => Some(member),
            Self::FailedSignIns { .. } => None,
        }
    }
}

/// A week in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Which.
    pub week: Week,
    /// How many entries it has.
    pub entries: u64,
    /// What stands out, by kind and then by member.
    pub unusual: Vec<Unusual>,
}

/// This week's number beside that of the weeks before.
#[derive(Default, Clone, Copy)]
struct Tally {
    now: u64,
    before: u64,
}

impl Tally {
    fn add(&mut self, is_now: bool, n: u64) {
        let side = if is_now { &mut self.now } else { &mut self.before };
        *side = side.saturating_add(n);
    }

    /// A week's share of the weeks before, rounded up.
    const fn usual(self) -> u64 {
        self.before.div_ceil(WEEKS_BEFORE as u64)
    }

    const fn stands_out(self) -> bool {
        self.now > self.usual().saturating_mul(2)
    }
}

#[derive(Default)]
struct Person {
    devices_before: BTreeSet<Option<String>>,
    devices: BTreeMap<Option<String>, Timestamp>,
    nights: u64,
    first_night: Option<Timestamp>,
    taken_back: Tally,
    documents: u64,
    given: Tally,
    two_places: u64,
}

/// Counts a week's entries beside those of the four weeks before.
pub struct Digester {
    week: Week,
    habits: Habits,
    entries: u64,
    failed: Tally,
    people: BTreeMap<String, Person>,
}

impl Digester {
    /// For a week, with nothing counted.
    pub const fn new(week: Week, habits: Habits) -> Self {
        let failed = Tally { now: 0, before: 0 };
        Self { week, habits, entries: 0, failed, people: BTreeMap::new() }
    }

    /// The first instant whose entries count.
    pub fn from(&self) -> Timestamp {
        self.week.earlier(WEEKS_BEFORE).starts()
    }

    /// Counts one entry, with what opens it. Entries of other times are passed over.
    pub fn count(&mut self, entry: &Entry, openings: &[Opening]) {
        let is_now = self.week.holds(entry.at);
        if !is_now && (entry.at < self.from() || entry.at >= self.week.ends()) {
            return;
        }
        self.entries = self.entries.saturating_add(u64::from(is_now));
        // An entry without its body, which erasure leaves whole, is one that somebody has damaged: `audit verify` says so.
        let body = Body::from_openings(openings).ok();
        if entry.action == "session.refused" {
            self.failed.add(is_now, body.as_ref().map_or(1, repeats));
        }
        if entry.actor.kind != "member" {
            return;
        }
        let person = self.people.entry(entry.actor.id.clone()).or_default();
        if entry.action == "session.concurrent" && is_now {
            person.two_places = person.two_places.saturating_add(body.as_ref().map_or(1, repeats));
        }
        if entry.outcome != Outcome::Done {
            return;
        }
        if entry.action == "session.open" {
            let device = opened(openings, "request.user_agent");
            if is_now {
                let first = person.devices.entry(device).or_insert(entry.at);
                *first = (*first).min(entry.at);
            } else {
                person.devices_before.insert(device);
            }
        }
        if is_now && is_night(self.week, entry.at) {
            person.nights = person.nights.saturating_add(1);
            person.first_night = Some(person.first_night.map_or(entry.at, |first| first.min(entry.at)));
        }
        if self.habits.undoing.contains(&entry.action.as_str()) {
            person.taken_back.add(is_now, 1);
        }
        let given = body.as_ref().map_or(0, self.habits.given);
        if given > 0 {
            person.given.add(is_now, given);
            person.documents = person.documents.saturating_add(u64::from(is_now));
        }
    }

    /// What stands out.
    pub fn digest(self) -> Digest {
        let mut unusual = Vec::new();
        for (member, person) in self.people {
            let member = || member.clone();
            for (device, at) in person.devices {
                if !person.devices_before.contains(&device) {
                    unusual.push(Unusual::NewDevice { member: member(), device, at });
                }
            }
            if let Some(at) = person.first_night {
                unusual.push(Unusual::NightHours { member: member(), count: person.nights, at });
            }
            let back = person.taken_back;
            if back.now >= FEW && back.stands_out() {
                unusual.push(Unusual::TakenBack { member: member(), count: back.now, usual: back.usual() });
            }
            let given = person.given;
            if person.documents >= FEW && given.stands_out() {
                unusual.push(Unusual::GivenAway {
                    member: member(),
                    count: person.documents,
                    minor: given.now,
                    usual_minor: given.usual(),
                });
            }
            if person.two_places > 0 {
                unusual.push(Unusual::TwoPlaces { member: member(), count: person.two_places });
            }
        }
        let failed = self.failed;
        if failed.now >= FEW_FAILED && failed.stands_out() {
            unusual.push(Unusual::FailedSignIns { count: failed.now, usual: failed.usual() });
        }
        unusual.sort_by_key(Unusual::code);
        Digest { week: self.week, entries: self.entries, unusual }
    }
}

/// How often the observation of an entry was repeated.
fn repeats(body: &Body) -> u64 {
    let count = body.notes.iter().find(|(name, _)| name == "count");
    count.and_then(|(_, value)| u64::from_value(value.clone()).ok()).unwrap_or(1)
}

fn opened(openings: &[Opening], name: &str) -> Option<String> {
    let opening = openings.iter().find(|opening| opening.name == name)?;
    Value::from_bytes(&opening.content).and_then(String::from_value).ok()
}

fn is_night(week: Week, at: Timestamp) -> bool {
    let zone = week.zone();
    let of_day = at.seconds_since(zone.start_of(zone.date_of(at)));
    !(NIGHT_UNTIL..NIGHT_FROM).contains(&of_day)
}
