//! Forms that come back sooner than a person could send them.

use serde_json::json;

use crate::client::Call;
use crate::shop::{PASSWORD, address, open};
use crate::world::{Reached, World};
use aurex_server::http::limits::Rates;

/// The stamp of a page.
async fn stamp(world: &World, page: &str) -> String {
    let html = world.page(&format!("/w/zaveri/{page}")).await.text;
    let (_, rest) = html.split_once("data-form=\"").expect("a stamp");
    rest.split_once('"').unwrap().0.to_owned()
}

fn sign_in(stamp: &str) -> Call {
    let body = json!({"email": address("zaveri", "owner"), "password": PASSWORD});
    Call::post("/sessions", &body).header("aurex-form", stamp)
}

#[tokio::test]
async fn asvs_v2_4_2_a_form_sent_at_once_is_put_off_before_anything_is_looked_at() {
    let rates = Rates { form_ms: 1_000, ..Rates::UNLIMITED };
    let world = World::reached(Reached { rates, ..Reached::default() });
    open(&world, "zaveri").await;
    for page in ["sign-in", "forgot", "reset", "join", "link"] {
        let early = stamp(&world, page).await;
        assert!(!early.is_empty(), "{page}");
        let answer = world.send(sign_in(&early).bare("zaveri")).await;
        answer.expect_problem(429, "form.too_fast");
        assert_eq!(answer.header("retry-after"), Some("1"));
        let reset = Call::post("/password-resets", &json!({"email": address("zaveri", "owner")}));
        let reset = world.send(reset.header("aurex-form", &early).bare("zaveri")).await;
        reset.expect_problem(429, "form.too_fast");
        world.clock.advance(1);
        world.send(sign_in(&early).bare("zaveri")).await.expect(201);
    }
    let page = stamp(&world, "sign-in").await;
    world.clock.advance(2);
    // Another workspace's page, a made-up stamp, and one from yesterday: load the page again.
    world.send(sign_in("AAAA").bare("zaveri")).await.expect_problem(409, "form.outdated");
    world.send(sign_in(&page).bare("rupa")).await.expect_problem(409, "form.outdated");
    world.clock.advance(12 * 3600);
    world.send(sign_in(&page).bare("zaveri")).await.expect_problem(409, "form.outdated");
    // A program uses no page.
    let body = json!({"email": address("zaveri", "owner"), "password": PASSWORD});
    world.send(Call::post("/sessions", &body).bare("zaveri")).await.expect(201);
}

#[tokio::test]
async fn asvs_v2_4_2_pages_of_members_carry_no_stamp_and_our_module_sends_it_along() {
    let rates = Rates { form_ms: 1_000, ..Rates::UNLIMITED };
    let world = World::reached(Reached { rates, ..Reached::default() });
    for page in ["account", "second-factor", "approvals", "digest"] {
        assert_eq!(stamp(&world, page).await, "", "{page}");
    }
    let module = world.page("/assets/call.js").await.text;
    assert!(module.contains("\"Aurex-Form\": form") && module.contains("form.too_fast"));
}
