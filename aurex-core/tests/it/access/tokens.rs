//! Tokens of programs.

use aurex_core::identity::actions::{ReadAudit, ReadSettings};
use aurex_core::identity::members::MemberPatch;
use aurex_core::identity::tokens::NewApiToken;
use aurex_core::rbac::Role;
use aurex_core::service::access::{
    CreatedApiToken, change_member, close_session, create_api_token, current_session, list_api_tokens,
    revoke_api_token,
};
use aurex_core::service::{Done, Presented, ServiceError};
use aurex_core::shop::actions::PostRate;
use aurex_core::store::PageRequest;
use aurex_core::tenancy::Scope;

use crate::support::*;

async fn create(
    world: &World,
    scope: &Scope,
    permissions: Option<&[&str]>,
) -> Result<Done<CreatedApiToken>, ServiceError> {
    let permissions = permissions.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect());
    let new = NewApiToken { name: name("price board"), permissions, expires_in_days: 30 };
    create_api_token(&world.road, &world.catalogue, scope, None, new).await
}

async fn present(world: &World, created: &CreatedApiToken) -> Result<Scope, ServiceError> {
    let secret = created.secret.as_ref().unwrap().expose();
    world.sign_in.api_token("zaveri", secret, facts()).await
}

#[tokio::test]
async fn a_token_reaches_what_it_was_granted_and_no_more() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let created = create(&world, &owner.scope, Some(&["settings.read"])).await.unwrap().value;
    let scope = present(&world, &created).await.unwrap();
    assert!(scope.permit::<ReadSettings>().is_ok());
    assert_eq!(code(scope.permit::<ReadAudit>().map_err(Into::into)), "permission.not_granted");
    assert_eq!(code(close_session(&world.road, &scope).await), "permission.not_granted");
    let seen = current_session(&world.road, &world.catalogue, &scope).await.unwrap();
    assert_eq!((seen.permissions, seen.expires_at), (vec!["settings.read"], Some(created.token.expires_at)));
}

#[tokio::test]
async fn a_token_holds_no_more_than_its_maker_holds_now() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let asha = world.member(&owner.scope, "zaveri", "asha", Role::Admin).await;
    let created = create(&world, &asha.scope, None).await.unwrap().value;
    assert!(created.token.permissions.iter().any(|code| code == "rate.post"));
    assert!(present(&world, &created).await.unwrap().permit::<PostRate>().is_ok());
    let patch = MemberPatch { role: Some(Role::Auditor), ..MemberPatch::default() };
    change_member(&world.road, &owner.scope, asha.member.id, 1, &patch).await.unwrap();
    let scope = present(&world, &created).await.unwrap();
    assert_eq!(code(scope.permit::<PostRate>().map_err(Into::into)), "permission.denied");
    assert!(scope.permit::<ReadSettings>().is_ok());
}

#[tokio::test]
async fn nobody_grants_a_token_what_they_do_not_hold() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let manager = world.member(&owner.scope, "zaveri", "asha", Role::Manager).await;
    for (permissions, at, expected) in [
        (vec!["audit.read"], 0, "api_token.not_held"),
        (vec!["settings.read", "no.such"], 1, "api_token.not_held"),
        (vec!["password.change"], 0, "api_token.not_for_tokens"),
    ] {
        let answer = create(&world, &manager.scope, Some(&permissions)).await;
        assert_eq!(faults(answer), [(format!("/permissions/{at}"), expected)]);
    }
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    assert_eq!(code(create(&world, &cashier.scope, None).await), "permission.denied");
}

#[tokio::test]
async fn a_token_makes_no_tokens() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let created = create(&world, &owner.scope, None).await.unwrap().value;
    let scope = present(&world, &created).await.unwrap();
    assert_eq!(code(create(&world, &scope, None).await), "permission.not_granted");
}

#[tokio::test]
async fn a_revoked_token_is_dead_and_so_is_what_it_queued() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let created = create(&world, &owner.scope, None).await.unwrap().value;
    let queued = present(&world, &created).await.unwrap();
    let revoked = revoke_api_token(&world.road, &owner.scope, created.token.id).await.unwrap().value;
    assert!(revoked.revoked_at.is_some());
    assert_eq!(code(present(&world, &created).await), "auth.required");
    let turn = world.road.store.writer(&queued, &*world.road.clock).await;
    assert!(matches!(turn.map(|_| ()).map_err(ServiceError::from), Err(ServiceError::NotSignedIn)));
    let again = revoke_api_token(&world.road, &owner.scope, created.token.id).await.unwrap();
    assert!(again.receipt.is_none());
}

#[tokio::test]
async fn a_token_ends_with_its_days_and_with_its_maker() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let asha = world.member(&owner.scope, "zaveri", "asha", Role::Manager).await;
    let created = create(&world, &asha.scope, None).await.unwrap().value;
    let patch = |disabled| MemberPatch { disabled: Some(disabled), ..MemberPatch::default() };
    change_member(&world.road, &owner.scope, asha.member.id, 1, &patch(true)).await.unwrap();
    assert_eq!(code(present(&world, &created).await), "auth.required");
    change_member(&world.road, &owner.scope, asha.member.id, 2, &patch(false)).await.unwrap();
    world.clock.advance(30 * 24 * 3600 - 1);
    assert!(present(&world, &created).await.is_ok());
    world.clock.advance(2);
    assert_eq!(code(present(&world, &created).await), "auth.required");
}

#[tokio::test]
async fn somebody_elses_token_is_for_owners_only() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let [asha, ravi] = ["asha", "ravi"];
    let asha = world.member(&owner.scope, "zaveri", asha, Role::Manager).await;
    let ravi = world.member(&owner.scope, "zaveri", ravi, Role::Admin).await;
    let token = create(&world, &asha.scope, None).await.unwrap().value.token;
    let list = |scope| list_api_tokens(&world.road, scope, PageRequest::first(10));
    assert_eq!(list(&asha.scope).await.unwrap().items, std::slice::from_ref(&token));
    assert_eq!(list(&ravi.scope).await.unwrap().items, []);
    assert_eq!(list(&owner.scope).await.unwrap().items, std::slice::from_ref(&token));
    let answer = revoke_api_token(&world.road, &ravi.scope, token.id).await;
    assert_eq!(code(answer), "resource.not_found");
    assert!(revoke_api_token(&world.road, &owner.scope, token.id).await.is_ok());
}

#[tokio::test]
async fn a_repeated_command_never_shows_the_secret_again() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let presented = Presented { key: "k".to_owned(), content: vec![("/name".to_owned(), "x".to_owned())] };
    let create = || {
        let new = NewApiToken { name: name("x"), permissions: None, expires_in_days: 1 };
        create_api_token(&world.road, &world.catalogue, &owner.scope, Some(&presented), new)
    };
    let (first, again) = (create().await.unwrap(), create().await.unwrap());
    assert_eq!(first.value.token, again.value.token);
    assert_eq!((again.replayed, again.value.secret.is_none()), (true, true));
    assert!(first.value.secret.is_some());
}

#[tokio::test]
async fn a_token_opens_its_own_workspace_only() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.open("mehta").await;
    let created = create(&world, &owner.scope, None).await.unwrap().value;
    let secret = created.secret.as_ref().unwrap().expose();
    for slug in ["mehta", "nobody", ""] {
        assert_eq!(code(world.sign_in.api_token(slug, secret, facts()).await), "auth.required");
    }
    // A token is no session's cookie, nor the other way round.
    assert_eq!(code(world.sign_in.session("zaveri", secret, facts()).await), "auth.required");
    let cookie = owner.token.expose();
    assert_eq!(code(world.sign_in.api_token("zaveri", cookie, facts()).await), "auth.required");
}
