//! People: how they come in the first time, how they are locked out, and who may not be.

use serde_json::json;

use crate::client::{Call, Person, session_of, sign_in};
use crate::operations::CASES;
use crate::shop::{PASSWORD, SECRET, Shop, add, address, first_session, join, open, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    a_one_time_secret_opens_only_set_your_password,
    asvs_v7_4_2_a_disabled_member_is_out_at_once,
    asvs_v7_4_3_a_changed_password_ends_every_other_session,
    the_last_owner_stays,
    a_token_never_does_more_than_its_holder,
    asvs_v6_3_8_a_wrong_password_and_an_unknown_workspace_are_one_answer,
    guessing_is_slowed_down,
);

async fn patch(world: &World, by: &Person, id: &str, body: serde_json::Value) -> crate::client::Answer {
    let etag = by.read(world, &format!("/members/{id}")).await["etag"].as_str().unwrap().to_owned();
    by.send(world, &Call::patch(format!("/members/{id}"), &etag, &body)).await
}

async fn a_one_time_secret_opens_only_set_your_password(world: World) {
    let shop = stocked(&world, "zaveri").await;
    add(&world, &shop.owner, "second", "owner").await;
    let first = first_session(&world, "zaveri", "second").await;
    for case in CASES {
        if case.id == "changePassword" {
            continue;
        }
        let answer = first.send(&world, &(case.call)(&shop)).await;
        assert_eq!(answer.status, 403, "{}: {}", case.id, answer.text);
        assert_eq!(answer.json()["detail"], "set a password of your own first", "{}", case.id);
        answer.assert_problem();
    }
    let change = |current: &str, new: &str| Call::post("/password", &json!({"current": current, "new": new}));
    first.send(&world, &change(SECRET, "short")).await.expect_problem(422, "password.not_accepted");
    first.send(&world, &change(SECRET, SECRET)).await.expect_problem(422, "password.unchanged");
    first.send(&world, &change("no", PASSWORD)).await.expect_problem(422, "password.current_wrong");
    let answer = first.send(&world, &change(SECRET, PASSWORD)).await;
    answer.expect(204);
    session_of(&answer, "zaveri").read(&world, "/customers").await;
    first.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    // The secret is used up.
    let again = sign_in(&world, "zaveri", &address("zaveri", "second"), SECRET).await;
    again.expect_problem(401, "auth.refused");
}

async fn asvs_v7_4_2_a_disabled_member_is_out_at_once(world: World) {
    let owner = open(&world, "zaveri").await;
    let (id, ravi) = join(&world, &owner, "ravi", "manager").await;
    let token = ravi.make(&world, "/api-tokens", json!({"name": "scale", "expires_in_days": 7})).await;
    let program = Call::get("/rates").with_token("zaveri", token["token"].as_str().unwrap());
    assert_eq!(world.send(program).await.status, 200);

    patch(&world, &owner, &id, json!({"disabled": true})).await.expect(200);
    ravi.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    let program = Call::get("/rates").with_token("zaveri", token["token"].as_str().unwrap());
    world.send(program).await.expect_problem(401, "auth.required");
    let answer = sign_in(&world, "zaveri", &address("zaveri", "ravi"), PASSWORD).await;
    answer.expect_problem(401, "auth.refused");

    patch(&world, &owner, &id, json!({"disabled": false})).await.expect(200);
    ravi.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    sign_in(&world, "zaveri", &address("zaveri", "ravi"), PASSWORD).await.expect(201);
}

async fn asvs_v7_4_3_a_changed_password_ends_every_other_session(world: World) {
    let owner = open(&world, "zaveri").await;
    let elsewhere =
        session_of(&sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await, "zaveri");
    elsewhere.read(&world, "/session").await;
    let new = "green parrot on a till";
    let answer =
        owner.send(&world, &Call::post("/password", &json!({"current": PASSWORD, "new": new}))).await;
    answer.expect(204);
    let here = session_of(&answer, "zaveri");
    for gone in [&owner, &elsewhere] {
        gone.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    }
    here.read(&world, "/session").await;
    sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD)
        .await
        .expect_problem(401, "auth.refused");
    sign_in(&world, "zaveri", &address("zaveri", "owner"), new).await.expect(201);
}

async fn the_last_owner_stays(world: World) {
    let owner = open(&world, "zaveri").await;
    let me = owner.read(&world, "/session").await["member"]["id"].as_str().unwrap().to_owned();
    for body in [json!({"role": "admin"}), json!({"disabled": true})] {
        patch(&world, &owner, &me, body).await.expect_problem(409, "member.last_owner");
    }
    let (second, partner) = join(&world, &owner, "partner", "owner").await;
    patch(&world, &owner, &me, json!({"disabled": true})).await.expect_problem(409, "member.own_access");
    patch(&world, &partner, &me, json!({"role": "admin"})).await.expect(200);
    let answer = patch(&world, &partner, &second, json!({"role": "auditor"})).await;
    answer.expect_problem(409, "member.last_owner");
    // And an admin reaches neither an owner nor a peer.
    let answer = patch(&world, &owner, &second, json!({"name": "Somebody Else"})).await;
    answer.expect_problem(403, "member.beyond_reach");
    let peer = json!({"name": "P Rao", "email": "p@zaveri.example", "role": "admin", "password": SECRET});
    let answer = owner.send(&world, &Call::post("/members", &peer)).await;
    answer.expect_problem(403, "member.role_beyond_reach");
    assert_eq!(answer.fields()[0].0, "/role");
}

async fn a_token_never_does_more_than_its_holder(world: World) {
    let shop: Shop = stocked(&world, "zaveri").await;
    let (id, manager) = join(&world, &shop.owner, "meera", "manager").await;
    let token = manager.make(&world, "/api-tokens", json!({"name": "board", "expires_in_days": 7})).await;
    let secret = token["token"].as_str().unwrap().to_owned();
    let post = Call::post("/rates", &crate::shop::rate());
    assert_eq!(world.send(post.with_token("zaveri", &secret)).await.status, 201);
    for path in ["/members", "/api-tokens"] {
        world
            .send(Call::get(path).with_token("zaveri", &secret))
            .await
            .expect_problem(403, "access.forbidden");
    }
    patch(&world, &shop.owner, &id, json!({"role": "cashier"})).await.expect(200);
    world.send(post.with_token("zaveri", &secret)).await.expect_problem(403, "access.forbidden");
    assert_eq!(world.send(Call::get("/rates").with_token("zaveri", &secret)).await.status, 200);
    // With a token cookies are ignored, whoever's they are.
    let mut both = post.with_token("zaveri", &secret);
    let cookie = format!("aurex-zaveri={}", shop.owner.session);
    both.headers_mut().insert("cookie", cookie.parse().unwrap());
    world.send(both).await.expect_problem(403, "access.forbidden");

    let none = json!({"name": "x", "permissions": ["member.add"], "expires_in_days": 7});
    let answer = shop.owner.send(&world, &Call::post("/api-tokens", &none)).await;
    answer.expect_problem(403, "api_token.not_for_tokens");
    assert_eq!(answer.fields()[0].0, "/permissions/0");
    let revoke =
        Call::new("DELETE".parse().unwrap(), format!("/api-tokens/{}", token["id"].as_str().unwrap()));
    shop.owner.send(&world, &revoke).await.expect(204);
    world.send(Call::get("/rates").with_token("zaveri", &secret)).await.expect_problem(401, "auth.required");
}

async fn asvs_v6_3_8_a_wrong_password_and_an_unknown_workspace_are_one_answer(world: World) {
    open(&world, "zaveri").await;
    let good = address("zaveri", "owner");
    let tries = [
        ("zaveri", good.as_str(), "not the password"),
        ("zaveri", "nobody@zaveri.example", PASSWORD),
        ("zaveri", "not an address", PASSWORD),
        ("no-such-shop", good.as_str(), PASSWORD),
        ("admin", good.as_str(), PASSWORD),
        ("Not%20A%20Slug", good.as_str(), PASSWORD),
    ];
    let mut answers = Vec::new();
    for (slug, email, password) in tries {
        let answer = sign_in(&world, slug, email, password).await;
        answer.expect_problem(401, "auth.refused");
        answers.push(answer.apart_from_its_id());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

async fn guessing_is_slowed_down(world: World) {
    open(&world, "zaveri").await;
    let guess = async || sign_in(&world, "zaveri", &address("zaveri", "owner"), "not the password").await;
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(guess().await.status);
    }
    assert_eq!((statuses[0], statuses[11]), (401, 429), "{statuses:?}");
    let answer = guess().await;
    answer.expect_problem(429, "rate.limited");
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(wait > 0);
    world.clock.advance(wait);
    sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await.expect(201);
}
