//! Passwords from outside: which may be set, what is said of them, and that all of one counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aurex_core::identity::credentials::Holder;
use aurex_core::identity::password::{
    BreachedError, BreachedPasswords, Cost, Password, PasswordPolicy, RangePrefix, Violation,
};
use aurex_core::identity::throttle::SignInPolicies;
use aurex_core::text::{Email, Name};
use aurex_server::ops::calibration;
use serde_json::{Value, json};

use crate::client::{Answer, Call, Person, session_of, sign_in};
use crate::shop::{PASSWORD, address, open, workspace};
use crate::world::World;

/// Opens a workspace whose owner has this password.
async fn open_with(world: &World, slug: &str, password: &str) -> Answer {
    let mut body = workspace(slug);
    body["owner"]["password"] = json!(password);
    world.send(Call::post("", &body).bare("")).await
}

async fn change(world: &World, person: &Person, current: &str, new: &str) -> Answer {
    person.send(world, &Call::post("/password", &json!({"current": current, "new": new}))).await
}

async fn judged(world: &World, person: &Person, password: &str) -> Value {
    let call = Call::post("/password/strength", &json!({"password": password}));
    person.send(world, &call).await.expect(200)
}

fn codes(remarks: &Value) -> Vec<&str> {
    remarks.as_array().unwrap().iter().map(|remark| remark["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn asvs_v6_2_8_v6_2_9_sixty_four_characters_of_four_bytes_sign_in_and_every_one_counts() {
    let world = World::on_memory().await;
    let letters: Vec<char> = (0..64).map(|n| char::from_u32(0x1_F300 + n).unwrap()).collect();
    let password: String = letters.iter().collect();
    assert_eq!(password.len(), 256);
    assert_eq!(open_with(&world, "zaveri", &password).await.status, 201);
    let email = address("zaveri", "owner");
    for at in 0..64 {
        let mut other = letters.clone();
        other[at] = '💍';
        let answer = sign_in(&world, "zaveri", &email, &other.into_iter().collect::<String>()).await;
        answer.expect_problem(401, "auth.refused");
        // The throttle is not the subject.
        world.clock.advance(600);
    }
    for other in [password.split_at(252).0, &format!("{password} "), &format!(" {password}")] {
        sign_in(&world, "zaveri", &email, other).await.expect_problem(401, "auth.refused");
        world.clock.advance(600);
    }
    sign_in(&world, "zaveri", &email, &password).await.expect(201);
}

#[tokio::test]
async fn asvs_v6_2_9_sixty_four_letters_of_any_script_are_accepted() {
    let world = World::on_memory().await;
    for (slug, letter) in [("hindi", "क"), ("rings", "💍"), ("latin", "w")] {
        assert_eq!(open_with(&world, slug, &letter.repeat(64)).await.status, 201, "{slug}");
        sign_in(&world, slug, &address(slug, "owner"), &letter.repeat(64)).await.expect(201);
        let shorter = sign_in(&world, slug, &address(slug, "owner"), &letter.repeat(63)).await;
        shorter.expect_problem(401, "auth.refused");
    }
}

#[tokio::test]
async fn asvs_v6_2_1_v6_2_4_v6_2_11_what_is_short_common_or_about_the_shop_is_refused() {
    let world = World::on_memory().await;
    for (password, code) in [
        ("kvXqm z", "password.too_short"),
        ("sunshine1", "password.common"),
        ("Zaveri@1947", "password.context_word"),
        ("aurex2026!!", "password.context_word"),
        ("meena-1990", "password.context_word"),
        ("cashier#2026", "password.context_word"),
        ("qazxswedcvfr", "password.guessable"),
    ] {
        let answer = open_with(&world, "zaveri", password).await;
        answer.expect_problem(422, "password.not_accepted");
        let found = answer.fields();
        assert!(found.contains(&("/owner/password".to_owned(), code.to_owned())), "{password}: {found:?}");
        assert!(!answer.text.contains(password), "{password} is repeated");
    }
    assert_eq!(open_with(&world, "zaveri", "kvXqm zt").await.status, 201, "eight characters are enough");
}

#[tokio::test]
async fn asvs_v6_2_2_v6_2_3_a_change_needs_the_present_password() {
    let world = World::on_memory().await;
    let owner = open(&world, "zaveri").await;
    let new = "green parrot on a till";
    change(&world, &owner, "not it at all", new).await.expect_problem(422, "password.current_wrong");
    let without = Call::post("/password", &json!({"new": new}));
    assert_eq!(owner.send(&world, &without).await.status, 422);
    change(&world, &owner, PASSWORD, new).await.expect(204);
    sign_in(&world, "zaveri", &address("zaveri", "owner"), new).await.expect(201);
}

#[tokio::test]
async fn asvs_v6_2_10_an_old_password_still_signs_in() {
    let world = World::on_memory().await;
    open(&world, "zaveri").await;
    world.clock.advance(2 * 366 * 86_400);
    let answer = sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
    answer.expect(201);
    session_of(&answer, "zaveri").read(&world, "/customers").await;
}

/// A list of two passwords.
struct Stub;

/// SHA-1 of `green parrot on a till` and of `onyx kettle marmalade`, by any other implementation.
const BREACHED: &str = "662FA114C1DAF2AADB67CFDB9F394538FB04CB00";
const ALSO_BREACHED: &str = "25B01B6D9416A9E12B6F0F1F95F56F7FFB206C7A";

#[async_trait::async_trait]
impl BreachedPasswords for Stub {
    async fn range(&self, prefix: RangePrefix) -> Result<String, BreachedError> {
        let of = |digest: &str| digest.strip_prefix(prefix.as_str()).map(|suffix| format!("{suffix}:7\r\n"));
        Ok([format!("{}:1\r\n", "0".repeat(35))]
            .into_iter()
            .chain([BREACHED, ALSO_BREACHED].into_iter().filter_map(of))
            .collect())
    }
}

/// A list that cannot be asked.
struct Broken;

#[async_trait::async_trait]
impl BreachedPasswords for Broken {
    async fn range(&self, _: RangePrefix) -> Result<String, BreachedError> {
        Err(BreachedError("no list today".into()))
    }
}

#[tokio::test]
async fn asvs_v6_2_12_a_breached_password_is_refused_wherever_one_is_set() {
    let world = World::refusing(Arc::new(Stub));
    let (breached, also) = ("green parrot on a till", "onyx kettle marmalade");
    let answer = open_with(&world, "zaveri", breached).await;
    assert_eq!(answer.fields(), [("/owner/password".to_owned(), "password.breached".to_owned())]);

    let owner = open(&world, "zaveri").await;
    let answer = change(&world, &owner, PASSWORD, also).await;
    assert_eq!(answer.fields(), [("/new".to_owned(), "password.breached".to_owned())]);
    let new = json!({"name": "N Rao", "email": "n@zaveri.example", "role": "cashier", "password": breached});
    let answer = owner.send(&world, &Call::post("/members", &new)).await;
    assert_eq!(answer.fields(), [("/password".to_owned(), "password.breached".to_owned())]);
    assert_eq!(codes(&judged(&world, &owner, also).await["violations"]), ["password.breached"]);
    change(&world, &owner, PASSWORD, "another parrot on a till").await.expect(204);
}

#[tokio::test]
async fn a_list_that_cannot_be_asked_accepts_nothing_and_keeps_nobody_out() {
    let world = World::refusing(Arc::new(Broken));
    let answer = open_with(&world, "zaveri", PASSWORD).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert!(!answer.text.contains("no list today"));
}

#[tokio::test]
async fn the_meter_says_what_is_wrong_and_what_would_help() {
    let world = World::on_memory().await;
    let owner = open(&world, "zaveri").await;
    let strong = judged(&world, &owner, "correct horse battery staple").await;
    assert_eq!(strong, json!({"acceptable": true, "score": 4, "violations": [], "suggestions": []}));

    let weak = judged(&world, &owner, "qazxswedcvfr").await;
    assert_eq!(
        (&weak["acceptable"], codes(&weak["violations"])),
        (&json!(false), vec!["password.guessable"])
    );
    assert!(codes(&weak["suggestions"]).contains(&"advice.add_word"), "{weak}");
    for password in ["zaveri2026", "Meena1990", "sunshine1", "x"] {
        let judgement = judged(&world, &owner, password).await;
        assert_eq!(judgement["acceptable"], false, "{password}");
        assert!(judgement["score"].as_u64().unwrap() < 2, "{password}");
        assert!(!judgement.to_string().contains(password), "{password} is repeated");
    }
    // What it accepts is what setting accepts.
    let middling = judged(&world, &owner, "kvXqm zt").await;
    assert_eq!((&middling["acceptable"], &middling["score"]), (&json!(true), &json!(2)));
    change(&world, &owner, PASSWORD, "kvXqm zt").await.expect(204);
}

#[tokio::test]
async fn the_meter_is_for_whoever_is_signed_in_and_leaves_no_trace() {
    let world = World::on_memory().await;
    let owner = open(&world, "zaveri").await;
    let call = Call::post("/password/strength", &json!({"password": "correct horse battery staple"}));
    world.send(call.bare("zaveri")).await.expect_problem(401, "auth.required");
    let password = "correct horse battery staple";
    owner.send(&world, &call).await.expect(200);
    world.collect().await;
    let log = owner.read(&world, "/audit?limit=50").await;
    let actions: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert!(actions.contains(&"workspace.open"), "{actions:?}");
    assert!(!actions.iter().any(|action| action.starts_with("password.")), "{actions:?}");
    assert!(!log.to_string().contains(password));
}

/// A number of the documentation, in a sentence that has to be there.
#[track_caller]
fn says(page: &str, sentence: String) {
    let flat = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(&sentence), "docs/passwords.md does not say: {sentence}");
}

#[test]
fn asvs_v6_1_1_the_documented_limits_are_those_in_force() {
    let page = include_str!("../../../docs/passwords.md");
    says(
        page,
        format!("{} to {} characters, of any script", PasswordPolicy::SHORTEST, PasswordPolicy::LONGEST),
    );
    says(page, format!("a score of at least {}", PasswordPolicy::LEAST_SCORE));
    says(page, format!("From {} characters on", PasswordPolicy::LONG_ENOUGH));
    says(page, format!("cost {} to {}", Cost::MINIMUM.get(), Cost::MAXIMUM.get()));
    says(page, format!("at most {} ms", calibration::LONGEST.as_millis()));
    let limits = SignInPolicies::STANDARD;
    for (name, policy) in [
        ("account", limits.account),
        ("address", limits.address),
        ("workspace", limits.workspace),
        ("person", limits.person),
    ] {
        says(
            page,
            format!("| {name} | {} | {} s |", policy.most_allowed_within(0), policy.longest_wait_seconds()),
        );
    }
}

#[test]
fn asvs_v6_1_2_the_words_of_the_context_are_those_that_are_written_down() {
    let page = include_str!("../../../docs/passwords.md");
    let (_, section) = page.split_once("\n### Words of the context\n").unwrap();
    let section = section.split("\n#").next().unwrap();
    says(section, format!("Words of {} characters and more", PasswordPolicy::SHORTEST_CONTEXT_WORD));
    let rows: BTreeMap<&str, &str> = section
        .lines()
        .filter_map(|line| line.trim_matches('|').split_once('|'))
        .map(|(whose, words)| (whose.trim(), words.trim()))
        .filter(|(whose, _)| !["whose", "---"].contains(whose))
        .collect();
    let (workspace, slug) = (Name::new("Sona Jewels").unwrap(), "sonaonline".parse().unwrap());
    let (name, email) = (Name::new("Asha Devi").unwrap(), Email::new("adevi@mailbox.example").unwrap());
    let holder = Holder { workspace: &workspace, slug: &slug, name: &name, email: &email };
    let mut sources = BTreeSet::new();
    for word in holder.context() {
        let source = word.source.to_string();
        let written = rows.get(source.as_str()).unwrap_or_else(|| panic!("nothing is written of {source}"));
        // What is the same for everybody is written out.
        if written.contains('`') {
            let listed: Vec<&str> = written.split('`').skip(1).step_by(2).collect();
            let known: Vec<String> = word.text.split(' ').map(str::to_lowercase).collect();
            assert_eq!(listed, known, "{source}");
        }
        sources.insert(source);
    }
    assert_eq!(sources.iter().map(String::as_str).collect::<Vec<_>>(), rows.into_keys().collect::<Vec<_>>());
    // And each of them is refused.
    for word in [
        "aurex",
        "owner",
        "admin",
        "manager",
        "cashier",
        "accountant",
        "auditor",
        "sona",
        "jewels",
        "sonajewels",
        "sonaonline",
        "asha",
        "devi",
        "adevi",
        "mailbox",
    ] {
        let password = Password::new(&format!("{word}2026!"));
        let refused = PasswordPolicy::default().check(&password, &holder.context()).unwrap_err();
        assert!(
            refused.violations().iter().any(|found| matches!(found, Violation::ContextWord { .. })),
            "{word}: {refused:?}"
        );
    }
}
