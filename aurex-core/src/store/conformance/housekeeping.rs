//! Housekeeping: what states no fact of the business, and never takes a turn.

use super::forge::observed;
use super::{Shop, World, shop as scripted};
use crate::audit::{Observation, Observed, Outcome};
use crate::rbac::Role;
use crate::service::{Collecting, collect_observations};
use crate::store::{AuditFilter, BucketSwap, PageRequest, StoredEntry};
use crate::time::Clock as _;

fn swap(key: u8, expected: Option<&[u8]>, new: &[u8]) -> BucketSwap {
    BucketSwap { key: [key; 32], expected: expected.map(<[u8]>::to_vec), new: new.to_vec() }
}

/// The state of buckets comes back in the order asked for, a missing one as nothing.
pub async fn buckets_come_back_in_the_order_asked_for(world: &World) {
    let shop = world.shop("meena").await;
    let until = shop.clock.now().plus_seconds(60);
    let (a, b, c) = ([1; 32], [2; 32], [3; 32]);
    assert!(
        world.store.swap_buckets(&[swap(2, None, &[20, 21]), swap(1, None, &[10])], until).await.unwrap()
    );
    let stored = world.store.buckets(&[c, b, a, b]).await.unwrap();
    assert_eq!(stored, [None, Some(vec![20, 21]), Some(vec![10]), Some(vec![20, 21])]);
    assert_eq!(world.store.buckets(&[]).await.unwrap(), [] as [Option<Vec<u8>>; 0]);
}

/// Buckets are swapped if each is as expected, a missing one missing, and else none of them is touched.
pub async fn buckets_are_swapped_all_or_none(world: &World) {
    let shop = world.shop("meena").await;
    let until = shop.clock.now().plus_seconds(60);
    let swapped = async |swaps: &[BucketSwap]| {
        let kept = world.store.swap_buckets(swaps, until).await.unwrap();
        (kept, world.store.buckets(&[[1; 32], [2; 32]]).await.unwrap())
    };
    assert!(swapped(&[]).await.0, "nothing is as expected");
    let one = Some(vec![1]);
    assert_eq!(swapped(&[swap(1, None, &[1])]).await, (true, vec![one.clone(), None]));
    let refused: [&[BucketSwap]; 6] = [
        &[swap(1, None, &[9])],
        &[swap(1, Some(&[2]), &[9])],
        &[swap(2, Some(&[1]), &[9])],
        &[swap(2, None, &[9]), swap(1, None, &[9])],
        &[swap(1, Some(&[1]), &[9]), swap(2, Some(&[]), &[9])],
        &[swap(2, None, &[9]), swap(1, Some(&[1, 0]), &[9])],
    ];
    for swaps in refused {
        assert_eq!(swapped(swaps).await, (false, vec![one.clone(), None]), "{swaps:?}");
    }
    let both = [swap(2, None, &[2]), swap(1, Some(&[1]), &[3])];
    assert_eq!(swapped(&both).await, (true, vec![Some(vec![3]), Some(vec![2])]));
    assert_eq!(swapped(&both).await, (false, vec![Some(vec![3]), Some(vec![2])]), "once");
}

/// Sixty-four tries at once, as if by as many servers that know nothing of each other, in either order of the two
/// buckets that each is charged to: exactly the limit is admitted, and nobody waits for ever.
pub async fn of_sixty_four_tries_at_once_exactly_the_limit_is_admitted(world: &World) {
    const LIMIT: u8 = 10;
    let shop = world.shop("meena").await;
    let until = shop.clock.now().plus_seconds(60);
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(64));
    let tries: Vec<_> = (0..64)
        .map(|n| {
            let mut all_have_read = Some(std::sync::Arc::clone(&barrier));
            let store = std::sync::Arc::clone(&world.store);
            let keys = if n % 2 == 0 { [1, 2] } else { [2, 1] };
            tokio::spawn(async move {
                loop {
                    let stored = store.buckets(&keys.map(|key| [key; 32])).await.unwrap();
                    let count = |state: &Option<Vec<u8>>| state.as_ref().map_or(0, |state| state.len());
                    if stored.iter().any(|state| count(state) >= usize::from(LIMIT)) {
                        return false;
                    }
                    if let Some(barrier) = all_have_read.take() {
                        barrier.wait().await;
                    }
                    let charged = keys.iter().zip(&stored).map(|(key, state)| BucketSwap {
                        key: [*key; 32],
                        expected: state.clone(),
                        new: vec![n; count(state) + 1],
                    });
                    if store.swap_buckets(&charged.collect::<Vec<_>>(), until).await.unwrap() {
                        return true;
                    }
                }
            })
        })
        .collect();
    let mut admitted = 0;
    for one in tries {
        admitted += u8::from(one.await.unwrap());
    }
    assert_eq!(admitted, LIMIT);
    let stored = world.store.buckets(&[[1; 32], [2; 32]]).await.unwrap();
    let counts: Vec<_> = stored.iter().flatten().map(Vec::len).collect();
    assert_eq!(counts, [usize::from(LIMIT); 2]);
}

/// A bucket outlives every sweep before its end, and none after it. Keeping it again moves the end.
pub async fn buckets_are_swept_when_they_have_run_dry(world: &World) {
    let shop = world.shop("meena").await;
    let now = shop.clock.now();
    let keep = async |swaps: [BucketSwap; 2], seconds| {
        assert!(world.store.swap_buckets(&swaps, now.plus_seconds(seconds)).await.unwrap());
    };
    keep([swap(1, None, &[1]), swap(3, None, &[3])], 60).await;
    keep([swap(2, None, &[2]), swap(3, Some(&[3]), &[4])], 600).await;
    world.store.sweep(now.plus_seconds(59)).await.unwrap();
    let all = [[1; 32], [2; 32], [3; 32]];
    assert!(world.store.buckets(&all).await.unwrap().iter().all(Option::is_some));
    world.store.sweep(now.plus_seconds(61)).await.unwrap();
    assert_eq!(world.store.buckets(&all).await.unwrap(), [None, Some(vec![2]), Some(vec![4])]);
}

/// A session's last use is seen at the door, its own and nobody else's.
pub async fn a_sessions_last_use_is_seen_at_the_door(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let used = |shop: &Shop, role| {
        let (store, tenant, hash) = (world.store.clone(), shop.tenant, shop.session(role).token_hash);
        async move { store.known_session(tenant, &hash).await.unwrap().unwrap().used_at }
    };
    assert_eq!(used(&meena, Role::Cashier).await, None);
    let at = meena.clock.now().plus_seconds(5);
    let session = meena.session(Role::Cashier).id;
    world.store.touch_session(meena.tenant, session, at).await.unwrap();
    world.store.touch_session(meena.tenant, session, at.plus_seconds(90)).await.unwrap();
    assert_eq!(used(&meena, Role::Cashier).await, Some(at.plus_seconds(90)));
    assert_eq!(used(&meena, Role::Owner).await, None);
    assert_eq!(used(&rupa, Role::Cashier).await, None);
}

/// Check values stay as they were first kept: a store does not take new keys for its own, nor another server's beside them.
pub async fn a_check_value_stays_as_it_was_first_kept(world: &World) {
    let of = |n: u8| [("column-1".to_owned(), vec![n]), ("pepper-1".to_owned(), vec![n, 2, 3])];
    assert_eq!(world.store.check_values().await.unwrap(), []);
    assert!(world.store.keep_check_values(&of(1)).await.unwrap());
    assert!(!world.store.keep_check_values(&of(9)).await.unwrap());
    let other = [("pepper-2".to_owned(), vec![4])];
    assert!(!world.store.keep_check_values(&other).await.unwrap());
    let mut kept = world.store.check_values().await.unwrap();
    kept.sort();
    assert_eq!(kept, of(1));
}

/// A rotated key's check value joins those that are kept, once, and changes none of them.
pub async fn a_later_keys_check_value_joins_the_first_ones(world: &World) {
    let value = |name: &str, n: u8| (name.to_owned(), vec![n]);
    assert!(world.store.keep_check_values(&[value("pepper-1", 1)]).await.unwrap());
    for _ in 0..2 {
        world.store.add_check_values(&[value("pepper-1", 9), value("pepper-2", 2)]).await.unwrap();
    }
    world.store.add_check_values(&[value("pepper-2", 8), value("column-3", 3)]).await.unwrap();
    let mut kept = world.store.check_values().await.unwrap();
    kept.sort();
    assert_eq!(kept, [value("column-3", 3), value("pepper-1", 1), value("pepper-2", 2)]);
    assert!(!world.store.keep_check_values(&[value("link-4", 4)]).await.unwrap());
}

/// Of servers that start on one empty store at the same moment, one has its check values kept, and all of them.
pub async fn one_of_two_first_starts_has_its_check_values_kept(world: &World) {
    let of = |n: u8| {
        let name = |purpose: &str| format!("{purpose}-{n}");
        [(name("column"), vec![n]), (name("link"), vec![n]), (name("pepper"), vec![n])]
    };
    let starts = (0..8).map(|n| {
        let store = std::sync::Arc::clone(&world.store);
        tokio::spawn(async move { store.keep_check_values(&of(n)).await.unwrap() })
    });
    let mut kept = Vec::new();
    for (n, start) in (0..8).zip(starts.collect::<Vec<_>>()) {
        if start.await.unwrap() {
            kept.push(n);
        }
    }
    let [kept] = *kept else { unreachable!("{} starts have their values kept: {kept:?}", kept.len()) };
    let mut values = world.store.check_values().await.unwrap();
    values.sort();
    assert_eq!(values, of(kept));
}

fn refused(shop: &Shop, account: &str, seconds: i64) -> Observation {
    Observation::new(
        shop.clock.now().plus_seconds(seconds),
        Observed::anonymous(),
        &scripted::facts("sign-in"),
        "session.refused",
        ("account", account.to_owned()),
        Outcome::Refused,
        "wrong_password",
    )
}

/// What was seen waits in order, whole, by tenant, until it is forgotten.
pub async fn observations_wait_numbered_until_they_are_forgotten(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    assert_eq!(world.store.observed_tenants().await.unwrap(), []);
    let seen: Vec<Observation> = (0..5).map(|n| refused(&meena, &format!("a{n}"), n)).collect();
    for one in &seen {
        world.store.observe(meena.tenant, one).await.unwrap();
        world.store.observe(rupa.tenant, &refused(&rupa, "other", 0)).await.unwrap();
    }
    let mut tenants = world.store.observed_tenants().await.unwrap();
    tenants.sort();
    let mut both = vec![meena.tenant, rupa.tenant];
    both.sort();
    assert_eq!(tenants, both);

    let waiting = world.store.observations(meena.tenant, 3).await.unwrap();
    let what: Vec<_> = waiting.iter().map(|(_, one)| one.clone()).collect();
    assert_eq!(Some(what.as_slice()), seen.get(..3));
    assert!(waiting.is_sorted_by(|(a, _), (b, _)| a < b), "numbers rise");
    let through = waiting.get(1).unwrap().0;
    world.store.forget_observations(meena.tenant, through).await.unwrap();
    let left = world.store.observations(meena.tenant, 9).await.unwrap();
    let what: Vec<_> = left.iter().map(|(_, one)| one.clone()).collect();
    assert_eq!(Some(what.as_slice()), seen.get(2..));
    assert_eq!(world.store.observations(rupa.tenant, 9).await.unwrap().len(), 5);

    let last = left.last().unwrap().0;
    world.store.forget_observations(meena.tenant, last).await.unwrap();
    assert_eq!(world.store.observed_tenants().await.unwrap(), [rupa.tenant]);
    world.store.observe(meena.tenant, &refused(&meena, "again", 9)).await.unwrap();
    let again = world.store.observations(meena.tenant, 9).await.unwrap();
    assert!(again.first().unwrap().0 > last, "a number is never used again");
}

async fn sealed(shop: &Shop) -> Vec<StoredEntry> {
    let filter = AuditFilter { action: Some("session.refused".to_owned()), ..AuditFilter::default() };
    let mut entries = shop.reader().await.entries(&filter, PageRequest::first(100)).await.unwrap().items;
    entries.reverse();
    entries
}

/// The collector seals what was seen: repeats within a minute as one entry, each other thing as its own.
pub async fn the_collector_seals_repeats_as_one_entry(world: &World) {
    let shop = world.shop("meena").await;
    for (account, seconds) in [("a", 0), ("a", 10), ("b", 20), ("a", 30), ("a", 90)] {
        world.store.observe(shop.tenant, &refused(&shop, account, seconds)).await.unwrap();
    }
    let job = world.entrances.jobs.job::<Collecting>();
    assert_eq!(collect_observations(&shop.road, &job, shop.tenant, 100).await.unwrap(), 5);
    let entries = sealed(&shop).await;
    let subjects: Vec<&str> = entries.iter().map(|stored| stored.entry.subject_id.as_str()).collect();
    assert_eq!(subjects, ["a", "b", "a"]);
    assert!(entries.iter().all(|stored| stored.entry.actor.kind == "anonymous"));
    assert!(entries.iter().all(|stored| stored.entry.outcome == Outcome::Refused));
    assert_eq!(collect_observations(&shop.road, &job, shop.tenant, 100).await.unwrap(), 0);
    super::log::log_is_sound(&shop).await;
}

/// A collector that died after it committed and before it forgot does not write anything twice.
pub async fn a_collector_that_died_repeats_nothing(world: &World) {
    let shop = world.shop("meena").await;
    for account in ["a", "b"] {
        world.store.observe(shop.tenant, &refused(&shop, account, 0)).await.unwrap();
    }
    let job = world.entrances.jobs.job::<Collecting>();
    let waiting = world.store.observations(shop.tenant, 9).await.unwrap();
    let (number, first) = waiting.first().cloned().unwrap();
    let scope = job.scope(shop.tenant, scripted::facts("collector"));
    let mut turn = shop.writer(&scope).await.unwrap();
    turn.apply(observed(&scope, &*shop.entropy, first, number)).await.unwrap();
    turn.commit().await.unwrap();
    assert_eq!(shop.reader().await.head().await.unwrap().observed, number);
    // Here it dies. What it had sealed is still waiting.
    assert_eq!(collect_observations(&shop.road, &job, shop.tenant, 100).await.unwrap(), 2);
    let subjects: Vec<String> =
        sealed(&shop).await.into_iter().map(|stored| stored.entry.subject_id).collect();
    assert_eq!(subjects, ["a", "b"]);
    assert_eq!(world.store.observations(shop.tenant, 9).await.unwrap(), []);
}
