//! What is printed from the code and committed: the contract, and the page that explains the problems.
//!
//! `AUREX_BLESS=1 cargo test -p aurex-server --test it` writes them anew.

use std::path::PathBuf;

use serde_json::Value;

use crate::operations::{PUBLIC, documented};

#[expect(clippy::disallowed_methods, reason = "a test is its own composition root")]
fn blessing() -> bool {
    std::env::var_os("AUREX_BLESS").is_some()
}

#[track_caller]
pub fn is_committed(name: &str, printed: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    if blessing() {
        std::fs::write(&path, printed).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == printed,
        "docs/{name} is not what the code prints; run with AUREX_BLESS=1 and look at the diff"
    );
}

#[test]
fn the_page_of_problems_is_printed_from_the_catalogue() {
    is_committed("problems.md", &aurex_server::http::problem::page());
}

#[test]
fn the_committed_contract_is_the_one_that_is_served() {
    let document = aurex_server::api::document().unwrap();
    is_committed("openapi.json", &format!("{:#}\n", document));
}

#[test]
fn every_operation_says_what_it_is_and_who_may() {
    let operations = documented();
    assert!(operations.len() >= 40, "{}", operations.len());
    for operation in &operations {
        let (id, value) = (&operation.id, &operation.value);
        assert!(!id.is_empty(), "{} {} has no operationId", operation.method, operation.path);
        assert!(value["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{id} has no summary");
        let guarded = value["security"].as_array().is_some_and(|ways| !ways.is_empty());
        assert_eq!(guarded, !PUBLIC.contains(&id.as_str()), "{id}");
        assert!(value["responses"]["default"]["content"]["application/problem+json"].is_object(), "{id}");
    }
    let mut ids: Vec<_> = operations.iter().map(|operation| &operation.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), operations.len(), "an id each");
}

/// The schema behind a reference.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(to) => document.pointer(to.trim_start_matches('#')).expect("a schema of the document"),
        None => schema,
    }
}

fn assert_closed(document: &Value, schema: &Value, at: &str, objects: &mut usize) {
    let schema = resolved(document, schema);
    for kind in ["oneOf", "anyOf", "allOf"] {
        for part in schema[kind].as_array().into_iter().flatten() {
            assert_closed(document, part, at, objects);
        }
    }
    if schema["items"].is_object() {
        assert_closed(document, &schema["items"], &format!("{at}/0"), objects);
    }
    let properties = schema["properties"].as_object();
    if let Some(properties) = properties {
        // Money is written by the answers' type, too, and is refused when it holds more all the same.
        assert_eq!(schema["additionalProperties"], false, "{at} {schema}");
        *objects += 1;
        for (name, property) in properties {
            assert_closed(document, property, &format!("{at}/{name}"), objects);
        }
    }
}

#[test]
fn asvs_v1_5_2_every_object_in_a_request_is_closed() {
    let document = aurex_server::api::document().unwrap();
    let mut objects = 0;
    for operation in documented() {
        let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_object() {
            assert_closed(&document, schema, &operation.id, &mut objects);
        }
    }
    assert!(objects > 40, "{objects}");
}
