//! The books over HTTP: statements that agree, lists that page, and the same figures in files.

use serde_json::{Value, json};

use crate::client::{Answer, Call, Person};
use crate::shop::{Shop, bill, chain, id, join, stocked};
use crate::world::World;

async fn file(world: &World, who: &Person, query: &str) -> Answer {
    who.send(world, &Call::get(format!("/books/file?{query}"))).await
}

fn sum(rows: &Value, field: &str) -> i64 {
    rows.as_array().unwrap().iter().map(|row| row[field].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn the_statements_agree_with_the_trial_balance() {
    let world = World::on_sqlite().await;
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let trial = owner.read(&world, "/ledger/trial-balance").await;
    for total in trial["totals"].as_array().unwrap() {
        assert_eq!(total["debit"], total["credit"], "{total}");
    }
    let sheet = owner.read(&world, "/books/balance-sheet").await;
    assert_eq!(sheet["agrees"], json!(true));
    let year = owner.read(&world, "/books/profit-and-loss?from=2026-04-01").await;
    assert_eq!(sum(&year["income"], "amount"), year["total_income"].as_i64().unwrap());
    let equity = sheet["equity"].as_array().unwrap();
    let profit = equity.iter().find(|row| row["name"] == "Profit of the year").unwrap();
    assert_eq!(profit["amount"], year["profit"]);
    let of = |code: &str| {
        let rows = trial["rows"].as_array().unwrap();
        rows.iter().find(|row| row["account"]["code"] == code).cloned().unwrap()
    };
    let sales = year["income"].as_array().unwrap().iter().find(|row| row["code"] == "4000").unwrap();
    assert_eq!(sales["amount"], of("4000")["credit"]);
    let working = owner.read(&world, "/books/gstr-3b?from=2026-11-01&to=2026-11-30").await;
    for head in ["igst", "cgst", "sgst"] {
        assert_eq!(working["outward"][head], working["books"][head], "{head}");
        assert_eq!(working["other_postings"][head], json!(0), "{head}");
    }
    let metals = owner.read(&world, "/books/metal").await;
    assert_eq!(sum(&metals["items"], "difference_ng"), 0);
    world.close().await;
}

#[tokio::test]
async fn the_day_book_and_an_accounts_book_page_without_a_gap() {
    let world = World::on_memory().await;
    let Shop { owner, account, .. } = stocked(&world, "zaveri").await;
    let whole = owner.read(&world, "/books/day-book?from=2026-04-01&limit=200").await;
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = owner.read(&world, &format!("/books/day-book?from=2026-04-01&limit=2{after}")).await;
        paged.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(Value::from(paged), whole["items"]);
    for entry in whole["items"].as_array().unwrap() {
        assert!(entry["lines"].as_array().unwrap().len() >= 2, "{entry}");
    }
    let path = format!("/ledger/accounts/{account}/book?limit=1");
    let first = owner.read(&world, &path).await;
    let balance = &first["items"][0]["balance"];
    if let Some(next) = first["next"].as_str() {
        let second = owner.read(&world, &format!("{path}&after={next}")).await;
        assert_eq!(&second["opening"], balance, "a page goes on from the balance of the one before");
    }
    let elsewhere = owner.send(&world, &Call::get("/books/day-book?after=nonsense")).await;
    elsewhere.expect_problem(422, "cursor.invalid");
    let reversed =
        owner.send(&world, &Call::get("/books/profit-and-loss?from=2026-11-30&to=2026-11-01")).await;
    reversed.expect_problem(422, "books.period_reversed");
}

#[tokio::test]
async fn every_report_is_had_as_csv_and_as_a_spreadsheet() {
    let world = World::on_memory().await;
    let Shop { owner, account, .. } = stocked(&world, "zaveri").await;
    let reports = [
        "trial-balance",
        "day-book",
        "account-book",
        "profit-and-loss",
        "balance-sheet",
        "metal",
        "ageing",
        "cash",
        "gstr-1",
        "gstr-3b",
    ];
    for report in reports {
        let query = format!("report={report}&from=2026-04-01&to=2026-11-23&account_id={account}");
        let csv = file(&world, &owner, &format!("{query}&format=csv")).await;
        csv.expect_file(&format!("{report}.csv"), "text/csv");
        assert!(csv.text.starts_with('"') && csv.text.ends_with("\r\n"), "{report}");
        let xlsx = file(&world, &owner, &format!("{query}&format=xlsx")).await;
        xlsx.expect_file(&format!("{report}.xlsx"), "application/vnd.openxmlformats");
        let bytes = if xlsx.bytes.is_empty() { xlsx.text.as_bytes() } else { &xlsx.bytes };
        assert!(bytes.starts_with(b"PK\x03\x04"), "{report}");
    }
    file(&world, &owner, "report=account-book&format=csv")
        .await
        .expect_problem(422, "books.account_required");
    for wrong in ["report=day-book&format=pdf", "report=secrets&format=csv", "format=csv", "report=day-book"]
    {
        file(&world, &owner, wrong).await.expect_problem(422, "query.invalid");
    }
}

#[tokio::test]
async fn asvs_v1_2_10_a_customers_name_is_no_formula_in_a_report() {
    let world = World::on_memory().await;
    let Shop { owner, .. } = stocked(&world, "zaveri").await;
    let wicked =
        json!({"name": "=HYPERLINK(\"http://x\")", "state_code": "27", "address": "1 Hill Road, Mumbai"});
    let buyer = id(&owner.make(&world, "/customers", wicked).await);
    let item = id(&owner.make(&world, "/items", chain("F-1")).await);
    owner.make(&world, "/invoices", bill(&buyer, &item)).await;
    for report in ["ageing", "day-book", "gstr-1"] {
        let answer = file(&world, &owner, &format!("report={report}&format=csv&from=2026-04-01")).await;
        answer.expect_file(&format!("{report}.csv"), "text/csv");
        assert!(!answer.text.contains("\"=HYPERLINK") && !answer.text.contains(",=HYPERLINK"), "{report}");
        assert!(report == "gstr-1" || answer.text.contains("\"'=HYPERLINK"), "{report}");
    }
}

impl Answer {
    /// A file that is downloaded under a name of ours.
    fn expect_file(&self, name: &str, kind: &str) {
        assert_eq!(self.status, 200, "{}", self.text);
        assert_eq!(self.header("content-disposition"), Some(&*format!("attachment; filename=\"{name}\"")));
        assert!(self.header("content-type").unwrap().starts_with(kind), "{name}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{name}");
    }
}

#[tokio::test]
async fn locked_books_refuse_what_posts_until_the_owner_moves_the_lock_back() {
    let world = World::on_sqlite().await;
    let Shop { owner, loose_receipt, .. } = stocked(&world, "zaveri").await;
    let (_, accountant) = join(&world, &owner, "meera", "accountant").await;
    let customer = id(&owner.make(&world, "/customers", json!({"name": "Ravi Shah"})).await);
    let none = json!({"locked_through": null});
    assert_eq!(accountant.read(&world, "/books/lock").await, none);
    let through = |day: &str| json!({"through": day});
    let lock = async |day| accountant.send(&world, &Call::post("/books/lock", &through(day))).await;
    lock("2026-11-24").await.expect_problem(422, "books.lock_in_future");
    assert_eq!(lock("2026-11-23").await.expect(200)["locked_through"], "2026-11-23");
    assert_eq!(
        lock("2026-11-23").await.expect(200)["locked_through"],
        "2026-11-23",
        "a lock may be sent again"
    );
    lock("2026-11-22").await.expect_problem(409, "books.lock_not_forward");
    assert_eq!(owner.read(&world, "/settings").await["books_locked_through"], "2026-11-23");

    let body = json!({"amount": {"minor": 100, "currency": "INR"}, "side": "owed_to_shop"});
    let opening = Call::post(format!("/customers/{customer}/opening-balance"), &body);
    let refused = owner.send(&world, &opening).await;
    refused.expect_problem(409, "books.locked");
    assert!(refused.text.contains("2026-11-23"), "it says how far: {}", refused.text);
    let reverse = Call::post(format!("/receipts/{loose_receipt}/reverse"), &json!({"reason": "Bounced"}));
    owner.send(&world, &reverse).await.expect_problem(409, "books.locked");

    let back = |body: &Value| Call::post("/books/unlock", body);
    let why = json!({"through": "2026-10-31", "reason": "The day was not over"});
    accountant.send(&world, &back(&why)).await.expect_problem(403, "access.forbidden");
    owner.send(&world, &back(&through("2026-10-31"))).await.expect_problem(422, "body.invalid");
    assert_eq!(owner.send(&world, &back(&why)).await.expect(200)["locked_through"], "2026-10-31");
    owner.send(&world, &opening).await.expect(201);
    owner.send(&world, &reverse).await.expect(201);
    let log = owner.read(&world, "/audit?action=books.unlock").await;
    assert!(log.to_string().contains("The day was not over"), "the log keeps the reason: {log}");
    assert_eq!(owner.send(&world, &back(&json!({"reason": "None needed"}))).await.expect(200), none);
    world.close().await;
}
