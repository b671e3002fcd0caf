//! Where a request came from, as the log has it.

use aurex_server::http::request::{EdgeHeader, TrustedProxies};
use serde_json::{Value, json};

use crate::client::Person;
use crate::shop::{address, open};
use crate::sockets::Listening;
use crate::world::{Reached, World};

/// Every header by which a client might say that it is somebody else.
const FORGED: [(&str, &str); 7] = [
    ("X-Forwarded-For", "192.0.2.66"),
    ("X-Real-IP", "192.0.2.66"),
    ("CF-Connecting-IP", "192.0.2.66"),
    ("True-Client-IP", "192.0.2.66"),
    ("X-Client-IP", "192.0.2.66"),
    ("Forwarded", "for=192.0.2.66"),
    ("X-Forwarded-For", "127.0.0.1, 192.0.2.66"),
];

/// Fails to sign in and says whom the log holds it against.
async fn seen_as(world: &World, owner: &Person, from: &str, headers: &[(&str, &str)]) -> Value {
    let listening = Listening::to(world).await;
    let stranger = format!("nobody-{}", headers.len());
    let wrong = json!({"email": address("zaveri", &stranger), "password": "not this one"}).to_string();
    let answer = listening.ask(from, "POST", "/zaveri/sessions", headers, &wrong).await;
    answer.expect_problem(401, "auth.refused");
    world.clock.advance(61);
    world.collect().await;
    let log = owner.read(world, "/audit?action=session.refused&limit=1").await;
    let entry = &log["items"][0];
    assert_eq!(entry["request_id"].as_str(), answer.header("x-request-id"), "{log}");
    entry["ip"].clone()
}

#[tokio::test]
async fn asvs_v4_1_3_v15_3_4_a_forged_address_never_reaches_the_log() {
    let world = World::on_memory().await;
    let owner = open(&world, "zaveri").await;
    assert_eq!(seen_as(&world, &owner, "127.0.0.9", &FORGED).await, "127.0.0.9");
}

#[tokio::test]
async fn asvs_v4_1_3_v15_3_4_a_proxy_of_ours_is_believed_and_no_other() {
    let edge = EdgeHeader::new("cf-connecting-ip".parse().unwrap(), ["127.0.8.0/24".parse().unwrap()]);
    let proxies = TrustedProxies::new(["127.0.7.0/24".parse().unwrap()]).behind(edge);
    let world = World::reached(Reached { proxies, ..Reached::default() });
    let owner = open(&world, "zaveri").await;
    let chain = [("X-Forwarded-For", "192.0.2.66, 198.51.100.4"), ("CF-Connecting-IP", "203.0.113.5")];
    // Through our proxy: the one that it saw, and not what that one said.
    assert_eq!(seen_as(&world, &owner, "127.0.7.1", &chain).await, "198.51.100.4");
    // Through the edge: what the edge says.
    assert_eq!(seen_as(&world, &owner, "127.0.8.1", &chain).await, "203.0.113.5");
    // Through the edge, and then through our proxy.
    let both = [("X-Forwarded-For", "192.0.2.66, 127.0.8.1"), ("CF-Connecting-IP", "203.0.113.5")];
    assert_eq!(seen_as(&world, &owner, "127.0.7.1", &both).await, "203.0.113.5");
    // The edge says two things, or nothing that is an address.
    let twice = [("CF-Connecting-IP", "203.0.113.5"), ("CF-Connecting-IP", "203.0.113.6")];
    assert_eq!(seen_as(&world, &owner, "127.0.8.1", &twice).await, "127.0.8.1");
    assert_eq!(seen_as(&world, &owner, "127.0.8.1", &[("CF-Connecting-IP", "me")]).await, "127.0.8.1");
    // Anybody else.
    assert_eq!(seen_as(&world, &owner, "127.0.9.1", &chain).await, "127.0.9.1");
}

#[tokio::test]
async fn asvs_v6_3_1_a_forged_address_buys_no_tries() {
    let world = World::on_memory().await;
    open(&world, "zaveri").await;
    let listening = Listening::to(&world).await;
    let mut looked_at = 0;
    for n in 0..40 {
        let forged = format!("192.0.2.{n}");
        let headers = FORGED.map(|(name, _)| (name, forged.as_str()));
        let wrong = json!({"email": address("zaveri", &format!("nobody-{n}")), "password": "not this one"});
        let answer =
            listening.ask("127.0.0.9", "POST", "/zaveri/sessions", &headers, &wrong.to_string()).await;
        match answer.status {
            401 => looked_at += 1,
            _ => answer.expect_problem(429, "rate.limited"),
        }
    }
    assert_eq!(looked_at, 30, "what one address may try");
}
