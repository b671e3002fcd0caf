//! Shared tills, over HTTP.

use aurex_core::rbac::Catalogue;
use poem::http::Method;
use serde_json::json;

use crate::client::{Answer, Call, Person, session_of};
use crate::operations::CASES;
use crate::shop::{join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(p63_a_number_opens_the_till_and_what_a_counter_needs_and_nothing_else);

const PIN: &str = "407193";

fn till_of(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

async fn p63_a_number_opens_the_till_and_what_a_counter_needs_and_nothing_else(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, manager) = join(&world, &shop.owner, "meera", "manager").await;
    let answer = manager.send(&world, &Call::post("/tills", &json!({"name": "Window"}))).await;
    answer.expect(201);
    let till = till_of(&answer);
    let mut people = Vec::new();
    for who in ["ravi", "asha"] {
        let (id, person) = join(&world, &shop.owner, who, "cashier").await;
        let pin = Call::new(Method::PUT, "/pin").json(&json!({"pin": PIN}));
        person.send(&world, &pin).await.expect(204);
        people.push(id);
    }
    world.send(Call::get("/till").bare("zaveri")).await.expect_problem(401, "auth.required");
    let at_hand = world.send(Call::get("/till").with_cookie("zaveri", &till)).await.expect(200);
    assert_eq!((&at_hand["name"], at_hand["members"].as_array().unwrap().len()), (&json!("Window"), 2));

    let take_over =
        |member: &str, pin: &str| Call::post("/sessions/pin", &json!({"member_id": member, "pin": pin}));
    let open = async |member: &str| -> Person {
        let answer = world.send(take_over(member, PIN).with_cookie("zaveri", &till)).await;
        answer.expect(201);
        session_of(&answer, "zaveri")
    };
    let wrong = world.send(take_over(&people[0], "407194").with_cookie("zaveri", &till)).await;
    wrong.expect_problem(401, "auth.refused");
    world.send(take_over(&people[0], PIN).bare("zaveri")).await.expect_problem(401, "auth.refused");
    let ravi = open(&people[0]).await;
    let asha = open(&people[1]).await;
    ravi.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");

    let catalogue = Catalogue::core();
    let by_pin = |code: &str| catalogue.iter().any(|action| action.code == code && action.by_pin);
    let mut reached = 0;
    for case in CASES {
        let answer = asha.send(&world, &(case.call)(&shop)).await;
        let may = case
            .action
            .is_none_or(|code| by_pin(code) && catalogue.is_held(code, aurex_core::rbac::Role::Cashier));
        assert_eq!(answer.status != 403, may, "{}: {}", case.id, answer.text);
        reached += usize::from(may);
    }
    assert!(reached > 8, "{reached}");
}
