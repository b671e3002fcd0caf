//! Pieces: what was written about one is put right while it lies in the tray, and stays as it is once it is billed.

use super::World;
use super::log::{log_is_sound, whole_log};
use super::scene::Scene;
use super::till::*;
use crate::measure::Metal;
use crate::rbac::Role;
use crate::service::{ServiceError, shop as service};
use crate::shop::identifiers::Huid;
use crate::shop::stock::{Item, ItemPatch};
use crate::text::{Label, Name};

fn described(text: &str) -> ItemPatch {
    ItemPatch { description: Some(Name::new(text).unwrap()), ..ItemPatch::default() }
}

/// One entry a correction, none when nothing is different, and no word changes after the sale.
pub async fn a_piece_in_stock_is_described_anew_and_a_sold_one_is_not(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let (shop, before) = (&scene.shop, &scene.item);
    let manager = shop.scope(Role::Manager).await;
    let describe = async |version, patch| {
        shop.tick();
        service::describe_item(&shop.road, &manager, before.id, version, patch).await
    };
    let patch = ItemPatch {
        tag: Some(Label::new("KEPT-2").unwrap()),
        huid: Some(None),
        ..described("Gold ring, beaded")
    };
    let done = describe(1, patch.clone()).await.unwrap();
    let after = Item {
        tag: Label::new("KEPT-2").unwrap(),
        description: Name::new("Gold ring, beaded").unwrap(),
        huid: None,
        version: 2,
        ..before.clone()
    };
    assert_eq!(done.value.item, after);
    assert_eq!(shop.reader().await.item(before.id).await.unwrap().as_ref(), Some(&after));
    let entry = whole_log(shop).await.into_iter().last().unwrap().entry;
    assert_eq!(entry.action.as_str(), "item.describe");
    assert_eq!((entry.seq, entry.subject_id), (done.receipt.unwrap().seq, before.id.to_string()));

    let head = shop.reader().await.head().await.unwrap();
    assert!(matches!(describe(1, patch.clone()).await, Err(ServiceError::Stale)));
    let same = describe(2, patch).await.unwrap();
    assert_eq!((same.value.item, same.receipt), (after, None));
    let cashier = shop.cashier().await;
    let denied = service::describe_item(&shop.road, &cashier, before.id, 2, described("Mine")).await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))), "{denied:?}");
    assert_eq!(shop.reader().await.head().await.unwrap(), head, "nothing was written");

    let bill = shop.issue(&bill_of(scene.party.id, &[before.id])).await;
    let sold = shop.reader().await.item(before.id).await.unwrap().unwrap();
    assert_eq!(code(describe(sold.version, described("Other words")).await), "item.not_in_stock");
    shop.cancel(bill.invoice.id).await;
    let back = shop.reader().await.item(before.id).await.unwrap().unwrap();
    assert_eq!(code(describe(back.version, described("Other words")).await), "done");
    log_is_sound(shop).await;
    super::rebuild::log_and_tables_agree(shop).await;
}

/// A tag is another piece's for ever, a hallmark id for as long as that piece is live; its own stand in nobody's way.
pub async fn a_piece_takes_no_other_pieces_tag_or_hallmark_id(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let (shop, kept) = (&scene.shop, &scene.item);
    let other = shop.item("R-1").await;
    let owner = shop.owner().await;
    let describe = async |item: &Item, patch| {
        shop.tick();
        code(service::describe_item(&shop.road, &owner, item.id, item.version, patch).await)
    };
    let tag = |tag: &str| ItemPatch { tag: Some(Label::new(tag).unwrap()), ..ItemPatch::default() };
    let hallmark = || ItemPatch { huid: Some(Huid::parse("AB12CD").ok()), ..ItemPatch::default() };
    assert_eq!(describe(&other, tag(kept.tag.as_str())).await, "item.tag_taken");
    assert_eq!(describe(&other, tag("SOLD")).await, "item.tag_taken", "a sold piece keeps its tag");
    assert_eq!(describe(&other, hallmark()).await, "item.huid_taken");
    assert_eq!(describe(kept, tag(kept.tag.as_str())).await, "done", "its own tag");
    assert_eq!(describe(kept, hallmark()).await, "done", "its own hallmark id");
    assert_eq!(shop.reader().await.item(other.id).await.unwrap().as_ref(), Some(&other));
    shop.issue(&bill_of(scene.party.id, &[kept.id])).await;
    assert_eq!(describe(&other, hallmark()).await, "done", "the piece that had it is sold");
}

/// What is missing, what is there and should not be, what nobody knows, and what was scanned twice.
pub async fn scanned_tags_are_held_against_the_pieces_in_stock(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    for tag in ["R-1", "R-2", "R-3"] {
        shop.item(tag).await;
    }
    let asha = shop.customer("Asha").await;
    shop.sell(asha.id, "SOLD").await;
    let before = shop.reader().await.head().await.unwrap();
    let cashier = shop.scope(Role::Cashier).await;
    let tags = ["R-3", "SOLD", "R-1", "X", "R-1"].map(|tag| Label::new(tag).unwrap());
    let counted = service::count_pieces(&shop.road, &cashier, tags.to_vec()).await.unwrap();
    let tag = |items: &[Item]| items.iter().map(|item| item.tag.to_string()).collect::<Vec<_>>();
    assert_eq!((counted.expected, counted.found), (3, 2));
    assert_eq!(
        (tag(&counted.missing), tag(&counted.elsewhere)),
        (vec!["R-2".to_owned()], vec!["SOLD".to_owned()])
    );
    let named = |tags: &[Label]| tags.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        (named(&counted.unknown), named(&counted.twice)),
        (vec!["X".to_owned()], vec!["R-1".to_owned()])
    );
    assert_eq!(shop.reader().await.head().await.unwrap(), before, "a count changes nothing");
}

/// Each piece by itself at the lower of its cost and what it would be billed at; lots at their average cost; what has no
/// rate at cost.
pub async fn stock_is_worth_the_lower_of_its_cost_and_the_days_rate(world: &World) {
    let shop = world.shop("meena").await;
    // 3.39 g that cost 40,000 rupees each, made for 16 %.
    for tag in ["R-1", "R-2"] {
        shop.item(tag).await;
    }
    let value = async || {
        let owner = shop.owner().await;
        let (_, values) = service::value_stock(&shop.road, &owner).await.unwrap();
        values.into_iter().find(|value| value.metal == Metal::Gold).unwrap()
    };
    let unpriced = value().await.pieces;
    assert_eq!((unpriced.count, unpriced.without_rate), (2, 2));
    assert_eq!(
        (unpriced.cost, unpriced.at_rate, unpriced.lower),
        (paise(8_000_000), paise(8_000_000), paise(8_000_000))
    );

    shop.rate(1_280_000).await;
    let dear = value().await.pieces;
    assert_eq!((dear.at_rate, dear.lower, dear.without_rate), (paise(2 * 5_033_472), paise(8_000_000), 0));
    assert_eq!(dear.fine.ng(), 2 * 3_105_240_000);
    shop.clock.advance(86_400);
    shop.rate(1_000_000).await;
    // 33,900 of metal and 5,424 of making.
    let cheap = value().await.pieces;
    assert_eq!((cheap.at_rate, cheap.lower), (paise(2 * 3_932_400), paise(2 * 3_932_400)));
    let lot = shop.lot(10_000).await;
    let lots = value().await.lots;
    let (_, on_hand) = shop.reader().await.lot(lot.id).await.unwrap().unwrap();
    assert_eq!((lots.count, lots.cost, lots.fine), (1, on_hand.cost, on_hand.fine));

    let cashier = shop.scope(Role::Cashier).await;
    assert_eq!(code(service::value_stock(&shop.road, &cashier).await), "permission.denied");
}
