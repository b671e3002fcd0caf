//! What is asked of browsers, and what happens in one that does not have it: docs/edge.md, held against the server.

use poem::http::Method;
use serde_json::json;

use super::documents::table;
use super::files::{lines_with, read, sources};
use crate::client::Call;
use crate::shop::{customer, open};
use crate::world::{ORIGIN, World, on_every_store};

on_every_store!(asvs_v3_7_5_a_browser_that_names_no_page_of_ours_reads_and_changes_nothing);

#[tokio::test]
async fn asvs_v3_1_1_every_feature_of_browsers_that_is_relied_on_is_written_down() {
    let rows = table(&read("docs/edge.md"), "What is asked of a browser");
    assert!(rows.iter().all(|row| row.len() == 3 && row.iter().all(|cell| !cell.is_empty())), "{rows:?}");
    let written: String = rows.iter().map(|row| row[0].to_lowercase()).collect();
    // Whatever a page or the end of a session tells the browser to do.
    let world = World::on_memory().await;
    let owner = open(&world, "zaveri").await;
    let page = world.page("/").await;
    let signed_out = owner.send(&world, &Call::new(Method::DELETE, "/session")).await;
    let of_http =
        ["content-type", "content-length", "cache-control", "vary", "x-request-id", "set-cookie", "date"];
    let mut seen = 0;
    for (name, _) in page.headers.iter().chain(&signed_out.headers) {
        if !of_http.contains(&name.as_str()) {
            assert!(written.contains(&format!("`{name}`")), "docs/edge.md says nothing of {name}");
            seen += 1;
        }
    }
    assert!(seen > 10 && written.contains("`strict-transport-security`"), "{seen}");
    // Whatever is asked of its requests: the fetch metadata headers, and the origin.
    let asked = lines_with(&sources(), &["\"sec-fetch-", "header::ORIGIN"]);
    assert!(!asked.is_empty());
    for line in asked.iter().filter(|line| !line.contains("/tests/")) {
        for name in ["sec-fetch-site", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-user"] {
            assert!(!line.contains(name) || written.contains(&format!("`{name}`")), "{line}");
        }
    }
    assert!(written.contains("`origin`") && written.contains("`__host-`"), "{written}");
}

async fn asvs_v3_7_5_a_browser_that_names_no_page_of_ours_reads_and_changes_nothing(world: World) {
    let owner = open(&world, "zaveri").await;
    let cookie = format!("aurex-zaveri={}", owner.session);
    let from = |call: &Call, headers: &[(&'static str, &str)]| {
        let mut request = call.bare("zaveri");
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        request.headers_mut().insert("user-agent", "Mozilla/4.0 (compatible; MSIE 6.0)".parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        request
    };
    let create = Call::post("/customers", &customer("Ravi Shah"));
    // Neither of the two: it reads, and is told why it changes nothing.
    world.send(from(&Call::get("/customers"), &[])).await.expect(200);
    let refused = world.send(from(&create, &[])).await;
    refused.expect_problem(403, "csrf.refused");
    let why = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(why.contains("Sec-Fetch-Site") && why.contains("Origin"), "{why}");
    assert_eq!(owner.read(&world, "/customers").await["items"], json!([]));
    world.collect().await;
    let log = owner.read(&world, "/audit?action=csrf.refused").await;
    assert_eq!(log["items"][0]["request_id"].as_str(), refused.header("x-request-id"));
    // One of them is enough, and a better one is believed before a worse one.
    world.send(from(&create, &[("origin", ORIGIN)])).await.expect(201);
    world.send(from(&create, &[("sec-fetch-site", "same-origin")])).await.expect(201);
    let both = [("sec-fetch-site", "cross-site"), ("origin", ORIGIN)];
    world.send(from(&create, &both)).await.expect_problem(403, "csrf.refused");
}
