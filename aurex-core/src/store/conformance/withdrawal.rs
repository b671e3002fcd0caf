//! Access that was withdrawn between the request's beginning and its turn.
//!
//! Each case changes rows as the use cases of access do, raising the epoch, and asks what a scope made before may still
//! do. A backend that compares only the epoch fails the last cases, one that compares only rows the first.

use super::forge::forge;
use super::turns::begun;
use super::world::refusal;
use super::{Shop, World, shop as scripted};
use crate::identity::actions::{ChangeMember, CloseSession, RevokeApiToken};
use crate::identity::member::{ApiToken, Member, Session};
use crate::rbac::Role;
use crate::store::MemberRules;
use crate::store::{StoreError, Writer};
use crate::tenancy::{Assurance, Proof, Scope, Verified};

/// Replaces a member's row in an open turn, raising the epoch.
async fn change(turn: &mut dyn Writer, scope: &Scope, shop: &Shop, before: &Member, after: Member) {
    let before = before.clone();
    let sealed = forge::<ChangeMember>(scope, &*shop.entropy, move |draft| {
        draft.update(&before, after);
        draft.raise_epoch();
    });
    turn.apply(sealed).await.unwrap();
}

async fn change_member(shop: &Shop, before: &Member, after: Member) {
    let owner = shop.owner().await;
    let mut turn = shop.writer(&owner).await.unwrap();
    change(&mut *turn, &owner, shop, before, after).await;
    turn.commit().await.unwrap();
}

async fn close(shop: &Shop, session: &Session) {
    let owner = shop.owner().await;
    let mut turn = shop.writer(&owner).await.unwrap();
    let (before, closed_at) = (session.clone(), Some(turn.now()));
    let sealed = forge::<CloseSession>(&owner, &*shop.entropy, move |draft| {
        draft.update(&before, Session { closed_at, ..before.clone() });
        draft.raise_epoch();
    });
    turn.apply(sealed).await.unwrap();
    turn.commit().await.unwrap();
}

async fn assert_withdrawn(shop: &Shop, scope: &Scope) {
    assert!(matches!(refusal(shop.writer(scope).await), StoreError::Withdrawn));
    let owner = shop.owner().await;
    assert!(shop.writer(&owner).await.is_ok(), "whoever was refused holds no turn");
}

/// A new role is a new request.
pub async fn a_scope_made_before_a_change_of_role_is_withdrawn(world: &World) {
    let shop = world.shop("meena").await;
    let before = shop.member(Role::Manager).clone();
    let scope = shop.scope(Role::Manager).await;
    assert!(shop.writer(&scope).await.is_ok());
    change_member(&shop, &before, Member { role: Role::Cashier, version: 2, ..before.clone() }).await;
    assert_withdrawn(&shop, &scope).await;
    let again = shop.scope(Role::Manager).await;
    assert_eq!(again.role(), Role::Cashier);
    assert!(shop.writer(&again).await.is_ok());
}

/// Somebody disabled writes nothing more, at once.
pub async fn a_scope_made_before_a_disabling_is_withdrawn(world: &World) {
    let shop = world.shop("meena").await;
    let before = shop.member(Role::Cashier).clone();
    let scope = shop.cashier().await;
    change_member(&shop, &before, Member { disabled: true, version: 2, ..before.clone() }).await;
    assert_withdrawn(&shop, &scope).await;
}

/// A session that ended carries nothing more, also for a member who is still welcome.
pub async fn a_scope_made_before_its_session_closed_is_withdrawn(world: &World) {
    let shop = world.shop("meena").await;
    let scope = shop.cashier().await;
    close(&shop, shop.session(Role::Cashier)).await;
    assert_withdrawn(&shop, &scope).await;
}

/// A token that was revoked carries nothing more.
pub async fn a_scope_made_before_its_token_was_revoked_is_withdrawn(world: &World) {
    let shop = world.shop("meena").await;
    let token = shop.token(Role::Manager).await;
    let scope = shop.token_scope(&token).await;
    assert!(shop.writer(&scope).await.is_ok());
    let owner = shop.owner().await;
    let mut turn = shop.writer(&owner).await.unwrap();
    let revoked = ApiToken { revoked_at: Some(turn.now()), ..token.clone() };
    let sealed = forge::<RevokeApiToken>(&owner, &*shop.entropy, move |draft| {
        draft.update(&token, revoked);
        draft.raise_epoch();
    });
    turn.apply(sealed).await.unwrap();
    turn.commit().await.unwrap();
    assert_withdrawn(&shop, &scope).await;
}

/// A token falls with the role of the member whose rights it has.
pub async fn a_token_is_withdrawn_with_its_members_role(world: &World) {
    let shop = world.shop("meena").await;
    let token = shop.token(Role::Manager).await;
    let scope = shop.token_scope(&token).await;
    let before = shop.member(Role::Manager).clone();
    change_member(&shop, &before, Member { role: Role::Auditor, version: 2, ..before.clone() }).await;
    assert_withdrawn(&shop, &scope).await;
}

/// A password that was just verified opens no session for somebody who was disabled meanwhile.
pub async fn a_verified_password_is_withdrawn_with_its_member(world: &World) {
    let shop = world.shop("meena").await;
    let before = shop.member(Role::Cashier).clone();
    let proof = Proof { assurance: Assurance::Password, is_fresh: true };
    let epoch = shop.cashier().await.epoch();
    let who = Verified::just_now(shop.tenant, &before, &MemberRules::default(), epoch, (proof, shop.at()));
    let scope = shop.entrances.sign_in.session(&who, None, scripted::facts("signing in"));
    assert!(shop.writer(&scope).await.is_ok());
    change_member(&shop, &before, Member { disabled: true, version: 2, ..before.clone() }).await;
    assert_withdrawn(&shop, &scope).await;
}

/// The disabled cashier's queued bill does not commit: who it is is asked when the turn comes, not when it is queued for.
pub async fn a_queued_writer_is_withdrawn_by_the_turn_before_it(world: &World) {
    let shop = world.shop("meena").await;
    let (owner, cashier) = (shop.owner().await, shop.cashier().await);
    let before = shop.member(Role::Cashier).clone();
    let mut turn = shop.writer(&owner).await.unwrap();
    let till = shop.clone();
    let queued = tokio::spawn(begun(async move { till.writer(&cashier).await.err() }));
    let after = Member { disabled: true, version: 2, ..before.clone() };
    change(&mut *turn, &owner, &shop, &before, after).await;
    turn.commit().await.unwrap();
    assert!(matches!(queued.await.unwrap(), Some(StoreError::Withdrawn)));
}

/// Somebody else's access changes, and nobody at the till notices.
pub async fn a_change_of_somebody_elses_access_withdraws_nothing(world: &World) {
    let shop = world.shop("meena").await;
    let token = shop.token(Role::Manager).await;
    let scopes = [shop.cashier().await, shop.scope(Role::Auditor).await, shop.token_scope(&token).await];
    let vouched = shop.vouched(shop.member(Role::Cashier).id, Role::Cashier);
    let before = shop.member(Role::Accountant).clone();
    let epoch = shop.reader().await.head().await.unwrap().epoch;
    change_member(&shop, &before, Member { disabled: true, version: 2, ..before.clone() }).await;
    assert_eq!(shop.reader().await.head().await.unwrap().epoch, epoch + 1);
    for scope in scopes.iter().chain([&vouched]) {
        assert!(shop.writer(scope).await.is_ok(), "{:?}", scope.actor());
    }
}

/// Access is a tenant's own: another shop's changes raise nothing here.
pub async fn the_epoch_is_kept_by_tenant(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let epoch = rupa.reader().await.head().await.unwrap().epoch;
    let before = meena.member(Role::Cashier).clone();
    change_member(&meena, &before, Member { disabled: true, version: 2, ..before.clone() }).await;
    assert_eq!(rupa.reader().await.head().await.unwrap().epoch, epoch);
    assert_eq!(rupa.cashier().await.epoch(), epoch);
}
