//! Whatever goes wrong: the right status and code, the one shape, all the headers.

use super::*;

async fn refused(request: Request, status: u16, code: &str) -> Answer {
    let answer = shop(ORIGIN).send(request).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{}", answer.text);
    answer.assert_problem();
    answer.assert_headers();
    answer
}

#[tokio::test]
async fn an_unknown_path_is_404() {
    for path in
        ["/nothing", "/", "/api", "/api/v2", "/api/v1/workspaces/acme/nothing", "//", "/%ff", "/api/../x"]
    {
        refused(ask(Method::GET, path, ()), 404, "route.unknown").await;
    }
}

#[tokio::test]
async fn asvs_v4_1_4_v13_4_4_a_wrong_method_is_405_with_the_right_ones() {
    let answer = refused(ask(Method::DELETE, BILLS, ()), 405, "method.unsupported").await;
    assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
    let answer = refused(ask(Method::POST, "/page", ()), 405, "method.unsupported").await;
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    for odd in ["BREW", "TRACE", "OPTIONS", "CONNECT"] {
        let answer =
            refused(ask(Method::from_bytes(odd.as_bytes()).unwrap(), BILLS, ()), 405, "method.unsupported")
                .await;
        assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"), "{odd}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_400() {
    for body in ["", "{", "nul", "{\"a\":1}x", "\"\\ud800\""] {
        refused(ask(Method::POST, BILLS, body), 400, "body.malformed").await;
    }
    refused(ask(Method::POST, BILLS, vec![b'"', 0xff, b'"']), 400, "body.malformed").await;
    refused(ask(Method::POST, BILLS, "[".repeat(1000)), 400, "body.malformed").await;
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_422_with_every_field() {
    let body = r#"{"customer":"","purpose":"gift","makings":[{"kind":"fixed","amount":1.0,"per_mg":1},{"kind":"x"}],"a/b":1,"customer":"x"}"#;
    let answer = refused(ask(Method::POST, BILLS, body), 422, "body.invalid").await;
    let mut fields = answer.fields();
    fields.sort();
    let expected = [
        ("/a~1b", "field.unknown"),
        ("/customer", "field.duplicate"),
        ("/customer", "text.too_short"),
        ("/makings/0/amount", "number.not_an_integer"),
        ("/makings/0/per_mg", "field.unknown"),
        ("/makings/1/kind", "choice.unknown"),
        ("/purpose", "choice.unknown"),
    ];
    assert_eq!(fields, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
}

#[tokio::test]
async fn a_repeated_key_alone_is_reason_enough() {
    let body = GOOD.replacen('{', r#"{"customer":"c1","#, 1);
    let answer = refused(ask(Method::POST, BILLS, body), 422, "body.invalid").await;
    assert_eq!(answer.fields(), [("/customer".to_owned(), "field.duplicate".to_owned())]);
}

#[tokio::test]
async fn asvs_v16_5_1_a_value_is_never_repeated() {
    for body in
        [r#"{"customer":{"hunter2":"hunter2"}}"#, r#"{"purpose":"hunter2"}"#, r#"{"customer":"hunter2"#]
    {
        let answer = shop(ORIGIN).send(ask(Method::POST, BILLS, body)).await;
        assert!(answer.status.is_client_error() && !answer.text.contains("hunter2"), "{}", answer.text);
    }
}

#[tokio::test]
async fn asvs_v3_5_2_v5_2_3_only_json_is_a_body() {
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ] {
        let mut request = ask(Method::POST, BILLS, GOOD);
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        refused(request, 415, "body.unsupported_type").await;
    }
    let mut request = ask(Method::POST, BILLS, GOOD);
    request.headers_mut().remove("content-type");
    refused(request, 415, "body.unsupported_type").await;
    let mut request = ask(Method::POST, BILLS, GOOD);
    request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    refused(request, 415, "body.unsupported_type").await;
}

#[tokio::test]
async fn asvs_v5_2_1_a_body_is_counted_and_not_believed() {
    let long = format!("\"{}\"", "a".repeat(super::super::body::DEFAULT_LIMIT));
    refused(ask(Method::POST, BILLS, long), 413, "body.too_large").await;
    let mut request = ask(Method::POST, BILLS, GOOD);
    request.headers_mut().insert("content-length", "10000000".parse().unwrap());
    refused(request, 413, "body.too_large").await;
    // A body that never ends is given up at the limit, whatever its head announced.
    let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1024]));
    let mut request = ask(Method::POST, BILLS, poem::Body::from_bytes_stream(endless));
    request.headers_mut().insert("content-length", "5".parse().unwrap());
    refused(request, 413, "body.too_large").await;
}

#[tokio::test(start_paused = true)]
async fn asvs_v5_2_1_a_body_that_does_not_arrive_is_408() {
    let stalled = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    refused(ask(Method::POST, BILLS, poem::Body::from_bytes_stream(stalled)), 408, "request.timeout").await;
}

#[tokio::test]
async fn another_host_is_421_before_routing() {
    for path in ["/nothing", BILLS, "/page"] {
        let mut request = ask(Method::GET, path, ());
        request.headers_mut().insert("host", "evil.example".parse().unwrap());
        refused(request, 421, "origin.unknown").await;
    }
}

#[tokio::test]
async fn a_foreign_page_is_403_before_routing() {
    let mut request = ask(Method::POST, "/nothing", GOOD);
    request.headers_mut().insert("cookie", "aurex-acme=x".parse().unwrap());
    refused(request, 403, "csrf.refused").await;
}

#[tokio::test]
async fn asvs_v2_2_1_v15_3_7_parameters_are_as_strict_as_bodies() {
    for (query, code, name) in [
        ("limit=0", "number.out_of_range", "limit"),
        ("limit=201", "number.out_of_range", "limit"),
        ("limit=ten", "number.not_an_integer", "limit"),
        ("limit=1&limit=2", "field.duplicate", "limit"),
        ("after=%20", "text.character", "after"),
        ("purpose=gift", "choice.unknown", "purpose"),
        ("page=2", "field.unknown", "page"),
        ("Limit=2", "field.unknown", "Limit"),
    ] {
        let answer = refused(ask(Method::GET, &format!("{BILLS}?{query}"), ()), 422, "query.invalid").await;
        let error = &answer.json()["errors"][0];
        assert_eq!(
            (error["parameter"].as_str(), error["code"].as_str()),
            (Some(name), Some(code)),
            "{query}"
        );
    }
    // An operation without parameters of its own takes none, not even its neighbour's.
    refused(ask(Method::POST, &format!("{BILLS}?limit=1"), GOOD), 422, "query.invalid").await;
    refused(ask(Method::POST, &format!("{BILLS}?x=1"), GOOD), 422, "query.invalid").await;
    let answer =
        shop(ORIGIN).send(ask(Method::GET, &format!("{BILLS}?limit=7&after=abc&purpose=repair"), ())).await;
    assert_eq!(answer.text, "7 true Some(Repair)");
    let answer = shop(ORIGIN).send(ask(Method::GET, BILLS, ())).await;
    assert_eq!(answer.text, "50 false None");
}

#[tokio::test]
async fn an_id_that_cannot_be_one_is_404() {
    refused(ask(Method::GET, "/api/v1/workspaces/a/bills", ()), 404, "resource.unknown").await;
}

#[tokio::test]
async fn a_revision_is_asked_for_and_compared() {
    let path = "/api/v1/workspaces/acme/act/x";
    refused(ask(Method::PATCH, path, ()), 428, "revision.required").await;
    let mut request = ask(Method::PATCH, path, ());
    request.headers_mut().insert("if-match", "\"6\"".parse().unwrap());
    refused(request, 412, "revision.stale").await;
    let mut request = ask(Method::PATCH, path, ());
    request.headers_mut().insert("if-match", "\"7\"".parse().unwrap());
    assert_eq!(shop(ORIGIN).send(request).await.text, "changed");
}

#[tokio::test]
async fn a_key_that_is_none_is_400() {
    let mut request = ask(Method::POST, BILLS, GOOD);
    request.headers_mut().insert("idempotency-key", "two words".parse().unwrap());
    refused(request, 400, "idempotency.key_invalid").await;
}

#[tokio::test]
async fn asvs_v3_4_3_v3_4_4_v3_4_5_v3_4_6_v13_4_6_v16_5_1_v16_5_4_a_panic_and_a_fault_are_500_and_say_nothing()
 {
    let shop = shop(ORIGIN);
    for what in ["panic", "fault"] {
        let answer = shop.send(ask(Method::GET, &format!("/api/v1/workspaces/acme/act/{what}"), ())).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (500, "server.fault"));
        answer.assert_problem();
        answer.assert_headers();
        assert!(!answer.text.contains("safe") && !answer.text.contains("hunter2"), "{}", answer.text);
    }
    assert_eq!(shop.send(ask(Method::GET, "/healthz", ())).await.status, StatusCode::OK);
}

#[tokio::test]
async fn readiness_is_503_until_the_store_answers() {
    let shop = shop(ORIGIN);
    let answer = shop.send(ask(Method::GET, "/readyz", ())).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "server.busy"));
    answer.assert_problem();
    shop.readiness.set_store(true);
    assert_eq!(shop.send(ask(Method::GET, "/readyz", ())).await.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_may_show_themselves_and_https_is_strict() {
    let answer = shop(ORIGIN).send(ask(Method::GET, "/page", ())).await;
    answer.assert_headers();
    assert!(answer.header("content-security-policy").unwrap().contains("style-src 'self'"));
    assert_eq!(answer.header("strict-transport-security"), None);

    let secure = shop("https://shop.example");
    for path in ["/page", "/nothing"] {
        let mut request = ask(Method::GET, path, ());
        request.headers_mut().insert("host", "shop.example".parse().unwrap());
        assert_eq!(secure.send(request).await.header("strict-transport-security"), Some("max-age=63072000"));
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_a_body() {
    let answer = shop(ORIGIN).send(ask(Method::HEAD, BILLS, ())).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
    answer.assert_headers();
}
