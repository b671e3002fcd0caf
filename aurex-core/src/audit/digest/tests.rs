use super::*;
use crate::audit::record::Column as _;
use crate::audit::{Body, Commitment, Entry, Observed, Opening, Outcome, Value};
use crate::tenancy::TenantId;
use crate::time::{Timestamp, Zone, parse_date};

const HABITS: Habits = Habits { undoing: &["invoice.cancel"], given };

/// A test's bill says what it gives away in a note.
fn given(body: &Body) -> u64 {
    let note = body.notes.iter().find(|(name, _)| name == "given");
    note.and_then(|(_, value)| u64::from_value(value.clone()).ok()).unwrap_or(0)
}

fn week() -> Week {
    Week::starting(parse_date("2026-11-16").unwrap(), Zone::INDIA).unwrap()
}

/// Noon of a day of the week, negative for days before it.
fn noon(day: i64) -> Timestamp {
    week().starts().plus_seconds(day * 86_400 + 12 * 3600)
}

struct Log(Digester);

impl Log {
    fn new() -> Self {
        Self(Digester::new(week(), HABITS))
    }

    fn entry(&mut self, who: &str, action: &str, at: Timestamp, note: (&str, u64), device: Option<&str>) {
        let outcome = if action == "session.refused" { Outcome::Refused } else { Outcome::Done };
        let commitment = Commitment { name: "body".to_owned(), hash: [0; 32] };
        let entry = Entry {
            tenant: TenantId::from_directory_row(uuid::Uuid::from_u128(1)),
            seq: 0,
            at,
            actor: Observed {
                kind: if who.is_empty() { "anonymous" } else { "member" }.to_owned(),
                id: who.to_owned(),
                role: "cashier".to_owned(),
                assurance: "password".to_owned(),
            },
            session: None,
            action: action.to_owned(),
            subject_kind: "thing".to_owned(),
            subject_id: "1".to_owned(),
            outcome,
            request_id: "r".to_owned(),
            body: commitment,
            personal: Vec::new(),
        };
        let notes = Value::List(vec![Value::List(vec![Value::Text(note.0.to_owned()), note.1.to_value()])]);
        let content = Value::List(vec![Value::List(Vec::new()), notes]).to_bytes();
        let mut openings = vec![Opening { slot: 0, name: "body".to_owned(), salt: [0; 32], content }];
        if let Some(device) = device {
            let content = Value::Text(device.to_owned()).to_bytes();
            let name = "request.user_agent".to_owned();
            openings.push(Opening { slot: 1, name, salt: [0; 32], content });
        }
        self.0.count(&entry, &openings);
    }

    fn did(&mut self, who: &str, action: &str, at: Timestamp) {
        self.entry(who, action, at, ("", 0), None);
    }

    fn unusual(self) -> Vec<Unusual> {
        self.0.digest().unusual
    }
}

#[test]
fn a_week_begins_on_monday_by_the_workspaces_clock() {
    let week = week();
    assert_eq!(week.starts().to_string(), "2026-11-15T18:30:00.000000Z");
    assert_eq!(Week::of(week.starts(), Zone::INDIA), week);
    assert_eq!(Week::of(week.ends().plus_micros(-1), Zone::INDIA), week);
    assert_ne!(Week::of(week.ends(), Zone::INDIA), week);
    assert_eq!(Week::of(week.starts().plus_micros(-1), Zone::INDIA), week.earlier(1));
    assert!(Week::starting(parse_date("2026-11-17").unwrap(), Zone::INDIA).is_none());
}

#[test]
fn an_ordinary_week_has_nothing_to_say() {
    let mut log = Log::new();
    for day in -28..7 {
        log.entry("asha", "session.open", noon(day), ("", 0), Some("the till"));
        log.did("asha", "invoice.cancel", noon(day));
        log.entry("asha", "invoice.issue", noon(day), ("given", 500), None);
        log.entry("", "session.refused", noon(day), ("count", 5), None);
    }
    let digest = log.0.digest();
    assert_eq!((digest.unusual, digest.entries), (vec![], 28));
}

#[test]
fn a_device_is_new_that_its_holder_had_not_used_in_the_four_weeks_before() {
    let mut log = Log::new();
    for (who, day, device) in [
        ("asha", -1, "the till"),
        ("asha", 0, "the till"),
        ("asha", 3, "a phone"),
        ("asha", 2, "a phone"),
        ("ravi", 1, "the till"),
        ("meena", -29, "an old desk"),
        ("meena", 4, "an old desk"),
    ] {
        log.entry(who, "session.open", noon(day), ("", 0), Some(device));
    }
    let new = |member: &str, device: &str, day| Unusual::NewDevice {
        member: member.to_owned(),
        device: Some(device.to_owned()),
        at: noon(day),
    };
    assert_eq!(
        log.unusual(),
        [new("asha", "a phone", 2), new("meena", "an old desk", 4), new("ravi", "the till", 1)]
    );
}

#[test]
fn night_is_from_ten_to_six() {
    let mut log = Log::new();
    let midnight = week().starts().plus_seconds(2 * 86_400);
    for seconds in [6 * 3600, 22 * 3600 - 1, 22 * 3600, 24 * 3600, 30 * 3600 - 1] {
        log.did("asha", "rate.post", midnight.plus_seconds(seconds));
    }
    let first = midnight.plus_seconds(22 * 3600);
    let expected = Unusual::NightHours { member: "asha".to_owned(), count: 3, at: first };
    assert_eq!(log.unusual(), [expected]);
}

#[test]
fn more_than_twice_the_habit_stands_out_and_few_never_do() {
    let mut log = Log::new();
    for (who, before, now) in [("few", 0, 2), ("new", 0, 3), ("twice", 8, 4), ("more", 8, 5)] {
        (0..before).for_each(|n| log.did(who, "invoice.cancel", noon(-1 - n)));
        (0..now).for_each(|_| log.did(who, "invoice.cancel", noon(1)));
    }
    let found = |member: &str, count, usual| Unusual::TakenBack { member: member.to_owned(), count, usual };
    assert_eq!(log.unusual(), [found("more", 5, 2), found("new", 3, 0)]);
}

#[test]
fn discounts_are_compared_by_their_sum() {
    let mut log = Log::new();
    for (who, each) in [("asha", 1000), ("ravi", 100)] {
        (-4..0).for_each(|n| log.entry(who, "invoice.issue", noon(n * 7), ("given", 900), None));
        (0..3).for_each(|n| log.entry(who, "invoice.issue", noon(n), ("given", each), None));
    }
    let expected = Unusual::GivenAway { member: "asha".to_owned(), count: 3, minor: 3000, usual_minor: 900 };
    assert_eq!(log.unusual(), [expected]);
}

#[test]
fn failed_sign_ins_count_as_often_as_they_were_repeated() {
    let mut log = Log::new();
    log.entry("", "session.refused", noon(1), ("count", 19), None);
    log.entry("", "session.refused", noon(-1), ("count", 36), None);
    log.entry("asha", "session.concurrent", noon(2), ("count", 2), None);
    let places = Unusual::TwoPlaces { member: "asha".to_owned(), count: 2 };
    assert_eq!(log.unusual(), std::slice::from_ref(&places));

    let mut log = Log::new();
    log.entry("", "session.refused", noon(1), ("count", 19), None);
    log.entry("", "session.refused", noon(-1), ("count", 36), None);
    log.entry("asha", "session.concurrent", noon(2), ("count", 2), None);
    log.entry("", "session.refused", noon(1), ("count", 1), None);
    assert_eq!(log.unusual(), [Unusual::FailedSignIns { count: 20, usual: 9 }, places]);
}
