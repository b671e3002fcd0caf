//! Pieces: what was written about one is put right while it lies in the tray, and stays as it is once it is billed.

use super::World;
use super::log::{log_is_sound, whole_log};
use super::scene::Scene;
use super::till::*;
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
