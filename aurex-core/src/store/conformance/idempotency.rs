//! Idempotency keys: one key, one resource; another content is told apart by its first field.

use std::collections::BTreeSet;

use super::till::*;
use super::{Shop, World};
use crate::rbac::Role;
use crate::service::{Done, Presented, ServiceError, shop as service};
use crate::shop::invoices::Bill;
use crate::shop::rates::PostedRate;
use crate::store::{KEY_LIFETIME_SECONDS, KeyHolder, LookupKey};
use crate::tenancy::Scope;

const AMOUNT: &[(&str, &str)] = &[("/amount", "1280000"), ("/metal", "gold")];

async fn post(shop: &Shop, scope: &Scope, presented: &Presented) -> Result<Done<PostedRate>, ServiceError> {
    shop.tick();
    service::post_rate(&shop.road, scope, Some(presented), gold_rate(1_280_000)).await
}

fn pointer<T>(answer: Result<T, ServiceError>) -> Option<String> {
    match answer {
        Err(ServiceError::KeyReused { pointer }) => Some(pointer),
        _ => None,
    }
}

/// The same key with the same content is the same resource, as it is now, and nothing is done.
pub async fn the_same_command_is_answered_with_the_same_resource(world: &World) {
    let shop = world.shop("meena").await;
    let owner = shop.owner().await;
    let presented = key("k", AMOUNT);
    let first = post(&shop, &owner, &presented).await.unwrap();
    let size = shop.reader().await.head().await.unwrap().frontier.size();
    let again = post(&shop, &shop.owner().await, &presented).await.unwrap();
    assert_eq!((again.value, again.replayed, again.receipt), (first.value, true, None));
    assert_eq!(shop.reader().await.head().await.unwrap().frontier.size(), size);
}

/// A replay shows the resource under the present, not a photograph of the first answer.
pub async fn a_replay_shows_the_resource_as_it_is_now(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let item = shop.item("R-1").await;
    let (owner, presented) = (shop.owner().await, key("k", &[("/customer_id", "asha")]));
    let bill = bill_of(party.id, &[item.id]);
    let issued = service::issue_invoice(&shop.road, &owner, Some(&presented), &bill).await.unwrap().value;
    let cancelled = shop.cancel(issued.invoice.id).await;
    let replayed = service::issue_invoice(&shop.road, &owner, Some(&presented), &bill).await.unwrap();
    assert_eq!((replayed.value, replayed.replayed), (cancelled, true));
}

/// Another content under the same key is refused by the name of the first field that differs.
pub async fn other_content_names_the_first_field_that_differs(world: &World) {
    let shop = world.shop("meena").await;
    let owner = shop.owner().await;
    post(&shop, &owner, &key("k", AMOUNT)).await.unwrap();
    let changed = [("/amount", "1280000"), ("/metal", "silver")];
    assert_eq!(pointer(post(&shop, &owner, &key("k", &changed)).await).as_deref(), Some("/metal"));
    let both = [("/amount", "1"), ("/metal", "silver")];
    assert_eq!(pointer(post(&shop, &owner, &key("k", &both)).await).as_deref(), Some("/amount"));
    let gone = [("/amount", "1280000")];
    assert_eq!(pointer(post(&shop, &owner, &key("k", &gone)).await).as_deref(), Some("/metal"));
    let more = [("/amount", "1280000"), ("/metal", "gold"), ("/per_mg", "1000")];
    assert_eq!(pointer(post(&shop, &owner, &key("k", &more)).await).as_deref(), Some("/per_mg"));
}

/// Keys belong to a holder and an action: a colleague's, a token's and another action's never meet.
pub async fn keys_of_other_holders_and_actions_are_independent(world: &World) {
    let shop = world.shop("meena").await;
    let presented = key("k", AMOUNT);
    let (owner, manager) = (shop.owner().await, shop.scope(Role::Manager).await);
    let token = shop.token(Role::Manager).await;
    let program = shop.token_scope(&token).await;
    let mut made = BTreeSet::new();
    for scope in [&owner, &manager, &program] {
        let done = post(&shop, scope, &presented).await.unwrap();
        assert!(!done.replayed);
        made.insert(done.value.id);
    }
    assert_eq!(made.len(), 3);
    shop.tick();
    let other =
        service::record_customer(&shop.road, &owner, Some(&presented), customer("Asha")).await.unwrap();
    assert!(!other.replayed);
}

/// Only what was accepted is kept: after a refusal the key is free, also for other content.
pub async fn a_refused_command_leaves_the_key_free(world: &World) {
    let shop = world.shop("meena").await;
    let owner = shop.owner().await;
    let refused = crate::shop::rates::NewRate { amount: paise(0), ..gold_rate(1) };
    let answer = service::post_rate(&shop.road, &owner, Some(&key("k", &[("/amount", "0")])), refused).await;
    assert_eq!(code(answer), "rate.not_positive");
    assert!(!post(&shop, &owner, &key("k", AMOUNT)).await.unwrap().replayed);
}

/// A key is kept for 72 hours and not a second longer; then it may be used anew.
pub async fn a_key_lives_for_72_hours(world: &World) {
    let shop = world.shop("meena").await;
    // Nobody's session lasts that long.
    let owner = shop.vouched(shop.member(Role::Owner).id, Role::Owner);
    let first = post(&shop, &owner, &key("k", AMOUNT)).await.unwrap().value;
    shop.clock.advance(KEY_LIFETIME_SECONDS - 1);
    assert!(post(&shop, &owner, &key("k", AMOUNT)).await.unwrap().replayed);
    shop.clock.advance(1);
    let anew = post(&shop, &owner, &key("k", &[("/amount", "2")])).await.unwrap();
    assert!(!anew.replayed);
    assert_ne!(anew.value.id, first.id);
    let replayed = post(&shop, &owner, &key("k", &[("/amount", "2")])).await.unwrap();
    assert_eq!((replayed.value.id, replayed.replayed), (anew.value.id, true));
}

/// Sweeping forgets the keys that have outlived their use, and no others.
pub async fn dead_keys_are_swept_and_live_ones_stay(world: &World) {
    use crate::rbac::Action as _;
    use crate::time::Clock as _;
    let shop = world.shop("meena").await;
    let owner = shop.vouched(shop.member(Role::Owner).id, Role::Owner);
    post(&shop, &owner, &key("old", AMOUNT)).await.unwrap();
    shop.clock.advance(KEY_LIFETIME_SECONDS / 2);
    post(&shop, &owner, &key("new", AMOUNT)).await.unwrap();
    shop.clock.advance(KEY_LIFETIME_SECONDS / 2);
    world.store.sweep(shop.clock.now()).await.unwrap();
    let mut reader = shop.reader().await;
    for (text, is_there) in [("old", false), ("new", true)] {
        let lookup = LookupKey {
            holder: KeyHolder::of(&owner).unwrap(),
            action: crate::shop::actions::PostRate::CODE,
            key: text.to_owned(),
        };
        assert_eq!(reader.kept_key(&lookup).await.unwrap().is_some(), is_there, "{text}");
    }
}

/// An impatient client that sends one command many times at once gets one bill.
pub async fn one_command_sent_many_times_at_once_is_done_once(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let lot = shop.lot(1000).await;
    let mut sent = Vec::new();
    for _ in 0..8 {
        let (shop, cashier) = (shop.clone(), shop.cashier().await);
        let (presented, bill) = (key("k", AMOUNT), bill_of_lot(party.id, lot.id, 100));
        sent.push(tokio::spawn(async move {
            service::issue_invoice(&shop.road, &cashier, Some(&presented), &bill).await.unwrap()
        }));
    }
    let mut answers: Vec<Done<Bill>> = Vec::new();
    for one in sent {
        answers.push(one.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|done| !done.replayed).count(), 1);
    let first = answers.first().unwrap();
    assert!(answers.iter().all(|done| done.value == first.value));
}
