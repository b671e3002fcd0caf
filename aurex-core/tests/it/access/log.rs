//! What the log says of the door.

use aurex_core::audit::{Body, Outcome, Value};
use aurex_core::identity::actions::AddMember;
use aurex_core::identity::second_factors::Proving;
use aurex_core::identity::settings::SettingsPatch;
use aurex_core::rbac::Role;
use aurex_core::service::access::{
    FromBrowser, FromMail, begin_second_factor, change_password, change_settings, close_session,
    confirm_second_factor, enrol_till, set_pin, settings, sign_member_out, step_up,
};
use aurex_core::store::{Store as _, StoredEntry, field_name};
use aurex_core::tenancy::Scope;
use aurex_core::time::Clock as _;

use crate::support::*;

fn notes(stored: &StoredEntry) -> Vec<(String, Option<Value>)> {
    let body = Body::from_openings(&stored.openings).unwrap();
    body.changes(field_name).into_iter().map(|change| (change.field, change.after)).collect()
}

#[tokio::test]
async fn asvs_v16_3_1_a_failed_sign_in_is_sealed_with_its_count_and_without_the_address() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    for _ in 0..5 {
        let _ = world.sign_in.password("zaveri", "owner@zaveri.example", "wrong", None, facts()).await;
    }
    let _ = world.sign_in.password("zaveri", "nobody@zaveri.example", "wrong", None, facts()).await;
    let log = world.log(&owner.scope).await;
    let refused: Vec<_> = log.iter().filter(|e| e.entry.action == "session.refused").collect();
    assert_eq!(refused.len(), 2);
    for stored in &refused {
        assert_eq!(stored.entry.outcome, Outcome::Refused);
        assert_eq!(stored.entry.actor.kind, "anonymous");
        assert_eq!((stored.entry.subject_kind.as_str(), stored.entry.subject_id.len()), ("account", 32));
        let everything = format!("{stored:?}");
        assert!(!everything.contains("owner@") && !everything.contains("nobody@"));
    }
    assert_ne!(refused[0].entry.subject_id, refused[1].entry.subject_id);
    let five = notes(refused[0]);
    assert!(five.iter().any(|(_, after)| *after == Some(Value::Int(5))), "{five:?}");
    // Sealed once: nothing waits any more.
    assert_eq!(world.collect(owner.scope.tenant()).await, 0);
}

#[tokio::test]
async fn asvs_v16_3_2_a_refused_permission_is_in_the_log_under_who_was_refused() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let denied = ravi.scope.permit::<AddMember>().unwrap_err();
    world.sign_in.observe_denied(&ravi.scope, &denied).await.unwrap();
    let log = world.log(&owner.scope).await;
    let last = &log.last().unwrap().entry;
    assert_eq!((last.action.as_str(), last.outcome), ("permission.refused", Outcome::Refused));
    assert_eq!((last.actor.id.clone(), last.subject_id.as_str()), (ravi.member.id.to_string(), "member.add"));
}

#[tokio::test]
async fn asvs_v16_3_1_every_way_of_setting_a_password_is_in_the_log() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let _ = change_password(&world.sign_in, &owner.scope, "wrong", "green parrot off a till").await;
    world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let actions: Vec<_> = world.story(&owner.scope).await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(
        actions,
        [
            "workspace.open",
            "session.open",
            "member.add",
            "session.open",
            "password.change",
            "password.refused"
        ]
    );
}

/// What the log has that it had not when this was last asked: action, outcome and assurance of each entry.
struct News<'w> {
    world: &'w World,
    owner: Scope,
    read: usize,
}

impl News<'_> {
    async fn are(&mut self, expected: &[(&str, Outcome, &str)]) {
        let log = self.world.log(&self.owner).await;
        let news: Vec<_> = log[self.read..]
            .iter()
            .map(|stored| &stored.entry)
            .map(|entry| (entry.action.as_str(), entry.outcome, entry.actor.assurance.as_str()))
            .collect();
        assert_eq!(news, expected);
        self.read = log.len();
        // What is refused again within a minute would be counted in the entry before.
        self.world.clock.advance(61);
    }
}

#[tokio::test]
async fn asvs_v16_3_1_every_way_in_is_logged_with_its_factor_whether_it_succeeds_or_not() {
    use Outcome::{Done, Refused};
    let world = World::new();
    let owner = world.open("zaveri").await;
    let mut news = News { world: &world, owner: owner.scope.clone(), read: 0 };
    news.are(&[("workspace.open", Done, "password"), ("session.open", Done, "password")]).await;

    // A password, somebody else's first and then an own one.
    let ravi = world.added(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let by_password = async |password: &str| {
        world.sign_in.password("zaveri", ravi.email.as_str(), password, None, facts()).await
    };
    by_password("not this one").await.unwrap_err();
    let first = by_password(SECRET).await.unwrap();
    news.are(&[
        ("member.add", Done, "password"),
        ("session.open", Done, "one_time_secret"),
        ("session.refused", Refused, "none"),
    ])
    .await;
    change_password(&world.sign_in, &first.scope, "not this one", PASSWORD).await.unwrap_err();
    let me = change_password(&world.sign_in, &first.scope, SECRET, PASSWORD).await.unwrap().value;
    news.are(&[
        ("password.change", Done, "one_time_secret"),
        ("password.refused", Refused, "one_time_secret"),
    ])
    .await;

    // Proving it once more.
    step_up(&world.sign_in, &me.scope, Proving::Password("not this one"), None).await.unwrap_err();
    let me = step_up(&world.sign_in, &me.scope, Proving::Password(PASSWORD), None).await.unwrap().value;
    news.are(&[("session.step_up", Done, "password"), ("session.step_up_refused", Refused, "password")])
        .await;

    // A number at a shared till.
    set_pin(&world.sign_in, &me.scope, "407193").await.unwrap();
    let till =
        enrol_till(&world.road, &owner.scope, None, name("Window")).await.unwrap().value.token.unwrap();
    let by_number = async |pin: &str| world.sign_in.pin("zaveri", till.expose(), ravi.id, pin, facts()).await;
    by_number("407194").await.unwrap_err();
    let at_till = by_number("407193").await.unwrap();
    news.are(&[
        ("pin.set", Done, "password"),
        ("till.change", Done, "password"),
        ("session.open", Done, "pin"),
        ("session.refused", Refused, "none"),
    ])
    .await;
    close_session(&world.road, &at_till.scope).await.unwrap();
    news.are(&[("session.close", Done, "pin")]).await;

    // A link in a mail.
    let version = settings(&world.road, &owner.scope).await.unwrap().version();
    let patch = SettingsPatch { magic_links: Some(true), ..SettingsPatch::default() };
    change_settings(&world.road, &owner.scope, &version, patch).await.unwrap();
    let browser = world.sign_in.request_sign_in_link("zaveri", ravi.email.as_str(), facts()).await.unwrap();
    let token = world.mailed(&owner.scope, "magic_link", "token").await;
    let by_link = async |browser: Option<&str>| {
        let from = FromBrowser { browser, device: None };
        world.sign_in.session_by_link("zaveri", FromMail::Token(&token), from, facts()).await
    };
    by_link(None).await.unwrap_err();
    by_link(Some(browser.expose())).await.unwrap();
    news.are(&[
        ("settings.change", Done, "password"),
        ("link.request", Done, "none"),
        ("link.use", Done, "link"),
        ("link.refused", Refused, "none"),
    ])
    .await;

    // A forgotten password.
    world.sign_in.request_reset("zaveri", ravi.email.as_str(), facts()).await.unwrap();
    let token = world.mailed(&owner.scope, "password_reset", "token").await;
    world.sign_in.use_link("zaveri", &token, "green parrot off a till", facts()).await.unwrap();
    world.sign_in.use_link("zaveri", &token, "green parrot off a till", facts()).await.unwrap_err();
    news.are(&[
        ("link.request", Done, "none"),
        ("link.use", Done, "link"),
        ("link.refused", Refused, "none"),
    ])
    .await;

    // A second factor: set up, beside the password, after it.
    let me = by_password("green parrot off a till").await.unwrap();
    let secret = begin_second_factor(&world.road, &me.scope).await.unwrap().value.secret;
    let now = || code_at(&secret, world.clock.now());
    confirm_second_factor(&world.sign_in, &me.scope, &now(), true).await.unwrap();
    news.are(&[
        ("session.open", Done, "password"),
        ("second_factor.add", Done, "password"),
        ("second_factor.add", Done, "password"),
    ])
    .await;
    let with_code = async |code: &str| {
        let typed = ("green parrot off a till", Some(code));
        world.sign_in.password_and_code("zaveri", ravi.email.as_str(), typed, None, facts()).await
    };
    with_code("12345").await.unwrap_err();
    with_code(&now()).await.unwrap();
    news.are(&[("session.open", Done, "second_factor"), ("session.refused", Refused, "none")]).await;
    let half = by_password("green parrot off a till").await.unwrap();
    step_up(&world.sign_in, &half.scope, Proving::Code("12345"), None).await.unwrap_err();
    step_up(&world.sign_in, &half.scope, Proving::Code(&now()), None).await.unwrap();
    news.are(&[
        ("session.open", Done, "password"),
        ("session.step_up", Done, "password"),
        ("session.step_up_refused", Refused, "password"),
    ])
    .await;

    // And out again, by somebody else.
    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    sign_member_out(&world.road, &owner.scope, ravi.id).await.unwrap();
    news.are(&[("session.open", Done, "password"), ("member.sign_out", Done, "password")]).await;
}

#[tokio::test]
async fn asvs_v16_2_5_no_secret_is_in_the_log() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let mut reader = world.store.reader(&owner.scope).await.unwrap();
    let hash = reader.credential(ravi.member.id).await.unwrap().unwrap().hash;
    drop(reader);
    let token_hash = *ravi.token.hash().as_bytes();
    let log = world.log(&owner.scope).await;
    let secrets =
        [hash.as_bytes(), token_hash.as_slice(), ravi.token.expose().as_bytes(), PASSWORD.as_bytes()];
    for stored in &log {
        let bytes = stored.openings.iter().flat_map(|o| o.content.clone()).chain(stored.bytes.clone());
        let bytes: Vec<u8> = bytes.collect();
        for secret in secrets {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{}", stored.entry.action);
        }
    }
}
