//! Where a shop's customers pay, over HTTP and on paper.

use serde_json::json;

use crate::client::Call;
use crate::shop::{bill, chain, customer, id, inr, join, open, rate, receipt};
use crate::world::{World, on_every_store};

on_every_store!(
    payee_details_are_the_owners_to_change_with_a_fresh_proof_and_stand_in_the_log,
    a_bill_asks_for_what_is_open_until_nothing_is,
);

const BANK: &str = "SBIN0000300";

async fn payee_details_are_the_owners_to_change_with_a_fresh_proof_and_stand_in_the_log(world: World) {
    let owner = open(&world, "zaveri").await;
    let (_, anil) = join(&world, &owner, "anil", "admin").await;
    world.mails().await;
    assert_eq!(owner.read(&world, "/payee").await["upi_id"], json!(null));
    let body = json!({"name": "Zaveri LLP", "upi_id": "Zaveri@OkBank", "bank": {"number": "0012 3456 7890", "ifsc": BANK}});
    anil.send(&world, &Call::patch("/payee", "\"1\"", &body)).await.expect_problem(403, "access.forbidden");
    for wrong in [
        json!({"name": "Zaveri", "upi_id": "zaveri@mail.example"}),
        json!({"name": "Zaveri", "upi_id": "zaveri@upi&am=1"}),
        json!({"name": "Zaveri", "bank": {"number": "12345678", "ifsc": BANK}}),
        json!({"name": "Zaveri", "bank": {"number": "123456789", "ifsc": "SBIN1000300"}}),
        json!({"name": "Zaveri", "bank": {"number": "123456789"}}),
    ] {
        owner.send(&world, &Call::patch("/payee", "\"1\"", &wrong)).await.assert_problem();
    }
    let nameless = json!({"upi_id": "zaveri@okbank"});
    owner.send(&world, &Call::patch("/payee", "\"1\"", &nameless)).await.expect_problem(422, "payee.no_name");
    let done = owner.send(&world, &Call::patch("/payee", "\"1\"", &body)).await.expect(200);
    assert_eq!((&done["upi_id"], &done["bank"]["number"]), (&json!("zaveri@okbank"), &json!("001234567890")));
    assert_eq!(anil.read(&world, "/payee").await, done);
    let mails = world.mails().await;
    assert!(mails.len() == 1 && mails[0].text.contains("UPI id or the bank account"), "the owner is told");
    let log = owner.read(&world, "/audit?action=payee.change").await;
    let [entry] = &**log["items"].as_array().unwrap() else { panic!("one entry: {log}") };
    assert!(entry["changes"].to_string().contains("zaveri@okbank"), "{entry}");
    world.clock.advance(16 * 60);
    let late = Call::patch("/payee", "\"2\"", &json!({"upi_id": "thief@okbank"}));
    owner.send(&world, &late).await.expect_problem(403, "auth.step_up_required");
}

async fn a_bill_asks_for_what_is_open_until_nothing_is(world: World) {
    let owner = open(&world, "zaveri").await;
    owner.make(&world, "/rates", rate()).await;
    let asha = id(&owner.make(&world, "/customers", customer("Asha Rao")).await);
    let item = id(&owner.make(&world, "/items", chain("G-1")).await);
    let invoice = id(&owner.make(&world, "/invoices", bill(&asha, &item)).await);
    let page = async || owner.send(&world, &Call::get(format!("/invoices/{invoice}/page"))).await.text;
    let pdf = async || owner.send(&world, &Call::get(format!("/invoices/{invoice}/pdf"))).await.bytes;
    let codes = |page: &str| page.matches("<svg").count();
    let shown = async || owner.read(&world, &format!("/invoices/{invoice}")).await["pay"].clone();
    let (silent, without) = (page().await, pdf().await);
    assert_eq!((shown().await, codes(&silent)), (json!(null), 1));

    let body = json!({"name": "Zaveri & Sons", "upi_id": "zaveri@okbank", "bank": {"number": "001234567890", "ifsc": BANK}});
    owner.send(&world, &Call::patch("/payee", "\"1\"", &body)).await.expect(200);
    let link = "upi://pay?pa=zaveri@okbank&pn=Zaveri%20%26%20Sons&am=51845.00&cu=INR&tr=INV%2F26-27%2F000001\
                &tn=Bill%20INV%2F26-27%2F000001";
    let pay = shown().await;
    assert_eq!((&pay["upi_link"], &pay["amount"]), (&json!(link), &inr(5_184_500)));
    let (asking, with) = (page().await, pdf().await);
    assert_eq!(codes(&asking), 2, "the link's code beside the log's");
    for said in
        ["To pay ₹51,845.00", "Zaveri &#38; Sons", "zaveri@okbank", "Account 001234567890, IFSC SBIN0000300"]
    {
        assert!(asking.contains(said), "{said}: {asking}");
    }
    assert!(with.len() > without.len() && with == pdf().await, "it is in the file, the same each time");

    owner.make(&world, "/receipts", receipt(&asha, 5_184_500, Some(&invoice))).await;
    assert_eq!((shown().await, codes(&page().await)), (json!(null), 1), "nothing is open");
}
