//! Where people are signed in, over HTTP.

use poem::http::Method;
use serde_json::json;

use crate::client::{Call, session_of, sign_in};
use crate::shop::{PASSWORD, address, join, open};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v7_5_2_v7_4_5_sessions_are_seen_and_ended_by_their_holder_and_by_owners,
    asvs_v8_3_2_a_narrowed_role_holds_from_the_next_call_on,
);

fn delete(path: impl Into<String>) -> Call {
    Call::new(Method::DELETE, path)
}

async fn asvs_v7_5_2_v7_4_5_sessions_are_seen_and_ended_by_their_holder_and_by_owners(world: World) {
    let owner = open(&world, "zaveri").await;
    let (id, ravi) = join(&world, &owner, "ravi", "cashier").await;
    let (_, admin) = join(&world, &owner, "asha", "admin").await;
    let phone = session_of(&sign_in(&world, "zaveri", &address("zaveri", "ravi"), PASSWORD).await, "zaveri");
    let listed = ravi.read(&world, "/sessions").await;
    let listed = listed["items"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    let other = listed.iter().find(|session| session["current"] == false).unwrap();
    assert_eq!(other["assurance"], "password");
    ravi.send(&world, &delete(format!("/sessions/{}", other["id"].as_str().unwrap()))).await.expect(204);
    phone.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");

    let seen = admin.read(&world, &format!("/members/{id}/sessions")).await;
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    admin.send(&world, &delete(format!("/members/{id}/sessions"))).await.expect(204);
    ravi.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    admin.send(&world, &delete("/member-sessions")).await.expect_problem(403, "access.forbidden");
    owner.send(&world, &delete("/member-sessions")).await.expect(204);
    admin.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    owner.read(&world, "/session").await;
    let log = owner.read(&world, "/audit?action=member.sign_out_everybody").await;
    assert_eq!(log["items"].as_array().unwrap().len(), 1);
}

async fn asvs_v8_3_2_a_narrowed_role_holds_from_the_next_call_on(world: World) {
    let owner = open(&world, "zaveri").await;
    let (id, ravi) = join(&world, &owner, "ravi", "cashier").await;
    let unknown = json!({"name": "Trainee", "base": "cashier", "withheld": ["rate.read", "member.add"]});
    let answer = owner.send(&world, &Call::post("/roles", &unknown)).await;
    answer.expect_problem(422, "custom_role.not_held");
    assert_eq!(answer.fields()[0].0, "/withheld/1");
    let role = json!({"name": "Trainee", "base": "cashier", "withheld": ["customer.read"]});
    let role = owner.make(&world, "/roles", role).await["id"].as_str().unwrap().to_owned();
    ravi.read(&world, "/customers").await;
    let give = Call::patch(format!("/members/{id}"), "\"1\"", &json!({"custom_role": role}));
    assert_eq!(owner.send(&world, &give).await.expect(200)["custom_role"], role.as_str());
    ravi.send(&world, &Call::get("/customers")).await.expect_problem(403, "access.forbidden");
    let permissions = ravi.read(&world, "/session").await["permissions"].to_string();
    assert!(!permissions.contains("customer.read") && permissions.contains("rate.read"));
    let whole = Call::patch(format!("/roles/{role}"), "\"1\"", &json!({"withheld": []}));
    owner.send(&world, &whole).await.expect(200);
    ravi.read(&world, "/customers").await;
}
