//! The board: what follows from a rate is what a bill takes, and who may move it how far.

use super::World;
use super::log::{log_is_sound, whole_log};
use super::till::*;
use crate::measure::{Metal, RateBasis, RateKind};
use crate::rbac::Role;
use crate::service::shop as service;
use crate::shop::rates::{COLUMNS, NewRate};
use crate::shop::tables::Cells;
use crate::text::Note;

/// A board that has fine gold only: the bill's rate is 916/1000 of it, to the rupee, and names the rate it follows from.
pub async fn a_bill_takes_the_rate_that_follows_from_the_board(world: &World) {
    let shop = world.shop("meena").await;
    let manager = shop.scope(Role::Manager).await;
    let fine = NewRate {
        fineness: fineness(999_000),
        basis: RateBasis::Millesimal,
        multiple: Some(paise(100)),
        per: mg(10_000),
        ..gold_rate(13_973_800)
    };
    let fine = service::post_rate(&shop.road, &manager, None, fine).await.unwrap().value;
    let mut reader = shop.reader().await;
    assert_eq!(reader.posted_rate(fine.id).await.unwrap().as_ref(), Some(&fine), "as it was posted");
    assert_eq!(reader.rate_board(shop.today()).await.unwrap(), std::slice::from_ref(&fine));
    drop(reader);

    let asha = shop.customer("Asha").await;
    let ring = shop.item("R-1").await;
    let bill = shop.issue(&bill_of(asha.id, &[ring.id])).await;
    let line = bill.lines.first().unwrap();
    assert_eq!(
        (line.rate_id, line.rate_amount, line.rate_per),
        (Some(fine.id), paise(12_800_000), mg(10_000))
    );
    assert_eq!(line.metal_value, paise(4_339_200));

    shop.tick();
    let by_hand = shop.rate(1_290_000).await;
    let other = shop.sell(asha.id, "R-2").await;
    assert_eq!(
        other.lines.first().unwrap().rate_id,
        Some(by_hand.id),
        "what was posted goes before what follows"
    );
    log_is_sound(&shop).await;
}

/// Alone a person moves a rate a quarter from the day before, and no step of the day goes round that.
pub async fn a_rate_goes_no_further_than_one_person_decides(world: &World) {
    let shop = world.shop("meena").await;
    let manager = shop.scope(Role::Manager).await;
    let post = async |rate: NewRate| {
        shop.tick();
        code(service::post_rate(&shop.road, &manager, None, rate).await)
    };
    assert_eq!(post(gold_rate(1_000_000)).await, "done");
    shop.clock.advance(86_400);
    let manager = shop.scope(Role::Manager).await;
    let post = async |rate: NewRate| {
        shop.tick();
        code(service::post_rate(&shop.road, &manager, None, rate).await)
    };
    assert_eq!(post(gold_rate(1_250_001)).await, "rate.move_beyond_limit");
    assert_eq!(post(gold_rate(1_250_000)).await, "done");
    assert_eq!(post(gold_rate(1_300_000)).await, "rate.move_beyond_limit");
    assert_eq!(post(gold_rate(749_999)).await, "rate.move_beyond_limit");

    let above = NewRate {
        kind: RateKind::Buy,
        reason: Some(Note::new("exchange mela").unwrap()),
        ..gold_rate(1_250_001)
    };
    assert_eq!(post(above.clone()).await, "rate.buy_above_sell");
    let owner = shop.owner().await;
    shop.tick();
    let crossed = service::post_rate(&shop.road, &owner, None, above.clone()).await.unwrap().value;
    assert_eq!(crossed.reason, above.reason);
    assert_eq!(shop.reader().await.posted_rate(crossed.id).await.unwrap(), Some(crossed));
    log_is_sound(&shop).await;
}

/// Each rate of a table is an entry; one bad row and none is there.
pub async fn a_table_of_rates_is_posted_whole_or_not_at_all(world: &World) {
    let shop = world.shop("meena").await;
    let manager = shop.scope(Role::Manager).await;
    let row = |line, fineness, kind, rate| {
        let cells =
            [("commodity", "gold"), ("fineness", fineness), ("kind", kind), ("rate", rate), ("per", "1 g")];
        Cells::of(COLUMNS, line, cells)
    };
    let board =
        [row(2, "916", "sell", "12,800"), row(3, "916", "buy", "12,500.50"), row(4, "999", "sell", "13,950")];
    let before = shop.reader().await.head().await.unwrap();

    let mut bad = board.to_vec();
    bad.extend([row(5, "916", "sell", "12,900"), row(6, "916", "buy", "12,80"), row(8, "0", "sell", "1")]);
    let brought = service::import_rates(&shop.road, &manager, &bad, false).await.unwrap();
    let problems: Vec<_> =
        brought.problems.iter().map(|problem| (problem.line, problem.column, problem.code)).collect();
    assert_eq!(
        problems,
        [(5, "", "rate.twice"), (6, "rate", "cell.unreadable"), (8, "fineness", "cell.unreadable")]
    );
    assert!(!brought.posted && brought.rates.is_empty());
    let tried = service::import_rates(&shop.road, &manager, &board, true).await.unwrap();
    assert!(!tried.posted && tried.problems.is_empty() && tried.rates.len() == 3);
    assert_eq!(shop.reader().await.head().await.unwrap(), before, "nothing was written");

    let done = service::import_rates(&shop.road, &manager, &board, false).await.unwrap();
    assert!(done.posted && done.problems.is_empty());
    let log = whole_log(&shop).await;
    let new: Vec<_> = log.iter().filter(|stored| stored.entry.action.as_str() == "rate.post").collect();
    assert_eq!(new.len(), 3);
    let mut reader = shop.reader().await;
    let mut on_the_board = reader.rate_board(shop.today()).await.unwrap();
    assert!(on_the_board.iter().all(|rate| rate.metal == Metal::Gold));
    on_the_board.sort_by_key(|rate| done.rates.iter().position(|done| done.id == rate.id));
    assert_eq!(on_the_board, done.rates);
    drop(reader);

    // A falling market: the new selling rate is below the old buying rate, and the table as a whole is in order.
    shop.tick();
    let falling = [row(2, "916", "sell", "12,400"), row(3, "916", "buy", "12,100")];
    assert!(service::import_rates(&shop.road, &manager, &falling, false).await.unwrap().posted);
    log_is_sound(&shop).await;
}
