//! What a shop brings when it begins: tables of people and pieces, and what stood open.

#![expect(clippy::indexing_slicing, reason = "a case that finds fewer people than it brought has failed")]

use super::World;
use super::log::{log_is_sound, whole_log};
use super::rebuild::{books_are_sound, log_and_tables_agree};
use super::till::*;
use crate::measure::Metal;
use crate::rbac::Role;
use crate::service::shop as service;
use crate::shop::accounts::For;
use crate::shop::parties::{Customers, NewOpening, OpeningSide, PARTY_COLUMNS, PartyKind, Suppliers};
use crate::shop::stock::ITEM_COLUMNS;
use crate::shop::tables::Cells;
use crate::store::PageRequest;
use crate::text::Label;

fn told(imported: &service::Imported) -> Vec<(u64, &'static str, &'static str)> {
    imported.problems.iter().map(|problem| (problem.line, problem.column, problem.code)).collect()
}

/// Everything that is wrong is told by line and nobody is recorded; then all of them are, with what stood open, and the same
/// table again records nobody.
pub async fn a_table_of_people_comes_in_whole_with_what_stood_open_and_once(world: &World) {
    let shop = world.shop("meena").await;
    let owner = shop.owner().await;
    let row =
        |line, cells: &[(&'static str, &'static str)]| Cells::of(PARTY_COLUMNS, line, cells.iter().copied());
    let people = [
        row(2, &[("name", "Asha Rao"), ("phone", "98200 98200"), ("owes_us", "1,28,000.50")]),
        row(3, &[("name", "Bela Shah"), ("gstin", "29AABCF8078M1C8"), ("we_owe", "500")]),
        row(4, &[("name", "Chitra")]),
    ];
    let before = shop.reader().await.head().await.unwrap();
    let import = async |scope: &_, rows: &[Cells], dry_run| {
        shop.tick();
        service::import_parties::<Customers>(&shop.road, scope, rows, dry_run).await
    };

    let mut bad = people.to_vec();
    bad.extend([
        row(5, &[("name", "chitra")]),
        row(6, &[("name", "Asha R."), ("phone", "+919820098200")]),
        row(7, &[("name", "Dina"), ("gstin", "29AABCF8078M1C9"), ("owes_us", "-1")]),
        row(8, &[("name", "Esha"), ("gstin", "05AAACG2115R1ZN"), ("pan", "AABCF8078M")]),
    ]);
    let brought = import(&owner, &bad, false).await.unwrap();
    let wrong = [
        (5, "name", "row.there_already"),
        (6, "name", "row.there_already"),
        (7, "gstin", "cell.unreadable"),
        (7, "owes_us", "cell.unreadable"),
        (8, "", "customer.pan_disagrees"),
    ];
    assert_eq!((told(&brought), brought.rows, brought.recorded), (wrong.to_vec(), 3, false));
    let tried = import(&owner, &people, true).await.unwrap();
    assert_eq!((tried.rows, tried.recorded, tried.problems.len()), (3, false, 0));
    assert_eq!(shop.reader().await.head().await.unwrap(), before, "nothing was written");

    // Who may record customers need not be somebody who may say what they owe.
    let cashier = shop.scope(Role::Cashier).await;
    assert_eq!(code(import(&cashier, &people, true).await), "permission.denied");
    assert!(import(&cashier, &people[2..], true).await.unwrap().problems.is_empty());

    let done = import(&owner, &people, false).await.unwrap();
    assert_eq!((done.rows, done.recorded), (3, true));
    let mut found =
        shop.reader().await.parties(PartyKind::Customer, None, PageRequest::first(9)).await.unwrap().items;
    // They came in one moment, in whatever order.
    found.sort_by(|one, other| one.name.cmp(&other.name));
    let names: Vec<_> = found.iter().map(|party| party.name.as_str()).collect();
    assert_eq!(names, ["Asha Rao", "Bela Shah", "Chitra"]);
    assert_eq!(shop.owes(found[0].id).await, 12_800_050);
    assert_eq!((shop.owes(found[1].id).await, shop.owes(found[2].id).await), (-50_000, 0));
    assert_eq!(shop.holds(For::Opening).await, 50_000 - 12_800_050);
    let log = whole_log(&shop).await;
    let of = |action: &str| log.iter().filter(|stored| stored.entry.action.as_str() == action).count();
    assert_eq!((of("customer.record"), of("party.open_balance")), (3, 2));

    let again = import(&owner, &people, false).await.unwrap();
    assert_eq!(told(&again), [2, 3, 4].map(|line| (line, "name", "row.there_already")));
    // A supplier of the same name is somebody else.
    let suppliers = service::import_parties::<Suppliers>(&shop.road, &owner, &people, false).await.unwrap();
    assert!(suppliers.recorded);
    books_are_sound(&shop).await;
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;
}

/// Pieces come in with their weight, cost and metal, or none of them does.
pub async fn a_table_of_pieces_comes_in_whole_or_not_at_all(world: &World) {
    let shop = world.shop("meena").await;
    let manager = shop.scope(Role::Manager).await;
    shop.item("KEPT").await;
    let row = |line, tag, gross, huid| {
        let cells = [
            ("tag", tag),
            ("description", "Ring"),
            ("commodity", "gold"),
            ("fineness", "22K"),
            ("gross_g", gross),
            ("less_g", "0.390"),
            ("huid", huid),
            ("making_percent", "16"),
            ("hsn", "71131911"),
            ("cost", "40,000"),
        ];
        Cells::of(ITEM_COLUMNS, line, cells)
    };
    let pieces = [row(2, "R-1", "3.390", "AB12CD"), row(3, "R-2", "5", "")];
    let import = async |rows: &[Cells], dry_run| {
        shop.tick();
        service::import_items(&shop.road, &manager, rows, dry_run).await.unwrap()
    };
    let (cost, fine) = (For::StockCost(Metal::Gold), For::StockFine(Metal::Gold));
    let before = (shop.holds(cost).await, shop.holds(fine).await);
    let mut bad = pieces.to_vec();
    bad.extend([
        row(4, "R-2", "4", ""),
        row(5, "R-4", "4", "AB12CD"),
        row(6, "KEPT", "4", ""),
        row(7, "R-5", "0.1", ""),
    ]);
    let brought = import(&bad, false).await;
    let wrong = [
        (4, "", "item.tag_taken"),
        (5, "", "item.huid_taken"),
        (6, "", "item.tag_taken"),
        (7, "", "item.less_out_of_range"),
    ];
    assert_eq!((told(&brought), brought.recorded), (wrong.to_vec(), false));
    assert!(!import(&pieces, true).await.recorded);
    assert_eq!((shop.holds(cost).await, shop.holds(fine).await), before, "nothing was written");

    assert!(import(&pieces, false).await.recorded);
    let after = (shop.holds(cost).await, shop.holds(fine).await);
    assert_eq!(after, (before.0 + 8_000_000, before.1 + (3_000 + 4_610) * 916_000));
    let tag = Label::new("R-2").unwrap();
    assert!(shop.reader().await.item_by_tag(&tag).await.unwrap().is_some());
    assert_eq!(told(&import(&pieces, false).await).len(), 2, "a tag is on one piece");
    books_are_sound(&shop).await;
    log_and_tables_agree(&shop).await;
}

/// What stood open is on the account and on the statement; the other side takes it off again.
pub async fn an_opening_balance_is_posted_for_either_side_and_put_right_by_the_other(world: &World) {
    let shop = world.shop("meena").await;
    let admin = shop.scope(Role::Admin).await;
    let asha = shop.customer("Asha").await;
    let supplier = shop.supplier().await;
    let new = |minor, side| NewOpening { amount: paise(minor), side, reason: None };
    let post = async |scope: &_, new: &NewOpening| {
        shop.tick();
        service::open_balance::<Customers>(&shop.road, scope, None, asha.id, new).await
    };
    let owes = new(10_000, OpeningSide::OwedToShop);
    let cashier = shop.scope(Role::Cashier).await;
    assert_eq!(code(post(&cashier, &owes).await), "permission.denied");
    assert_eq!(code(post(&admin, &new(0, OpeningSide::OwedToShop)).await), "opening.not_positive");
    let elsewhere = service::open_balance::<Customers>(&shop.road, &admin, None, supplier.id, &owes).await;
    assert_eq!(code(elsewhere), "resource.not_found");

    let posted = post(&admin, &owes).await.unwrap().value;
    assert_eq!((posted.party, posted.side, posted.amount), (asha.id, OpeningSide::OwedToShop, paise(10_000)));
    assert_eq!(shop.owes(asha.id).await, 10_000);
    let statement = service::statement(&shop.road, &admin, asha.id, None, None).await.unwrap();
    assert_eq!(statement.entries[0].line.entry.narration.as_str(), "Opening balance");
    post(&admin, &new(10_000, OpeningSide::OwedByShop)).await.unwrap();
    assert_eq!((shop.owes(asha.id).await, shop.holds(For::Opening).await), (0, 0));
    books_are_sound(&shop).await;
    log_and_tables_agree(&shop).await;
}
