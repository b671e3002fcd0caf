//! Time in a tenant: it is read under the turn, and it never goes back.

use super::admission::bare_lot;
use super::forge::insert;
use super::turns::begun;
use super::{Shop, World};
use crate::measure::RateKind;
use crate::shop::actions::RecordLot;
use crate::store::{AuditFilter, PageRequest, RateFilter, RateKey};
use crate::time::{Clock as _, Timestamp};

async fn stamp(shop: &Shop) -> Timestamp {
    let scope = shop.owner().await;
    let mut turn = shop.writer(&scope).await.unwrap();
    let now = turn.now();
    turn.apply(insert::<RecordLot>(&scope, &*shop.entropy, vec![bare_lot(shop).into()])).await.unwrap();
    turn.commit().await.unwrap();
    now
}

/// A machine's clock that is set back does not set the books back.
pub async fn time_never_goes_back_even_when_the_clock_does(world: &World) {
    let shop = world.shop("meena").await;
    shop.clock.advance(3600);
    let late = stamp(&shop).await;
    assert_eq!(late, shop.clock.now());
    shop.clock.advance(-7200);
    let again = stamp(&shop).await;
    assert!(again > late, "{again} is not after {late}");
    let entries =
        shop.reader().await.entries(&AuditFilter::default(), PageRequest::first(100)).await.unwrap();
    let times: Vec<Timestamp> = entries.items.iter().rev().map(|stored| stored.entry.at).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(times.last(), Some(&again), "an entry is made at its turn's time");
}

/// One shop's clock is its own: another shop's late entry moves nothing.
pub async fn time_is_kept_by_tenant(world: &World) {
    let (late, early) = (world.shop("late").await, world.shop("early").await);
    late.clock.advance(86_400);
    stamp(&late).await;
    early.tick();
    assert_eq!(stamp(&early).await, early.clock.now());
}

/// A change that waited is dated when it became true, not when it was asked for.
pub async fn a_change_is_dated_after_the_turn_is_taken(world: &World) {
    let shop = world.shop("meena").await;
    let scope = shop.owner().await;
    let held = shop.writer(&scope).await.unwrap();
    let till = shop.clone();
    let waiter = tokio::spawn(begun(async move { stamp(&till).await }));
    shop.clock.advance(2);
    let released = shop.clock.now();
    held.rollback().await;
    assert!(waiter.await.unwrap() >= released);
}

/// The last rate posted is the current one, also when the clock stands still between two of them.
pub async fn the_last_rate_posted_is_current_even_when_the_clock_stands(world: &World) {
    let shop = world.shop("meena").await;
    let owner = shop.owner().await;
    let mut posted = Vec::new();
    for amount in 1..=24 {
        let new = super::gold_rate(1_280_000 + amount);
        let rate = crate::service::shop::post_rate(&shop.road, &owner, None, new).await.unwrap().value;
        posted.push(rate);
    }
    let last = posted.last().cloned().unwrap();
    let mut reader = shop.reader().await;
    let key = RateKey { metal: last.metal, fineness: last.fineness, kind: RateKind::Sell };
    assert_eq!(reader.current_rate(key, shop.today()).await.unwrap(), Some(last.clone()));
    assert_eq!(reader.rate_board(shop.today()).await.unwrap(), [last]);
    let mut history =
        reader.rate_history(RateFilter::default(), PageRequest::first(100)).await.unwrap().items;
    history.reverse();
    assert_eq!(history, posted);
    for pair in posted.windows(2) {
        let [before, after] = pair else { continue };
        assert_eq!(after.supersedes, Some(before.id));
    }
}

/// A business date is a day in the shop's zone: past 18:30 in Greenwich it is tomorrow in India.
pub async fn a_business_date_is_a_day_in_the_shops_zone(world: &World) {
    let shop = world.shop("meena").await;
    assert_eq!(shop.rate(1_280_000).await.business_date.to_string(), "2026-11-23");
    shop.clock.advance(12 * 3600 + 30 * 60);
    assert_eq!(shop.rate(1_290_000).await.business_date.to_string(), "2026-11-24");
}
