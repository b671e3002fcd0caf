//! Who is in a workspace, and in whose name something is done.

use serde_json::json;

use crate::client::{Call, sign_in};
use crate::shop::{PASSWORD, address, join, rate, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v6_3_2_a_new_server_knows_nobody,
    asvs_v8_3_3_what_a_program_does_is_done_in_its_holders_name,
    asvs_v6_2_8_what_is_typed_is_what_is_compared,
);

async fn asvs_v6_3_2_a_new_server_knows_nobody(world: World) {
    for slug in ["zaveri", "admin", "aurex", "default", "demo", "test"] {
        for (email, password) in [
            ("admin@aurex.example", "admin"),
            ("owner@zaveri.example", PASSWORD),
            ("root@localhost.example", "root"),
            ("admin@admin.example", "password"),
        ] {
            sign_in(&world, slug, email, password).await.expect_problem(401, "auth.refused");
            world.clock.advance(301);
        }
    }
    // And a new workspace knows its founder alone.
    let shop = crate::shop::open(&world, "zaveri").await;
    let members = shop.read(&world, "/members").await;
    assert_eq!(members["items"].as_array().unwrap().len(), 1, "{members}");
}

async fn asvs_v8_3_3_what_a_program_does_is_done_in_its_holders_name(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, manager) = join(&world, &shop.owner, "meera", "manager").await;
    let token = manager.make(&world, "/api-tokens", json!({"name": "board", "expires_in_days": 7})).await;
    let call = Call::post("/rates", &rate()).with_token("zaveri", token["token"].as_str().unwrap());
    let posted = world.send(call).await;
    posted.expect(201);
    let log = shop.owner.read(&world, "/audit?action=rate.post").await;
    let entry = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["request_id"].as_str() == posted.header("x-request-id"))
        .expect("the entry of this request");
    let actor = &entry["actor"];
    assert_eq!((&actor["kind"], &actor["id"]), (&json!("token"), &token["id"]), "{entry}");
    assert_eq!((&actor["name"], &actor["role"]), (&json!("meera Rao"), &json!("manager")), "{entry}");
}

async fn asvs_v6_2_8_what_is_typed_is_what_is_compared(world: World) {
    crate::shop::open(&world, "zaveri").await;
    let email = address("zaveri", "owner");
    let typed = [
        format!("{PASSWORD} "),
        format!(" {PASSWORD}"),
        PASSWORD.to_uppercase(),
        PASSWORD.replace(' ', ""),
        PASSWORD.strip_suffix('l').unwrap().to_owned(),
        format!("{PASSWORD}\0"),
    ];
    for wrong in typed {
        assert_ne!(sign_in(&world, "zaveri", &email, &wrong).await.status, 201, "{wrong:?}");
        world.clock.advance(301);
    }
    sign_in(&world, "zaveri", &email, PASSWORD).await.expect(201);
}
