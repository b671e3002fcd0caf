//! Nothing that is sent makes the edge fail: it answers 2xx or 4xx, in the one shape.

use poem::Body as Bytes;
use proptest::prelude::*;

use super::*;

fn json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("customer".to_owned()),
        Just("purpose".to_owned()),
        Just("makings".to_owned()),
        Just("kind".to_owned()),
        Just("fixed".to_owned()),
        Just("per_mass".to_owned()),
        Just("amount".to_owned()),
        Just("per_mg".to_owned()),
        Just("sale".to_owned()),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_i64..100).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(word.clone(), inner, 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// A body that nearly fits: a good one with one thing changed.
fn nearly() -> impl Strategy<Value = Value> {
    let places = prop::sample::select(vec![
        "/customer",
        "/purpose",
        "/makings",
        "/makings/0",
        "/makings/0/kind",
        "/makings/0/amount",
        "/makings/1/per_mg",
    ]);
    (places, json()).prop_map(|(place, value)| {
        let mut body: Value = serde_json::from_str(GOOD).unwrap();
        *body.pointer_mut(place).unwrap() = value;
        body
    })
}

fn judge(request: Request) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(async { shop(ORIGIN).send(request).await });
    assert!(
        answer.status.is_success() || answer.status.is_client_error(),
        "{} {}",
        answer.status,
        answer.text
    );
    if !answer.status.is_success() {
        answer.assert_problem();
    }
    answer.assert_headers();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_bytes_as_a_body(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        judge(ask(Method::POST, BILLS, Bytes::from(bytes)));
    }

    #[test]
    fn any_json_as_a_body(value in json()) {
        judge(ask(Method::POST, BILLS, value.to_string()));
    }

    #[test]
    fn any_nearly_good_body(value in nearly()) {
        judge(ask(Method::POST, BILLS, value.to_string()));
    }

    #[test]
    fn any_query(query in "[ -~]{0,40}") {
        let uri = format!("{BILLS}?{query}").parse::<poem::http::Uri>();
        prop_assume!(uri.is_ok());
        let mut request = ask(Method::GET, BILLS, ());
        *request.uri_mut() = uri.unwrap();
        judge(request);
    }

    #[test]
    fn any_path_and_method(path in "(/[!-~]{0,9}){0,6}", method in "[A-Z]{1,9}") {
        let uri = path.parse::<poem::http::Uri>();
        prop_assume!(uri.as_ref().is_ok_and(|uri| uri.authority().is_none()));
        let mut request = ask(Method::from_bytes(method.as_bytes()).unwrap(), "/", ());
        *request.uri_mut() = uri.unwrap();
        judge(request);
    }

    #[test]
    fn any_header(name in prop::sample::select(vec![
        "host", "origin", "sec-fetch-site", "cookie", "content-type", "content-length", "idempotency-key", "if-match",
        "x-forwarded-for", "user-agent",
    ]), value in prop::collection::vec(0x20_u8..=0xff, 0..40)) {
        let value = poem::http::HeaderValue::from_bytes(&value);
        prop_assume!(value.is_ok());
        let mut request = ask(Method::POST, BILLS, GOOD);
        request.headers_mut().append(name, value.unwrap());
        judge(request);
    }
}
