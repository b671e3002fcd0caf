//! The order of answers: who is asking, then the form, then leave, then what is there. Each is told only to who may know
//! it: a stranger nothing of the form, somebody without leave nothing of what exists.

use serde_json::json;

use crate::client::{Answer, Call, Person};
use crate::shop::{add, first_session, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    each_answer_comes_in_its_turn,
    asvs_v2_3_2_v16_3_2_a_limit_of_the_role_is_a_logged_refusal,
    a_piece_is_not_made_cheap_by_leaving_its_making_out,
    a_piece_that_no_bill_could_price_is_refused_before_its_tag_is_looked_at,
);

const NEVER: &str = "cus_0190163d8694739b88450242acdeadbe";

async fn each_answer_comes_in_its_turn(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, auditor) = join(&world, &shop.owner, "asha", "auditor").await;
    let path = format!("/customers/{}", shop.customer);
    let good = json!({"name": "Asha"});
    let ask = async |who: &Person, path: &str, tag: Option<&str>, body: &serde_json::Value| -> Answer {
        let call = Call::new("PATCH".parse().unwrap(), path).json(body);
        let call = if let Some(tag) = tag { call.header("if-match", tag) } else { call };
        who.send(&world, &call).await
    };
    let nobody = Person { slug: "zaveri".to_owned(), session: "x".to_owned() };
    let unknown = format!("/customers/{NEVER}");
    let bad = json!({"name": 1});

    ask(&nobody, &unknown, None, &bad).await.expect_problem(401, "auth.required");
    ask(&auditor, &unknown, None, &bad).await.expect_problem(422, "body.invalid");
    ask(&auditor, &unknown, None, &good).await.expect_problem(403, "access.forbidden");
    ask(&auditor, &path, Some("\"1\""), &good).await.expect_problem(403, "access.forbidden");
    ask(&shop.owner, &unknown, None, &good).await.expect_problem(428, "revision.required");
    ask(&shop.owner, &unknown, Some("\"9\""), &good).await.expect_problem(404, "resource.unknown");
    ask(&shop.owner, &path, Some("\"9\""), &good).await.expect_problem(412, "revision.stale");
    ask(&shop.owner, &path, Some("\"1\""), &good).await.expect(200);

    // Somebody without leave is told the same of what is there and of what is not, in creates and commands too.
    for (there, absent, body) in [
        (
            format!("/invoices/{}/cancel", shop.open_invoice),
            format!("/invoices/{}/cancel", never("inv")),
            "x",
        ),
        (
            format!("/receipts/{}/reverse", shop.loose_receipt),
            format!("/receipts/{}/reverse", never("rct")),
            "x",
        ),
    ] {
        let body = json!({"reason": body});
        let one = auditor.send(&world, &Call::post(there, &body)).await;
        let other = auditor.send(&world, &Call::post(absent, &body)).await;
        one.expect_problem(403, "access.forbidden");
        assert_eq!(one.apart_from_its_id(), other.apart_from_its_id());
    }
    // 404 before 409: a bill of a piece that is sold, for a customer who is not there.
    let sold = shop.owner.read(&world, &format!("/invoices/{}", shop.invoice)).await;
    let item = sold["lines"][0]["item_id"].as_str().unwrap();
    let bill = crate::shop::bill(NEVER, item);
    shop.owner.send(&world, &Call::post("/invoices", &bill)).await.expect_problem(404, "resource.unknown");
    let bill = crate::shop::bill(&shop.customer, item);
    shop.owner.send(&world, &Call::post("/invoices", &bill)).await.expect_problem(409, "item.not_in_stock");
}

fn never(noun: &str) -> String {
    NEVER.replace("cus", noun)
}

async fn asvs_v2_3_2_v16_3_2_a_limit_of_the_role_is_a_logged_refusal(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (till, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let mut bill = crate::shop::bill(&shop.customer, &shop.item);
    bill["discount"] = crate::shop::inr(500_000);
    let answer = cashier.send(&world, &Call::post("/invoices", &bill)).await;
    answer.expect_problem(403, "invoice.discount_beyond_limit");
    assert_eq!(answer.fields(), [("/discount".to_owned(), "invoice.discount_beyond_limit".to_owned())]);
    add(&world, &shop.owner, "late", "cashier").await;
    let late = first_session(&world, "zaveri", "late").await;
    late.send(&world, &Call::get("/customers")).await.expect_problem(403, "password.change_first");

    world.collect().await;
    let log = shop.owner.read(&world, "/audit?action=permission.refused").await;
    let refused = log["items"].as_array().unwrap();
    assert_eq!(refused.len(), 2, "{log}");
    assert_eq!(refused[1]["actor"]["id"], till.as_str());
    assert_eq!(refused[1]["request_id"].as_str(), answer.header("x-request-id"));
    for (entry, why) in refused.iter().zip(["password.change_first", "invoice.discount_beyond_limit"]) {
        assert_eq!(entry["outcome"], "refused");
        assert!(entry["changes"].to_string().contains(why), "{entry}");
    }
}

/// A piece billed with less than it is tagged with is a discount by another name.
async fn a_piece_is_not_made_cheap_by_leaving_its_making_out(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let mut bill = crate::shop::bill(&shop.customer, &shop.item);
    bill["lines"][0]["making"] = json!({"kind": "fixed", "amount": crate::shop::inr(0)});
    let preview = Call::post("/invoices/preview", &bill);
    cashier.send(&world, &preview).await.expect_problem(403, "invoice.discount_beyond_limit");
    bill["lines"][0]["making"] = json!({"kind": "fixed", "amount": crate::shop::inr(100_000_000)});
    cashier.send(&world, &Call::post("/invoices/preview", &bill)).await.expect(200);
    bill["lines"][0]["hsn"] = json!("9988");
    let answer = cashier.send(&world, &Call::post("/invoices/preview", &bill)).await;
    answer.expect_problem(422, "invoice.disagrees_with_stock");
}

async fn a_piece_that_no_bill_could_price_is_refused_before_its_tag_is_looked_at(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let inr = crate::shop::inr;
    for making in [
        json!({"kind": "fixed", "amount": inr(-1)}),
        json!({"kind": "per_piece", "amount": inr(1), "pieces": 0}),
        json!({"kind": "per_mass", "amount": inr(1), "per_mg": 0}),
    ] {
        let mut piece = crate::shop::chain("G-1");
        piece["making"] = making;
        let answer = shop.owner.send(&world, &Call::post("/items", &piece)).await;
        answer.expect_problem(422, "item.making_out_of_range");
        assert_eq!(answer.fields()[0].0, "/making");
    }
    let taken = shop.owner.send(&world, &Call::post("/items", &crate::shop::chain("G-1"))).await;
    taken.expect_problem(409, "item.tag_taken");
}
