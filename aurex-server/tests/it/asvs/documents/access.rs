//! `docs/access.md`: ways in, sessions, guessing, circumstances.

use std::collections::BTreeSet;

use aurex_core::identity::sessions::{Lifetime, SessionPolicy};
use aurex_core::identity::throttle::{SignInPolicies, ThrottlePolicy};
use aurex_core::rbac::{Action as _, Catalogue, Role};
use aurex_core::shop::actions::ReadStock;

use super::super::files::read;
use super::{quoted, table};
use crate::operations::{PUBLIC, documented};

#[test]
fn asvs_v7_1_1_v7_1_2_sessions_last_as_long_as_is_written() {
    let page = read("docs/access.md");
    let rows = table(&page, "Sessions");
    let policy = SessionPolicy::STANDARD;
    let says = |row: &[String], lifetime: Lifetime| {
        let hours = lifetime.absolute_seconds / 3600;
        let unit = if hours == 1 { "hour" } else { "hours" };
        assert_eq!(row[1], format!("{} minutes", lifetime.idle_seconds / 60), "{}", row[0]);
        assert_eq!(row[2], format!("{hours} {unit}"), "{}", row[0]);
    };
    says(&rows[0], policy.lifetime(Role::Cashier, false));
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Cashier) {
        says(&rows[1], policy.lifetime(role, false));
    }
    says(&rows[2], policy.lifetime(Role::Owner, true));
    says(&rows[3], policy.till);
    assert!(page.contains(&format!("may have {} sessions at once", policy.most_open)));
}

#[test]
fn asvs_v6_1_1_guesses_are_counted_as_is_written() {
    let page = read("docs/access.md");
    let rows = table(&page, "Guessing");
    let standard = SignInPolicies::STANDARD;
    let policies: [ThrottlePolicy; 6] = [
        standard.account,
        standard.address,
        standard.workspace,
        standard.person,
        standard.device,
        standard.pin,
    ];
    assert_eq!(rows.len(), policies.len());
    for (row, policy) in rows.iter().zip(policies) {
        let said = (row[1].as_str(), row[2].as_str());
        let burst = policy.most_allowed_within(0).to_string();
        // Longer than anybody works: no time gives a try back.
        let interval = match policy.longest_wait_seconds() {
            1_000_000_000.. => "never: a password or another number gives them back".to_owned(),
            seconds => format!("{seconds} s"),
        };
        assert_eq!(said, (burst.as_str(), interval.as_str()), "{}", row[0]);
    }
}

#[test]
fn asvs_v6_1_3_every_way_in_is_written_down() {
    let page = read("docs/access.md");
    let written: BTreeSet<String> = table(&page, "Ways in")
        .iter()
        .flat_map(|row| quoted(&row[1]).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    // Whatever takes a password or hands a credential out.
    let mut ways: BTreeSet<String> = PUBLIC.iter().map(|id| (*id).to_owned()).collect();
    for operation in documented() {
        let body = operation.value["requestBody"].to_string();
        if body.contains("PasswordBody") || operation.id.contains("ApiToken") && operation.method == "POST" {
            ways.insert(operation.id);
        }
    }
    assert!(ways.len() >= 4, "{ways:?}");
    let missing: Vec<_> = ways.difference(&written).collect();
    assert!(missing.is_empty(), "docs/access.md says nothing of {missing:?}");
}

#[test]
fn asvs_v8_1_3_v8_1_4_the_circumstances_of_a_decision_are_written_down() {
    let page = read("docs/access.md");
    let said: Vec<String> =
        table(&page, "What a decision looks at").into_iter().map(|row| row[0].clone()).collect();
    // What the policy takes beside the role and the action, and what the decisions behind it take.
    for circumstance in [
        "workspace",
        "a role of the workspace's own",
        "how the session began",
        "a second person",
        "assurance",
        "what was granted",
        "date of the bill",
        "amounts",
        "what changed meanwhile",
    ] {
        assert!(said.iter().any(|said| said == circumstance), "{circumstance}");
    }
    let fresh = SessionPolicy::STANDARD.fresh_seconds / 60;
    assert!(page.contains(&format!("a proof from within {fresh} minutes")));
    let policy = read("aurex-core/src/rbac/policy.rs");
    assert!(
        policy.contains("(role: Role, reach: &Reach, proof: Proof) ->"),
        "the policy takes something else"
    );
    // What those two can hold, and under which of the circumstances it is written down: one more has to be added here.
    let variants = |file: &str, begin: &str| -> Vec<String> {
        let text = read(file);
        let (_, body) = text.split_once(begin).expect("the type");
        let lines = body.split("\n}").next().unwrap().lines().map(str::trim);
        let names =
            lines.filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with('#'));
        names
            .map(|line| {
                line.trim_start_matches("pub ").split(['(', ',', ':', ' ']).next().unwrap().to_owned()
            })
            .collect()
    };
    let reach = variants("aurex-core/src/tenancy/scope.rs", "pub enum Reach {");
    let written = [
        ("Role", "workspace"),
        ("Without", "a role of the workspace's own"),
        ("Granted", "what was granted"),
        ("Errand", "how the session began"),
        ("Outside", "hour and network"),
        ("Only", "what was granted"),
    ];
    assert_eq!(reach, written.map(|(variant, _)| variant));
    assert!(written.iter().all(|(_, row)| said.iter().any(|said| said == row)));
    assert_eq!(variants("aurex-core/src/tenancy/actor.rs", "pub struct Proof {"), ["assurance", "is_fresh"]);
    // Every limit of a role is a figure that is written down.
    let limits: BTreeSet<&str> =
        Role::ALL.into_iter().flat_map(|role| Catalogue::core().caps_of(role).into_keys()).collect();
    assert!(limits.len() > 2, "{limits:?}");
    for limit in limits {
        assert!(page.contains(&format!("`{limit}`")), "docs/access.md does not name the limit {limit}");
    }
}

#[test]
fn asvs_v8_1_2_the_fields_that_a_role_does_not_see_are_written_down() {
    let rows = table(&read("docs/access.md"), "Fields");
    let cost = rows.iter().find(|row| row[0].contains("`cost`")).expect("the cost");
    let hidden: Vec<&str> = Role::ALL
        .into_iter()
        .filter(|role| ReadStock::GRANTS.of(*role).is_some_and(|fields| !fields.cost))
        .map(Role::code)
        .collect();
    assert_eq!(cost[1], hidden.join(", "));
    // No other action shows some of its fields to some.
    for action in Catalogue::core().iter().filter(|action| action.code != "stock.read") {
        assert!(action.grants.iter().flatten().all(|limits| !limits.ends_with(" cost")), "{}", action.code);
    }
}
