//! The board from outside: what follows from a rate, a move that takes two people, a table in one go.

use serde_json::{Value, json};

use crate::client::Call;
use crate::shop::{bill, chain, id, inr, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    fine_gold_alone_makes_a_board_and_a_bill,
    a_move_beyond_the_shops_limit_takes_a_second_person,
    a_table_is_posted_whole_or_told_line_by_line,
);

fn fine(rupees: i64) -> Value {
    json!({
        "commodity": "gold", "fineness_ppm": 999_000, "kind": "sell", "amount": inr(rupees * 100), "per_mg": 10_000,
        "basis": "millesimal", "multiple": inr(100),
    })
}

async fn fine_gold_alone_makes_a_board_and_a_bill(world: World) {
    let shop = stocked(&world, "zaveri").await;
    world.clock.advance(86_400);
    let posted = shop.owner.make(&world, "/rates", fine(139_738)).await;
    assert_eq!((&posted["basis"], &posted["multiple"]), (&json!("millesimal"), &inr(100)));
    let board = shop.owner.read(&world, "/rates/board").await;
    let found = board["items"].as_array().unwrap().iter().find(|rate| rate["karat"] == 22).unwrap();
    assert_eq!(
        found,
        &json!({
            "commodity": "gold", "fineness_ppm": 916_000, "karat": 22, "kind": "sell", "amount": inr(12_800_000),
            "per_mg": 10_000, "per_gram": inr(1_280_000), "derived": true, "rate_id": posted["id"],
        })
    );
    let item = shop.owner.make(&world, "/items", chain("G-88")).await;
    let issued = shop.owner.make(&world, "/invoices", bill(&shop.customer, &id(&item))).await;
    let rate =
        json!({"amount": inr(12_800_000), "per_mg": 10_000, "fineness_ppm": 916_000, "id": posted["id"]});
    assert_eq!(issued["lines"][0]["rate"], rate);
    assert_eq!(issued["totals"]["payable"], inr(5_184_500));
    let karat = json!({
        "commodity": "gold", "fineness_ppm": 900_000, "kind": "sell", "amount": inr(1), "per_mg": 1, "basis": "karat",
    });
    shop.owner.send(&world, &Call::post("/rates", &karat)).await.expect_problem(422, "rate.no_karat");
}

async fn a_move_beyond_the_shops_limit_takes_a_second_person(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, manager) = join(&world, &shop.owner, "asha", "manager").await;
    let settings = shop.owner.send(&world, &Call::get("/settings")).await;
    assert_eq!(settings.json()["business"]["rate_move_ppm"], 250_000);
    let etag = settings.header("etag").unwrap().to_owned();
    for (limit, status) in [(1_000_001, 422), (30_000, 200)] {
        let patch = Call::patch("/settings", &etag, &json!({"business": {"rate_move_ppm": limit}}));
        shop.owner.send(&world, &patch).await.expect(status);
    }
    let mut rate = crate::shop::rate();
    rate["amount"] = inr(1_320_000);
    manager.send(&world, &Call::post("/rates", &rate)).await.expect_problem(409, "rate.move_beyond_limit");
    let ask = json!({"action": "rate.post", "command": rate, "note": "Budget day"});
    let asked = manager.make(&world, "/approvals", ask).await;
    let path = format!("/approvals/{}/approve", asked["id"].as_str().unwrap());
    shop.owner.send(&world, &Call::post(&path, &json!({"digest": asked["digest"]}))).await.expect(200);
    let board = shop.owner.read(&world, "/rates").await;
    assert_eq!(board["items"][0]["amount"], inr(1_320_000));
}

async fn a_table_is_posted_whole_or_told_line_by_line(world: World) {
    let shop = stocked(&world, "zaveri").await;
    world.clock.advance(86_400);
    let table =
        |csv: &str, dry_run: bool| Call::post("/rates/import", &json!({"csv": csv, "dry_run": dry_run}));
    let wrong = "commodity,fineness,rate,per,colour\ngold,22K,12800,1 g,\nbrass,999,1,1 g,\ngold,999,\"1,39,00\",10 g,\n";
    let told = shop.owner.send(&world, &table(wrong, false)).await.expect(200);
    let lines: Vec<_> =
        told["problems"].as_array().unwrap().iter().map(|p| (p["line"].clone(), p["code"].clone())).collect();
    let expected = [(1, "heading.unknown"), (3, "cell.unreadable"), (4, "cell.unreadable")];
    assert_eq!(lines, expected.map(|(line, code)| (json!(line), json!(code))));
    assert!(!told.to_string().contains("brass") && !told.to_string().contains("colour\""), "{told}");

    let right = "commodity;fineness;rate;per;kind\r\nGold;22K;12.750;1 g;sell\r\n".replace("12.750", "12750");
    let tried = shop.owner.send(&world, &table(&right, true)).await.expect(200);
    assert_eq!((&tried["posted"], tried["rates"].as_array().unwrap().len()), (&json!(false), 1));
    assert_eq!(shop.owner.read(&world, "/rates").await["items"], json!([]));
    let done = shop.owner.send(&world, &table(&right, false)).await.expect(200);
    assert_eq!((&done["posted"], &done["problems"]), (&json!(true), &json!([])));
    assert_eq!(shop.owner.read(&world, "/rates").await["items"], done["rates"]);
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    cashier.send(&world, &table(&right, true)).await.expect_problem(403, "access.forbidden");
}
