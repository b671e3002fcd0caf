//! What answers are made of: the type that they name, the fields that the contract names, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use aurex_core::rbac::{Action as _, Role};
use aurex_core::shop::actions::ReadStock;
use poem::http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Call};
use crate::operations::{CASES, documented};
use crate::shop::{inr, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v4_1_1_every_answer_is_of_the_type_that_it_names,
    asvs_v14_2_2_v14_3_2_no_answer_is_kept_by_anybody,
    asvs_v15_3_1_no_answer_has_a_field_that_the_contract_does_not_name,
    asvs_v8_2_3_who_may_not_see_what_a_piece_cost_is_not_sent_it,
    asvs_v8_2_3_each_role_is_sent_the_owners_fields_less_those_that_are_withheld_from_it,
);

fn is_what_it_says(answer: &Answer, of: &str) {
    let kind = answer.header("content-type");
    if answer.text.is_empty() {
        assert!(kind.is_none_or(|kind| !kind.contains("html")), "{of}");
        return;
    }
    match kind.unwrap_or_else(|| panic!("{of}: a body without a type")) {
        // RFC 8259: JSON is UTF-8, and the type has no parameter that could say otherwise.
        "application/json; charset=utf-8" | "application/json" | "application/problem+json" => {
            serde_json::from_str::<Value>(&answer.text).unwrap_or_else(|error| panic!("{of}: {error}"));
        }
        "text/html; charset=utf-8" => assert!(answer.text.starts_with("<!doctype html>"), "{of}"),
        "text/plain; charset=utf-8" => {
            assert!(
                !answer.text.trim_start().starts_with(['<', '{']),
                "{of}: checkpoints and proofs of the log"
            );
        }
        // A report has one table after another: no heading of all of them.
        "application/octet-stream"
        | "text/csv; charset=utf-8"
        | "text/csv; charset=utf-8; header=present" => {}
        "application/x-ndjson" => {
            for line in answer.text.lines() {
                serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{of}: {error}"));
            }
        }
        "application/pdf" => assert!(answer.text.starts_with("%PDF-"), "{of}"),
        "text/css; charset=utf-8" => assert!(!answer.text.trim_start().starts_with(['<', '{']), "{of}"),
        other => panic!("{of}: {other}"),
    }
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{of}");
}

async fn asvs_v4_1_1_every_answer_is_of_the_type_that_it_names(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for case in CASES {
        let call = (case.call)(&shop);
        is_what_it_says(&world.send(call.bare("zaveri")).await, case.id);
        is_what_it_says(&shop.owner.send(&world, &call).await, case.id);
    }
    for path in
        ["/", "/assets/page.css", "/healthz", "/readyz", "/api/openapi.json", "/nowhere", "/%00", "/api/v1"]
    {
        let request = poem::Request::builder().uri(path.parse().unwrap()).header("host", "127.0.0.1:8080");
        is_what_it_says(&world.send(request.finish()).await, path);
    }
}

async fn asvs_v14_2_2_v14_3_2_no_answer_is_kept_by_anybody(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for case in CASES {
        let call = (case.call)(&shop);
        for answer in [world.send(call.bare("zaveri")).await, shop.owner.send(&world, &call).await] {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{} {}", case.id, answer.status);
        }
    }
}

struct Contract(Value);

impl Contract {
    fn resolved<'d>(&'d self, schema: &'d Value) -> &'d Value {
        match schema["$ref"].as_str() {
            Some(to) => self.resolved(self.0.pointer(to.trim_start_matches('#')).expect("a schema")),
            None => schema,
        }
    }

    /// The properties of `schema`, those of its alternatives too.
    fn properties<'d>(&'d self, schema: &'d Value, found: &mut BTreeMap<&'d str, Vec<&'d Value>>) {
        let schema = self.resolved(schema);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            found.entry(name).or_default().push(property);
        }
        for kind in ["oneOf", "anyOf", "allOf"] {
            for part in schema[kind].as_array().into_iter().flatten() {
                self.properties(part, found);
            }
        }
    }

    /// The names of all properties of `schema`, however deep.
    fn all_properties<'d>(&'d self, schema: &'d Value, found: &mut BTreeMap<&'d str, ()>) {
        let mut own = BTreeMap::new();
        self.properties(schema, &mut own);
        for (name, below) in own {
            if found.insert(name, ()).is_none() {
                below.into_iter().for_each(|schema| self.all_properties(schema, found));
            }
        }
        self.items(schema).into_iter().for_each(|item| self.all_properties(item, found));
    }

    fn items<'d>(&'d self, schema: &'d Value) -> Vec<&'d Value> {
        let schema = self.resolved(schema);
        let own = schema["items"].is_object().then_some(&schema["items"]);
        let parts =
            ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|kind| schema[kind].as_array()).flatten();
        own.into_iter().chain(parts.flat_map(|part| self.items(part))).collect()
    }

    /// Every field of `value` that none of `schemas` names.
    fn unnamed(
        &self,
        schemas: &[&Value],
        value: &Value,
        at: &str,
        seen: &mut usize,
        found: &mut Vec<String>,
    ) {
        match value {
            Value::Object(members) => {
                let mut named = BTreeMap::new();
                schemas.iter().for_each(|schema| self.properties(schema, &mut named));
                for (name, member) in members {
                    *seen += 1;
                    match named.get(name.as_str()) {
                        Some(below) => self.unnamed(below, member, &format!("{at}/{name}"), seen, found),
                        None => found.push(format!("{at}/{name}")),
                    }
                }
            }
            Value::Array(items) => {
                let below: Vec<&Value> = schemas.iter().flat_map(|schema| self.items(schema)).collect();
                items.iter().for_each(|item| self.unnamed(&below, item, &format!("{at}/0"), seen, found));
            }
            _ => {}
        }
    }
}

/// The audit log shows fields by names that their actions give them: what was before and after may be anything.
fn is_of_the_log(at: &str) -> bool {
    at.contains("/changes/0/before/") || at.contains("/changes/0/after/")
}

async fn asvs_v15_3_1_no_answer_has_a_field_that_the_contract_does_not_name(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let contract = Contract(aurex_server::api::document().unwrap());
    let (mut seen, mut found, mut answered) = (0, Vec::new(), 0);
    for case in CASES {
        let operation = documented().into_iter().find(|operation| operation.id == case.id).unwrap();
        let answer = shop.owner.send(&world, &(case.call)(&shop)).await;
        let responses = &operation.value["responses"];
        let (status, kind) = match answer.status {
            400.. => ("default".to_owned(), "application/problem+json"),
            status => (status.to_string(), "application/json; charset=utf-8"),
        };
        let is_json = answer
            .header("content-type")
            .is_some_and(|kind| kind.contains("/json") || kind.contains("+json"));
        if answer.text.is_empty() || (!is_json && answer.status < 300) {
            continue;
        }
        let schema = &responses[&status]["content"][kind]["schema"];
        assert!(schema.is_object(), "{} {status}: {}", case.id, responses[&status]);
        contract.unnamed(&[schema], &answer.json(), case.id, &mut seen, &mut found);
        answered += usize::from(answer.status < 300);
    }
    // A frozen command is shown as it was asked for, whichever it is: its schema is any object, and its fields are those
    // that some request has.
    let mut asked = BTreeMap::new();
    let operations = documented();
    for operation in &operations {
        let body = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        contract.all_properties(body, &mut asked);
    }
    let is_asked = |at: &str| {
        at.split_once("/command/").is_some_and(|(_, field)| {
            field.split('/').filter(|part| *part != "0").all(|part| asked.contains_key(part))
        })
    };
    // The portals' own form, whose fields and limits are held against theirs by core's tests.
    let is_the_portals = |at: &str| at.starts_with("showEInvoice/");
    found.retain(|at| !is_of_the_log(at) && !is_asked(at) && !is_the_portals(at));
    assert!(found.is_empty(), "{found:#?}");
    assert!(seen > 300 && answered > 25, "{seen} {answered}");
}

async fn asvs_v8_2_3_who_may_not_see_what_a_piece_cost_is_not_sent_it(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for (role, sees) in [("cashier", false), ("manager", true), ("auditor", true)] {
        let (_, person) = join(&world, &shop.owner, &format!("the-{role}"), role).await;
        for path in [format!("/items/{}", shop.item), "/items".to_owned(), "/lots".to_owned()] {
            let shown = person.read(&world, &path).await.to_string();
            assert_eq!(shown.contains("\"cost\":{"), sees, "{role} {path}: {shown}");
        }
    }
}

/// The paths of all fields of `value`; items of a list are one.
fn fields_of(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            // What is empty is nothing that anybody learns.
            for (name, member) in members.iter().filter(|(_, member)| !member.is_null()) {
                found.insert(format!("{at}/{name}"));
                fields_of(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields_of(item, at, found)),
        _ => {}
    }
}

async fn asvs_v8_2_3_each_role_is_sent_the_owners_fields_less_those_that_are_withheld_from_it(world: World) {
    let shop = stocked(&world, "zaveri").await;
    // What is about whoever asks is different for each, and holds nothing of the shop's.
    let of_oneself = ["showSession", "listSessions", "showSecondFactor", "listApiTokens", "listApprovals"];
    let reads = CASES.iter().filter(|case| !of_oneself.contains(&case.id));
    let reads: Vec<_> = reads.filter(|case| (case.call)(&shop).method == Method::GET).collect();
    let mut compared = 0;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
        let (_, person) = join(&world, &shop.owner, &format!("the-{role}"), role.code()).await;
        let sees_cost = ReadStock::GRANTS.of(role).is_some_and(|fields| fields.cost);
        for case in &reads {
            let call = (case.call)(&shop);
            let answer = person.send(&world, &call).await;
            if answer.status != 200 {
                continue;
            }
            let [mut whole, mut theirs] = [BTreeSet::new(), BTreeSet::new()];
            fields_of(&shop.owner.send(&world, &call).await.expect(200), "", &mut whole);
            fields_of(&answer.json(), "", &mut theirs);
            whole.retain(|at| sees_cost || !at.split('/').any(|name| name == "cost"));
            assert_eq!(theirs, whole, "{role} {}", case.id);
            compared += 1;
        }
        // What is not shown is not taken either: it is no field of what changes a piece, whoever asks.
        let named = Call::patch(format!("/items/{}", shop.item), "\"1\"", &json!({"cost": inr(1)}));
        let answer = person.send(&world, &named).await;
        assert!([403, 422].contains(&answer.status), "{role}: {}", answer.text);
    }
    assert!(compared > 60, "{compared}");
}
