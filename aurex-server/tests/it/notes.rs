//! Bills put right after they were issued, as a client sees it.

use serde_json::{Value, json};

use crate::client::Call;
use crate::shop::{bill, chain, credit_note, customer, debit_note, id, inr, open, rate, receipt, refund};
use crate::world::{World, on_every_store};

on_every_store!(
    a_ring_that_comes_back_is_credited_and_paid_back,
    a_note_is_issued_once_however_often_it_is_sent,
    notes_of_one_kind_are_not_found_as_the_other,
);

/// A shop that sold Asha a chain; the customer's id and the bill.
async fn sold(world: &World) -> (crate::client::Person, String, Value) {
    let owner = open(world, "zaveri").await;
    owner.make(world, "/rates", rate()).await;
    let asha = id(&owner.make(world, "/customers", customer("Asha Rao")).await);
    let item = id(&owner.make(world, "/items", chain("G-1")).await);
    let bill = owner.make(world, "/invoices", bill(&asha, &item)).await;
    (owner, asha, bill)
}

async fn a_ring_that_comes_back_is_credited_and_paid_back(world: World) {
    let (owner, asha, bill) = sold(&world).await;
    let bill_path = format!("/invoices/{}", id(&bill));
    let payable = bill["totals"]["payable"]["minor"].as_i64().unwrap();
    owner.make(&world, "/receipts", receipt(&asha, payable, Some(&id(&bill)))).await;
    let whole = json!({"invoice_id": id(&bill), "reason_code": "sales_return", "reason": "Did not fit"});
    let preview = owner.send(&world, &Call::post("/credit-notes/preview", &whole)).await.expect(200);
    assert!(preview.get("number").is_none() && preview.get("id").is_none(), "nothing is numbered yet");

    let note = owner.make(&world, "/credit-notes", whole.clone()).await;
    assert_eq!(note["totals"], preview["totals"]);
    assert_eq!(note["lines"], preview["lines"]);
    assert_eq!((&note["kind"], &note["number"]), (&json!("credit_note"), &json!("CN/26-27/000001")));
    assert_eq!((&note["invoice_number"], &note["invoice_date"]), (&bill["number"], &bill["business_date"]));
    assert_eq!(note["totals"]["payable"], bill["totals"]["payable"]);
    assert_eq!(note["lines"][0]["returned_pieces"], 1);
    let after = owner.read(&world, &bill_path).await;
    assert_eq!((&after["state"], &after["outstanding"]), (&json!("credited"), &inr(0)));
    assert_eq!(after["credited"], bill["totals"]["payable"]);
    let listed = owner.read(&world, "/invoices?state=credited").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    owner.send(&world, &Call::post("/credit-notes", &whole)).await.expect_problem(409, "note.bill_credited");
    let cancel = Call::post(format!("{bill_path}/cancel"), &json!({"reason": "Came back"}));
    owner.send(&world, &cancel).await.expect_problem(409, "invoice.has_notes");

    let mut money = refund(&asha, payable);
    money["credit_note_id"] = note["id"].clone();
    let paid = owner.make(&world, "/refunds", money.clone()).await;
    assert_eq!((&paid["number"], &paid["warnings"]), (&json!("RFV/26-27/000001"), &json!([])));
    owner.send(&world, &Call::post("/refunds", &money)).await.expect_problem(409, "refund.more_than_note");
    let undo = Call::post(format!("/credit-notes/{}/cancel", id(&note)), &json!({"reason": "Wrong bill"}));
    owner.send(&world, &undo).await.expect_problem(409, "note.refunded");
    let statement = owner.read(&world, &format!("/customers/{asha}/statement")).await;
    let balances: Vec<_> =
        statement["entries"].as_array().unwrap().iter().map(|entry| entry["balance"].clone()).collect();
    assert_eq!(balances.len(), 4, "bill, receipt, note, refund");
    let trial = owner.read(&world, "/ledger/trial-balance").await;
    for total in trial["totals"].as_array().unwrap() {
        assert_eq!(total["debit"], total["credit"]);
    }

    let reverse = Call::post(format!("/refunds/{}/reverse", id(&paid)), &json!({"reason": "Not taken"}));
    assert_eq!(owner.send(&world, &reverse).await.expect(200)["state"], "reversed");
    let undone = owner.send(&world, &undo).await.expect(200);
    assert_eq!((&undone["state"], &undone["number"]), (&json!("cancelled"), &note["number"]));
    assert_eq!(owner.read(&world, &bill_path).await["state"], "paid");
}

async fn a_note_is_issued_once_however_often_it_is_sent(world: World) {
    let (owner, asha, bill) = sold(&world).await;
    owner.make(&world, "/receipts", receipt(&asha, 9_000_000, None)).await;
    for (path, body) in [
        ("/credit-notes", credit_note(&id(&bill), 100_000)),
        ("/debit-notes", debit_note(&id(&bill), 50_000)),
        ("/refunds", refund(&asha, 100)),
    ] {
        let call = Call::post(path, &body).key("once");
        let first = owner.send(&world, &call).await;
        let second = owner.send(&world, &call).await;
        assert_eq!(first.expect(201), second.expect(201), "{path}");
        assert_eq!(second.header("idempotency-replayed"), Some("true"), "{path}");
        assert_eq!(owner.read(&world, path).await["items"].as_array().unwrap().len(), 1, "{path}");
        let undo = if path == "/refunds" { "reverse" } else { "cancel" };
        let undo = Call::post(format!("{path}/{}/{undo}", id(&first.json())), &json!({"reason": "No"}));
        let undo = undo.key("undo");
        let undone = owner.send(&world, &undo).await;
        assert_eq!(undone.expect(200), owner.send(&world, &undo).await.expect(200), "{path}");
        assert_ne!(undone.header("etag"), first.header("etag"), "{path}");
    }
}

async fn notes_of_one_kind_are_not_found_as_the_other(world: World) {
    let (owner, _, bill) = sold(&world).await;
    let credit = id(&owner.make(&world, "/credit-notes", credit_note(&id(&bill), 100_000)).await);
    let debit = id(&owner.make(&world, "/debit-notes", debit_note(&id(&bill), 100_000)).await);
    for path in [format!("/debit-notes/{credit}"), format!("/credit-notes/{debit}")] {
        owner.send(&world, &Call::get(&path)).await.expect_problem(404, "resource.unknown");
        let cancel = Call::post(format!("{path}/cancel"), &json!({"reason": "No"}));
        owner.send(&world, &cancel).await.expect_problem(404, "resource.unknown");
    }
    let after = owner.read(&world, &format!("/invoices/{}", id(&bill))).await;
    assert_eq!(after["state"], "partly_credited");
    assert_eq!(after["outstanding"], bill["totals"]["payable"], "one took what the other added");
}
