//! Setting, changing and losing passwords.

use aurex_core::identity::actions::{ReadMembers, ReadSettings};
use aurex_core::rbac::Role;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{change_password, close_session, current_session, reset_password};
use aurex_core::tenancy::Assurance;

use crate::support::*;

#[tokio::test]
async fn asvs_v6_4_1_a_one_time_secret_opens_only_set_your_password() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.added(&owner.scope, "zaveri", "asha", Role::Owner).await;
    let asha = world.sign_in.password("zaveri", "asha@zaveri.example", SECRET, None, facts()).await.unwrap();
    assert!(asha.one_time);

    let scope = world.request("zaveri", &asha).await.unwrap();
    assert_eq!(scope.assurance(), Assurance::OneTimeSecret);
    assert_eq!(code(scope.permit::<ReadMembers>().map_err(Into::into)), "password.change_first");
    assert_eq!(code(scope.permit::<ReadSettings>().map_err(Into::into)), "password.change_first");
    let seen = current_session(&world.road, &world.catalogue, &scope).await;
    assert_eq!(code(seen), "password.change_first");
    assert_eq!(code(close_session(&world.road, &scope).await), "password.change_first");

    let own = change_password(&world.sign_in, &scope, SECRET, PASSWORD).await.unwrap().value;
    assert!(!own.one_time && own.scope.permit::<ReadMembers>().is_ok());
    assert_eq!(code(world.request("zaveri", &asha).await), "auth.required");
    let again = world.sign_in.password("zaveri", "asha@zaveri.example", SECRET, None, facts()).await;
    assert_eq!(code(again), "auth.required");
    assert!(!world.signed_in("zaveri", "asha").await.unwrap().one_time);
}

#[tokio::test]
async fn asvs_v6_4_1_a_one_time_secret_is_short_lived() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.added(&owner.scope, "zaveri", "asha", Role::Cashier).await;
    let sign_in = || world.sign_in.password("zaveri", "asha@zaveri.example", SECRET, None, facts());
    world.clock.advance(7 * 24 * 3600 - 1);
    assert!(sign_in().await.is_ok());
    // Two, because what was set while the clock stood still was set a few microseconds after it.
    world.clock.advance(2);
    assert_eq!(code(sign_in().await), "auth.required");
}

#[tokio::test]
async fn asvs_v7_4_3_a_new_password_ends_every_other_session() {
    let world = World::new();
    let till = world.open("zaveri").await;
    let thief = world.signed_in("zaveri", "owner").await.unwrap();
    let new = "green parrot off a till";
    let after = change_password(&world.sign_in, &till.scope, PASSWORD, new).await.unwrap().value;
    for old in [&till, &thief] {
        assert_eq!(code(world.request("zaveri", old).await), "auth.required");
        assert!(matches!(close_session(&world.road, &old.scope).await, Err(ServiceError::NotSignedIn)));
    }
    assert!(world.request("zaveri", &after).await.is_ok());
    assert!(close_session(&world.road, &after.scope).await.is_ok());
    assert_eq!(code(world.signed_in("zaveri", "owner").await), "auth.required");
    assert!(world.sign_in.password("zaveri", "owner@zaveri.example", new, None, facts()).await.is_ok());
}

#[tokio::test]
async fn asvs_v6_2_3_a_change_needs_the_present_password_and_another_new_one() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let change = |current, new| change_password(&world.sign_in, &owner.scope, current, new);
    let wrong = change("wrong", "green parrot off a till").await;
    assert_eq!(faults(wrong), [("/current".to_owned(), "password.current_wrong")]);
    assert_eq!(faults(change(PASSWORD, PASSWORD).await), [("/new".to_owned(), "password.unchanged")]);
    let shop = change(PASSWORD, "zaveri2026").await;
    assert_eq!(faults(shop), [("/new".to_owned(), "password.context_word")]);
    assert!(world.request("zaveri", &owner).await.is_ok());
}

#[tokio::test]
async fn a_stolen_session_does_not_guess_the_password_freely() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let guess = || change_password(&world.sign_in, &owner.scope, "wrong", "green parrot off a till");
    for _ in 0..10 {
        assert_eq!(code(guess().await), "password.current_wrong");
    }
    assert_eq!(code(guess().await), "auth.too_many_tries");
    // And it makes nobody else wait.
    let other = world.signed_in("zaveri", "owner").await.unwrap();
    let new = "green parrot off a till";
    assert!(change_password(&world.sign_in, &other.scope, PASSWORD, new).await.is_ok());
}

#[tokio::test]
async fn the_shell_hands_out_a_secret_once_and_enables_nobody() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cli = world.cli.scope(owner.scope.tenant(), &["password.reset"], facts());
    let address = email("owner@zaveri.example");
    let reset = reset_password(&world.sign_in, &cli, &address).await.unwrap().value;
    assert_eq!(reset.member.id, owner.member.id);
    assert_eq!(code(world.request("zaveri", &owner).await), "auth.required");
    assert_eq!(code(world.signed_in("zaveri", "owner").await), "auth.required");
    let secret = reset.secret.expose();
    let back = world.sign_in.password("zaveri", "owner@zaveri.example", secret, None, facts()).await.unwrap();
    assert!(back.one_time);
    assert!(change_password(&world.sign_in, &back.scope, secret, PASSWORD).await.is_ok());

    let nobody = reset_password(&world.sign_in, &cli, &email("nobody@zaveri.example")).await;
    assert_eq!(code(nobody), "resource.not_found");
    let elsewhere = world.cli.scope(owner.scope.tenant(), &["settings.change"], facts());
    let denied = reset_password(&world.sign_in, &elsewhere, &address).await;
    assert_eq!(code(denied), "permission.not_granted");
}

#[tokio::test]
async fn asvs_v6_2_8_a_password_counts_to_its_last_byte() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let long = "\u{915}".repeat(64);
    let nearly = format!("{}\u{916}", "\u{915}".repeat(63));
    let changed = change_password(&world.sign_in, &owner.scope, PASSWORD, &long).await;
    assert!(changed.is_ok());
    let sign_in =
        |password| world.sign_in.password("zaveri", "owner@zaveri.example", password, None, facts());
    assert_eq!(code(sign_in(nearly.as_str()).await), "auth.required");
    assert!(sign_in(long.as_str()).await.is_ok());
}
