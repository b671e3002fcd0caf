//! A whole workspace is deleted by two owners, with a month between the word and the deed.

use aurex_core::service::access::see_to_the_end;
use poem::http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Call, Person, session_of, sign_in};
use crate::shop::{PASSWORD, address, customer, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v2_3_5_a_workspace_is_deleted_by_two_owners_a_month_after_and_nothing_is_left,
    asvs_v2_3_5_a_workspace_that_is_kept_goes_on_and_nobody_deletes_one_alone,
);

fn wish(name: &Value) -> Value {
    json!({"action": "workspace.delete", "command": {"name": name, "keeps_books": true}})
}

async fn approve(world: &World, who: &Person, of: &Value) -> Answer {
    let path = format!("/approvals/{}/approve", of["id"].as_str().unwrap());
    who.send(world, &Call::post(path, &json!({"digest": of["digest"]}))).await
}

async fn signed_in(world: &World, who: &str) -> Person {
    session_of(&sign_in(world, "zaveri", &address("zaveri", who), PASSWORD).await, "zaveri")
}

/// How many letters of this subject went out.
async fn told(world: &World, subject: &str) -> usize {
    world.mails().await.iter().filter(|mail| mail.subject.as_str().contains(subject)).count()
}

async fn asvs_v2_3_5_a_workspace_is_deleted_by_two_owners_a_month_after_and_nothing_is_left(world: World) {
    let other = stocked(&world, "rupa").await;
    let shop = stocked(&world, "zaveri").await;
    let (_, asha) = join(&world, &shop.owner, "asha", "owner").await;
    world.mails().await;
    let tenants = world.road().store.tenants().await.unwrap();
    let tenant = tenants.iter().find(|(slug, _)| slug.as_str() == "zaveri").unwrap().1;
    let name = shop.owner.read(&world, "/settings").await["name"].clone();
    let asked = shop.owner.make(&world, "/approvals", wish(&name)).await;
    assert_eq!(told(&world, "approval").await, 2, "both owners hear of it, who asked too");
    approve(&world, &shop.owner, &asked).await.expect_problem(403, "approval.own_request");
    approve(&world, &asha, &asked).await.expect(200);
    assert_eq!(told(&world, "will be deleted").await, 2);

    let settings = shop.owner.read(&world, "/settings").await;
    assert!(settings["ends_at"].is_string());
    let write = Call::post("/customers", &customer("Ravi Shah"));
    shop.owner.send(&world, &write).await.expect_problem(409, "workspace.ending");
    other.owner.send(&world, &write).await.expect(201);

    for (days, letters) in [(22, 0), (1, 2), (1, 0), (5, 2)] {
        world.clock.advance(days * 86_400 + 60);
        see_to_the_end(world.road(), &world.ending, tenant).await.unwrap();
        see_to_the_end(world.road(), &world.ending, tenant).await.unwrap();
        assert_eq!(told(&world, "will be deleted").await, letters, "{days} days later");
    }
    let last = signed_in(&world, "owner").await;
    last.read(&world, "/customers").await;
    world.clock.advance(86_400);
    assert!(see_to_the_end(world.road(), &world.ending, tenant).await.unwrap());

    let gone = last.send(&world, &Call::get("/settings")).await;
    let never = Person { slug: "never-was".to_owned(), ..last };
    let never = never.send(&world, &Call::get("/settings")).await;
    assert_eq!((gone.status, gone.json()["code"].clone()), (never.status, never.json()["code"].clone()));
    let open = world.road().store.tenants().await.unwrap();
    assert!(open.iter().all(|(_, of)| *of != tenant) && open.len() == 1);
    let rupa = session_of(&sign_in(&world, "rupa", &address("rupa", "owner"), PASSWORD).await, "rupa");
    assert!(!rupa.read(&world, "/customers").await["items"].as_array().unwrap().is_empty());
}

async fn asvs_v2_3_5_a_workspace_that_is_kept_goes_on_and_nobody_deletes_one_alone(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, asha) = join(&world, &shop.owner, "asha", "owner").await;
    let (_, kiran) = join(&world, &shop.owner, "kiran", "admin").await;
    let name = shop.owner.read(&world, "/settings").await["name"].clone();
    kiran.send(&world, &Call::post("/approvals", &wish(&name))).await.expect_problem(403, "access.forbidden");
    let other = shop.owner.send(&world, &Call::post("/approvals", &wish(&json!("Another shop")))).await;
    other.expect_problem(422, "workspace.other_name");
    let mut lost = wish(&name);
    lost["command"]["keeps_books"] = json!(false);
    let lost = shop.owner.send(&world, &Call::post("/approvals", &lost)).await;
    lost.expect_problem(422, "workspace.books_not_kept");
    let keep = Call::new(Method::POST, "/workspace/keep");
    asha.send(&world, &keep).await.expect_problem(409, "workspace.not_ending");

    let asked = shop.owner.make(&world, "/approvals", wish(&name)).await;
    approve(&world, &asha, &asked).await.expect(200);
    world.clock.advance(10 * 86_400);
    world.mails().await;
    let owner = signed_in(&world, "owner").await;
    owner.send(&world, &keep).await.expect(200);
    assert_eq!(told(&world, "will not be deleted").await, 2);
    assert!(owner.read(&world, "/settings").await["ends_at"].is_null());
    owner.send(&world, &Call::post("/customers", &customer("Ravi Shah"))).await.expect(201);
    world.clock.advance(40 * 86_400);
    let tenant = world.road().store.tenants().await.unwrap()[0].1;
    assert!(!see_to_the_end(world.road(), &world.ending, tenant).await.unwrap());
    signed_in(&world, "owner").await.read(&world, "/customers").await;
}
