//! Where people are signed in: who sees it, who ends it, and what is made of two places at one time.

use aurex_core::identity::settings::SettingsPatch;
use aurex_core::rbac::Role;
use aurex_core::service::access::{
    FromBrowser, FromMail, change_settings, close_session, concurrent_use, end_other_sessions,
    end_own_session, enrol_till, list_seen_members, member_sessions, own_sessions, set_pin, settings,
    sign_everybody_out, sign_member_out,
};
use aurex_core::store::PageRequest;
use aurex_core::tenancy::RequestFacts;

use crate::support::*;

fn from(ip: [u8; 4]) -> RequestFacts {
    RequestFacts { ip: Some(ip.into()), ..facts() }
}

#[tokio::test]
async fn asvs_v7_5_2_a_member_sees_and_ends_sessions_of_their_own() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.clock.advance(1);
    let laptop = world.signed_in("zaveri", "owner").await.unwrap();
    world.clock.advance(1);
    let phone = world.signed_in("zaveri", "owner").await.unwrap();
    let listed = own_sessions(&world.road, &owner.scope).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|open| (open.session.id, open.is_current)).collect();
    assert_eq!(ids, [(phone.session, false), (laptop.session, false), (owner.session, true)]);
    assert_eq!(listed[0].session.agent.as_deref(), Some("till/1"));
    assert_eq!(listed[0].session.address.as_deref(), Some("203.0.113.7"));

    end_own_session(&world.road, &owner.scope, laptop.session).await.unwrap();
    assert_eq!(code(world.request("zaveri", &laptop).await), "auth.required");
    assert!(world.request("zaveri", &phone).await.is_ok());
    let here = world.request("zaveri", &owner).await.unwrap();
    end_other_sessions(&world.road, &here).await.unwrap();
    assert_eq!(code(world.request("zaveri", &phone).await), "auth.required");
    let here = world.request("zaveri", &owner).await.unwrap();
    assert_eq!(own_sessions(&world.road, &here).await.unwrap().len(), 1);

    // Somebody else's session is nobody's.
    let ravi = world.member(&here, "zaveri", "ravi", Role::Cashier).await;
    let here = world.request("zaveri", &owner).await.unwrap();
    assert_eq!(code(end_own_session(&world.road, &here, ravi.session).await), "resource.not_found");
    assert_eq!(code(end_own_session(&world.road, &ravi.scope, owner.session).await), "resource.not_found");
}

#[tokio::test]
async fn asvs_v7_4_5_owners_and_admins_end_the_sessions_of_one_member_or_of_all() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let admin = world.member(&owner.scope, "zaveri", "asha", Role::Admin).await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let meera = world.member(&owner.scope, "zaveri", "meera", Role::Manager).await;
    let road = &world.road;
    let of_ravi = member_sessions(road, &admin.scope, ravi.member.id).await.unwrap();
    assert_eq!(of_ravi.iter().map(|open| open.session.id).collect::<Vec<_>>(), [ravi.session]);
    assert_eq!(code(member_sessions(road, &meera.scope, ravi.member.id).await), "permission.denied");
    assert_eq!(code(sign_member_out(road, &meera.scope, ravi.member.id).await), "permission.denied");
    assert_eq!(code(sign_member_out(road, &admin.scope, owner.member.id).await), "member.beyond_reach");

    sign_member_out(road, &admin.scope, ravi.member.id).await.unwrap();
    assert_eq!(code(world.request("zaveri", &ravi).await), "auth.required");
    assert!(world.signed_in("zaveri", "ravi").await.is_ok(), "they may come again");
    assert_eq!(code(sign_everybody_out(road, &admin.scope).await), "permission.denied");
    let here = world.request("zaveri", &owner).await.unwrap();
    sign_everybody_out(road, &here).await.unwrap();
    for gone in [&admin, &meera] {
        assert_eq!(code(world.request("zaveri", gone).await), "auth.required");
    }
    let here = world.request("zaveri", &owner).await.unwrap();
    let story = world.story(&here).await;
    // An entry a member: however many there are, none grows beyond what an entry may be.
    for (action, times) in [("member.sign_out", 1), ("member.sign_out_everybody", 3)] {
        assert_eq!(story.iter().filter(|(of, _)| of == action).count(), times, "{action}");
    }
}

#[tokio::test]
async fn p63_use_from_two_places_at_one_time_is_a_hint_to_the_owner_and_an_entry() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let sign_in = async |ip| {
        let email = address("zaveri", "owner");
        world.sign_in.password("zaveri", &email, PASSWORD, None, from(ip)).await.unwrap()
    };
    sign_in([203, 0, 113, 99]).await;
    assert_eq!(concurrent_use(&world.road, &owner.scope).await.unwrap(), [], "the same street");
    world.clock.advance(1700);
    let away = sign_in([198, 51, 100, 1]).await;
    let found = concurrent_use(&world.road, &away.scope).await.unwrap();
    assert_eq!((found.len(), found[0].sessions.len()), (1, 3));
    let entries = |story: Vec<(String, _)>| story.iter().filter(|(of, _)| of == "session.concurrent").count();
    assert_eq!(entries(world.story(&away.scope).await), 1);
    world.clock.advance(1790);
    let scope = world.request("zaveri", &away).await.unwrap();
    world.clock.advance(1000);
    assert_eq!(concurrent_use(&world.road, &scope).await.unwrap(), [], "an hour ago");
}

/// How often the log says that somebody is in two places.
async fn twice_seen(world: &World) -> usize {
    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    let story = world.story(&owner.scope).await;
    story.iter().filter(|(action, _)| action == "session.concurrent").count()
}

#[tokio::test]
async fn p63_use_from_two_places_is_an_entry_whichever_way_somebody_signs_in() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let elsewhere = || from([198, 51, 100, 1]);

    // By a number at a shared till.
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    set_pin(&world.sign_in, &ravi.scope, "407193").await.unwrap();
    let till =
        enrol_till(&world.road, &owner.scope, None, name("Window")).await.unwrap().value.token.unwrap();
    let by_number = async |facts| {
        world.sign_in.pin("zaveri", till.expose(), ravi.member.id, "407193", facts).await.unwrap()
    };
    by_number(facts()).await;
    assert_eq!(twice_seen(&world).await, 0, "the same street");
    by_number(elsewhere()).await;
    assert_eq!(twice_seen(&world).await, 1);

    // By a link from a mail.
    let asha = world.member(&owner.scope, "zaveri", "asha", Role::Cashier).await;
    let version = settings(&world.road, &owner.scope).await.unwrap().version();
    let patch = SettingsPatch { magic_links: Some(true), ..SettingsPatch::default() };
    change_settings(&world.road, &owner.scope, &version, patch).await.unwrap();
    let browser =
        world.sign_in.request_sign_in_link("zaveri", asha.member.email.as_str(), facts()).await.unwrap();
    let token = world.mailed(&owner.scope, "magic_link", "token").await;
    let by_link = FromMail::Token(&token);
    let from = FromBrowser { browser: Some(browser.expose()), device: None };
    world.sign_in.session_by_link("zaveri", by_link, from, elsewhere()).await.unwrap();
    assert_eq!(twice_seen(&world).await, 2);
}

#[tokio::test]
async fn p64_a_login_that_nobody_used_in_sixty_days_is_dormant() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let ravi = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    world.added(&owner.scope, "zaveri", "never", Role::Cashier).await;
    close_session(&world.road, &ravi.scope).await.unwrap();
    world.clock.advance(60 * 86_400 - 1);
    let dormant = async || {
        let owner = world.signed_in("zaveri", "owner").await.unwrap();
        let page = list_seen_members(&world.road, &owner.scope, PageRequest::first(10)).await.unwrap();
        page.items.into_iter().map(|seen| (seen.has_joined, seen.is_dormant)).collect::<Vec<_>>()
    };
    assert_eq!(dormant().await, [(true, false), (true, false), (false, false)]);
    world.clock.advance(60);
    assert_eq!(dormant().await, [(true, false), (true, true), (false, true)]);
    world.signed_in("zaveri", "ravi").await.unwrap();
    assert_eq!(dormant().await, [(true, false), (true, false), (false, true)]);
}
