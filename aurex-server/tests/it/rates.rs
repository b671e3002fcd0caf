//! The board from outside: what follows from a rate, a move that takes two people, a table in one go.

use serde_json::{Value, json};

use crate::client::Call;
use crate::shop::{bill, chain, id, inr, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    fine_gold_alone_makes_a_board_and_a_bill,
    a_move_beyond_the_shops_limit_takes_a_second_person,
    a_table_is_posted_whole_or_told_line_by_line,
    asvs_v5_2_2_a_picture_or_an_archive_is_no_table,
);

fn fine(rupees: i64) -> Value {
    json!({
        "commodity": "gold", "fineness_ppm": 999_000, "kind": "sell", "amount": inr(rupees * 100), "per_mg": 10_000,
        "basis": "millesimal", "multiple": inr(100),
    })
}

async fn fine_gold_alone_makes_a_board_and_a_bill(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let posted = shop.owner.make(&world, "/rates", fine(139_738)).await;
    assert_eq!((&posted["basis"], &posted["multiple"]), (&json!("millesimal"), &inr(100)));
    let board = shop.owner.read(&world, "/rates/board").await;
    let found = board["items"].as_array().unwrap().iter().find(|rate| rate["karat"] == 18).unwrap();
    assert_eq!(
        found,
        &json!({
            "commodity": "gold", "fineness_ppm": 750_000, "karat": 18, "kind": "sell", "amount": inr(10_480_400),
            "per_mg": 10_000, "per_gram": inr(1_048_040), "derived": true, "rate_id": posted["id"],
        })
    );
    let mut piece = chain("G-88");
    piece["fineness_ppm"] = json!(750_000);
    let item = shop.owner.make(&world, "/items", piece).await;
    let issued = shop.owner.make(&world, "/invoices", bill(&shop.customer, &id(&item))).await;
    let rate =
        json!({"amount": inr(10_480_400), "per_mg": 10_000, "fineness_ppm": 750_000, "id": posted["id"]});
    assert_eq!(issued["lines"][0]["rate"], rate);
    // 3.39 g at ₹1,04,804 for 10 g, and 16 % of it.
    assert_eq!(issued["lines"][0]["metal"], inr(3_552_856));
    assert_eq!(issued["lines"][0]["making"], inr(568_457));
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
    let table =
        |csv: &str, dry_run: bool| Call::post("/rates/import", &json!({"csv": csv, "dry_run": dry_run}));
    let before = shop.owner.read(&world, "/rates").await["items"].clone();
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
    assert_eq!(shop.owner.read(&world, "/rates").await["items"], before);
    let done = shop.owner.send(&world, &table(&right, false)).await.expect(200);
    assert_eq!((&done["posted"], &done["problems"]), (&json!(true), &json!([])));
    let board = shop.owner.read(&world, "/rates").await["items"].clone();
    let selling: Vec<_> = board.as_array().unwrap().iter().filter(|rate| rate["kind"] == "sell").collect();
    assert_eq!(selling, done["rates"].as_array().unwrap().iter().collect::<Vec<_>>());
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    cashier.send(&world, &table(&right, true)).await.expect_problem(403, "access.forbidden");
}

/// Their bytes as text, as a form would send them that trusts a file's name.
async fn asvs_v5_2_2_a_picture_or_an_archive_is_no_table(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let before = shop.owner.read(&world, "/audit?action=rate.post").await["items"].clone();
    for bytes in [
        &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..],
        b"PK\x03\x04\x14\0\0\0\x08\0",
        b"\x1f\x8b\x08\0",
        b"%PDF-1.7\n%\xe2\xe3\0",
    ] {
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let answer = shop.owner.send(&world, &Call::post("/rates/import", &json!({"csv": text}))).await;
        answer.expect_problem(422, "body.invalid");
        assert_eq!(answer.json()["errors"][0]["code"], "text.character");
    }
    assert_eq!(shop.owner.read(&world, "/audit?action=rate.post").await["items"], before);
}
