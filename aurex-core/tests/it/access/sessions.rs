//! What a session's cookie opens, and until when.

use aurex_core::identity::actions::{AddMember, ReadSettings};
use aurex_core::identity::members::MemberPatch;
use aurex_core::measure::{Fineness, Mass, Metal, RateKind};
use aurex_core::money::{Currency, Money};
use aurex_core::rbac::Role;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{change_member, close_session, current_session, list_members};
use aurex_core::service::shop::post_rate;
use aurex_core::shop::rates::NewRate;
use aurex_core::store::PageRequest;

use crate::support::*;

#[tokio::test]
async fn asvs_v7_3_1_a_session_ends_without_use() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.clock.advance(30 * 60 - 1);
    assert!(world.request("zaveri", &owner).await.is_ok());
    world.clock.advance(30 * 60 - 1);
    assert!(world.request("zaveri", &owner).await.is_ok());
    world.clock.advance(30 * 60);
    assert_eq!(code(world.request("zaveri", &owner).await), "auth.required");
}

#[tokio::test]
async fn asvs_v7_3_2_no_use_makes_a_session_longer_than_its_limit() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    for _ in 0..(8 * 60 - 1) {
        world.clock.advance(60);
        assert!(world.request("zaveri", &owner).await.is_ok());
        assert!(world.request("zaveri", &cashier).await.is_ok());
    }
    world.clock.advance(61);
    assert_eq!(code(world.request("zaveri", &owner).await), "auth.required");
    for _ in 0..(4 * 60 - 1) {
        assert!(world.request("zaveri", &cashier).await.is_ok());
        world.clock.advance(60);
    }
    assert!(world.request("zaveri", &cashier).await.is_ok());
    world.clock.advance(61);
    assert_eq!(code(world.request("zaveri", &cashier).await), "auth.required");
}

#[tokio::test]
async fn asvs_v7_4_1_signing_out_kills_the_session_and_what_it_queued() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let other_till = world.signed_in("zaveri", "owner").await.unwrap();
    let queued = world.request("zaveri", &owner).await.unwrap();
    assert!(close_session(&world.road, &owner.scope).await.unwrap().receipt.is_some());
    assert_eq!(code(world.request("zaveri", &owner).await), "auth.required");
    assert_eq!(code(close_session(&world.road, &queued).await), "auth.required");
    assert!(world.request("zaveri", &other_till).await.is_ok());
}

#[tokio::test]
async fn a_session_opens_its_own_workspace_only() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.open("mehta").await;
    for slug in ["mehta", "nobody", "No Slug", ""] {
        assert_eq!(code(world.request(slug, &owner).await), "auth.required", "{slug}");
    }
    let token = owner.token.expose();
    for other in ["", "x", &format!("{token}="), &token.replace(token.chars().next().unwrap(), "-")] {
        let answer = world.sign_in.session("zaveri", other, facts()).await;
        assert_eq!(code(answer), "auth.required", "{other}");
    }
}

#[tokio::test]
async fn asvs_v7_4_2_disabled_member_loses_sessions_at_once() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    assert!(world.request("zaveri", &cashier).await.is_ok());
    let patch = |disabled| MemberPatch { disabled: Some(disabled), ..MemberPatch::default() };
    let off =
        change_member(&world.road, &owner.scope, cashier.member.id, 1, &patch(true)).await.unwrap().value;
    assert_eq!(code(world.request("zaveri", &cashier).await), "auth.required");
    assert_eq!(code(world.signed_in("zaveri", "ravi").await), "auth.required");

    // Enabled again, they sign in again: what ended stays ended.
    change_member(&world.road, &owner.scope, off.id, off.version, &patch(false)).await.unwrap();
    assert_eq!(code(world.request("zaveri", &cashier).await), "auth.required");
    assert!(world.signed_in("zaveri", "ravi").await.is_ok());
}

#[tokio::test(flavor = "current_thread")]
async fn asvs_v7_4_2_what_a_disabled_member_has_queued_does_not_commit() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let asha = world.member(&owner.scope, "zaveri", "asha", Role::Manager).await;
    let id = asha.member.id;
    let held = world.road.store.writer(&owner.scope, &*world.road.clock).await.unwrap();

    let disable = {
        let (road, scope) = (world.road.clone(), owner.scope.clone());
        tokio::spawn(async move {
            let patch = MemberPatch { disabled: Some(true), ..MemberPatch::default() };
            change_member(&road, &scope, id, 1, &patch).await
        })
    };
    tokio::task::yield_now().await;
    let queued = {
        let road = world.road.clone();
        let scope = world.request("zaveri", &asha).await.unwrap();
        let rate = NewRate::by_hand(
            Metal::Gold,
            Fineness::PURE,
            RateKind::Sell,
            Money::new(1_000_000, Currency::INR).unwrap(),
            Mass::new(1_000).unwrap(),
        );
        tokio::spawn(async move { post_rate(&road, &scope, None, rate).await })
    };
    tokio::task::yield_now().await;
    held.rollback().await;
    assert!(disable.await.unwrap().is_ok());
    assert!(matches!(queued.await.unwrap(), Err(ServiceError::NotSignedIn)));
}

#[tokio::test]
async fn asvs_v8_3_2_a_change_of_role_holds_from_the_next_request() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let asha = world.member(&owner.scope, "zaveri", "asha", Role::Admin).await;
    let before = world.request("zaveri", &asha).await.unwrap();
    assert!(before.permit::<AddMember>().is_ok());
    let patch = MemberPatch { role: Some(Role::Cashier), ..MemberPatch::default() };
    change_member(&world.road, &owner.scope, asha.member.id, 1, &patch).await.unwrap();

    let after = world.request("zaveri", &asha).await.unwrap();
    assert_eq!(code(after.permit::<AddMember>().map_err(Into::into)), "permission.denied");
    assert!(after.permit::<ReadSettings>().is_ok());
    let page = PageRequest::first(10);
    assert_eq!(code(list_members(&world.road, &after, page).await), "permission.denied");
    // And a write that was under way with the old role is refused at the turn.
    let turn = world.road.store.writer(&before, &*world.road.clock).await;
    assert!(matches!(turn.map(|_| ()).map_err(ServiceError::from), Err(ServiceError::NotSignedIn)));
}

#[tokio::test]
async fn whoever_an_embedder_vouches_for_has_no_session_to_close() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let (tenant, id) = (owner.scope.tenant(), owner.member.id);
    let scope = world.trusted.vouch_for(tenant, id, Role::Owner, facts());
    let seen = current_session(&world.road, &world.catalogue, &scope).await.unwrap();
    assert_eq!((seen.member.id, seen.expires_at), (id, None));
    assert_eq!(code(close_session(&world.road, &scope).await), "auth.required");
}
