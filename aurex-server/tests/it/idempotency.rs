//! The same key, the same request: done once. The client makes the key, and may repeat it after any failure.

use serde_json::{Value, json};

use crate::client::Call;
use crate::shop::{SECRET, bill, chain, customer, id, inr, join, lot, rate, receipt, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    a_repeated_create_answers_with_the_resource_as_it_is_now,
    every_create_is_done_once,
    a_key_with_other_content_names_the_first_difference,
    a_refused_command_leaves_its_key_free,
    keys_of_two_members_and_of_two_operations_are_apart,
    a_command_on_a_resource_is_bound_to_it,
    a_secret_is_not_repeated,
    a_key_is_forgotten_after_three_days,
    a_key_sent_by_many_at_once_is_accepted_once,
);

async fn a_repeated_create_answers_with_the_resource_as_it_is_now(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let create = Call::post("/customers", &customer("Ravi Shah")).key("k-1");
    let first = shop.owner.send(&world, &create).await;
    let made = first.expect(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    let path = format!("/customers/{}", id(&made));
    shop.owner.send(&world, &Call::patch(&path, "\"1\"", &json!({"name": "Ravi M. Shah"}))).await.expect(200);

    let again = shop.owner.send(&world, &create).await;
    assert_eq!(again.expect(201), shop.owner.read(&world, &path).await, "as it is now");
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.header("etag"), Some("\"2\""));
    let found = shop.owner.read(&world, "/customers?q=shah").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

async fn every_create_is_done_once(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let member = json!({"name": "N Rao", "email": "n@zaveri.example", "role": "cashier", "password": SECRET});
    let reverse = format!("/receipts/{}/reverse", shop.loose_receipt);
    let cancel = format!("/invoices/{}/cancel", shop.open_invoice);
    let creates = [
        ("/members", member, 201),
        ("/rates", rate(), 201),
        ("/customers", customer("Ravi Shah"), 201),
        ("/items", chain("G-77"), 201),
        ("/lots", lot(), 201),
        ("/invoices", bill(&shop.customer, &shop.item), 201),
        ("/receipts", receipt(&shop.customer, 700, None), 201),
        (&reverse, json!({"reason": "Bounced"}), 201),
        ("/tills", json!({"name": "Window"}), 201),
        (&cancel, json!({"reason": "Wrong piece"}), 200),
    ];
    for (path, body, status) in creates {
        let call = Call::post(path, &body).key("one-key-for-all");
        let first = shop.owner.send(&world, &call).await.expect(status);
        let entries = shop.owner.read(&world, "/audit?limit=1").await["items"][0]["seq"].clone();
        let again = shop.owner.send(&world, &call).await;
        assert_eq!(again.expect(status), first, "{path}");
        if status == 201 {
            assert_eq!(again.header("idempotency-replayed"), Some("true"), "{path}");
        }
        let after = shop.owner.read(&world, "/audit?limit=1").await["items"][0]["seq"].clone();
        assert_eq!(after, entries, "{path}: nothing more was done");
    }
}

async fn a_key_with_other_content_names_the_first_difference(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let send = async |body: Value| shop.owner.send(&world, &Call::post("/items", &body).key("k-1")).await;
    send(chain("G-50")).await.expect(201);
    for (pointer, value) in [
        ("/tag", json!("G-51")),
        ("/making/ratio_ppm", json!(170_000)),
        ("/cost/minor", json!(1)),
        ("/huid", json!("AB12CD")),
    ] {
        let mut body = chain("G-50");
        match body.pointer_mut(pointer) {
            Some(field) => *field = value,
            None => body["huid"] = value,
        }
        let answer = send(body).await;
        answer.expect_problem(422, "idempotency.key_reused");
        assert_eq!(answer.fields(), [(pointer.to_owned(), "idempotency.differs".to_owned())]);
    }
    // Spelt otherwise, it is the same content.
    let text = chain("G-50").to_string().replace("\"tag\":", " \"tag\" : ");
    let answer = Call::post("/items", &Value::Null).key("k-1");
    let answer = Call { body: Some(text.into_bytes()), ..answer };
    assert_eq!(shop.owner.send(&world, &answer).await.header("idempotency-replayed"), Some("true"));
}

async fn a_refused_command_leaves_its_key_free(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let too_much =
        Call::post("/receipts", &receipt(&shop.customer, 900_000_000, Some(&shop.invoice))).key("k-1");
    shop.owner.send(&world, &too_much).await.expect_problem(409, "receipt.more_than_open");
    let right = Call::post("/receipts", &receipt(&shop.customer, 900, Some(&shop.invoice))).key("k-1");
    let answer = shop.owner.send(&world, &right).await;
    answer.expect(201);
    assert_eq!(answer.header("idempotency-replayed"), None);
    // Nor does what the form refuses, or another's document.
    let bad = Call::post("/lots", &json!({})).key("k-2");
    shop.owner.send(&world, &bad).await.expect_problem(422, "body.invalid");
    shop.owner.send(&world, &Call::post("/lots", &lot()).key("k-2")).await.expect(201);
}

async fn keys_of_two_members_and_of_two_operations_are_apart(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, manager) = join(&world, &shop.owner, "meera", "manager").await;
    let call = Call::post("/customers", &customer("Ravi Shah")).key("k-1");
    let mut made = vec![id(&shop.owner.send(&world, &call).await.expect(201))];
    for answer in
        [manager.send(&world, &call).await, world.send(call.with_token("zaveri", &shop.token)).await]
    {
        assert_eq!(answer.header("idempotency-replayed"), None);
        made.push(id(&answer.expect(201)));
    }
    made.dedup();
    assert_eq!(made.len(), 3);
    let other = shop.owner.send(&world, &Call::post("/lots", &lot()).key("k-1")).await;
    assert_eq!((other.status, other.header("idempotency-replayed")), (201, None));
}

async fn a_command_on_a_resource_is_bound_to_it(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let reason = json!({"reason": "Bounced"});
    let reverse = |receipt: &str| Call::post(format!("/receipts/{receipt}/reverse"), &reason).key("k-1");
    shop.owner.send(&world, &reverse(&shop.loose_receipt)).await.expect(201);
    let answer = shop.owner.send(&world, &reverse(&shop.receipt)).await;
    answer.expect_problem(422, "idempotency.key_reused");
    let untouched = shop.owner.read(&world, &format!("/receipts/{}", shop.receipt)).await;
    assert_eq!((&untouched["state"], &untouched["amount"]), (&json!("recorded"), &inr(1_000_000)));
}

async fn a_secret_is_not_repeated(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let create = Call::post("/api-tokens", &json!({"name": "scale", "expires_in_days": 7})).key("k-1");
    let first = shop.owner.send(&world, &create).await.expect(201);
    let secret = first["token"].as_str().unwrap();
    assert!(secret.starts_with("aurex_"));
    let again = shop.owner.send(&world, &create).await;
    let answer = again.expect(201);
    assert_eq!((&answer["id"], &answer["token"]), (&first["id"], &Value::Null));
    assert!(!again.text.contains(secret));
    assert!(!shop.owner.read(&world, "/api-tokens").await.to_string().contains(secret));
    world.collect().await;
    assert!(!shop.owner.read(&world, "/audit?limit=200").await.to_string().contains(secret));
}

async fn a_key_is_forgotten_after_three_days(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let call = Call::post("/customers", &customer("Ravi Shah")).key("k-1");
    let program = async || world.send(call.with_token("zaveri", &shop.token)).await;
    let first = program().await.expect(201);
    world.clock.advance(71 * 3600);
    assert_eq!(id(&program().await.expect(201)), id(&first));
    world.clock.advance(3600);
    let later = program().await;
    assert_ne!(id(&later.expect(201)), id(&first));
    assert_eq!(later.header("idempotency-replayed"), None);
}

async fn a_key_sent_by_many_at_once_is_accepted_once(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let call = Call::post("/invoices", &bill(&shop.customer, &shop.item)).key("k-1");
    let answers = futures_util::future::join_all((0..12).map(|_| shop.owner.send(&world, &call))).await;
    let first = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count();
    assert_eq!(first, 1);
    for answer in &answers {
        assert_eq!(answer.expect(201), answers[0].json());
    }
}
