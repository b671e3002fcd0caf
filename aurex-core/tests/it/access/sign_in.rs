//! Signing in with a password, and what stands in a guesser's way.

use std::sync::Arc;

use aurex_core::identity::member::Credential;
use aurex_core::identity::members::MemberPatch;
use aurex_core::identity::password::{Cost, HashPool, HashPoolError, Password};
use aurex_core::identity::sessions::SessionPolicy;
use aurex_core::rbac::Role;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{SignInConfig, SignedIn, change_member, current_session};
use aurex_core::store::{Doorkeeper as _, Store as _};
use aurex_core::tenancy::{Assurance, RequestFacts, Scope};

use crate::support::*;

async fn credential(world: &World, scope: &Scope) -> Credential {
    let member = scope.member().unwrap();
    world.store.reader(scope).await.unwrap().credential(member).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_right_password_opens_a_session_of_ones_own() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    assert_eq!((owner.one_time, owner.scope.assurance()), (false, Assurance::Password));
    assert_eq!(owner.scope.session(), Some(owner.session));

    let scope = world.request("zaveri", &owner).await.unwrap();
    let seen = current_session(&world.road, &world.catalogue, &scope).await.unwrap();
    assert_eq!(seen.member, owner.member);
    assert_eq!(seen.expires_at, Some(owner.expires_at));
    assert!(seen.permissions.contains(&"member.add"));
    assert!(seen.permissions.is_sorted());
}

#[tokio::test]
async fn the_address_is_compared_without_case_and_the_password_with() {
    let world = World::new();
    world.open("zaveri").await;
    let sign_in = |email, password| world.sign_in.password("zaveri", email, password, None, facts());
    assert!(sign_in("OWNER@Zaveri.Example", PASSWORD).await.is_ok());
    let shouted = PASSWORD.to_uppercase();
    assert_eq!(code(sign_in("owner@zaveri.example", &shouted).await), "auth.required");
}

#[tokio::test]
async fn asvs_v6_3_8_everything_wrong_has_one_answer() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let other = world.open("mehta").await;
    let away = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await.member;
    let patch = MemberPatch { disabled: Some(true), ..MemberPatch::default() };
    change_member(&world.road, &owner.scope, away.id, away.version, &patch).await.unwrap();

    let tries = [
        ("zaveri", "owner@zaveri.example", "wrong"),
        ("zaveri", "nobody@zaveri.example", PASSWORD),
        ("zaveri", "ravi@zaveri.example", PASSWORD),
        ("zaveri", "owner@mehta.example", PASSWORD),
        ("zaveri", "no address", PASSWORD),
        ("zaveri", "", ""),
        ("nobody", "owner@zaveri.example", PASSWORD),
        ("No Slug", "owner@zaveri.example", PASSWORD),
        ("mehta", "owner@zaveri.example", PASSWORD),
    ];
    for (slug, email, password) in tries {
        let answer = world.sign_in.password(slug, email, password, None, facts()).await;
        assert!(matches!(answer, Err(ServiceError::NotSignedIn)), "{slug} {email}: {answer:?}");
    }
    assert_eq!(world.collect(owner.scope.tenant()).await, 6);
    assert_eq!(world.collect(other.scope.tenant()).await, 1);
}

/// While the pool is full, whatever hashes answers `Busy`, and whatever does not would answer something else.
#[tokio::test]
async fn asvs_v6_3_8_an_unknown_account_costs_a_hash_like_a_known_one() {
    let world = World::with_queue(SignInConfig::default(), 0);
    world.open("zaveri").await;
    let _busy = occupied(&world.pool).await;
    for (slug, email) in [
        ("zaveri", "owner@zaveri.example"),
        ("zaveri", "nobody@zaveri.example"),
        ("zaveri", "no address"),
        ("nobody", "owner@zaveri.example"),
        ("No Slug", "owner@zaveri.example"),
    ] {
        let answer = world.sign_in.password(slug, email, "wrong", None, facts()).await;
        let busy = matches!(answer, Err(ServiceError::Hashing(HashPoolError::Busy)));
        assert!(busy, "{slug} {email}: {answer:?}");
    }
}

#[tokio::test]
async fn asvs_v6_3_1_the_ninth_guess_waits_and_costs_no_hash() {
    let world = World::with_queue(SignInConfig::default(), 0);
    let owner = world.open("zaveri").await;
    let guess = |who, password| guess(&world, who, password);
    for _ in 0..8 {
        assert!(matches!(guess("owner", "wrong").await, Err(ServiceError::NotSignedIn)));
    }
    let too_many = |answer: Result<SignedIn, ServiceError>, after| matches!(answer, Err(ServiceError::TooMany { retry_after_seconds }) if retry_after_seconds == after);
    let busy = occupied(&world.pool).await;
    assert!(too_many(guess("owner", PASSWORD).await, 300));
    assert!(matches!(guess("other", PASSWORD).await, Err(ServiceError::Hashing(HashPoolError::Busy))));
    busy.await.unwrap();

    world.clock.advance(299);
    assert!(too_many(guess("owner", PASSWORD).await, 1));
    world.clock.advance(1);
    assert!(guess("owner", PASSWORD).await.is_ok());

    let log = world.log(&owner.scope).await;
    let refused = log.iter().filter(|stored| stored.entry.action == "session.refused").count();
    assert_eq!(refused, 3, "eight wrong ones, and the throttled ones of two different minutes");
}

/// A try from an address that is not known, so that only the account's own bucket counts.
async fn guess(world: &World, who: &str, password: &str) -> Result<SignedIn, ServiceError> {
    let facts = RequestFacts { ip: None, ..facts() };
    world.sign_in.password("zaveri", &address("zaveri", who), password, None, facts).await
}

/// Fills a pool without a queue until the result is done: one hash at a cost of a second or so.
async fn occupied(pool: &Arc<HashPool>) -> tokio::task::JoinHandle<()> {
    let usual = pool.cost();
    pool.set_cost(Cost::weak_for_tests_only(13));
    let busy = tokio::spawn({
        let pool = Arc::clone(pool);
        async move {
            let _ = pool.verify_unknown(Password::new("x")).await;
        }
    });
    tokio::task::yield_now().await;
    pool.set_cost(usual);
    busy
}

#[tokio::test]
async fn strangers_who_fill_the_queue_keep_nobody_out_whose_device_is_known() {
    let world = World::with_queue(SignInConfig::default(), 4);
    world.open("zaveri").await;
    let sign_in = async |device: Option<&str>| {
        world.sign_in.password("zaveri", &address("zaveri", "owner"), PASSWORD, device, facts()).await
    };
    let device = sign_in(None).await.unwrap().device.unwrap().expose().to_owned();
    let strangers: Vec<_> =
        std::iter::repeat_with(|| world.pool.among_strangers()).take_while(Result::is_ok).collect();
    assert!(!strangers.is_empty());
    assert!(matches!(sign_in(None).await, Err(ServiceError::Hashing(HashPoolError::Busy))));
    assert!(sign_in(Some(&device)).await.is_ok());
    drop(strangers);
    assert!(sign_in(None).await.is_ok());
}

#[tokio::test]
async fn a_workspace_that_does_not_exist_is_throttled_like_one_that_does() {
    let world = World::new();
    let guess = || world.sign_in.password("nobody", "owner@nobody.example", "wrong", None, facts());
    for _ in 0..8 {
        assert_eq!(code(guess().await), "auth.required");
    }
    assert_eq!(code(guess().await), "auth.too_many_tries");
}

#[tokio::test]
async fn asvs_v7_2_2_v7_2_4_every_sign_in_makes_a_new_token() {
    let world = World::new();
    let first = world.open("zaveri").await;
    let second = world.signed_in("zaveri", "owner").await.unwrap();
    assert_ne!(first.token.expose(), second.token.expose());
    assert_ne!(first.session, second.session);
    let tenant = first.scope.tenant();
    let known = world.store.known_session(tenant, second.token.hash().as_bytes()).await.unwrap().unwrap();
    assert_eq!(known.session.id, second.session);
}

#[tokio::test]
async fn asvs_v7_1_2_the_oldest_session_makes_room_for_the_newest() {
    let sessions = SessionPolicy { most_open: 2, ..SessionPolicy::STANDARD };
    let world = World::with(SignInConfig { sessions, ..SignInConfig::default() });
    let first = world.open("zaveri").await;
    world.clock.advance(1);
    let second = world.signed_in("zaveri", "owner").await.unwrap();
    world.clock.advance(1);
    let third = world.signed_in("zaveri", "owner").await.unwrap();
    assert_eq!(code(world.request("zaveri", &first).await), "auth.required");
    assert!(world.request("zaveri", &second).await.is_ok());
    assert!(world.request("zaveri", &third).await.is_ok());
}

#[tokio::test]
async fn a_weak_hash_is_made_stronger_at_sign_in_and_ends_nothing() {
    let world = World::new();
    let first = world.open("zaveri").await;
    let weak = credential(&world, &first.scope).await;
    world.pool.set_cost(Cost::weak_for_tests_only(5));
    world.clock.advance(60);
    assert!(world.signed_in("zaveri", "owner").await.is_ok());
    let strong = credential(&world, &first.scope).await;
    assert!(weak.hash.contains("$04$") && strong.hash.contains("$05$"));
    assert_eq!((strong.set_at, strong.one_time), (weak.set_at, weak.one_time));
    assert!(world.signed_in("zaveri", "owner").await.is_ok());
    assert!(world.request("zaveri", &first).await.is_ok());
}
