//! The OpenAPI document as we print it.
//!
//! poem-openapi cannot say `additionalProperties: false` (its registry holds schemas there, and `false` is none), and
//! it repeats a path for every API struct that has it, which makes the JSON ambiguous. Both are mended on the way out.

use std::collections::BTreeMap;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use serde_json::Value;

/// The title by which [`document`] finds the schema that stands for `false`.
const NOTHING: &str = "aurex: no further properties";

/// The schema that nothing fits, until [`document`] replaces it by `false`.
#[must_use]
pub fn nothing_else() -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema { title: Some(NOTHING.to_owned()), ..MetaSchema::ANY }))
}

/// The document to publish, from the one that `OpenApiService::spec` prints.
///
/// # Errors
///
/// When `spec` is not JSON.
pub fn document(spec: &str) -> serde_json::Result<Value> {
    let mut document: Value = serde_json::from_str(spec)?;
    close_objects(&mut document);
    Ok(sorted(document))
}

/// The same with members in the order of their names: whether serde_json keeps the order of insertion depends on what
/// else is built beside us, and a published document must not.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> =
                members.into_iter().map(|(name, member)| (name, sorted(member))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        value => value,
    }
}

// As deep as the document, which is ours.
fn close_objects(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                if key == "additionalProperties" && member.get("title").is_some_and(|title| title == NOTHING)
                {
                    *member = Value::Bool(false);
                } else {
                    close_objects(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close_objects),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_closed_and_nothing_else_is_touched() {
        let spec = format!(
            r#"{{"a":{{"additionalProperties":{{"title":"{NOTHING}"}}}},"b":[{{"additionalProperties":{{"type":"string"}}}}]}}"#
        );
        let document = document(&spec).unwrap();
        assert_eq!(document["a"]["additionalProperties"], false);
        assert_eq!(document["b"][0]["additionalProperties"]["type"], "string");
    }
}
