//! A shop's day: every call that clients are written against, and the worked bill through all the books.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::client::{Call, PREFIX, Person, session_of, sign_in};
use crate::shop::{
    PASSWORD, SECRET, address, bill, chain, customer, first_session, id, inr, lot, open, rate, receipt,
    workspace,
};
use crate::world::{World, on_every_store};

on_every_store!(
    the_worked_bill_is_exact_in_every_book,
    every_documented_call_answers_as_documented,
    a_second_shop_sees_none_of_it,
    a_browser_and_a_supervisor_get_their_pages,
);

/// What an account has been posted by one document: (debit, credit).
async fn posted(world: &World, owner: &Person, document: &str) -> BTreeMap<String, (i64, i64)> {
    let mut lines = BTreeMap::new();
    for account in owner.read(world, "/ledger/accounts?limit=200").await["items"].as_array().unwrap() {
        let path = format!("/ledger/accounts/{}/postings", account["id"].as_str().unwrap());
        for posting in owner.read(world, &path).await["items"].as_array().unwrap() {
            assert_eq!(posting["commodity"], account["commodity"]);
            if posting["document_id"] == document {
                let purpose = account["purpose"].as_str().unwrap().to_owned();
                let amounts = (posting["debit"].as_i64().unwrap(), posting["credit"].as_i64().unwrap());
                assert!(lines.insert(purpose.clone(), amounts).is_none(), "{purpose} is posted once");
            }
        }
    }
    lines
}

fn balances(totals: &Value) {
    let totals = totals["totals"].as_array().unwrap();
    assert_eq!(totals.len(), 2, "rupees and gold");
    for total in totals {
        assert_eq!(total["debit"], total["credit"], "{total}");
        assert!(total["debit"].as_i64().unwrap() > 0, "{total}");
    }
}

// A published price card: 22 K, 3.39 g at ₹12,800 a gram, making 16 %, GST 3 %: ₹51,845.
async fn the_worked_bill_is_exact_in_every_book(world: World) {
    let owner = open(&world, "zaveri").await;
    owner.make(&world, "/rates", rate()).await;
    let asha = id(&owner.make(&world, "/customers", customer("Asha Rao")).await);
    let item = owner.make(&world, "/items", chain("G-1")).await;
    owner.make(&world, "/items", chain("stays in stock")).await;
    assert_eq!((&item["net_mg"], &item["fine_ng"]), (&json!(3390), &json!(3_105_240_000_i64)));

    let bill = bill(&asha, item["id"].as_str().unwrap());
    let priced = owner.send(&world, &Call::post("/invoices/preview", &bill)).await.expect(200);
    let issued = owner.make(&world, "/invoices", bill).await;

    let line = &issued["lines"][0];
    for (field, minor) in [
        ("metal", 4_339_200),
        ("wastage", 0),
        ("making", 694_272),
        ("stones", 0),
        ("other", 0),
        ("gross", 5_033_472),
        ("discount", 0),
        ("taxable", 5_033_472),
        ("cgst", 75_502),
        ("sgst", 75_502),
        ("igst", 0),
    ] {
        assert_eq!(line[field], inr(minor), "{field}");
    }
    for (field, number) in [("net_mg", 3390), ("chargeable_mg", 3390), ("fine_ng", 3_105_240_000_i64)] {
        assert_eq!(line[field], number, "{field}");
    }
    assert_eq!((&line["rate"]["amount"], &line["rate"]["per_mg"]), (&inr(1_280_000), &json!(1000)));
    let totals = json!({
        "taxable": inr(5_033_472), "cgst": inr(75_502), "sgst": inr(75_502), "igst": inr(0), "total": inr(5_184_476),
        "round_off": inr(24), "payable": inr(5_184_500),
        "amount_in_words": "Rupees Fifty One Thousand Eight Hundred Forty Five Only",
    });
    assert_eq!(issued["totals"], totals);
    assert_eq!((&priced["totals"], &priced["lines"]), (&totals, &issued["lines"]), "the preview is the bill");
    assert_eq!((&issued["pricing_policy"], &issued["state"]), (&json!("IN-2026-1"), &json!("issued")));

    let expected: BTreeMap<String, (i64, i64)> = [
        ("receivable", (5_184_500, 0)),
        ("metal_sales", (0, 4_339_200)),
        ("making", (0, 694_272)),
        ("cgst", (0, 75_502)),
        ("sgst", (0, 75_502)),
        ("round_off", (0, 24)),
        ("cost_of_goods", (4_000_000, 0)),
        ("stock_cost.gold", (0, 4_000_000)),
        ("conversion.gold", (3_105_240_000, 0)),
        ("stock_fine.gold", (0, 3_105_240_000)),
    ]
    .map(|(purpose, amounts)| (purpose.to_owned(), amounts))
    .into();
    assert_eq!(posted(&world, &owner, issued["id"].as_str().unwrap()).await, expected);

    let invoice = issued["id"].as_str().unwrap();
    owner.make(&world, "/receipts", receipt(&asha, 1_184_500, Some(invoice))).await;
    let shown = owner.read(&world, &format!("/invoices/{invoice}")).await;
    assert_eq!((&shown["state"], &shown["outstanding"]), (&json!("part_paid"), &inr(4_000_000)));

    let statement = owner.read(&world, &format!("/customers/{asha}/statement")).await;
    let amounts = |entry: &Value| ["debit", "credit", "balance"].map(|field| entry[field].as_i64().unwrap());
    let entries: Vec<_> = statement["entries"].as_array().unwrap().iter().map(amounts).collect();
    assert_eq!(entries, [[5_184_500, 0, 5_184_500], [0, 1_184_500, 4_000_000]]);
    assert_eq!(statement["entries"][0]["document"], issued["number"]);
    assert_eq!(statement["closing"], json!([{"commodity": "INR", "balance": 4_000_000}]));
    balances(&owner.read(&world, "/ledger/trial-balance").await);

    let log = owner.read(&world, &format!("/audit?subject={invoice}")).await;
    let entry = &log["items"][0];
    assert_eq!((&entry["action"], &entry["outcome"]), (&json!("invoice.issue"), &json!("done")));
    assert_eq!(entry["actor"]["name"], "Meena Zaveri");
    assert_eq!(entry["actor"]["role"], "owner");
    assert_eq!(entry["subject"], json!({"kind": "invoice", "id": invoice}));
    assert_eq!(entry["leaf_hash"].as_str().map(str::len), Some(64));
    let changes = entry["changes"].as_array().unwrap();
    let payable = changes.iter().find(|change| change["field"] == "invoice.payable").unwrap();
    assert_eq!((&payable["before"], &payable["after"]), (&Value::Null, &inr(5_184_500)));
    let postings = changes.iter().filter(|change| change["field"] == "posting.amount").count();
    assert_eq!(postings, 10, "the whole journal is in the entry");
}

// One assertion a row of the contract's table, in its order.
async fn every_documented_call_answers_as_documented(world: World) {
    let w = "zaveri";
    let opened = world.send(Call::post("/", &workspace(w)).bare("")).await.expect(201);
    assert_eq!((&opened["slug"], &opened["currency"]), (&json!(w), &json!("INR")));
    assert!(opened["id"].is_string());

    let answer = sign_in(&world, w, &address(w, "owner"), PASSWORD).await;
    let signed_in = answer.expect(201);
    let owner = session_of(&answer, w);
    for member in ["id", "name", "email", "role"] {
        assert!(signed_in["member"][member].is_string(), "{member}");
    }
    assert!(signed_in["permissions"].as_array().unwrap().contains(&json!("invoice.issue")));
    assert!(signed_in["expires_at"].is_string());
    assert_eq!(owner.read(&world, "/session").await, signed_in);

    let new = json!({"name": "Ravi", "email": "ravi@zaveri.example", "role": "cashier", "password": SECRET});
    let ravi = owner.make(&world, "/members", new).await;
    let path = format!("/members/{}", id(&ravi));
    let listed = owner.read(&world, "/members").await["items"][1].clone();
    assert_eq!(
        (&listed["etag"], &listed["joined"], &listed["used_at"]),
        (&ravi["etag"], &json!(false), &Value::Null)
    );
    assert_eq!(owner.read(&world, &path).await, ravi);
    let patch =
        Call::patch(&path, ravi["etag"].as_str().unwrap(), &json!({"role": "manager", "name": "Ravi Rao"}));
    assert_eq!(owner.send(&world, &patch).await.expect(200)["role"], "manager");

    let first = first_session(&world, w, "ravi").await;
    let password = Call::post("/password", &json!({"current": SECRET, "new": PASSWORD}));
    assert_eq!(first.send(&world, &password).await.expect(204), Value::Null);

    let token = json!({"name": "scale", "permissions": ["rate.read"], "expires_in_days": 7});
    let token = owner.make(&world, "/api-tokens", token).await;
    let program = Call::get("/rates").with_token(w, token["token"].as_str().unwrap());
    assert_eq!(world.send(program).await.expect(200), json!({"items": [], "next": null}));

    let posted = owner.make(&world, "/rates", rate()).await;
    assert_eq!(posted["business_date"], "2026-11-23");
    assert!(posted["id"].is_string() && posted["effective_from"].is_string());
    assert_eq!(owner.read(&world, "/rates").await["items"], json!([posted]));
    assert_eq!(owner.read(&world, "/rates/history").await["items"], json!([posted]));

    let asha = owner.make(&world, "/customers", customer("Asha Rao")).await;
    owner.make(&world, "/customers", json!({"name": "Ravi Shah"})).await;
    let path = format!("/customers/{}", id(&asha));
    assert_eq!(owner.read(&world, "/customers?q=asha").await["items"], json!([asha]));
    assert_eq!(owner.read(&world, &path).await, asha);
    let patch = Call::patch(&path, asha["etag"].as_str().unwrap(), &json!({"address": null}));
    assert_eq!(owner.send(&world, &patch).await.expect(200)["address"], Value::Null);
    owner
        .send(&world, &Call::patch(&path, "\"2\"", &json!({"address": "4 Hill Road, Mumbai"})))
        .await
        .expect(200);
    let asha = id(&asha);
    let statement = owner.read(&world, &format!("{path}/statement?from=2026-11-01&to=2026-11-30")).await;
    assert_eq!(statement["entries"], json!([]));

    let item = owner.make(&world, "/items", chain("G-1")).await;
    assert_eq!((&item["net_mg"], &item["state"]), (&json!(3390), &json!("in_stock")));
    assert_eq!(owner.read(&world, "/items").await["items"], json!([item]));
    assert_eq!(owner.read(&world, &format!("/items/{}", id(&item))).await, item);

    let grains = owner.make(&world, "/lots", lot()).await;
    assert_eq!((&grains["on_hand_mg"], &grains["fine_ng"]), (&json!(100_000), &json!(91_600_000_000_i64)));
    assert_eq!(owner.read(&world, "/lots").await["items"], json!([grains]));

    let mut draft = bill(&asha, &id(&item));
    draft["lines"][0].as_object_mut().unwrap().remove("item_id");
    let known = json!({
        "description": "22K chain", "commodity": "gold", "fineness_ppm": 916_000, "gross_mg": 3390, "less_mg": 0,
        "hsn": "71131911", "making": {"kind": "percent_of_metal", "ratio_ppm": 160_000},
    });
    draft["lines"][0] = known;
    let priced = owner.send(&world, &Call::post("/invoices/preview", &draft)).await.expect(200);
    assert_eq!(priced["totals"]["payable"], inr(5_184_500), "a preview needs no piece");

    let issued = owner.make(&world, "/invoices", bill(&asha, &id(&item))).await;
    for field in ["id", "number", "state", "issued_at"] {
        assert!(issued[field].is_string(), "{field}");
    }
    assert_eq!(issued["revision"], 1);
    let invoice = id(&issued);
    let listed = format!("/invoices?state=issued&customer_id={asha}&from=2026-11-23&to=2026-11-23");
    assert_eq!(owner.read(&world, &listed).await["items"][0]["id"], invoice.as_str());
    assert_eq!(owner.read(&world, &format!("/invoices/{invoice}")).await, issued);

    let paid = owner.make(&world, "/receipts", receipt(&asha, 500_000, Some(&invoice))).await;
    assert!(paid["number"].is_string());
    let path = format!("/receipts/{}", id(&paid));
    assert_eq!(owner.read(&world, &path).await, paid);
    assert_eq!(owner.read(&world, "/receipts").await["items"][0]["id"], paid["id"]);
    let reversed = owner.make(&world, &format!("{path}/reverse"), json!({"reason": "Bounced"})).await;
    assert_eq!(reversed["state"], "reversed");

    let cancel = Call::post(format!("/invoices/{invoice}/cancel"), &json!({"reason": "Wrong piece"}));
    assert_eq!(owner.send(&world, &cancel).await.expect(200)["state"], "cancelled");
    assert_eq!(owner.read(&world, &format!("/items/{}", id(&item))).await["state"], "in_stock");

    let accounts = owner.read(&world, "/ledger/accounts?limit=200").await;
    let receivable =
        accounts["items"].as_array().unwrap().iter().find(|a| a["customer_id"] == asha.as_str()).unwrap();
    assert_eq!(receivable["balance"], 0, "all is taken back");
    let postings = owner.read(&world, &format!("/ledger/accounts/{}/postings", id(receivable))).await;
    assert_eq!(postings["items"].as_array().unwrap().len(), 4);
    let trial = owner.read(&world, "/ledger/trial-balance?as_of=2026-11-23").await;
    balances(&trial);
    let row = &trial["rows"][0];
    assert!(row["account"]["code"].is_string() && row["commodity"].is_string(), "{row}");
    assert!(row["debit"].is_i64() && row["credit"].is_i64(), "{row}");

    let me = signed_in["member"]["id"].as_str().unwrap();
    let log = format!("/audit?actor={me}&action=rate.post&from=2026-11-23T00:00:00Z&to=2026-11-24T00:00:00Z");
    let log = owner.read(&world, &log).await;
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
    let entry = &log["items"][0];
    for field in [
        "seq",
        "at",
        "actor",
        "ip",
        "user_agent",
        "request_id",
        "action",
        "subject",
        "outcome",
        "changes",
        "leaf_hash",
    ] {
        assert!(entry.get(field).is_some(), "{field}");
    }
    for field in ["field", "before", "after"] {
        assert!(entry["changes"][0].get(field).is_some(), "{field}");
    }

    let settings = owner.read(&world, "/settings").await;
    assert_eq!((&settings["slug"], &settings["business"]["missing"]), (&json!(w), &json!([])));
    let etag = settings["etag"].as_str().unwrap();
    let patch = Call::patch("/settings", etag, &json!({"business": {"address": "13 Zaveri Bazaar"}}));
    let changed = owner.send(&world, &patch).await.expect(200);
    assert_eq!(changed["business"]["address"], "13 Zaveri Bazaar");

    assert_eq!(
        owner.send(&world, &Call::new("DELETE".parse().unwrap(), "/session")).await.expect(204),
        Value::Null
    );
    owner.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");

    let request = poem::Request::builder()
        .uri(PREFIX.replace("v1/workspaces", "openapi.json").parse().unwrap())
        .header("host", "127.0.0.1:8080");
    assert_eq!(world.send(request.finish()).await.expect(200), aurex_server::api::document().unwrap());
}

async fn a_second_shop_sees_none_of_it(world: World) {
    let first = crate::shop::stocked(&world, "zaveri").await;
    let second = open(&world, "gems").await;
    for path in
        ["/customers", "/items", "/lots", "/invoices", "/receipts", "/rates", "/rates/history", "/api-tokens"]
    {
        assert_eq!(second.read(&world, path).await, json!({"items": [], "next": null}), "{path}");
        assert_ne!(first.owner.read(&world, path).await["items"], json!([]), "{path}");
    }
    assert_eq!(second.read(&world, "/members").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(second.read(&world, "/ledger/trial-balance").await, json!({"rows": [], "totals": []}));
    let log = second.read(&world, "/audit?limit=200").await.to_string();
    assert!(log.contains("workspace.open"), "{log}");
    for id in [&first.customer, &first.invoice, &first.member, &first.item] {
        assert!(!log.contains(id.as_str()));
    }
}

async fn a_browser_and_a_supervisor_get_their_pages(world: World) {
    let get = |path: &str| {
        let request = poem::Request::builder().uri(path.parse().unwrap()).header("host", "127.0.0.1:8080");
        world.send(request.finish())
    };
    let front = get("/").await;
    assert_eq!((front.status, front.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(front.text.contains("/api/openapi.json") && front.text.contains("/assets/page.css"));
    assert!(front.header("content-security-policy").unwrap().contains("style-src 'self'"));
    let style = get("/assets/page.css").await;
    assert_eq!((style.status, style.header("content-type")), (200, Some("text/css; charset=utf-8")));
    assert_eq!(get("/healthz").await.status, 200);
    get("/nothing").await.expect_problem(404, "route.unknown");
    get("/api/nothing").await.expect_problem(404, "route.unknown");
}
