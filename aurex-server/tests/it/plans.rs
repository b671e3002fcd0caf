//! The workspace's plan and billing details, over HTTP.

use aurex_core::service::access::set_plan;
use aurex_core::tenancy::{PlanState, RequestFacts};
use aurex_core::text::Note;
use serde_json::json;

use crate::client::{Call, session_of, sign_in};
use crate::shop::{PASSWORD, address, customer, join, open};
use crate::world::{World, on_every_store};

on_every_store!(
    p27_an_unpaid_workspace_reads_exports_and_pays_and_writes_nothing_else,
    p28_billing_details_are_an_owners_to_change_with_a_fresh_proof_and_stand_in_the_log,
);

async fn stands(world: &World, state: PlanState) {
    let (_, tenant) = world.road().store.tenants().await.unwrap().remove(0);
    let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
    let scope = world.cli.scope(tenant, &["plan.change"], facts);
    let reason = Note::new("The bill of October is unpaid").unwrap();
    set_plan(world.road(), &scope, state, reason).await.unwrap();
}

async fn p27_an_unpaid_workspace_reads_exports_and_pays_and_writes_nothing_else(world: World) {
    let owner = open(&world, "zaveri").await;
    let (id, ravi) = join(&world, &owner, "ravi", "cashier").await;
    let asha = owner.make(&world, "/customers", customer("Asha Rao")).await;
    world.mails().await;
    assert_eq!(ravi.read(&world, "/settings").await["plan"], "active");

    stands(&world, PlanState::ReadOnly).await;
    let mails = world.mails().await;
    let [mail] = &*mails else { panic!("{} mails", mails.len()) };
    assert!(mail.text.contains("nothing new is written until the bill"), "{}", mail.text);
    assert!(mail.text.contains("By: whoever runs the server"), "{}", mail.text);

    let new = Call::post("/customers", &customer("Ravi Shah")).header("idempotency-key", "a-key-of-its-own");
    owner.send(&world, &new).await.expect_problem(409, "plan.read_only");
    assert_eq!(ravi.read(&world, "/settings").await["plan"], "read_only");
    let asha = format!("/customers/{}", asha["id"].as_str().unwrap());
    assert_eq!(owner.read(&world, &asha).await["name"], "Asha Rao");
    let again = sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
    let owner = session_of(&again, "zaveri");
    let order = json!({"format": "csv", "from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"});
    owner.send(&world, &Call::post("/audit/exports", &order)).await.expect(202);
    let version = owner.send(&world, &Call::get("/billing")).await.header("etag").unwrap().to_owned();
    let body = json!({"name": "Zaveri LLP", "address": "13 Zaveri Bazaar"});
    owner.send(&world, &Call::patch("/billing", &version, &body)).await.expect(200);
    // Whoever should be out is put out, paid or not.
    let out = Call::patch(format!("/members/{id}"), "\"1\"", &json!({"disabled": true}));
    owner.send(&world, &out).await.expect(200);

    // The refused key was not used up.
    stands(&world, PlanState::Active).await;
    owner.send(&world, &new).await.expect(201);
    let log = owner.read(&world, "/audit?action=plan.change").await;
    let [back, there] = &log["items"].as_array().unwrap()[..] else { panic!("{log}") };
    assert_eq!(there["actor"]["kind"], "operator");
    assert!(there.to_string().contains("The bill of October is unpaid"), "{there}");
    let change = |entry: &serde_json::Value| entry["changes"].to_string();
    assert!(change(there).contains("read_only") && change(back).contains("read_only"), "{log}");
}

async fn p28_billing_details_are_an_owners_to_change_with_a_fresh_proof_and_stand_in_the_log(world: World) {
    let owner = open(&world, "zaveri").await;
    let (_, anil) = join(&world, &owner, "anil", "admin").await;
    world.mails().await;
    let empty = owner.read(&world, "/billing").await;
    assert_eq!(
        (&empty["plan"], &empty["name"], &empty["email"]),
        (&json!("active"), &json!(null), &json!(null))
    );
    let body = json!({"name": "Zaveri LLP", "address": "13 Zaveri Bazaar", "gstin": "27AAECG3736E1C2"});
    anil.send(&world, &Call::patch("/billing", "\"1\"", &body)).await.expect_problem(403, "access.forbidden");
    let half = json!({"name": "Zaveri LLP"});
    owner
        .send(&world, &Call::patch("/billing", "\"1\"", &half))
        .await
        .expect_problem(422, "billing.incomplete");
    let done = owner.send(&world, &Call::patch("/billing", "\"1\"", &body)).await.expect(200);
    assert_eq!((&done["name"], &done["gstin"]), (&json!("Zaveri LLP"), &json!("27AAECG3736E1C2")));
    assert_eq!(anil.read(&world, "/billing").await, done);
    assert_eq!(world.mails().await.len(), 1, "the owner is told");
    let cleared = Call::patch("/billing", "\"2\"", &json!({"gstin": null}));
    assert_eq!(owner.send(&world, &cleared).await.expect(200)["gstin"], json!(null));
    let log = owner.read(&world, "/audit?action=billing.change").await;
    assert_eq!(log["items"].as_array().unwrap().len(), 2, "{log}");
    world.clock.advance(16 * 60);
    let late = Call::patch("/billing", "\"3\"", &half);
    owner.send(&world, &late).await.expect_problem(403, "auth.step_up_required");
}
