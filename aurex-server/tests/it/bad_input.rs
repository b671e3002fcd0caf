//! Bad bodies, on every operation that takes one: each wrong field is named, no value is repeated, nothing is our fault.

use serde_json::{Value, json};

use crate::client::{Answer, Call};
use crate::operations::{FOR_STRANGERS, pointers, with_bodies};
use crate::shop::{Shop, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v2_2_1_v2_2_2_v15_3_5_a_field_of_the_wrong_kind_is_named,
    asvs_v2_2_1_all_wrong_fields_are_named_at_once,
    asvs_v1_5_2_v15_3_3_unknown_and_repeated_fields_are_named,
    asvs_v1_4_2_numbers_at_their_ends_are_answered,
    a_body_that_is_no_body_is_refused,
    another_type_of_body_is_refused,
    asvs_v1_3_3_text_that_would_deceive_a_reader_is_refused,
    money_of_another_currency_is_refused,
);

/// Text that would be recognised in an answer.
const MARK: &str = "hunter2-zz";

async fn send(world: &World, shop: &Shop, id: &str, call: &Call, body: impl Into<Vec<u8>>) -> Answer {
    let call = Call { body: Some(body.into()), ..call.clone() };
    match id {
        "openWorkspace" => world.send(call.bare("")).await,
        id if FOR_STRANGERS.contains(&id) => world.send(call.bare("zaveri")).await,
        _ => shop.owner.send(world, &call).await,
    }
}

fn changed(body: &Value, pointer: &str, to: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = to;
    body
}

/// A number as JSON text, which the value type here could not hold.
fn with_number(body: &Value, pointer: &str, number: &str) -> String {
    changed(body, pointer, json!("<number>")).to_string().replace("\"<number>\"", number)
}

/// The tag of an object that comes in kinds: what is wrong with it hides the rest.
fn is_tag(pointer: &str) -> bool {
    pointer == "/action" || (pointer.ends_with("/kind") && pointer != "/kind")
}

#[track_caller]
fn assert_names(answer: &Answer, pointer: &str, what: &str) {
    answer.assert_problem();
    assert_eq!((answer.status, answer.code().as_str()), (422, "body.invalid"), "{what} {}", answer.text);
    let named = answer.fields();
    let below = format!("{pointer}/");
    assert!(
        named.iter().any(|(at, _)| at == pointer || at.starts_with(&below)),
        "{what} {pointer}: {}",
        answer.text
    );
    assert!(!answer.text.contains(MARK), "{what}: {}", answer.text);
}

async fn asvs_v2_2_1_v2_2_2_v15_3_5_a_field_of_the_wrong_kind_is_named(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let mut tried = 0;
    for (id, call, body) in with_bodies(&shop) {
        for (pointer, value) in pointers(&body) {
            let wrong: Vec<Value> = match &value {
                Value::Number(_) => {
                    for text in
                        ["1.5", "1.0", "1e3", "1E-2", "-0.0", "99999999999999999999", "-99999999999999999999"]
                    {
                        let answer = send(&world, &shop, id, &call, with_number(&body, &pointer, text)).await;
                        assert_names(&answer, &pointer, &format!("{id} {text}"));
                        tried += 1;
                    }
                    vec![json!(MARK), json!("1"), json!(true), json!([MARK]), json!({"minor": 1})]
                }
                Value::String(_) => vec![json!(1), json!(false), json!([MARK]), json!({MARK: 1}), json!("")],
                Value::Bool(_) => {
                    vec![json!(MARK), json!("true"), json!(0), json!([]), json!({}), Value::Null]
                }
                Value::Array(_) => vec![json!(MARK), json!(1), json!({"0": 1}), json!([[MARK]])],
                Value::Object(_) => vec![json!(MARK), json!(1), json!([]), json!([MARK]), json!(true)],
                Value::Null => vec![json!(1), json!(true), json!([MARK])],
            };
            for to in wrong {
                // A field's own name is not a value, and may be named.
                let mark = to.is_object() && to.get(MARK).is_some();
                let answer =
                    send(&world, &shop, id, &call, changed(&body, &pointer, to.clone()).to_string()).await;
                if mark {
                    answer.assert_problem();
                    assert_eq!(answer.status, 422, "{id} {pointer}");
                } else {
                    assert_names(&answer, &pointer, &format!("{id} {to}"));
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 700, "{tried}");
}

async fn asvs_v2_2_1_all_wrong_fields_are_named_at_once(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for (id, call, body) in with_bodies(&shop) {
        let leaves: Vec<String> = pointers(&body)
            .into_iter()
            .filter(|(pointer, value)| !is_tag(pointer) && !value.is_object() && !value.is_array())
            .map(|(pointer, _)| pointer)
            .collect();
        let all = leaves.iter().fold(body.clone(), |body, leaf| changed(&body, leaf, json!([MARK])));
        let answer = send(&world, &shop, id, &call, all.to_string()).await;
        for leaf in &leaves {
            assert_names(&answer, leaf, id);
        }
        assert_eq!(answer.fields().len(), leaves.len(), "{id}: {}", answer.text);
    }
}

/// The body as text, with the first field of the object at `at` standing twice.
fn doubled(value: &Value, at: Option<&str>) -> String {
    match value {
        Value::Object(members) => {
            let mut parts: Vec<String> = Vec::new();
            for (index, (key, member)) in members.iter().enumerate() {
                let below = at.and_then(|at| at.strip_prefix(&format!("/{key}")));
                let inner = below.filter(|rest| rest.is_empty() || rest.starts_with('/'));
                let text = format!("{}:{}", json!(key), doubled(member, inner));
                if index == 0 && at == Some("") {
                    parts.push(text.clone());
                }
                parts.push(text);
            }
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => {
            let item = |(index, item): (usize, &Value)| {
                let below = at.and_then(|at| at.strip_prefix(&format!("/{index}")));
                doubled(item, below.filter(|rest| rest.is_empty() || rest.starts_with('/')))
            };
            format!("[{}]", items.iter().enumerate().map(item).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

async fn asvs_v1_5_2_v15_3_3_unknown_and_repeated_fields_are_named(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for (id, call, body) in with_bodies(&shop) {
        for (at, object) in pointers(&body).into_iter().filter(|(_, value)| value.is_object()) {
            let mut more = object.clone();
            more["no_such_field"] = json!(MARK);
            let unknown = if at.is_empty() { more } else { changed(&body, &at, more) };
            let answer = send(&world, &shop, id, &call, unknown.to_string()).await;
            assert_eq!(
                answer.fields(),
                [(format!("{at}/no_such_field"), "field.unknown".to_owned())],
                "{id}"
            );
            assert_names(&answer, &format!("{at}/no_such_field"), id);

            let twice = doubled(&body, Some(&at));
            assert!(twice.len() > body.to_string().len(), "{id} {at}");
            let first = object.as_object().unwrap().keys().next().unwrap();
            let answer = send(&world, &shop, id, &call, twice).await;
            assert_eq!(answer.fields(), [(format!("{at}/{first}"), "field.duplicate".to_owned())], "{id}");
            assert_eq!(answer.status, 422, "{id}");
        }
        // Every field that must be there, missing one by one: never our fault, and named when it must.
        for (at, _) in pointers(&body) {
            let Some((parent, key)) = at.rsplit_once('/') else { continue };
            let mut without = body.clone();
            let Some(members) = without.pointer_mut(parent).unwrap().as_object_mut() else { continue };
            members.remove(key);
            let answer = send(&world, &shop, id, &call, without.to_string()).await;
            assert!(answer.status < 500, "{id} without {at}: {}", answer.text);
            if answer.status == 422 {
                assert!(answer.fields().iter().any(|(pointer, _)| pointer.starts_with(parent)), "{id} {at}");
            }
        }
    }
}

async fn asvs_v1_4_2_numbers_at_their_ends_are_answered(world: World) {
    const EXACT: i64 = (1 << 53) - 1;
    let shop = stocked(&world, "zaveri").await;
    let mut tried = 0;
    for (id, call, body) in with_bodies(&shop) {
        let numbers: Vec<String> = pointers(&body)
            .into_iter()
            .filter(|(_, value)| value.is_number())
            .map(|(pointer, _)| pointer)
            .collect();
        for pointer in &numbers {
            let is_money = pointer.ends_with("/minor");
            for number in [0, -1, EXACT, EXACT + 1, -EXACT, -EXACT - 1, i64::MAX, i64::MIN] {
                let answer =
                    send(&world, &shop, id, &call, changed(&body, pointer, json!(number)).to_string()).await;
                assert!(answer.status < 500, "{id} {pointer} {number}: {}", answer.text);
                let beyond = !(-EXACT..=EXACT).contains(&number);
                if beyond || (number < 0 && !is_money) {
                    // A weight, a share and a number of days are never negative; nothing is beyond 2^53 − 1.
                    assert_names(&answer, pointer, &format!("{id} {number}"));
                } else if answer.status >= 400 {
                    answer.assert_problem();
                }
                tried += 1;
            }
        }
        for number in [EXACT, 0, 1] {
            let all =
                numbers.iter().fold(body.clone(), |body, pointer| changed(&body, pointer, json!(number)));
            let answer = send(&world, &shop, id, &call, all.to_string()).await;
            assert!(answer.status < 500, "{id} all {number}: {}", answer.text);
        }
    }
    assert!(tried > 150, "{tried}");
    // Whatever was accepted, the books still add up and can be read.
    let trial = shop.owner.read(&world, "/ledger/trial-balance").await;
    for total in trial["totals"].as_array().unwrap() {
        assert_eq!(total["debit"], total["credit"], "{total}");
    }
    for list in ["/items", "/lots", "/invoices", "/receipts", "/ledger/accounts?limit=200", "/audit"] {
        shop.owner.read(&world, list).await;
    }
}

async fn a_body_that_is_no_body_is_refused(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for (id, call, body) in with_bodies(&shop) {
        let text = body.to_string();
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        let mut broken_utf8 = text.clone().into_bytes();
        let inside = text.find(":\"").or_else(|| text.find("[\"")).unwrap() + 2;
        broken_utf8[inside] = 0xff;
        let (before, after) = text.split_at(inside);
        let malformed: [(&str, Vec<u8>); 9] = [
            ("nothing", Vec::new()),
            ("a space", b" ".to_vec()),
            ("cut short", text.as_bytes()[..text.len() - 1].to_vec()),
            ("cut in the middle", text.as_bytes()[..text.len() / 2].to_vec()),
            ("one too many", format!("{text}{{}}").into_bytes()),
            ("not UTF-8", broken_utf8),
            ("too deep", deep.into_bytes()),
            ("a lone surrogate", format!("{before}\\ud800{after}").into_bytes()),
            ("a byte order mark", format!("\u{feff}{text}").into_bytes()),
        ];
        for (what, bytes) in malformed {
            let answer = send(&world, &shop, id, &call, bytes).await;
            assert_eq!((answer.status, answer.code().as_str()), (400, "body.malformed"), "{id}: {what}");
            answer.assert_problem();
        }
        for whole in ["null", "[]", "\"\"", "1", "true", "[{}]"] {
            let answer = send(&world, &shop, id, &call, whole).await;
            assert_names(&answer, "", &format!("{id} {whole}"));
        }
        for (what, size) in [("just over", 256 * 1024 + 1), ("10 MB", 10 * 1024 * 1024)] {
            let answer = send(&world, &shop, id, &call, vec![b' '; size]).await;
            assert_eq!((answer.status, answer.code().as_str()), (413, "body.too_large"), "{id}: {what}");
            answer.assert_problem();
        }
    }
}

async fn another_type_of_body_is_refused(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for (id, call, body) in with_bodies(&shop) {
        let text = body.to_string();
        for kind in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=latin-1",
            "application/problem+json",
        ] {
            let mut other = call.clone();
            other.headers.retain(|(name, _)| *name != "content-type");
            if !kind.is_empty() {
                other.headers.push(("content-type", kind.to_owned()));
            }
            let answer = send(&world, &shop, id, &other, text.clone()).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (415, "body.unsupported_type"),
                "{id}: {kind:?}"
            );
            answer.assert_problem();
        }
        let zipped = call.clone().header("content-encoding", "gzip");
        assert_eq!(send(&world, &shop, id, &zipped, text).await.status, 415, "{id}");
    }
}

async fn asvs_v1_3_3_text_that_would_deceive_a_reader_is_refused(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let mut tried = 0;
    for (id, call, body) in with_bodies(&shop) {
        for (pointer, value) in pointers(&body) {
            // What a password is made of is its holder's choice, and sign-in answers as to any wrong one.
            let ends = ["/password", "/current", "/new", "/code", "/pin"];
            let secret = ends.iter().any(|end| pointer.ends_with(end));
            if !value.is_string() || secret || FOR_STRANGERS.contains(&id) {
                continue;
            }
            let long = "x".repeat(5000);
            for text in ["a\u{0}b", "a\u{7}b", "a\u{202e}b", "a\u{2066}b", " ", "\u{200b}", long.as_str()] {
                let answer =
                    send(&world, &shop, id, &call, changed(&body, &pointer, json!(text)).to_string()).await;
                if id == "createApiToken" && pointer.starts_with("/permissions/") && answer.status == 403 {
                    continue;
                }
                // A table of nothing is a table: what is wrong with it is told by line.
                if pointer == "/csv" && answer.status == 200 {
                    assert!(
                        answer.json()["problems"].as_array().is_some_and(|found| !found.is_empty()),
                        "{id}"
                    );
                    continue;
                }
                // Codes and names of limits are words of a list: what is in none of it is told at its place, too.
                if answer.code().starts_with("custom_role.") {
                    assert_eq!(answer.fields()[0].0, pointer, "{id} {text:?}");
                    continue;
                }
                assert_names(&answer, &pointer, &format!("{id} {text:?}"));
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

async fn money_of_another_currency_is_refused(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let mut tried = 0;
    for (id, call, body) in with_bodies(&shop) {
        for (pointer, _) in
            pointers(&body).into_iter().filter(|(at, _)| at.ends_with("/currency") && at != "/currency")
        {
            let answer =
                send(&world, &shop, id, &call, changed(&body, &pointer, json!("USD")).to_string()).await;
            answer.assert_problem();
            assert_eq!(answer.status, 422, "{id} {pointer}: {}", answer.text);
            let money = pointer.trim_end_matches("/currency");
            let named = answer.fields();
            assert!(
                named.iter().any(|(at, _)| at.starts_with(money) || (at.len() > 1 && money.starts_with(at))),
                "{id} {pointer}: {}",
                answer.text
            );
            tried += 1;
        }
    }
    assert!(tried >= 10, "{tried}");
}
