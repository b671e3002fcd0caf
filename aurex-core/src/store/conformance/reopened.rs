//! Closed in order and opened again, a store is the same store.
//!
//! What a power cut or a killed process leaves is not seen from in here: the kit closes politely. How to look at that
//! is said in `docs/certify-a-store.md`.

use super::admission::bare_lot;
use super::forge::{forge, insert};
use super::log::{log_is_sound, whole_log};
use super::rebuild::log_and_tables_agree;
use super::scene::Scene;
use super::till::*;
use super::world::refusal;
use super::{Shop, World, shop as scripted};
use crate::audit::{Head, Observation, Observed, Outcome};
use crate::identity::actions::ChangeMember;
use crate::identity::member::Member;
use crate::rbac::Role;
use crate::service::shop as service;
use crate::shop::actions::RecordLot;
use crate::store::{BucketSwap, Fact, PageRequest, StoreError, StoredEntry, TABLES, TableKind};
use crate::time::Clock as _;

/// Everything that a shop's own reads can tell of it.
async fn everything(shop: &Shop) -> (Vec<Vec<Fact>>, Vec<StoredEntry>, Head) {
    let mut reader = shop.reader().await;
    let mut tables = Vec::new();
    for table in TABLES.iter().filter(|t| matches!(t.kind, TableKind::State | TableKind::AppendOnly)) {
        tables.push(reader.facts(table.name).await.unwrap());
    }
    (tables, whole_log(shop).await, reader.head().await.unwrap())
}

/// Reopens a world in which there is one shop.
async fn again(world: World, shop: Shop) -> (World, Shop) {
    let (world, shops) = world.reopened(vec![shop]).await;
    (world, shops.into_iter().next().unwrap())
}

/// Every row, entry and sum is there, of every shop; a turn that was dropped left nothing.
pub async fn what_was_committed_is_there_and_what_was_not_is_gone(world: World) -> World {
    let (meena, rupa) = (Scene::set(&world, "meena").await.shop, world.shop("rupa").await);
    let (before, neighbours) = (everything(&meena).await, everything(&rupa).await);
    let listed = world.store.tenants().await.unwrap();
    let scope = meena.owner().await;
    let mut turn = meena.writer(&scope).await.unwrap();
    let lot = bare_lot(&meena);
    turn.apply(insert::<RecordLot>(&scope, &*meena.entropy, vec![lot.clone().into()])).await.unwrap();
    drop(turn);

    let (world, shops) = world.reopened(vec![meena, rupa]).await;
    let [meena, rupa] = shops.as_slice() else { unreachable!("two shops went in") };
    world.store.ready().await.unwrap();
    assert_eq!(world.store.tenants().await.unwrap(), listed);
    assert_eq!(meena.reader().await.lot(lot.id).await.unwrap(), None);
    assert_eq!(everything(meena).await, before);
    assert_eq!(everything(rupa).await, neighbours);
    log_is_sound(meena).await;
    log_and_tables_agree(meena).await;
    world
}

/// The series and the log go on where they were.
pub async fn documents_are_numbered_on_without_a_gap(world: World) -> World {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let (mut world, mut shop) = (world, shop);
    for n in 1..=3 {
        let bill = shop.sell(party.id, &format!("R-{n}")).await;
        assert_eq!(bill.invoice.number.as_str(), format!("INV/26-27/{n:06}"));
        (world, shop) = again(world, shop).await;
        assert_eq!(shop.reader().await.invoice(bill.invoice.id).await.unwrap(), Some(bill));
    }
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;
    world
}

/// Last uses, buckets, check values and what waits to be collected; a number once given is not given again.
pub async fn housekeeping_is_kept_and_observations_still_rise(world: World) -> World {
    let shop = world.shop("meena").await;
    let (at, tenant) = (shop.clock.now(), shop.tenant);
    let seen = |n: i64| {
        let (who, what) = (Observed::anonymous(), ("account", n.to_string()));
        let facts = scripted::facts("sign-in");
        let at = at.plus_seconds(n);
        Observation::new(at, who, &facts, "session.refused", what, Outcome::Refused, "wrong_password")
    };
    let session = shop.session(Role::Cashier).clone();
    world.store.touch_session(tenant, session.id, at.plus_seconds(7)).await.unwrap();
    let bucket = BucketSwap { key: [1; 32], expected: None, new: vec![1, 2] };
    assert!(world.store.swap_buckets(&[bucket], at.plus_seconds(60)).await.unwrap());
    let checks = [("pepper-1".to_owned(), vec![1, 2, 3])];
    assert!(world.store.keep_check_values(&checks).await.unwrap());
    for n in 0..3 {
        world.store.observe(tenant, &seen(n)).await.unwrap();
    }
    let waiting = world.store.observations(tenant, 9).await.unwrap();

    let (world, shop) = again(world, shop).await;
    let known = world.store.known_session(tenant, &session.token_hash).await.unwrap().unwrap();
    assert_eq!((known.session, known.used_at), (session, Some(at.plus_seconds(7))));
    assert_eq!(world.store.buckets(&[[1; 32], [2; 32]]).await.unwrap(), [Some(vec![1, 2]), None]);
    assert!(!world.store.keep_check_values(&[("pepper-2".to_owned(), vec![9])]).await.unwrap());
    assert_eq!(world.store.check_values().await.unwrap(), checks);
    assert_eq!(world.store.observed_tenants().await.unwrap(), [tenant]);
    assert_eq!(world.store.observations(tenant, 9).await.unwrap(), waiting);

    let last = waiting.last().unwrap().0;
    world.store.forget_observations(tenant, last).await.unwrap();
    let (world, _shop) = again(world, shop).await;
    assert_eq!(world.store.observed_tenants().await.unwrap(), []);
    world.store.observe(tenant, &seen(9)).await.unwrap();
    let after = world.store.observations(tenant, 9).await.unwrap();
    assert!(after.first().unwrap().0 > last, "a number is never used again");
    world
}

/// A client that sends its bill again after the restart gets the bill it has.
pub async fn kept_keys_still_replay(world: World) -> World {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let (party, lot) = (shop.customer("Asha").await, shop.lot(1000).await);
    let (presented, bill) = (key("k", &[("/lot", "1")]), bill_of_lot(party.id, lot.id, 100));
    let owner = shop.owner().await;
    let first = service::issue_invoice(&shop.road, &owner, Some(&presented), &bill).await.unwrap();
    assert!(!first.replayed);

    let (world, shop) = again(world, shop).await;
    let owner = shop.owner().await;
    let second = service::issue_invoice(&shop.road, &owner, Some(&presented), &bill).await.unwrap();
    assert_eq!((second.replayed, second.value), (true, first.value));
    let other = key("k", &[("/lot", "2")]);
    let answer = service::issue_invoice(&shop.road, &owner, Some(&other), &bill).await;
    assert_eq!(code(answer), "idempotency.key_reused");
    world
}

/// Whoever was shut out stays out, and no scope outlives the store that it was made for.
pub async fn access_is_as_it_was_and_scopes_from_before_are_foreign(world: World) -> World {
    let shop = world.shop("meena").await;
    let (owner, cashier) = (shop.owner().await, shop.cashier().await);
    let before = shop.member(Role::Cashier).clone();
    let after = Member { disabled: true, version: 2, ..before.clone() };
    let mut turn = shop.writer(&owner).await.unwrap();
    let sealed = forge::<ChangeMember>(&owner, &*shop.entropy, move |draft| {
        draft.update(&before, after);
        draft.raise_epoch();
    });
    turn.apply(sealed).await.unwrap();
    turn.commit().await.unwrap();
    let epoch = shop.owner().await.epoch();

    let (world, shop) = again(world, shop).await;
    assert_eq!(shop.owner().await.epoch(), epoch);
    for scope in [&owner, &cashier] {
        assert!(matches!(refusal(shop.writer(scope).await), StoreError::ForeignScope));
        assert!(matches!(refusal(world.store.reader(scope).await), StoreError::ForeignScope));
    }
    let cashier = shop.cashier().await;
    assert!(shop.writer(&cashier).await.is_ok(), "it was made after the disabling, at today's epoch");
    let sealed = insert::<RecordLot>(&owner, &*shop.entropy, vec![bare_lot(&shop).into()]);
    let scope = shop.owner().await;
    let mut turn = shop.writer(&scope).await.unwrap();
    assert!(matches!(refusal(turn.apply(sealed).await), StoreError::ForeignSeal));
    drop(turn);
    assert!(shop.reader().await.lots(PageRequest::first(9)).await.unwrap().items.is_empty());
    world
}

/// A machine that comes up with its clock set back writes no entry before its last.
pub async fn time_does_not_go_back_over_a_reopening(world: World) -> World {
    let shop = world.shop("meena").await;
    let late = shop.rate(1_280_000).await.effective_from;
    let (world, shop) = again(world, shop).await;
    shop.clock.advance(-7200);
    assert!(shop.rate(1_281_000).await.effective_from > late);
    log_is_sound(&shop).await;
    world
}
