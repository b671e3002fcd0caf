//! Hours and networks by role, over HTTP.

use poem::http::Method;
use serde_json::{Value, json};

use crate::client::{Call, Person, sign_in};
use crate::operations::CASES;
use crate::shop::{PASSWORD, address, join, stocked};
use crate::sockets::Listening;
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v8_2_4_outside_the_hours_every_call_is_refused_until_they_begin_again,
    asvs_v8_2_4_a_rule_is_set_with_a_fresh_proof_shown_to_members_and_checked_in_every_field,
);

/// A cashier's rule: half past nine to eight, on every day.
fn rule(outside: &str) -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours = json!([{"days": days, "from": "09:30", "until": "20:00"}]);
    json!({"role": "cashier", "hours": hours, "networks": [], "outside": outside})
}

async fn set(world: &World, who: &Person, rules: Value) -> Value {
    let etag = who.read(world, "/settings").await["etag"].as_str().unwrap().to_owned();
    let call = Call::patch("/settings", &etag, &json!({"access_rules": rules}));
    who.send(world, &call).await.expect(200)
}

async fn asvs_v8_2_4_outside_the_hours_every_call_is_refused_until_they_begin_again(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (id, ravi) = join(&world, &shop.owner, "ravi", "cashier").await;
    set(&world, &shop.owner, json!([rule("refuse")])).await;
    // From ten in the morning to eight in the evening, at work.
    for _ in 0..40 {
        ravi.read(&world, "/rates").await;
        world.clock.advance(900);
    }
    for case in CASES.iter().filter(|case| case.id != "signOut") {
        let answer = ravi.send(&world, &(case.call)(&shop)).await;
        // What strangers may ask needs no session, and so has none to refuse.
        if answer.status != 403 {
            assert!(crate::operations::FOR_STRANGERS.contains(&case.id), "{}: {}", case.id, answer.status);
            continue;
        }
        answer.expect_problem(403, "access.outside_hours");
    }
    let refused = sign_in(&world, "zaveri", &address("zaveri", "ravi"), PASSWORD).await;
    refused.expect_problem(403, "access.outside_hours");
    let stranger = sign_in(&world, "zaveri", &address("zaveri", "ravi"), "not this one").await;
    let nobody = sign_in(&world, "zaveri", &address("zaveri", "nobody"), "not this one").await;
    stranger.expect_problem(401, "auth.refused");
    assert_eq!(stranger.apart_from_its_id(), nobody.apart_from_its_id());

    let owner = crate::client::session_of(
        &sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await,
        "zaveri",
    );
    world.clock.advance(61);
    world.collect().await;
    for (action, subject) in [("session.refused", id.as_str()), ("permission.refused", "any")] {
        let log = owner.read(&world, &format!("/audit?action={action}")).await;
        let seen = log["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["subject"].to_string().contains(subject));
        assert!(seen, "{action}: {log}");
    }
    ravi.send(&world, &Call::new(Method::DELETE, "/session")).await.expect(204);
    world.clock.advance(13 * 3600 + 1800);
    sign_in(&world, "zaveri", &address("zaveri", "ravi"), PASSWORD).await.expect(201);
}

async fn asvs_v8_2_4_a_rule_is_set_with_a_fresh_proof_shown_to_members_and_checked_in_every_field(
    world: World,
) {
    let shop = stocked(&world, "zaveri").await;
    let (_, asha) = join(&world, &shop.owner, "asha", "admin").await;
    assert_eq!(set(&world, &asha, json!([rule("ask")])).await["access_rules"], json!([rule("ask")]));
    assert_eq!(shop.owner.read(&world, "/settings").await["access_rules"], json!([rule("ask")]));
    let etag = asha.read(&world, "/settings").await["etag"].as_str().unwrap().to_owned();
    let refused = async |field: &str, to: Value, code: &str, pointer: &str| {
        let mut wrong = rule("refuse");
        *wrong.pointer_mut(field).unwrap() = to;
        let call = Call::patch("/settings", &etag, &json!({"access_rules": [wrong]}));
        let answer = asha.send(&world, &call).await;
        assert_eq!(answer.json()["code"], code, "{field}");
        assert_eq!(answer.fields().first().map(|field| field.0.clone()).as_deref(), Some(pointer), "{field}");
    };
    refused("/role", json!("owner"), "access_rule.owner", "/access_rules/0/role").await;
    refused("/role", json!("admin"), "access_rule.beyond_reach", "/access_rules").await;
    refused("/hours", json!([]), "access_rule.empty", "/access_rules/0").await;
    refused("/hours/0/until", json!("09:30"), "access_rule.no_hours", "/access_rules/0/hours/0").await;
    let invalid = "body.invalid";
    refused("/hours/0/from", json!("9:30"), invalid, "/access_rules/0/hours/0/from").await;
    refused("/hours/0/days/0", json!("holiday"), invalid, "/access_rules/0/hours/0/days/0").await;
    refused("/networks", json!(["203.0.113.0/33"]), invalid, "/access_rules/0/networks/0").await;
    world.clock.advance(16 * 60);
    let call = Call::patch("/settings", &etag, &json!({"access_rules": []}));
    asha.send(&world, &call).await.expect_problem(403, "auth.step_up_required");
}

#[tokio::test]
async fn asvs_v8_2_4_from_another_network_nobody_but_owners_signs_in() {
    let world = World::on_memory().await;
    let shop = stocked(&world, "zaveri").await;
    join(&world, &shop.owner, "ravi", "cashier").await;
    let street = json!({"role": "cashier", "networks": ["127.0.7.0/24"], "outside": "refuse"});
    set(&world, &shop.owner, json!([street])).await;
    let listening = Listening::to(&world).await;
    let body = |who: &str| json!({"email": address("zaveri", who), "password": PASSWORD}).to_string();
    let ask =
        async |from: &str, who: &str| listening.ask(from, "POST", "/zaveri/sessions", &[], &body(who)).await;
    ask("127.0.7.9", "ravi").await.expect(201);
    ask("127.0.8.9", "ravi").await.expect_problem(403, "access.outside_network");
    ask("127.0.8.9", "owner").await.expect(201);
}
