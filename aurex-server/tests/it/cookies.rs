//! The session's cookie: how it is set and how it goes.

use poem::Request;
use poem::http::Method;
use serde_json::json;

use crate::client::{Call, PREFIX, Person, session_of, sign_in};
use crate::shop::{PASSWORD, address, join, open, workspace};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v6_3_1_a_known_device_signs_in_while_strangers_are_made_to_wait,
    asvs_v3_3_2_v3_3_4_the_cookie_is_out_of_reach_of_scripts_and_other_sites,
    asvs_v14_3_1_signing_out_ends_the_session_and_clears_what_the_browser_keeps,
    every_sign_in_has_a_session_of_its_own,
    asvs_v7_2_4_a_planted_cookie_never_becomes_somebodys_session,
);

async fn asvs_v3_3_2_v3_3_4_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World) {
    open(&world, "zaveri").await;
    let answer = sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 2);
    let (device, attributes) = cookies[1].to_str().unwrap().split_once("; ").unwrap();
    assert!(device.starts_with("aurex_device-zaveri=v1."), "the device's");
    assert_eq!(attributes, "Path=/; Max-Age=15552000; HttpOnly; SameSite=Strict");
    let (pair, attributes) = cookies[0].to_str().unwrap().split_once("; ").unwrap();
    assert!(pair.starts_with("aurex-zaveri="), "plain HTTP over loopback has no prefix");
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(
        !answer.text.contains(pair.strip_prefix("aurex-zaveri=").unwrap()),
        "the cookie alone carries it"
    );
}

async fn asvs_v6_3_1_a_known_device_signs_in_while_strangers_are_made_to_wait(world: World) {
    open(&world, "zaveri").await;
    let email = address("zaveri", "owner");
    let known = sign_in(&world, "zaveri", &email, PASSWORD).await;
    let device = known.headers.get_all("set-cookie").iter().nth(1).unwrap().to_str().unwrap();
    let device = device.split(';').next().unwrap().to_owned();
    let mut guesses = 0;
    while sign_in(&world, "zaveri", &email, "a stranger's guess").await.status == 401 {
        guesses += 1;
        assert!(guesses < 100, "guesses are counted");
    }
    sign_in(&world, "zaveri", &email, PASSWORD).await.expect_problem(429, "rate.limited");

    let with = |cookie: &str, password: &str| {
        let body = json!({"email": &email, "password": password});
        let mut request = Call::post("/sessions", &body).bare("zaveri");
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        world.send(request)
    };
    with(&device, PASSWORD).await.expect(201);
    let forged = device.replace("v1.", "v1.A");
    with(&forged, PASSWORD).await.expect_problem(429, "rate.limited");
    let mut guesses = 0;
    while with(&device, "a guess of whoever stole it").await.status == 401 {
        guesses += 1;
        assert!(guesses < 100, "a known device does not guess freely");
    }
    assert_eq!(guesses, 10);
}

// Behind TLS; the store makes no difference.
#[tokio::test]
async fn asvs_v3_3_1_v3_3_3_over_tls_the_cookie_is_bound_to_its_host() {
    let world = World::reached_by("https://shop.example");
    let request = |path: &str, body: serde_json::Value| {
        Request::builder()
            .method(Method::POST)
            .uri(format!("{PREFIX}{path}").parse().unwrap())
            .header("host", "shop.example")
            .content_type("application/json")
            .body(body.to_string())
    };
    world.send(request("/", workspace("zaveri"))).await.expect(201);
    let body = json!({"email": address("zaveri", "owner"), "password": PASSWORD});
    let answer = world.send(request("/zaveri/sessions", body)).await;
    answer.expect(201);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-aurex-zaveri="), "the host prefix");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"));
    let device = answer.headers.get_all("set-cookie").iter().nth(1).unwrap().to_str().unwrap();
    assert!(device.starts_with("__Host-aurex_device-zaveri=v1."), "the host prefix");
    assert!(device.ends_with("; HttpOnly; SameSite=Strict; Secure"));
    let pair = cookie.split(';').next().unwrap().to_owned();
    let show = |cookie: String| {
        let uri = format!("{PREFIX}/zaveri/session").parse().unwrap();
        Request::builder().uri(uri).header("host", "shop.example").header("cookie", cookie).finish()
    };
    world.send(show(pair.clone())).await.expect(200);
    world.send(show(pair.replace("__Host-", ""))).await.expect_problem(401, "auth.required");
}

async fn asvs_v14_3_1_signing_out_ends_the_session_and_clears_what_the_browser_keeps(world: World) {
    let owner = open(&world, "zaveri").await;
    let answer = owner.send(&world, &Call::new(Method::DELETE, "/session")).await;
    answer.expect(204);
    let cleared = "aurex-zaveri=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict";
    assert_eq!(answer.header("set-cookie"), Some(cleared));
    // Not the cookies: that would reach the neighbours below the same registered name.
    assert_eq!(answer.header("clear-site-data"), Some("\"cache\", \"storage\""));
    assert_eq!(owner.send(&world, &Call::get("/session")).await.header("clear-site-data"), None);
    owner.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    owner.send(&world, &Call::new(Method::DELETE, "/session")).await.expect_problem(401, "auth.required");
}

async fn every_sign_in_has_a_session_of_its_own(world: World) {
    let one = open(&world, "zaveri").await;
    let two = sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
    let two = session_of(&two, "zaveri");
    assert_ne!(one.session, two.session);
    one.send(&world, &Call::new(Method::DELETE, "/session")).await.expect(204);
    two.read(&world, "/session").await;
}

/// Fixation: what somebody else put into the browser beforehand is not what its owner is known by afterwards, and what
/// they were known by is nothing any more once they have proved more.
async fn asvs_v7_2_4_a_planted_cookie_never_becomes_somebodys_session(world: World) {
    let owner = open(&world, "zaveri").await;
    let (_, ravi) = join(&world, &owner, "ravi", "cashier").await;
    let made_up = Person { slug: "zaveri".to_owned(), session: "A".repeat(ravi.session.len()) };
    for planted in [&made_up, &ravi] {
        let body = json!({"email": address("zaveri", "owner"), "password": PASSWORD});
        let answer = planted.send(&world, &Call::post("/sessions", &body)).await;
        answer.expect(201);
        let victim = session_of(&answer, "zaveri");
        assert_ne!(victim.session, planted.session);
        let proof = Call::post("/session/step-up", &json!({"password": PASSWORD}));
        let answer = victim.send(&world, &proof).await;
        answer.expect(201);
        let renewed = session_of(&answer, "zaveri");
        assert_ne!(renewed.session, victim.session);
        victim.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
        assert_eq!(
            renewed.read(&world, "/session").await["member"]["email"],
            address("zaveri", "owner").as_str()
        );
    }
    made_up.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    assert_eq!(ravi.read(&world, "/session").await["member"]["email"], address("zaveri", "ravi").as_str());
}
