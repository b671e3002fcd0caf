//! An origin for each workspace: what is found at which, and whose pages may speak there.

use poem::Request;
use poem::http::Method;
use serde_json::json;

use crate::client::{Answer, Call};
use crate::operations::documented;
use crate::shop::{PASSWORD, address, workspace};
use crate::world::World;

const BASE: &str = "https://shops.example";

fn hosted() -> World {
    World::reached_by("https://*.shops.example, https://shops.example")
}

fn at(mut request: Request, host: &str) -> Request {
    request.headers_mut().insert("host", host.parse().unwrap());
    request
}

/// The call by a page of `origin`, with this cookie, at a host.
fn by(call: &Call, slug: &str, host: &str, origin: &str, cookie: &str) -> Request {
    let mut request = at(call.with_cookie(slug, cookie), host);
    request.headers_mut().insert("origin", origin.parse().unwrap());
    request
}

/// Opens a workspace at the base and signs its owner in at home; the cookie.
async fn moved_in(world: &World, slug: &str) -> String {
    let opened = world.send(at(Call::post("/", &workspace(slug)).bare(""), "shops.example")).await;
    opened.expect(201);
    let body = json!({"email": address(slug, "owner"), "password": PASSWORD});
    let home = format!("{slug}.shops.example");
    let answer = world.send(at(Call::post("/sessions", &body).bare(slug), &home)).await;
    answer.expect(201);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with(&format!("__Host-aurex-{slug}=")), "its own cookie, for its own host");
    cookie.split(';').next().unwrap().to_owned()
}

fn everything_but_its_id(answer: &Answer) -> String {
    format!("{:?}", answer.apart_from_its_id())
}

#[tokio::test]
async fn asvs_v3_5_4_a_workspaces_own_origin_answers_for_no_other() {
    let world = hosted();
    let (acme, gems) = (moved_in(&world, "acme").await, moved_in(&world, "gems").await);
    let both = format!("{acme}; {gems}");
    let home = "https://acme.shops.example";
    let mut answers = std::collections::BTreeSet::new();
    for operation in documented() {
        let below = operation.path.trim_start_matches("/{w}").replace("{id}", "x");
        let call = Call::new(operation.method.clone(), below).json(&json!({}));
        // Another's, nobody's, no slug, and ours spelt otherwise are one and the same nothing.
        for slug in ["gems", "no-such-shop", "admin", "Not%20A%20Slug", "%61cme", "acme%2f..%2fgems"] {
            let answer = world.send(by(&call, slug, "acme.shops.example", home, &both)).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (404, "route.unknown"),
                "{} {slug}",
                operation.id
            );
            answers.insert(everything_but_its_id(&answer));
        }
        // Beside the pattern the base holds no workspaces.
        if operation.path.starts_with("/{w}") {
            let answer = world.send(by(&call, "acme", "shops.example", BASE, &both)).await;
            answers.insert(everything_but_its_id(&answer));
        }
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    // A workspace is opened at the base, not at another's home.
    let opening = Call::post("/", &workspace("third"));
    let answer = world.send(at(opening.bare(""), "acme.shops.example")).await;
    answer.expect_problem(404, "route.unknown");
    // Each is well at home, and the other's cookie is nothing there.
    let show = Call::get("/session");
    world.send(by(&show, "acme", "acme.shops.example", home, &both)).await.expect(200);
    let answer = world.send(by(&show, "acme", "acme.shops.example", home, &gems)).await;
    answer.expect_problem(401, "auth.required");
}

#[tokio::test]
async fn a_name_that_is_nobodys_answers_like_one_that_is_somebodys() {
    let world = hosted();
    moved_in(&world, "acme").await;
    let sign_in = Call::post("/sessions", &json!({"email": "x@x.example", "password": PASSWORD}));
    let mut answers = std::collections::BTreeSet::new();
    // A shop, no shop, and a name that no shop can have.
    for slug in ["acme", "no-such-shop", "admin"] {
        let host = format!("{slug}.shops.example");
        let asked = world.send(at(Call::get("/customers").bare(slug), &host)).await;
        asked.expect_problem(401, "auth.required");
        let tried = world.send(at(sign_in.bare(slug), &host)).await;
        tried.expect_problem(401, "auth.refused");
        let page = Request::builder().uri("/".parse().unwrap()).header("host", &host).finish();
        let page = world.send(page).await;
        page.expect(200);
        answers.insert([&asked, &tried, &page].map(everything_but_its_id));
    }
    assert_eq!(answers.len(), 1);
    for host in [
        "shops.example:80",
        "a.b.shops.example",
        "xn--.shops.example",
        "acme.shops.example.evil.example",
        "evil.example",
        "acme.shops.example:8080",
    ] {
        let answer = world.send(at(Call::get("/session").bare("acme"), host)).await;
        answer.expect_problem(421, "origin.unknown");
    }
}

#[tokio::test]
async fn asvs_v3_5_4_a_workspaces_own_origin_shows_its_own_pages_and_no_others() {
    let world = hosted();
    let home = "acme.shops.example";
    for word in ["sign-in", "join", "approvals"] {
        // Both spellings lead on within it.
        for path in [format!("/{word}"), format!("/w/acme/{word}")] {
            let page = world.page_at(home, &path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.text.contains("data-workspace=\"acme\" data-base=\"\""), "{}", page.text);
            assert!(page.text.contains("data-next=\"/account\""));
        }
    }
    let mut answers = std::collections::BTreeSet::new();
    for (host, path) in [
        (home, "/w/gems/sign-in"),
        (home, "/w/no-such-shop/sign-in"),
        (home, "/w/%61cme/sign-in"),
        (home, "/w/acme/elsewhere"),
        (home, "/elsewhere"),
        ("shops.example", "/w/acme/sign-in"),
        ("shops.example", "/sign-in"),
    ] {
        let answer = world.page_at(host, path).await;
        answer.expect_problem(404, "route.unknown");
        answers.insert(everything_but_its_id(&answer));
    }
    assert_eq!(answers.len(), 1, "another's page is the same nothing as nobody's");
    let alone = World::on_memory().await;
    alone.page("/sign-in").await.expect_problem(404, "route.unknown");
}

#[tokio::test]
async fn a_mail_leads_to_the_origin_of_its_workspace() {
    let world = hosted();
    let acme = moved_in(&world, "acme").await;
    let (home, host) = ("https://acme.shops.example", "acme.shops.example");
    let asha = json!({"name": "Asha", "email": "asha@acme.example", "role": "cashier"});
    let invited = world.send(by(&Call::post("/members", &asha), "acme", host, home, &acme)).await;
    invited.expect(201);
    let mails = world.mails().await;
    let link = crate::mail::captured::link_in(&mails[0].text).expect("a link");
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, "https://acme.shops.example/join");
    assert_eq!(world.page_at(host, "/join").await.status, 200);
    let used = json!({"token": token, "new_password": "green parrot off a till"});
    world.send(at(Call::post("/links/use", &used).bare("acme"), host)).await.expect(204);
}

#[tokio::test]
async fn asvs_v3_5_1_only_a_workspaces_own_pages_speak_for_it() {
    let world = hosted();
    let acme = moved_in(&world, "acme").await;
    let sign_out = Call::new(Method::DELETE, "/session");
    let host = "acme.shops.example";
    for foreign in
        ["https://gems.shops.example", BASE, "http://acme.shops.example", "https://acme.shops.example:8443"]
    {
        let answer = world.send(by(&sign_out, "acme", host, foreign, &acme)).await;
        answer.expect_problem(403, "csrf.refused");
    }
    // A neighbour's page reads nothing either: it is the same site, and another origin.
    let mut read = by(&Call::get("/session"), "acme", host, "https://gems.shops.example", &acme);
    read.headers_mut().insert("sec-fetch-site", "same-site".parse().unwrap());
    world.send(read).await.expect_problem(403, "context.refused");
    world.send(by(&sign_out, "acme", host, "https://acme.shops.example", &acme)).await.expect(204);
}

#[tokio::test]
async fn on_loopback_each_workspace_has_a_name_below_localhost() {
    let world = World::reached_by("http://*.localhost:8080, http://localhost:8080");
    world.send(at(Call::post("/", &workspace("acme")).bare(""), "localhost:8080")).await.expect(201);
    let body = json!({"email": address("acme", "owner"), "password": PASSWORD});
    let answer = world.send(at(Call::post("/sessions", &body).bare("acme"), "acme.localhost:8080")).await;
    answer.expect(201);
    assert!(answer.header("set-cookie").unwrap().starts_with("aurex-acme="), "plain HTTP has no prefix");
    let elsewhere = world.send(at(Call::get("/session").bare("acme"), "gems.localhost:8080")).await;
    elsewhere.expect_problem(404, "route.unknown");
}
