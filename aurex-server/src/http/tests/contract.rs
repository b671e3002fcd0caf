//! The document says what the edge does.

use super::*;

fn document() -> Value {
    let toy = Toy { issued: Arc::default(), gate: Arc::default() };
    crate::http::openapi::document(&OpenApiService::new(Strict(toy), "Toy", "1").spec()).unwrap()
}

#[test]
fn objects_are_closed_and_bounds_are_said() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["ToyBill"]["additionalProperties"], false);
    assert_eq!(schemas["ToyBill"]["required"], serde_json::json!(["customer", "makings"]));
    assert_eq!(schemas["ToyBill"]["properties"]["customer"]["maxLength"], 40);
    assert_eq!(schemas["ToyBill"]["properties"]["customer"]["description"], "Whose it is.");
    assert_eq!(schemas["ToyBill"]["properties"]["makings"]["maxItems"], 5);
    assert_eq!(schemas["ToyPurpose"]["enum"], serde_json::json!(["sale", "repair"]));
}

#[test]
fn a_union_is_one_of_closed_kinds() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["ToyMaking"]["oneOf"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        schemas["ToyMaking"]["discriminator"]["mapping"]["fixed"],
        "#/components/schemas/ToyMakingFixed"
    );
    assert_eq!(schemas["ToyMakingPerMass"]["additionalProperties"], false);
    assert_eq!(schemas["ToyMakingPerMass"]["properties"]["kind"]["enum"], serde_json::json!(["per_mass"]));
}

#[test]
fn every_operation_documents_its_body_its_parameters_and_its_problems() {
    let document = document();
    let bills = &document["paths"]["/{w}/bills"];
    assert_eq!(
        bills["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/ToyBill"
    );
    let names: Vec<_> =
        bills["get"]["parameters"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["w", "limit", "after", "purpose"]);
    for method in ["get", "post"] {
        assert_eq!(
            bills[method]["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"],
            "#/components/schemas/Problem"
        );
    }
}

#[test]
fn no_reference_leads_nowhere() {
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 4);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[test]
fn a_decoder_and_its_document_agree_on_what_may_be_left_out() {
    let bare = br#"{"customer":"c","makings":[{"kind":"fixed","amount":0}]}"#;
    let mut errors = crate::http::body::Errors::new();
    let node = crate::http::body::json::parse(bare, &mut errors).unwrap();
    assert!(ToyBill::decode(&node, &mut errors).is_some_and(|bill| bill.purpose.is_none()));
}
