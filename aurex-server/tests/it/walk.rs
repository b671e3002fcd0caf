//! A walk over the OpenAPI document: who is not signed in, who is signed in elsewhere, what is somebody else's.
//!
//! The list of operations is the document's. An operation without a case in the table fails the walk, and so does a case
//! without an operation.

use std::collections::BTreeSet;

use poem::Request;
use poem::http::Method;
use serde_json::Value;

use crate::client::Call;
use crate::operations::{CASES, Documented, PUBLIC, case_of, documented, pointers};
use crate::shop::{Shop, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v7_2_1_v8_4_1_nobody_gets_in_without_a_session_of_this_workspace,
    asvs_v8_2_2_v8_4_1_a_foreign_id_is_answered_like_one_that_never_existed,
    asvs_v4_1_4_a_path_refuses_the_methods_that_it_does_not_have,
);

fn guarded() -> impl Iterator<Item = Documented> {
    documented().into_iter().filter(|operation| !PUBLIC.contains(&operation.id.as_str()))
}

#[test]
fn the_table_and_the_document_have_the_same_operations() {
    let documented: BTreeSet<String> = guarded().map(|operation| operation.id).collect();
    let cases: BTreeSet<String> = CASES.iter().map(|case| case.id.to_owned()).collect();
    assert_eq!(documented, cases);
    assert_eq!(CASES.len(), cases.len(), "a case each");
}

async fn two_shops(world: &World) -> (Shop, Shop) {
    (stocked(world, "zaveri").await, stocked(world, "gems").await)
}

async fn asvs_v7_2_1_v8_4_1_nobody_gets_in_without_a_session_of_this_workspace(world: World) {
    let (ours, theirs) = two_shops(&world).await;
    let (mine, foreign) = (&ours.owner.session, &theirs.owner.session);
    for operation in guarded() {
        let call = (case_of(&operation.id).call)(&ours);
        let at = |request: Request, why: &'static str| (request, why);
        let (kept, last) = mine.split_at(mine.len() - 1);
        let changed = format!("{kept}{}", if last == "A" { "B" } else { "A" });
        let tries = [
            at(call.bare("zaveri"), "nothing"),
            at(call.with_cookie("zaveri", "theme=dark"), "no cookie of ours"),
            at(call.with_cookie("zaveri", "aurex-zaveri="), "an empty cookie"),
            at(call.with_cookie("zaveri", "aurex-zaveri=broken"), "a broken cookie"),
            at(call.with_cookie("zaveri", &format!("aurex-zaveri={changed}")), "a changed cookie"),
            at(
                call.with_cookie("zaveri", &format!("__Host-aurex-zaveri={mine}")),
                "the name for the other scheme",
            ),
            at(
                call.with_cookie("zaveri", &format!("aurex-zaveri={mine}; aurex-zaveri={mine}")),
                "a cookie twice",
            ),
            at(
                call.with_cookie("zaveri", &format!("aurex-zaveri={foreign}")),
                "another workspace's session, renamed",
            ),
            at(call.with_cookie("zaveri", &format!("aurex-gems={foreign}")), "another workspace's session"),
            at(call.with_token("zaveri", &theirs.token), "another workspace's token"),
            at(call.with_token("zaveri", mine), "a session as a token"),
            at(call.with_token("zaveri", "aurex_broken"), "a broken token"),
            at(call.with_cookie("zaveri", &format!("aurex-zaveri={}", ours.token)), "a token as a session"),
            at(
                call.with_cookie("no-such-shop", &format!("aurex-no-such-shop={mine}")),
                "an unknown workspace",
            ),
            at(call.with_token("no-such-shop", &ours.token), "a token in an unknown workspace"),
            at(call.with_cookie("Not%20A%20Slug", &format!("aurex-zaveri={mine}")), "no slug at all"),
        ];
        let mut answers = BTreeSet::new();
        for (request, why) in tries {
            let answer = world.send(request).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (401, "auth.required"),
                "{}: {why}",
                operation.id
            );
            answer.assert_problem();
            answers.insert(format!("{:?}", answer.apart_from_its_id()));
        }
        assert_eq!(answers.len(), 1, "{}: which of them it was is not said", operation.id);
        // Form comes after: a request that cannot be read is still answered 401.
        let mut unreadable = Call::new(operation.method.clone(), call.path.clone()).bytes("text/plain", "{");
        unreadable.path.push_str(if call.path.contains('?') { "&x=1" } else { "?x=1" });
        assert_eq!(world.send(unreadable.bare("zaveri")).await.status, 401, "{}", operation.id);
    }
    // Nothing of all that closed or changed anything.
    ours.owner.read(&world, "/session").await;
    theirs.owner.read(&world, "/session").await;
}

/// Where ids stand in a call: in the path, or at a pointer of the body.
fn ids_in(call: &Call) -> Vec<String> {
    let is_id = |text: &str| {
        text.split_once('_').is_some_and(|(prefix, digits)| {
            prefix.len() == 3 && digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit())
        })
    };
    let words = call.path.split(['/', '?', '&', '=']).filter(|word| is_id(word)).map(str::to_owned);
    let body: Value = call.body.as_deref().map_or(Value::Null, |body| serde_json::from_slice(body).unwrap());
    let texts = pointers(&body).into_values().filter_map(|value| value.as_str().map(str::to_owned));
    words.chain(texts.filter(|text| is_id(text))).collect()
}

fn with(call: &Call, id: &str, other: &str) -> Call {
    let body = call
        .body
        .as_ref()
        .map(|body| String::from_utf8(body.clone()).unwrap().replace(id, other).into_bytes());
    Call { path: call.path.replace(id, other), body, ..call.clone() }
}

/// An id of the same noun that nobody ever had.
fn never(id: &str) -> String {
    format!("{}_{}", id.split('_').next().unwrap(), "0190163d8694739b88450242acdeadbe")
}

async fn asvs_v8_2_2_v8_4_1_a_foreign_id_is_answered_like_one_that_never_existed(world: World) {
    let (ours, theirs) = two_shops(&world).await;
    let mut replaced = 0;
    for operation in guarded() {
        let case = case_of(&operation.id);
        let (call, foreign) = ((case.call)(&ours), (case.call)(&theirs));
        let (own_ids, foreign_ids) = (ids_in(&call), ids_in(&foreign));
        assert_eq!(own_ids.len(), foreign_ids.len(), "{}", operation.id);
        if operation.path.contains("{id}") {
            assert!(!own_ids.is_empty(), "{}", operation.id);
        }
        let mut pairs: Vec<(Call, Call)> = own_ids
            .iter()
            .zip(&foreign_ids)
            .map(|(own, other)| (with(&call, own, other), with(&call, own, &never(own))))
            .collect();
        // And all of them at once.
        pairs.push(
            own_ids.iter().zip(&foreign_ids).fold((call.clone(), call.clone()), |(a, b), (own, other)| {
                (with(&a, own, other), with(&b, own, &never(own)))
            }),
        );
        if own_ids.is_empty() {
            continue;
        }
        for (foreign, never) in pairs {
            let foreign = ours.owner.send(&world, &foreign).await;
            let never = ours.owner.send(&world, &never).await;
            assert_eq!(foreign.apart_from_its_id(), never.apart_from_its_id(), "{}", operation.id);
            let expected =
                if operation.id.starts_with("list") && !operation.path.contains("{id}") { 200 } else { 404 };
            assert_eq!(foreign.status, expected, "{}: {}", operation.id, foreign.text);
            if expected == 200 {
                assert_eq!(
                    foreign.json(),
                    serde_json::json!({"items": [], "next": null}),
                    "{}",
                    operation.id
                );
            } else {
                foreign.expect_problem(404, "resource.unknown");
            }
            replaced += 1;
        }
        // Their own session with our paths, for good measure: signed in there is not signed in here.
        let request = call.with_cookie("zaveri", &format!("aurex-gems={}", theirs.owner.session));
        assert_eq!(world.send(request).await.status, 401, "{}", operation.id);
    }
    assert!(replaced >= 40, "{replaced}");
    // What was tried on the other shop's things left no trace there.
    let log = theirs.owner.read(&world, "/audit?limit=200").await.to_string();
    assert!(!log.contains("Wrong piece") && !log.contains("Bounced"));
    for path in [format!("/invoices/{}", theirs.open_invoice), format!("/receipts/{}", theirs.loose_receipt)]
    {
        let state = theirs.owner.read(&world, &path).await["state"].clone();
        assert!(state == "issued" || state == "recorded", "{path} {state}");
    }
}

async fn asvs_v4_1_4_a_path_refuses_the_methods_that_it_does_not_have(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let operations = documented();
    let paths: BTreeSet<&str> = operations.iter().map(|operation| operation.path.as_str()).collect();
    for path in paths {
        let has: BTreeSet<&str> = operations
            .iter()
            .filter(|operation| operation.path == path)
            .flat_map(|operation| match operation.method.as_str() {
                "GET" => vec!["GET", "HEAD"],
                _ => vec![operation.method.as_str()],
            })
            .collect();
        let below = path.trim_start_matches("/{w}").replace("{id}", &shop.customer);
        let slug = if path.starts_with("/{w}") { "zaveri" } else { "" };
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW"] {
            if has.contains(method) {
                continue;
            }
            let call = Call::new(Method::from_bytes(method.as_bytes()).unwrap(), below.clone());
            let cookie = format!("aurex-zaveri={}", shop.owner.session);
            let answer = world.send(call.with_cookie(slug, &cookie)).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (405, "method.unsupported"),
                "{method} {path}"
            );
            answer.assert_problem();
            let allow: BTreeSet<&str> = answer.header("allow").expect("an Allow").split(", ").collect();
            assert_eq!(allow, has, "{method} {path}");
        }
    }
    let nowhere = shop.owner.send(&world, &Call::get("/nowhere")).await;
    nowhere.expect_problem(404, "route.unknown");
}
