//! Nobody overwrites what they have not seen: `ETag` out, `If-Match` in.

use serde_json::{Value, json};

use crate::client::Call;
use crate::shop::{
    advance, bill, booking, chain, credit_note, customer, debit_note, receipt, refund, stocked,
};
use crate::world::{World, on_every_store};

on_every_store!(
    a_patch_needs_the_revision_it_was_made_for,
    the_tag_of_a_list_item_is_the_tag_of_the_document,
    a_create_answers_with_the_tag_of_what_it_made,
    the_tag_of_a_bill_follows_its_settlements,
);

async fn a_patch_needs_the_revision_it_was_made_for(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let billing = json!({"name": "Zaveri", "address": "13 Zaveri Bazaar"});
    shop.owner.send(&world, &Call::patch("/billing", "\"1\"", &billing)).await.expect(200);
    let payee = json!({"name": "Zaveri", "upi_id": "zaveri@okbank"});
    shop.owner.send(&world, &Call::patch("/payee", "\"2\"", &payee)).await.expect(200);
    let targets = [
        (format!("/customers/{}", shop.customer), "name", "Asha R. Rao", "Asha Rao-Shah"),
        (format!("/suppliers/{}", shop.supplier), "name", "Bullion House LLP", "Bullion House"),
        (format!("/goldsmiths/{}", shop.goldsmith), "name", "B. Das", "Bimal Das"),
        (format!("/members/{}", shop.member), "name", "Till One", "Till Two"),
        (format!("/roles/{}", shop.role), "name", "Apprentice", "Junior"),
        ("/settings".to_owned(), "name", "Zaveri One", "Zaveri Two"),
        ("/billing".to_owned(), "name", "Zaveri & Sons", "Zaveri LLP"),
        ("/payee".to_owned(), "name", "Zaveri & Sons", "Zaveri LLP"),
        (format!("/items/{}", shop.item), "description", "Rope chain", "Box chain"),
    ];
    for (path, field, one, two) in targets {
        let before = shop.owner.send(&world, &Call::get(&path)).await;
        let tag = before.header("etag").unwrap().to_owned();
        assert_eq!(before.json()["etag"], tag.as_str(), "{path}");
        let name = |name: &str| json!({field: name});
        let patch = |tag: &str, to: &str| Call::patch(&path, tag, &name(to));

        let without = Call::new("PATCH".parse().unwrap(), &path).json(&name(one));
        shop.owner.send(&world, &without).await.expect_problem(428, "revision.required");
        shop.owner.send(&world, &patch("*", one)).await.expect_problem(428, "revision.required");
        for stale in ["\"77\"", "\"0\"", "W/\"1\"", "\"x\"", "1", "\"77-1\""] {
            shop.owner.send(&world, &patch(stale, one)).await.expect_problem(412, "revision.stale");
        }
        assert_eq!(shop.owner.read(&world, &path).await, before.json(), "{path}: nothing was changed");

        let changed = shop.owner.send(&world, &patch(&tag, one)).await;
        assert_eq!(changed.expect(200)[field], one);
        let next = changed.header("etag").unwrap();
        assert_ne!(next, tag, "{path}");
        shop.owner.send(&world, &patch(&tag, two)).await.expect_problem(412, "revision.stale");
        assert_eq!(shop.owner.send(&world, &patch(next, two)).await.expect(200)[field], two);
        // A patch that changes nothing makes no revision.
        let third = shop.owner.send(&world, &Call::get(&path)).await.header("etag").unwrap().to_owned();
        let same = shop.owner.send(&world, &patch(&third, two)).await;
        same.expect(200);
        assert_eq!(same.header("etag"), Some(third.as_str()), "{path}");
    }
}

async fn the_tag_of_a_list_item_is_the_tag_of_the_document(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for list in [
        "/customers",
        "/members",
        "/items",
        "/invoices",
        "/receipts",
        "/credit-notes",
        "/debit-notes",
        "/refunds",
        "/bookings",
        "/advances",
    ] {
        let items = shop.owner.read(&world, list).await["items"].as_array().unwrap().clone();
        assert!(!items.is_empty(), "{list}");
        for item in items {
            let shown =
                shop.owner.send(&world, &Call::get(format!("{list}/{}", item["id"].as_str().unwrap()))).await;
            shown.expect(200);
            assert_eq!(item["etag"].as_str(), shown.header("etag"), "{list}");
            assert_eq!(shown.json()["etag"].as_str(), shown.header("etag"), "{list}");
        }
    }
}

async fn a_create_answers_with_the_tag_of_what_it_made(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let member = json!({"name": "N Rao", "email": "n@zaveri.example", "role": "cashier", "password": "hand this over"});
    let creates: [(&str, Value); 10] = [
        ("/customers", customer("Ravi Shah")),
        ("/members", member),
        ("/items", chain("G-8")),
        ("/invoices", bill(&shop.customer, &shop.item)),
        ("/receipts", receipt(&shop.customer, 500, None)),
        ("/credit-notes", credit_note(&shop.noted_invoice, 500)),
        ("/debit-notes", debit_note(&shop.noted_invoice, 500)),
        ("/refunds", refund(&shop.payer, 500)),
        ("/bookings", booking(&shop.payer)),
        ("/advances", advance(&shop.payer, 500)),
    ];
    for (path, body) in creates {
        let made = shop.owner.send(&world, &Call::post(path, &body)).await;
        let id = made.expect(201)["id"].as_str().unwrap().to_owned();
        let shown = shop.owner.send(&world, &Call::get(format!("{path}/{id}"))).await;
        assert!(made.header("etag").is_some(), "{path}");
        assert_eq!(made.header("etag"), shown.header("etag"), "{path}");
        assert_eq!(made.json(), shown.json(), "{path}");
    }
}

async fn the_tag_of_a_bill_follows_its_settlements(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let path = format!("/invoices/{}", shop.open_invoice);
    let tag = async || shop.owner.send(&world, &Call::get(&path)).await.header("etag").unwrap().to_owned();
    let open = tag().await;
    shop.owner.make(&world, "/receipts", receipt(&shop.customer, 100, Some(&shop.open_invoice))).await;
    assert_ne!(tag().await, open);
}
