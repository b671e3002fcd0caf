//! Invitations, forgotten passwords and signing in by a link: what a link opens, once, and for whom.

use aurex_core::identity::actions::ReadMembers;
use aurex_core::identity::invitations::Invitee;
use aurex_core::identity::members::MemberPatch;
use aurex_core::identity::settings::SettingsPatch;
use aurex_core::rbac::Role;
use aurex_core::service::access::{
    FromBrowser, FromMail, SignedIn, change_member, change_password, change_settings, invite_again,
    invite_member, note_mails_since, send_reset, settings,
};
use aurex_core::store::Housekeeping as _;
use aurex_core::tenancy::{Assurance, RequestFacts};
use aurex_core::time::Clock as _;

use crate::support::*;

const SPENT: &str = "link.used_or_expired";
const OTHER: &str = "green parrot off a till";

fn asha(role: Role) -> Invitee {
    Invitee { name: name("Asha"), email: email("asha@zaveri.example"), role }
}

/// What a browser that asked for a mail sends, where it is given this by its test.
fn from(browser: Option<&str>) -> FromBrowser<'_> {
    FromBrowser { browser, device: None }
}

async fn lets_in_by_link(world: &World, owner: &SignedIn) {
    let version = settings(&world.road, &owner.scope).await.unwrap().version();
    let patch = SettingsPatch { magic_links: Some(true), ..SettingsPatch::default() };
    change_settings(&world.road, &owner.scope, &version, patch).await.unwrap();
}

#[tokio::test]
async fn asvs_v6_4_1_an_invitation_sets_the_first_password_once_and_opens_no_session() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let invited = invite_member(&world.road, &owner.scope, None, asha(Role::Cashier)).await.unwrap().value;
    let [(kind, to, content)] = &world.mails(&owner.scope).await[..] else { panic!("one mail") };
    assert_eq!((kind.as_str(), to.as_str()), ("invitation", "asha@zaveri.example"));
    assert_eq!((&content["by"], &content["role"]), (&"Meena Zaveri".into(), &"cashier".into()));
    let token = content["token"].as_str().unwrap();
    assert!(token.len() >= 43);

    // Nobody can sign in before, with whatever password.
    assert_eq!(code(world.signed_in("zaveri", "asha").await), "auth.required");
    let weak = world.sign_in.use_link("zaveri", token, "zaveri2026", facts()).await;
    assert_eq!(faults(weak), [("/new_password".to_owned(), "password.context_word")]);
    world.sign_in.use_link("zaveri", token, PASSWORD, facts()).await.unwrap();
    let signed_in = world.signed_in("zaveri", "asha").await.unwrap();
    assert_eq!((signed_in.member.id, signed_in.one_time), (invited.id, false));

    for again in [token, "l1_", "", "l1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(code(world.sign_in.use_link("zaveri", again, OTHER, facts()).await), SPENT);
    }
    assert!(world.request("zaveri", &signed_in).await.is_ok(), "a spent link ends nothing");
    let entries = world.log(&owner.scope).await;
    let used = entries.iter().find(|stored| stored.entry.action == "link.use").unwrap();
    assert_eq!(
        (used.entry.actor.kind.as_str(), used.entry.actor.id.clone()),
        ("member", invited.id.to_string())
    );
    assert!(world.story(&owner.scope).await.iter().any(|(action, _)| action == "link.refused"));
}

#[tokio::test]
async fn asvs_v6_4_1_an_invitation_is_over_after_a_week_and_when_another_is_sent() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let invited = invite_member(&world.road, &owner.scope, None, asha(Role::Cashier)).await.unwrap().value;
    let first = world.mailed(&owner.scope, "invitation", "token").await;
    invite_again(&world.road, &owner.scope, invited.id).await.unwrap();
    let second = world.mailed(&owner.scope, "invitation", "token").await;
    assert_ne!(first, second);
    assert_eq!(code(world.sign_in.use_link("zaveri", &first, PASSWORD, facts()).await), SPENT);

    world.clock.advance(7 * 24 * 3600 + 1);
    assert_eq!(code(world.sign_in.use_link("zaveri", &second, PASSWORD, facts()).await), SPENT);
    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    invite_again(&world.road, &owner.scope, invited.id).await.unwrap();
    let third = world.mailed(&owner.scope, "invitation", "token").await;
    world.sign_in.use_link("zaveri", &third, PASSWORD, facts()).await.unwrap();
    let again = invite_again(&world.road, &owner.scope, invited.id).await;
    assert_eq!(code(again), "link.joined_already");
}

#[tokio::test]
async fn nobody_invites_above_their_reach_or_to_an_address_that_is_taken() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let admin = world.member(&owner.scope, "zaveri", "ravi", Role::Admin).await;
    let invite = |role| invite_member(&world.road, &admin.scope, None, asha(role));
    assert_eq!(code(invite(Role::Owner).await), "member.role_beyond_reach");
    invite(Role::Cashier).await.unwrap();
    assert_eq!(code(invite(Role::Cashier).await), "member.email_taken");
    let above = send_reset(&world.road, &admin.scope, owner.member.id).await;
    assert_eq!(code(above), "member.beyond_reach");
    let manager = world.member(&owner.scope, "zaveri", "mira", Role::Manager).await;
    let refused = invite_member(&world.road, &manager.scope, None, asha(Role::Cashier)).await;
    assert_eq!(code(refused), "permission.denied");
}

#[tokio::test]
async fn asvs_v6_3_7_v6_4_3_a_reset_ends_every_session_and_other_link_and_says_so() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let meena = world.member(&owner.scope, "zaveri", "meena", Role::Cashier).await;
    for _ in 0..2 {
        world.sign_in.request_reset("zaveri", " MEENA@zaveri.example", facts()).await.unwrap();
    }
    // Typed with a space it is no address of anybody's.
    assert!(world.mails(&owner.scope).await.iter().all(|(kind, ..)| kind != "password_reset"));
    for _ in 0..2 {
        world.sign_in.request_reset("zaveri", "MEENA@zaveri.example", facts()).await.unwrap();
        world.sign_in.links_are_sent().await;
    }
    let tokens: Vec<String> = world
        .mails(&owner.scope)
        .await
        .into_iter()
        .filter(|(kind, ..)| kind == "password_reset")
        .map(|(_, _, content)| content["token"].as_str().unwrap().to_owned())
        .collect();
    let [first, second] = &tokens[..] else { panic!("two mails: {}", tokens.len()) };
    assert!(world.request("zaveri", &meena).await.is_ok(), "asking ends nothing");

    world.sign_in.use_link("zaveri", second, OTHER, facts()).await.unwrap();
    assert_eq!(code(world.request("zaveri", &meena).await), "auth.required");
    assert_eq!(code(world.sign_in.use_link("zaveri", first, PASSWORD, facts()).await), SPENT);
    assert_eq!(code(world.signed_in("zaveri", "meena").await), "auth.required");
    assert!(world.sign_in.password("zaveri", "meena@zaveri.example", OTHER, None, facts()).await.is_ok());

    let mails = world.mails(&owner.scope).await;
    let (kind, to, content) = mails.last().unwrap();
    assert_eq!((kind.as_str(), to.as_str()), ("password_changed", "meena@zaveri.example"));
    assert_eq!(content["address"], "203.0.113.7");
    let entries = world.log(&owner.scope).await;
    let asked = entries.iter().find(|stored| stored.entry.action == "link.request").unwrap();
    assert_eq!(asked.entry.actor.kind, "anonymous");
}

#[tokio::test]
async fn asvs_v6_3_7_changing_ones_password_is_told_by_mail() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    change_password(&world.sign_in, &owner.scope, PASSWORD, OTHER).await.unwrap();
    let owner = world.sign_in.password("zaveri", "owner@zaveri.example", OTHER, None, facts()).await.unwrap();
    let mails = world.mails(&owner.scope).await;
    let [(kind, to, content)] = &mails[..] else { panic!("one mail") };
    assert_eq!((kind.as_str(), to.as_str()), ("password_changed", "owner@zaveri.example"));
    assert_eq!(content["device"], "till/1");
}

#[tokio::test]
async fn asvs_v6_3_8_asking_for_a_reset_tells_nobody_who_is_here() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let away = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await.member;
    let patch = MemberPatch { disabled: Some(true), ..MemberPatch::default() };
    change_member(&world.road, &owner.scope, away.id, away.version, &patch).await.unwrap();
    let before = world.mails(&owner.scope).await.len();
    let asked = [
        ("zaveri", "nobody@zaveri.example"),
        ("zaveri", "ravi@zaveri.example"),
        ("zaveri", "not an address"),
        ("nowhere", "owner@zaveri.example"),
        ("not a slug", "owner@zaveri.example"),
    ];
    for (slug, address) in asked {
        world.sign_in.request_reset(slug, address, facts()).await.unwrap();
    }
    assert_eq!(world.mails(&owner.scope).await.len(), before);
    let refused = world.story(&owner.scope).await;
    assert_eq!(refused.iter().filter(|(action, _)| action == "link.refused").count(), 3);
    // A reset that was asked for before somebody was disabled is over with it.
    let asha = world.member(&owner.scope, "zaveri", "asha", Role::Cashier).await.member;
    world.sign_in.request_reset("zaveri", "asha@zaveri.example", facts()).await.unwrap();
    let token = world.mailed(&owner.scope, "password_reset", "token").await;
    change_member(&world.road, &owner.scope, asha.id, asha.version, &patch).await.unwrap();
    assert_eq!(code(world.sign_in.use_link("zaveri", &token, OTHER, facts()).await), SPENT);
}

#[tokio::test]
async fn asking_for_mails_is_throttled_and_keeps_nobody_from_signing_in() {
    let world = World::new();
    world.open("zaveri").await;
    let from = |n: u8| RequestFacts { ip: Some([198, 51, 100, n].into()), ..facts() };
    for address in ["owner@zaveri.example", "nobody@zaveri.example"] {
        let mut sent = 0;
        while world.sign_in.request_reset("zaveri", address, from(sent)).await.is_ok() {
            sent += 1;
        }
        assert_eq!(sent, 8, "{address}");
    }
    assert!(world.signed_in("zaveri", "owner").await.is_ok());
}

#[tokio::test]
async fn asvs_v6_4_6_who_has_a_reset_sent_chooses_no_password_and_sees_no_link() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let meena = world.member(&owner.scope, "zaveri", "meena", Role::Cashier).await;
    send_reset(&world.road, &owner.scope, meena.member.id).await.unwrap();
    let first = world.mailed(&owner.scope, "password_reset", "token").await;
    send_reset(&world.road, &owner.scope, meena.member.id).await.unwrap();
    let second = world.mailed(&owner.scope, "password_reset", "token").await;
    assert!(world.request("zaveri", &meena).await.is_ok());
    assert_eq!(code(world.sign_in.use_link("zaveri", &first, OTHER, facts()).await), SPENT);
    world.sign_in.use_link("zaveri", &second, OTHER, facts()).await.unwrap();
    assert_eq!(code(world.request("zaveri", &meena).await), "auth.required");
}

#[tokio::test]
async fn a_workspaces_links_open_nothing_in_another() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let other = world.open("mehta").await;
    world.sign_in.request_reset("zaveri", "owner@zaveri.example", facts()).await.unwrap();
    let token = world.mailed(&owner.scope, "password_reset", "token").await;
    assert_eq!(code(world.sign_in.use_link("mehta", &token, OTHER, facts()).await), SPENT);
    assert_eq!(code(world.sign_in.use_link("nowhere", &token, OTHER, facts()).await), SPENT);
    assert_eq!(world.mails(&other.scope).await.len(), 0);
    world.sign_in.use_link("zaveri", &token, OTHER, facts()).await.unwrap();
}

#[tokio::test]
async fn asvs_v6_6_2_a_sign_in_link_opens_only_where_it_was_asked_for() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let off = world.sign_in.request_sign_in_link("zaveri", "owner@zaveri.example", facts()).await;
    assert_eq!(code(off), "resource.not_found");
    lets_in_by_link(&world, &owner).await;
    let ask = || world.sign_in.request_sign_in_link("zaveri", "owner@zaveri.example", facts());
    let (mine, theirs) = (ask().await.unwrap(), ask().await.unwrap());
    world.sign_in.links_are_sent().await;
    let browser = ask().await.unwrap();
    let token = world.mailed(&owner.scope, "magic_link", "token").await;
    let open = |presented, browser| {
        let (world, facts) = (&world, facts());
        async move { world.sign_in.session_by_link("zaveri", presented, from(browser), facts).await }
    };
    for other in [None, Some(mine.expose()), Some(theirs.expose()), Some("rubbish")] {
        assert_eq!(code(open(FromMail::Token(&token), other).await), "link.other_browser");
    }
    let signed_in = open(FromMail::Token(&token), Some(browser.expose())).await.unwrap();
    assert_eq!(signed_in.scope.assurance(), Assurance::Link);
    assert!(signed_in.scope.permit::<ReadMembers>().is_ok());
    assert!(world.request("zaveri", &signed_in).await.is_ok());
    assert_eq!(code(open(FromMail::Token(&token), Some(browser.expose())).await), SPENT);
    // It sets no password.
    let next = ask().await.unwrap();
    let token = world.mailed(&owner.scope, "magic_link", "token").await;
    assert_eq!(code(world.sign_in.use_link("zaveri", &token, OTHER, facts()).await), SPENT);
    assert!(open(FromMail::Token(&token), Some(next.expose())).await.is_ok());
}

#[tokio::test]
async fn asvs_v6_5_5_a_sign_in_link_and_its_code_are_over_after_ten_minutes() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    lets_in_by_link(&world, &owner).await;
    let ask = || world.sign_in.request_sign_in_link("zaveri", "owner@zaveri.example", facts());
    for (wait, is_good) in [(598, true), (601, false)] {
        let browser = ask().await.unwrap();
        let token = world.mailed(&owner.scope, "magic_link", "token").await;
        let typed = world.mailed(&owner.scope, "magic_link", "code").await;
        world.clock.advance(wait);
        let by_code = FromMail::Code(&typed);
        if !is_good {
            let late =
                world.sign_in.session_by_link("zaveri", by_code, from(Some(browser.expose())), facts()).await;
            assert_eq!(code(late), SPENT);
        }
        let by_token = FromMail::Token(&token);
        let answer =
            world.sign_in.session_by_link("zaveri", by_token, from(Some(browser.expose())), facts()).await;
        assert_eq!(answer.is_ok(), is_good, "after {wait} seconds");
    }
}

#[tokio::test]
async fn asvs_v6_6_3_a_code_is_tried_five_times_and_then_it_is_dead() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    lets_in_by_link(&world, &owner).await;
    let browser =
        world.sign_in.request_sign_in_link("zaveri", "owner@zaveri.example", facts()).await.unwrap();
    let right = world.mailed(&owner.scope, "magic_link", "code").await;
    assert_eq!(right.replace('-', "").len(), 8);
    let attempt = |typed: &str, browser: Option<String>| {
        let (world, typed) = (&world, typed.to_owned());
        async move {
            let by_code = FromMail::Code(&typed);
            world.sign_in.session_by_link("zaveri", by_code, from(browser.as_deref()), facts()).await
        }
    };
    let held = || Some(browser.expose().to_owned());
    for n in 0..4 {
        assert_eq!(code(attempt(&format!("0000000{n}"), held()).await), "link.wrong_code");
    }
    // Without the cookie nothing is counted and nothing is said.
    assert_eq!(code(attempt(&right, None).await), SPENT);
    assert_eq!(code(attempt("not a code", held()).await), "link.wrong_code");
    assert_eq!(code(attempt(&right, held()).await), SPENT);

    // Another one is as good as new, however it is typed.
    let browser =
        world.sign_in.request_sign_in_link("zaveri", "owner@zaveri.example", facts()).await.unwrap();
    let right = world.mailed(&owner.scope, "magic_link", "code").await.to_lowercase().replace('-', " ");
    let signed_in = attempt(&right, Some(browser.expose().to_owned())).await.unwrap();
    assert_eq!(signed_in.scope.assurance(), Assurance::Link);
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_does() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    lets_in_by_link(&world, &owner).await;
    let browser =
        world.sign_in.request_sign_in_link("zaveri", "owner@zaveri.example", facts()).await.unwrap();
    let token = world.mailed(&owner.scope, "magic_link", "token").await;
    let open = || {
        world.sign_in.session_by_link(
            "zaveri",
            FromMail::Token(&token),
            from(Some(browser.expose())),
            facts(),
        )
    };
    let (one, other) = tokio::join!(open(), open());
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|won| **won).count(), 1);
    world.sign_in.request_reset("zaveri", "owner@zaveri.example", facts()).await.unwrap();
    let token = world.mailed(&owner.scope, "password_reset", "token").await;
    let set = |new| world.sign_in.use_link("zaveri", &token, new, facts());
    let (one, other) = tokio::join!(set(OTHER), set("yellow parrot on a till"));
    assert_ne!(one.is_ok(), other.is_ok());
}

#[tokio::test]
async fn every_mail_is_noted_for_the_sender_and_found_by_one_who_looks() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let start = world.clock.now();
    invite_member(&world.road, &owner.scope, None, asha(Role::Cashier)).await.unwrap();
    let now = world.clock.now().plus_seconds(60);
    let claimed = world.store.claim_mails(now, now.plus_seconds(60), 9).await.unwrap();
    assert_eq!(claimed.len(), 1);
    let found =
        note_mails_since(&world.road, &world.sender, owner.scope.tenant(), start.plus_seconds(-60)).await;
    assert_eq!(found.unwrap(), 1);
    let none = note_mails_since(&world.road, &world.sender, owner.scope.tenant(), now).await;
    assert_eq!(none.unwrap(), 0);
    assert_eq!(world.store.claim_mails(now, now, 9).await.unwrap(), [], "it stays with who took it");
}

#[tokio::test]
async fn asvs_v14_2_1_no_token_of_a_link_stands_in_the_log() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    lets_in_by_link(&world, &owner).await;
    world.sign_in.request_sign_in_link("zaveri", "owner@zaveri.example", facts()).await.unwrap();
    let token = world.mailed(&owner.scope, "magic_link", "token").await;
    let typed = world.mailed(&owner.scope, "magic_link", "code").await;
    let log = world.log(&owner.scope).await;
    assert!(log.iter().any(|stored| stored.entry.action == "link.request"));
    for stored in log {
        let openings: Vec<u8> = stored.openings.iter().flat_map(|opening| opening.content.clone()).collect();
        for secret in [&token, &typed] {
            let bytes = secret.as_bytes();
            assert!(!openings.windows(bytes.len()).any(|part| part == bytes));
            assert!(!stored.bytes.windows(bytes.len()).any(|part| part == bytes));
        }
    }
}

#[tokio::test]
async fn asvs_v6_3_5_a_sign_in_from_a_new_device_or_after_many_refused_ones_is_told() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let kinds = async || -> Vec<String> {
        world.mails(&owner.scope).await.into_iter().map(|(kind, ..)| kind).collect()
    };
    let elsewhere = |n| RequestFacts {
        ip: Some([192, 0, 2, n].into()),
        user_agent: Some("another".to_owned()),
        ..facts()
    };
    let sign_in = async |password: &str, device: Option<&str>, facts| {
        world.sign_in.password("zaveri", "owner@zaveri.example", password, device, facts).await
    };
    // Whoever has just set a password is about to sign in somewhere.
    sign_in(PASSWORD, None, elsewhere(1)).await.unwrap();
    world.clock.advance(7200);
    sign_in(PASSWORD, None, facts()).await.unwrap();
    sign_in(PASSWORD, None, elsewhere(200)).await.unwrap();
    assert_eq!(kinds().await, [] as [&str; 0], "the same program in the same network");
    let phone = RequestFacts { user_agent: Some("phone".to_owned()), ..facts() };
    let first = sign_in(PASSWORD, None, phone.clone()).await.unwrap();
    assert_eq!(kinds().await, ["new_device"]);
    let tablet = RequestFacts { user_agent: Some("tablet".to_owned()), ..facts() };
    sign_in(PASSWORD, first.device.as_ref().map(|device| device.expose()), tablet).await.unwrap();
    assert_eq!(kinds().await, ["new_device"], "the device proved that it is known");

    for _ in 0..5 {
        assert_eq!(code(sign_in("wrong", None, elsewhere(9)).await), "auth.required");
    }
    sign_in(PASSWORD, None, facts()).await.unwrap();
    assert_eq!(kinds().await, ["new_device", "many_failures"]);
    let mails = world.mails(&owner.scope).await;
    assert_eq!(mails.last().unwrap().2["count"], 5);
    sign_in(PASSWORD, None, facts()).await.unwrap();
    assert_eq!(kinds().await.len(), 2, "said once");
}
