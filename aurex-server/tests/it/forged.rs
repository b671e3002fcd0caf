//! Calls that another site's page makes in somebody's session: six ways of making one, against every operation of the
//! contract that changes something. The list of operations is the document's, so a new one is covered by itself.

use std::collections::BTreeSet;

use poem::Request;
use poem::http::Method;
use serde_json::{Value, json};

use crate::client::{Call, PREFIX, Person};
use crate::operations::{Documented, documented, with_bodies};
use crate::shop::{rate, stocked};
use crate::world::{ORIGIN, World, on_every_store};

on_every_store!(
    asvs_v3_5_1_a_forged_call_is_refused_and_logged_whatever_it_is,
    asvs_v3_5_2_a_form_is_never_a_body,
    asvs_v3_5_3_reading_changes_nothing,
    asvs_v3_5_8_another_site_reads_nothing,
);

type Headers = &'static [(&'static str, &'static str)];

/// What a browser says of a page that is not ours, and what it may leave out.
const FORGERIES: [(&str, Headers); 6] = [
    ("another site", &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]),
    ("a neighbour", &[("sec-fetch-site", "same-site"), ("origin", ORIGIN)]),
    ("an old browser on another site", &[("origin", "https://evil.example")]),
    ("a sandboxed frame", &[("origin", "null")]),
    ("nothing said of the sender", &[]),
    ("a form", &[("origin", "https://evil.example"), ("content-type", "text/plain")]),
];

const FORMS: [&str; 3] =
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain;charset=UTF-8"];

/// A request for a documented operation with nothing but its path and a body. What comes after the check of the sender
/// need not be right: nothing may come after it.
fn bare(operation: &Documented, slug: &str) -> Request {
    let path = operation.path.replace("{w}", slug).replace("{id}", "cus_0190163d8694739b88450242acdeadbe");
    let path: String = path
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part })
        .collect::<Vec<_>>()
        .join("/");
    Request::builder()
        .method(operation.method.clone())
        .uri(format!("{PREFIX}{path}").parse().unwrap())
        .header("host", ORIGIN.trim_start_matches("http://"))
        .header("content-type", "application/json")
        .body("{}")
}

fn is_unsafe(operation: &Documented) -> bool {
    operation.method != Method::GET
}

fn ridden_by(person: &Person, mut request: Request, headers: Headers) -> Request {
    let cookie = format!("aurex-{}={}", person.slug, person.session);
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

/// Every entry of the log.
async fn entries(world: &World, owner: &Person) -> Vec<Value> {
    world.collect().await;
    let (mut entries, mut after) = (Vec::new(), String::new());
    loop {
        let page = owner.read(world, &format!("/audit?limit=200{after}")).await;
        entries.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return entries,
        }
    }
}

/// What was changed, by the log, without whose entry nothing changes.
fn changes(entries: &[Value]) -> Vec<Value> {
    entries.iter().filter(|entry| entry["outcome"] == "done").map(|entry| entry["seq"].clone()).collect()
}

async fn asvs_v3_5_1_a_forged_call_is_refused_and_logged_whatever_it_is(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let owner = &shop.owner;
    let me = owner.read(&world, "/session").await["member"]["id"].clone();
    let before = entries(&world, owner).await;
    let operations: Vec<_> = documented().into_iter().filter(is_unsafe).collect();
    assert!(operations.len() > 15);
    let mut refused = BTreeSet::new();
    for operation in &operations {
        for (why, headers) in FORGERIES {
            let answer = world.send(ridden_by(owner, bare(operation, "zaveri"), headers)).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (403, "csrf.refused"),
                "{}: {why}",
                operation.id
            );
            answer.assert_problem();
            refused.insert(answer.header("x-request-id").unwrap().to_owned());
        }
    }
    assert_eq!(refused.len(), 6 * operations.len());

    let after = entries(&world, owner).await;
    assert_eq!(changes(&before), changes(&after));
    let logged: Vec<_> = after.iter().filter(|entry| entry["action"] == "csrf.refused").collect();
    // Repeats within a minute are one entry with a count.
    assert!(!logged.is_empty() && logged.len() < refused.len());
    for entry in logged {
        assert_eq!((&entry["outcome"], &entry["actor"]["id"]), (&json!("refused"), &me), "{entry}");
        assert!(refused.contains(entry["request_id"].as_str().unwrap()), "{entry}");
    }
    // A forgery with nobody's session, or another workspace's, is nobody's entry.
    for cookie in ["aurex-zaveri=made-up", "aurex-gems=x"] {
        let mut request = bare(&operations[0], "zaveri");
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        world.send(request).await.expect_problem(403, "csrf.refused");
    }
    let later = entries(&world, owner).await;
    let of_forgeries = |entries: &[Value]| entries.iter().filter(|e| e["action"] == "csrf.refused").count();
    assert_eq!(of_forgeries(&later), of_forgeries(&after));

    // A program's token is no cookie: no page can make a browser send it.
    let mut call = Call::post("/rates", &rate()).with_token("zaveri", &shop.token);
    call.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    call.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    world.send(call).await.expect(201);
}

async fn asvs_v3_5_2_a_form_is_never_a_body(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let before = entries(&world, &shop.owner).await;
    let documented: BTreeSet<String> =
        documented().into_iter().filter(|o| !o.value["requestBody"].is_null()).map(|o| o.id).collect();
    let bodies = with_bodies(&shop);
    assert_eq!(documented, bodies.iter().map(|(id, ..)| (*id).to_owned()).collect());
    for (id, call, _) in bodies {
        for form in FORMS {
            // Not even from a page of ours, and not even with a body that would be right.
            let slug = if id == "openWorkspace" { "" } else { "zaveri" };
            let mut request = ridden_by(&shop.owner, call.bare(slug), &[("origin", ORIGIN)]);
            request.headers_mut().insert("content-type", form.parse().unwrap());
            world.send(request).await.expect_problem(415, "body.unsupported_type");
        }
    }
    assert_eq!(changes(&before), changes(&entries(&world, &shop.owner).await));
}

async fn asvs_v3_5_3_reading_changes_nothing(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let before = entries(&world, &shop.owner).await;
    let paths: BTreeSet<String> = documented().into_iter().map(|operation| operation.path).collect();
    for path in paths {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let operation = Documented {
                id: String::new(),
                method: method.clone(),
                path: path.clone(),
                value: Value::Null,
            };
            let request = ridden_by(&shop.owner, bare(&operation, "zaveri"), &[("origin", ORIGIN)]);
            let answer = world.send(request).await;
            assert!(answer.status < 500, "{method} {path}");
        }
    }
    for case in crate::operations::CASES {
        let call = (case.call)(&shop);
        if call.method == Method::GET {
            shop.owner.send(&world, &call).await.expect(200);
        }
    }
    assert_eq!(changes(&before), changes(&entries(&world, &shop.owner).await));
}

async fn asvs_v3_5_8_another_site_reads_nothing(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let mut read = 0;
    for case in crate::operations::CASES {
        let call = (case.call)(&shop);
        if call.method != Method::GET {
            continue;
        }
        let cookie = format!("aurex-zaveri={}", shop.owner.session);
        let from = |headers: &[(&'static str, &str)]| {
            let mut request = call.bare("zaveri");
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
            for (name, value) in headers {
                request.headers_mut().insert(*name, value.parse().unwrap());
            }
            request
        };
        for site in ["cross-site", "same-site"] {
            for dest in ["empty", "image", "script", "document", "iframe"] {
                let forged = from(&[("sec-fetch-site", site), ("sec-fetch-dest", dest)]);
                world.send(forged).await.expect_problem(403, "context.refused");
            }
        }
        let embedded = from(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "script")]);
        world.send(embedded).await.expect_problem(403, "context.refused");
        let ours = from(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "empty")]);
        let answer = world.send(ours).await;
        answer.expect(200);
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{}", case.id);
        read += 1;
    }
    assert!(read > 12, "{read}");
}
