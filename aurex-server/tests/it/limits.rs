//! How much one may ask, and that nobody pays for another.

use aurex_server::http::limits::{PerMinute, Rates};
use aurex_server::http::request::TrustedProxies;
use serde_json::json;

use crate::client::{Call, Person, session_of, sign_in};
use crate::shop::{PASSWORD, address, open};
use crate::sockets::Listening;
use crate::world::{Reached, World};

/// Behind a proxy, so that a request may come from anywhere.
const PROXY: &str = "127.0.0.1";

fn world(rates: Rates) -> World {
    let proxies = TrustedProxies::new([PROXY.parse().unwrap()]);
    World::reached(Reached { rates, proxies, ..Reached::default() })
}

/// How many of so many requests are answered.
async fn answered(world: &World, person: &Person, tries: usize) -> usize {
    let mut answered = 0;
    for _ in 0..tries {
        let answer = person.send(world, &Call::get("/session")).await;
        if answer.status == 200 {
            answered += 1;
        } else {
            answer.expect_problem(429, "rate.limited");
            let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=60).contains(&wait), "{wait}");
            assert_eq!(answer.json()["retry_after"], json!(wait));
        }
    }
    answered
}

#[tokio::test]
async fn asvs_v2_4_1_a_session_that_asks_too_much_waits_and_its_colleagues_do_not() {
    let world = world(Rates { session: PerMinute::new(20), ..Rates::UNLIMITED });
    let one = open(&world, "zaveri").await;
    let other = sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
    let other = session_of(&other, "zaveri");
    assert_eq!(answered(&world, &one, 40).await, 20);
    assert_eq!(answered(&world, &other, 20).await, 20);
    // Three seconds are one request's worth.
    world.clock.advance(3);
    assert_eq!(answered(&world, &one, 5).await, 1);
    world.clock.advance(60);
    assert_eq!(answered(&world, &one, 40).await, 20);
}

#[tokio::test]
async fn asvs_v2_4_1_a_token_has_a_limit_of_its_own() {
    let world = world(Rates { session: PerMinute::new(5), ..Rates::UNLIMITED });
    let owner = open(&world, "zaveri").await;
    let token = owner.make(&world, "/api-tokens", json!({"name": "scale", "expires_in_days": 1})).await;
    let token = token["token"].as_str().unwrap();
    for _ in 0..5 {
        world.send(Call::get("/rates").with_token("zaveri", token)).await.expect(200);
    }
    let answer = world.send(Call::get("/rates").with_token("zaveri", token)).await;
    answer.expect_problem(429, "rate.limited");
    owner.read(&world, "/session").await;
}

#[tokio::test]
async fn asvs_v2_4_1_a_workspace_that_asks_too_much_leaves_the_others_alone() {
    let world = world(Rates { workspace: PerMinute::new(20), ..Rates::UNLIMITED });
    let (one, other) = (open(&world, "zaveri").await, open(&world, "gems").await);
    assert_eq!(answered(&world, &one, 40).await, 20);
    assert_eq!(answered(&world, &other, 20).await, 20);
}

#[tokio::test]
async fn asvs_v2_4_1_strangers_use_up_their_own_budget_and_no_workspaces() {
    let world = world(Rates {
        session: PerMinute::UNLIMITED,
        workspace: PerMinute::new(30),
        address: PerMinute::new(50),
        stranger: PerMinute::new(10),
        form_ms: 0,
    });
    let owner = open(&world, "zaveri").await;
    let listening = Listening::to(&world).await;
    let ask = async |client: &str, credentials: (&str, &str)| {
        let headers = [("X-Forwarded-For", client), credentials];
        listening.ask(PROXY, "GET", "/zaveri/session", &headers, "").await.status
    };
    // Without credentials; with made-up ones, which cost a look; from one subscriber, however many its addresses.
    for (client, credentials) in [
        ("192.0.2.1", ("X-Nothing", "x")),
        ("192.0.2.2", ("Cookie", "aurex-zaveri=bm90IGEgc2Vzc2lvbiBvZiBhbnlib2R5IGF0IGFsbCE")),
        ("192.0.2.3", ("Authorization", "Bearer aurex_made-up")),
    ] {
        let mut statuses = Vec::new();
        for _ in 0..15 {
            statuses.push(ask(client, credentials).await);
        }
        assert_eq!(statuses, [[401; 10].as_slice(), &[429; 5]].concat(), "{credentials:?}");
    }
    let mut refused = 0;
    for host in 1..=15 {
        let status = ask(&format!("2001:db8:1:2::{host}"), ("X-Nothing", "x")).await;
        refused += usize::from(status == 429);
    }
    assert_eq!(refused, 5);
    assert_eq!(ask("2001:db8:1:3::1", ("X-Nothing", "x")).await, 401);

    // The till beside them, behind the same address even, has all of its workspace's budget.
    let cookie = format!("aurex-zaveri={}", owner.session);
    for _ in 0..30 {
        assert_eq!(ask("192.0.2.1", ("Cookie", &cookie)).await, 200);
    }
    assert_eq!(ask("192.0.2.9", ("Cookie", &cookie)).await, 429);
}

#[tokio::test]
async fn asvs_v2_4_1_an_address_is_refused_before_anything_is_looked_at() {
    let world = world(Rates { address: PerMinute::new(5), ..Rates::UNLIMITED });
    open(&world, "zaveri").await;
    let listening = Listening::to(&world).await;
    let ask = async |client: &str, path: &str| {
        let headers = [("X-Forwarded-For", client), ("Cookie", "aurex-zaveri=x")];
        listening.ask(PROXY, "GET", path, &headers, "").await
    };
    for _ in 0..5 {
        ask("192.0.2.1", "/zaveri/session").await.expect_problem(401, "auth.required");
    }
    // One answer for every path, a known and an unknown one.
    for path in ["/zaveri/session", "/no-such-shop/session", "/zaveri/nowhere"] {
        ask("192.0.2.1", path).await.expect_problem(429, "rate.limited");
    }
    ask("192.0.2.2", "/zaveri/session").await.expect_problem(401, "auth.required");
}
