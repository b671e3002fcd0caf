//! Approval by a second person, from outside: what one may not do alone, two do, and both stand in the log.

use serde_json::{Value, json};

use crate::client::{Answer, Call, Person, session_of, sign_in};
use crate::shop::{PASSWORD, Shop, address, id, inr, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v2_3_5_a_cashier_asks_a_manager_approves_and_the_bill_is_cancelled,
    asvs_v2_3_5_nobody_approves_what_they_asked_for,
    asvs_v2_3_4_two_approvals_at_once_cancel_once,
    a_digest_of_something_else_approves_nothing,
    what_was_done_meanwhile_is_refused_and_the_approval_stays,
    an_approval_ends_after_a_day,
    asvs_v8_2_1_the_approvers_own_limits_count,
    asvs_v8_2_2_another_workspaces_approval_is_none,
    asvs_v8_3_2_who_asked_and_is_disabled_gets_nothing_done,
    asvs_v8_2_1_a_program_neither_asks_nor_decides,
    asvs_v7_5_3_an_old_session_proves_itself_again_before_it_decides,
    a_receipt_is_reversed_and_a_role_given_by_two,
    what_was_refused_or_withdrawn_is_not_done,
    a_repeated_approval_is_answered_and_not_done_twice,
);

fn cancel(shop: &Shop) -> Value {
    let command = json!({"invoice_id": shop.open_invoice, "reason": "Wrong piece"});
    json!({"action": "invoice.cancel", "command": command, "note": "The customer is still here"})
}

async fn approve(world: &World, who: &Person, of: &Value) -> Answer {
    let path = format!("/approvals/{}/approve", of["id"].as_str().unwrap());
    who.send(world, &Call::post(path, &json!({"digest": of["digest"]}))).await
}

async fn state(world: &World, who: &Person, of: &Value) -> Value {
    who.read(world, &format!("/approvals/{}", of["id"].as_str().unwrap())).await["state"].clone()
}

async fn bill_state(world: &World, shop: &Shop) -> Value {
    shop.owner.read(world, &format!("/invoices/{}", shop.open_invoice)).await["state"].clone()
}

async fn entries(world: &World, shop: &Shop, query: &str) -> Vec<Value> {
    shop.owner.read(world, &format!("/audit?limit=200&{query}")).await["items"].as_array().unwrap().clone()
}

async fn asvs_v2_3_5_a_cashier_asks_a_manager_approves_and_the_bill_is_cancelled(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (ravi, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let (asha, manager) = join(&world, &shop.owner, "asha", "manager").await;
    let path = format!("/invoices/{}/cancel", shop.open_invoice);
    let refused = cashier.send(&world, &Call::post(&path, &json!({"reason": "Wrong piece"}))).await;
    refused.expect_problem(403, "access.forbidden");
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("POST …/approvals") && detail.contains("invoice.cancel"), "{detail}");

    let asked = cashier.make(&world, "/approvals", cancel(&shop)).await;
    assert_eq!((&asked["state"], &asked["is_open"]), (&json!("waiting"), &json!(true)));
    assert_eq!((&asked["asked_by"], &asked["subject"]), (&json!(ravi), &json!(shop.open_invoice)));
    assert_eq!(bill_state(&world, &shop).await, "issued", "nothing happened yet");

    let waiting = manager.read(&world, "/approvals?state=waiting&limit=1").await;
    let shown = &waiting["items"][0];
    assert_eq!(*shown, asked);
    assert_eq!((&shown["command"], &shown["note"]), (&cancel(&shop)["command"], &cancel(&shop)["note"]));

    let done = approve(&world, &manager, shown).await.expect(200);
    assert_eq!((&done["state"], &done["decided_by"]), (&json!("done"), &json!(asha)));
    assert_eq!(bill_state(&world, &shop).await, "cancelled");
    let cancelled = entries(&world, &shop, "action=invoice.cancel").await;
    assert_eq!(cancelled.len(), 1);
    let entry = &cancelled[0];
    assert_eq!((&entry["actor"]["id"], &entry["subject"]["id"]), (&json!(asha), &json!(shop.open_invoice)));
    let after = |field: &str| {
        let changes = entry["changes"].as_array().unwrap();
        changes.iter().find(|change| change["field"] == field).map(|change| change["after"].clone())
    };
    assert_eq!(after("asked_by"), Some(json!(ravi)));
    assert_eq!(after("approval"), Some(asked["id"].clone()));
    assert_eq!(after("approval.state"), Some(json!("done")));
    assert_eq!(after("invoice.state"), Some(json!("cancelled")));
    approve(&world, &shop.owner, shown).await.expect_problem(409, "approval.not_waiting");
}

async fn asvs_v2_3_5_nobody_approves_what_they_asked_for(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, manager) = join(&world, &shop.owner, "asha", "manager").await;
    let asked = manager.make(&world, "/approvals", cancel(&shop)).await;
    let elsewhere =
        session_of(&sign_in(&world, "zaveri", &address("zaveri", "asha"), PASSWORD).await, "zaveri");
    for session in [&manager, &elsewhere] {
        let path = format!("/approvals/{}/approve", id(&asked));
        let body = json!({"digest": asked["digest"], "reason": "I am sure"});
        let answer = session.send(&world, &Call::post(path, &body)).await;
        answer.expect_problem(403, "approval.own_request");
    }
    assert_eq!(bill_state(&world, &shop).await, "issued");
    assert_eq!(state(&world, &manager, &asked).await, "waiting");
}

async fn asvs_v2_3_4_two_approvals_at_once_cancel_once(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let (_, manager) = join(&world, &shop.owner, "asha", "manager").await;
    let asked = cashier.make(&world, "/approvals", cancel(&shop)).await;
    let (one, other) = tokio::join!(approve(&world, &manager, &asked), approve(&world, &shop.owner, &asked));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let lost = if one.status == 409 { one } else { other };
    lost.expect_problem(409, "approval.not_waiting");
    assert_eq!(entries(&world, &shop, "action=invoice.cancel").await.len(), 1);
}

async fn a_digest_of_something_else_approves_nothing(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let asked = cashier.make(&world, "/approvals", cancel(&shop)).await;
    let mut other = cancel(&shop);
    other["note"] = json!("another note");
    let other = cashier.make(&world, "/approvals", other).await;
    assert_ne!(asked["digest"], other["digest"]);
    let mut mixed = asked.clone();
    mixed["digest"] = other["digest"].clone();
    let answer = approve(&world, &shop.owner, &mixed).await;
    answer.expect_problem(409, "approval.other_command");
    assert_eq!(answer.fields(), [("/digest".to_owned(), "approval.other_command".to_owned())]);
    assert_eq!(bill_state(&world, &shop).await, "issued");
    let twice = cashier.send(&world, &Call::post("/approvals", &cancel(&shop))).await;
    twice.expect_problem(409, "approval.asked_already");
}

async fn what_was_done_meanwhile_is_refused_and_the_approval_stays(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let asked = cashier.make(&world, "/approvals", cancel(&shop)).await;
    let path = format!("/invoices/{}/cancel", shop.open_invoice);
    shop.owner.send(&world, &Call::post(path, &json!({"reason": "Seen"}))).await.expect(200);
    let answer = approve(&world, &shop.owner, &asked).await;
    answer.expect_problem(409, "invoice.not_issued");
    assert_eq!(state(&world, &cashier, &asked).await, "waiting");
    assert_eq!(entries(&world, &shop, "action=invoice.cancel").await.len(), 1);
}

async fn an_approval_ends_after_a_day(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let asked = cashier.make(&world, "/approvals", cancel(&shop)).await;
    world.clock.advance(24 * 3600 + 1);
    let owner = session_of(&sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await, "zaveri");
    let shown = owner.read(&world, &format!("/approvals/{}", id(&asked))).await;
    assert_eq!((&shown["state"], &shown["is_open"]), (&json!("waiting"), &json!(false)));
    approve(&world, &owner, &asked).await.expect_problem(409, "approval.expired");
    let bill = owner.read(&world, &format!("/invoices/{}", shop.open_invoice)).await;
    assert_eq!(bill["state"], "issued");
}

async fn asvs_v8_2_1_the_approvers_own_limits_count(world: World) {
    let shop = stocked(&world, "zaveri").await;
    // Two days later, in the same month, a manager's window is over and an owner's is not.
    world.clock.advance(2 * 24 * 3600);
    let owner = session_of(&sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await, "zaveri");
    let (_, cashier) = join(&world, &owner, "ravi", "cashier").await;
    let (_, manager) = join(&world, &owner, "asha", "manager").await;
    let (_, accountant) = join(&world, &owner, "dev", "accountant").await;
    let asked = cashier.make(&world, "/approvals", cancel(&shop)).await;
    approve(&world, &manager, &asked).await.expect_problem(403, "invoice.cancel_window_over");
    approve(&world, &accountant, &asked).await.expect_problem(403, "access.forbidden");
    approve(&world, &cashier, &asked).await.expect_problem(403, "access.forbidden");
    assert_eq!(state(&world, &cashier, &asked).await, "waiting");
    approve(&world, &owner, &asked).await.expect(200);
}

async fn asvs_v8_2_2_another_workspaces_approval_is_none(world: World) {
    let (ours, theirs) = (stocked(&world, "zaveri").await, stocked(&world, "gems").await);
    let never = "apv_0190163d8694739b88450242acdeadbe";
    for id in [ours.approval.as_str(), never] {
        let body = json!({"digest": ours.approval_digest});
        for call in [
            Call::get(format!("/approvals/{id}")),
            Call::post(format!("/approvals/{id}/approve"), &body),
            Call::post(format!("/approvals/{id}/refuse"), &json!({"reason": "No"})),
            Call::new("POST".parse().unwrap(), format!("/approvals/{id}/withdraw")),
        ] {
            theirs.owner.send(&world, &call).await.expect_problem(404, "resource.unknown");
        }
    }
    let foreign = theirs.owner.send(&world, &Call::post("/approvals", &cancel(&ours))).await;
    foreign.expect_problem(404, "resource.unknown");
    let shown = ours.owner.read(&world, &format!("/approvals/{}", ours.approval)).await;
    assert_eq!(shown["state"], "waiting");
}

async fn asvs_v8_3_2_who_asked_and_is_disabled_gets_nothing_done(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for (who, patch, code) in [
        ("ravi", json!({"disabled": true}), "approval.asker_gone"),
        ("asha", json!({"role": "auditor"}), "approval.asker_changed"),
    ] {
        let (member, cashier) = join(&world, &shop.owner, who, "cashier").await;
        let asked = cashier.make(&world, "/approvals", cancel(&shop)).await;
        let path = format!("/members/{member}");
        shop.owner.send(&world, &Call::patch(path, "\"1\"", &patch)).await.expect(200);
        approve(&world, &shop.owner, &asked).await.expect_problem(409, code);
        assert_eq!(state(&world, &shop.owner, &asked).await, "waiting", "{who}");
    }
    assert_eq!(bill_state(&world, &shop).await, "issued");
}

async fn asvs_v8_2_1_a_program_neither_asks_nor_decides(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let approve = format!("/approvals/{}/approve", shop.approval);
    for call in [
        Call::post("/approvals", &cancel(&shop)),
        Call::get("/approvals"),
        Call::post(approve, &json!({"digest": shop.approval_digest})),
    ] {
        let answer = world.send(call.with_token("zaveri", &shop.token)).await;
        answer.expect_problem(403, "access.forbidden");
    }
}

async fn asvs_v7_5_3_an_old_session_proves_itself_again_before_it_decides(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let waiting = json!({"id": shop.approval, "digest": shop.approval_digest});
    world.clock.advance(16 * 60);
    approve(&world, &shop.owner, &waiting).await.expect_problem(403, "auth.step_up_required");
    let path = format!("/approvals/{}/refuse", shop.approval);
    let refused = shop.owner.send(&world, &Call::post(path, &json!({"reason": "No"}))).await;
    refused.expect_problem(403, "auth.step_up_required");
    assert_eq!(state(&world, &shop.owner, &waiting).await, "waiting");
}

async fn a_receipt_is_reversed_and_a_role_given_by_two(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let (_, manager) = join(&world, &shop.owner, "asha", "manager").await;
    let command = json!({"receipt_id": shop.loose_receipt, "reason": "Bounced"});
    let reverse = json!({"action": "receipt.reverse", "command": command});
    let asked = cashier.make(&world, "/approvals", reverse).await;
    approve(&world, &manager, &asked).await.expect(200);
    let receipt = shop.owner.read(&world, &format!("/receipts/{}", shop.loose_receipt)).await;
    assert_eq!((&receipt["state"], &receipt["reverse_reason"]), (&json!("reversed"), &json!("Bounced")));

    let command = json!({"member_id": shop.member, "role": "accountant"});
    let promote = json!({"action": "member.change", "command": command});
    let blind = cashier.send(&world, &Call::post("/approvals", &promote)).await;
    blind.expect_problem(403, "access.forbidden");
    let asked = manager.make(&world, "/approvals", promote).await;
    approve(&world, &shop.owner, &asked).await.expect(200);
    let member = shop.owner.read(&world, &format!("/members/{}", shop.member)).await;
    assert_eq!(member["role"], "accountant");

    let waiting = json!({"id": shop.approval, "digest": shop.approval_digest});
    // The cashier who asked for the rate is an accountant by now.
    approve(&world, &manager, &waiting).await.expect_problem(409, "approval.asker_changed");
    let rate = json!({
        "commodity": "gold", "fineness_ppm": 916_000, "kind": "buy", "amount": inr(1_300_000), "per_mg": 1000,
    });
    let asked = cashier.make(&world, "/approvals", json!({"action": "rate.post", "command": rate})).await;
    let answer = approve(&world, &manager, &asked).await;
    answer.expect_problem(409, "rate.buy_above_sell");
    assert_eq!(answer.fields(), [("/command/amount".to_owned(), "rate.buy_above_sell".to_owned())]);
}

async fn what_was_refused_or_withdrawn_is_not_done(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let asked = cashier.make(&world, "/approvals", cancel(&shop)).await;
    let refuse = Call::post(format!("/approvals/{}/refuse", id(&asked)), &json!({"reason": "Keep it"}));
    let refused = shop.owner.send(&world, &refuse).await.expect(200);
    assert_eq!((&refused["state"], &refused["reason"]), (&json!("refused"), &json!("Keep it")));
    shop.owner.send(&world, &refuse).await.expect_problem(409, "approval.not_waiting");
    approve(&world, &shop.owner, &asked).await.expect_problem(409, "approval.not_waiting");

    let asked = cashier.make(&world, "/approvals", cancel(&shop)).await;
    let withdraw = Call::new("POST".parse().unwrap(), format!("/approvals/{}/withdraw", id(&asked)));
    shop.owner.send(&world, &withdraw).await.expect_problem(403, "approval.not_yours");
    assert_eq!(cashier.send(&world, &withdraw).await.expect(200)["state"], "withdrawn");
    approve(&world, &shop.owner, &asked).await.expect_problem(409, "approval.not_waiting");
    assert_eq!(bill_state(&world, &shop).await, "issued");
}

async fn a_repeated_approval_is_answered_and_not_done_twice(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, cashier) = join(&world, &shop.owner, "ravi", "cashier").await;
    let ask = Call::post("/approvals", &cancel(&shop)).key("k-1");
    let asked = cashier.send(&world, &ask).await.expect(201);
    let again = cashier.send(&world, &ask).await;
    assert_eq!(again.expect(201), asked);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));

    let path = format!("/approvals/{}/approve", id(&asked));
    let call = Call::post(path, &json!({"digest": asked["digest"]})).key("k-1");
    let done = shop.owner.send(&world, &call).await.expect(200);
    assert_eq!(shop.owner.send(&world, &call).await.expect(200), done);
    assert_eq!(entries(&world, &shop, "action=invoice.cancel").await.len(), 1);
}
