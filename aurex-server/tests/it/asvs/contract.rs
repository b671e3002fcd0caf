//! What the contract says of itself: every value that is taken has its bounds, no secret is asked for in an address.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::operations::documented;

struct Contract(Value);

impl Contract {
    fn resolved<'d>(&'d self, schema: &'d Value) -> &'d Value {
        match schema["$ref"].as_str() {
            Some(to) => self.resolved(self.0.pointer(to.trim_start_matches('#')).expect("a schema")),
            None => schema,
        }
    }

    /// Every value of `schema` that has no bounds, by its place.
    fn unbounded(&self, schema: &Value, at: &str, seen: &mut usize, found: &mut Vec<String>) {
        let schema = self.resolved(schema);
        *seen += 1;
        let has = |name: &str| !schema[name].is_null();
        let bounded = match schema["type"].as_str() {
            Some("string") => ["maxLength", "enum", "pattern"].into_iter().any(has),
            Some("array") => has("maxItems"),
            Some("integer" | "number") => has("enum") || (has("minimum") && has("maximum")),
            Some("object") => schema["additionalProperties"] == false || has("oneOf"),
            _ => true,
        };
        if !bounded {
            found.push(format!("{at}: {schema}"));
        }
        for kind in ["oneOf", "anyOf", "allOf"] {
            for part in schema[kind].as_array().into_iter().flatten() {
                self.unbounded(part, at, seen, found);
            }
        }
        if schema["items"].is_object() {
            self.unbounded(&schema["items"], &format!("{at}/0"), seen, found);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.unbounded(property, &format!("{at}/{name}"), seen, found);
        }
    }
}

#[test]
fn asvs_v2_1_1_every_value_of_a_request_has_its_bounds() {
    let contract = Contract(aurex_server::api::document().unwrap());
    let (mut seen, mut found) = (0, Vec::new());
    for operation in documented() {
        let body = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        if body.is_object() {
            contract.unbounded(body, &operation.id, &mut seen, &mut found);
        }
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let at = format!("{}?{}", operation.id, parameter["name"]);
            contract.unbounded(&parameter["schema"], &at, &mut seen, &mut found);
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    assert!(seen > 200, "{seen}");
    // It can fail: a string without an end is found.
    let open = serde_json::json!({"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string"}}});
    contract.unbounded(&open, "", &mut seen, &mut found);
    assert_eq!(found.len(), 1);
}

#[test]
fn asvs_v14_2_1_no_secret_is_asked_for_in_an_address() {
    let mut parameters = 0;
    for operation in documented() {
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] != "path" && parameter["in"] != "query" {
                continue;
            }
            let name = parameter["name"].as_str().unwrap().to_lowercase();
            for secret in ["password", "token", "secret", "code", "otp", "session", "email", "pan", "key"] {
                assert!(name != secret, "{}: {name}", operation.id);
            }
            parameters += 1;
        }
    }
    assert!(parameters > 40, "{parameters}");
}

/// The names of all fields below `value`.
fn fields<'d>(value: &'d Value, found: &mut Vec<&'d str>) {
    match value {
        Value::Object(members) => {
            for (name, properties) in members {
                if name == "properties" {
                    found.extend(properties.as_object().into_iter().flatten().map(|(name, _)| name.as_str()));
                }
                fields(properties, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, found)),
        _ => {}
    }
}

#[test]
fn asvs_v6_4_2_nobody_is_asked_a_secret_question() {
    let contract = aurex_server::api::document().unwrap();
    let mut names = Vec::new();
    fields(&contract, &mut names);
    assert!(names.len() > 200 && names.contains(&"password"), "{}", names.len());
    for name in names {
        for word in ["hint", "question", "answer", "maiden", "birthplace"] {
            assert!(!name.to_lowercase().contains(word), "{name}");
        }
    }
}

#[test]
fn asvs_v1_2_2_v3_7_2_no_address_to_go_to_is_taken_from_anybody() {
    let contract = aurex_server::api::document().unwrap();
    let mut names = Vec::new();
    fields(&contract, &mut names);
    for operation in documented() {
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            assert!(
                !["next", "return_to", "redirect", "redirect_uri", "continue", "callback"].contains(&name),
                "{name}"
            );
        }
    }
    let words = ["url", "uri", "href", "webhook", "callback", "redirect", "return_to", "logo"];
    let is_address = |name: &str| words.iter().any(|word| name.split('_').any(|part| part == *word));
    let addresses: BTreeSet<&str> = names.into_iter().filter(|name| is_address(name)).collect();
    // What an authenticator reads is given, never taken: it stands in one answer and in no request.
    assert_eq!(addresses.into_iter().collect::<Vec<_>>(), ["uri"]);
    for (name, schema) in contract["components"]["schemas"].as_object().unwrap() {
        assert_eq!(schema["properties"]["uri"].is_object(), name == "FactorOfferView", "{name}");
    }
    for operation in documented() {
        let body = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        assert!(!body.to_string().contains("FactorOfferView"), "{}", operation.id);
    }
    // Answers lead nowhere either: no operation is documented to redirect.
    for operation in documented() {
        let statuses = operation.value["responses"].as_object().unwrap().keys();
        assert!(statuses.into_iter().all(|status| !status.starts_with('3')), "{}", operation.id);
    }
}

#[test]
fn asvs_v6_4_6_nobody_sets_the_password_of_a_member_who_is_there() {
    let mut taking = Vec::new();
    for operation in documented() {
        let reference = &operation.value["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(name) = reference.as_str().and_then(|to| to.rsplit('/').next()) else { continue };
        let contract = aurex_server::api::document().unwrap();
        let mut names = Vec::new();
        fields(&contract["components"]["schemas"][name], &mut names);
        if names.contains(&"password") || names.contains(&"new") {
            taking.push(operation.id);
        }
    }
    taking.sort();
    // One's own, at the door or when setting it, and the one-time secret of somebody new.
    assert_eq!(taking, ["addMember", "changePassword", "judgePassword", "signIn"]);
}
