//! What every answer says to a browser, whatever was asked and however it went.

use std::collections::BTreeSet;

use poem::Request;
use poem::http::Method;
use serde_json::json;

use crate::client::{Answer, Call, PREFIX};
use crate::operations::{CASES, documented};
use crate::shop::{PASSWORD, Shop, address, stocked, workspace};
use crate::world::{ORIGIN, World};

const PAGES: [&str; 6] =
    ["/", "/assets/page.css", "/healthz", "/readyz", "/api/openapi.json", "/csp-reports"];

/// What scanners try.
const NOT_HERE: [&str; 30] = [
    "/.git",
    "/.git/",
    "/.git/HEAD",
    "/.git/config",
    "/.svn/entries",
    "/.hg/store",
    "/.well-known/",
    "/api",
    "/api/",
    "/api/v1/",
    "/.env",
    "/.htaccess",
    "/aurex.toml",
    "/aurex-data/store/zaveri.db",
    "/keys/pepper",
    "/assets/page.css.bak",
    "/assets/page.css~",
    "/assets/",
    "/assets/../Cargo.toml",
    "/assets/%2e%2e/Cargo.toml",
    "/index.html.bak",
    "/dump.sql",
    "/backup.zip",
    "/robots.txt.old",
    "/metrics",
    "/debug",
    "/docs",
    "/swagger",
    "/openapi.json",
    "/api/openapi.yaml",
];

fn request(method: Method, path: &str, host: &str) -> Request {
    let uri = path.parse().unwrap();
    Request::builder().method(method).uri(uri).header("host", host).finish()
}

/// The rules for all answers.
fn assert_closed(answer: &Answer, secure: bool, private: bool, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
    for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        // `object-src` falls back to `default-src`.
        assert!(directives.contains(&directive), "{what}: {policy}");
    }
    for open in ["unsafe", "*", "http:", "https:", "data:", "blob:"] {
        assert!(!policy.contains(open), "{what}: {policy}");
    }
    let permissions = answer.header("permissions-policy").unwrap_or_default();
    for feature in ["camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"] {
        assert!(permissions.contains(feature), "{what}: {permissions}");
    }
    let strict = answer.header("strict-transport-security");
    if secure {
        let seconds = strict.and_then(|value| value.strip_prefix("max-age=")).expect("strict transport");
        let seconds: u64 = seconds.split(';').next().unwrap().trim().parse().unwrap();
        assert!(seconds >= 31_536_000, "{what}");
    } else {
        assert_eq!(strict, None, "{what}: never over plain HTTP");
    }
    if private {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    }
    for absent in [
        "server",
        "x-powered-by",
        "location",
        "access-control-allow-origin",
        "access-control-allow-credentials",
    ] {
        assert_eq!(answer.header(absent), None, "{what}: {absent}");
    }
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(!kind.contains("javascript"), "{what}: nothing private is a script");
    assert!(!answer.text.contains(env!("CARGO_PKG_VERSION")) || what.contains("openapi.json"), "{what}");
    for cookie in answer.headers.get_all("set-cookie") {
        assert_cookie(cookie.to_str().unwrap(), secure);
    }
    assert!(!(300..400).contains(&answer.status), "{what}: {}", answer.status);
}

/// The rules for every cookie (RFC 6265bis, section 4.1.3.2 for the prefix).
fn assert_cookie(cookie: &str, secure: bool) {
    assert!(cookie.len() <= 4096, "{}", cookie.len());
    let mut parts = cookie.split("; ");
    let (name, _) = parts.next().unwrap().split_once('=').unwrap();
    let attributes: BTreeSet<&str> = parts.collect();
    let own = if secure { name.strip_prefix("__Host-").unwrap_or_default() } else { name };
    assert!(
        ["aurex-", "aurex_device-", "aurex_link-", "aurex_till-"].iter().any(|of| own.starts_with(of)),
        "{name}"
    );
    for attribute in ["Path=/", "HttpOnly", "SameSite=Strict"] {
        assert!(attributes.contains(attribute), "{cookie}");
    }
    assert_eq!(attributes.contains("Secure"), secure, "{cookie}");
    assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{cookie}");
}

/// Everything there is, asked rightly and wrongly, by the owner and by nobody.
fn requests(shop: &Shop) -> Vec<(String, Request, bool)> {
    let host = ORIGIN.trim_start_matches("http://");
    let cookie = format!("aurex-zaveri={}", shop.owner.session);
    let mut all = Vec::new();
    for operation in documented() {
        let path =
            format!("{PREFIX}{}", operation.path.replace("{w}", "zaveri").replace("{id}", &shop.customer));
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            all.push((format!("{method} {path} by nobody"), request(method.clone(), &path, host), true));
            let mut asked = request(method.clone(), &path, host);
            asked.headers_mut().insert("cookie", cookie.parse().unwrap());
            asked.headers_mut().insert("origin", ORIGIN.parse().unwrap());
            // The session is ended when everything has been asked.
            if !(operation.path == "/{w}/session" && method == Method::DELETE) {
                all.push((format!("{method} {path} by the owner"), asked, true));
            }
        }
        let mut forged = request(operation.method.clone(), &path, host);
        forged.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        all.push((format!("{} {path} by another site", operation.method), forged, true));
        let misdirected = request(operation.method.clone(), &path, "evil.example");
        all.push((format!("{} {path} to another host", operation.method), misdirected, true));
    }
    for case in CASES {
        let call = (case.call)(shop);
        if call.body.is_some() {
            let broken = Call { body: Some(b"{".to_vec()), ..call.clone() };
            all.push((format!("{}, broken", case.id), broken.with_cookie("zaveri", &cookie), true));
        }
        if call.method == Method::PATCH {
            let mut unsure = call.with_cookie("zaveri", &cookie);
            unsure.headers_mut().remove("if-match");
            all.push((format!("{}, no revision", case.id), unsure, true));
            let mut stale = call.with_cookie("zaveri", &cookie);
            stale.headers_mut().insert("if-match", "\"9\"".parse().unwrap());
            all.push((format!("{}, an old revision", case.id), stale, true));
        }
    }
    for path in PAGES.into_iter().chain(NOT_HERE) {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::TRACE] {
            let private = path.starts_with("/api/v1");
            all.push((format!("{method} {path}"), request(method, path, host), private));
        }
    }
    all
}

#[tokio::test]
async fn asvs_v3_4_3_v3_4_4_v3_4_5_v3_4_6_v3_4_8_v13_4_6_every_answer_is_closed() {
    let world = World::on_memory().await;
    let shop = stocked(&world, "zaveri").await;
    let mut statuses = BTreeSet::new();
    let good = CASES.iter().filter(|case| case.id != "signOut").map(|case| {
        let cookie = format!("aurex-zaveri={}", shop.owner.session);
        (case.id.to_owned(), (case.call)(&shop).with_cookie("zaveri", &cookie), true)
    });
    let all: Vec<_> = requests(&shop).into_iter().chain(good.collect::<Vec<_>>()).collect();
    assert!(all.len() > 700, "{}", all.len());
    for (what, request, private) in all {
        let answer = world.send(request).await;
        assert_closed(&answer, false, private, &what);
        // The cookie alone carries the session.
        assert!(!answer.text.contains(&shop.owner.session), "{what}");
        statuses.insert(answer.status);
    }
    // The walk cannot pass by everything being refused at one door. (503: nobody said that the store is ready.)
    for status in [200, 201, 204, 400, 401, 403, 404, 405, 412, 415, 421, 422, 428, 503] {
        assert!(statuses.contains(&status), "{status} in {statuses:?}");
    }
    assert!(!statuses.contains(&500), "{statuses:?}");
}

#[tokio::test]
async fn asvs_v3_3_1_v3_3_2_v3_3_3_v3_3_5_every_cookie_is_bound_to_its_host() {
    for origin in [ORIGIN, "https://shop.example"] {
        let world = World::reached_by(origin);
        let (scheme, host) = origin.split_once("://").unwrap();
        let secure = scheme == "https";
        let send = async |call: Call, slug: &str, cookie: &str| {
            let mut request = call.with_cookie(slug, cookie);
            request.headers_mut().insert("host", host.parse().unwrap());
            request.headers_mut().insert("origin", origin.parse().unwrap());
            let answer = world.send(request).await;
            assert_closed(&answer, secure, true, origin);
            answer
        };
        // The longest name that a workspace can have.
        let slug = "a23456789012345678901234567890";
        send(Call::post("/", &workspace(slug)), "", "x=y").await.expect(201);
        let body = json!({"email": address(slug, "owner"), "password": PASSWORD});
        let opened = send(Call::post("/sessions", &body), slug, "x=y").await;
        let pair = |answer: &Answer| {
            answer.header("set-cookie").expect("a cookie").split(';').next().unwrap().to_owned()
        };
        let body = json!({"current": PASSWORD, "new": "green parrot on a till"});
        let changed = send(Call::post("/password", &body), slug, &pair(&opened)).await;
        assert_ne!(pair(&opened), pair(&changed));
        let ended = send(Call::new(Method::DELETE, "/session"), slug, &pair(&changed)).await;
        assert!(ended.header("set-cookie").unwrap().contains("Max-Age=0"));
    }
}

#[tokio::test]
async fn asvs_v3_4_2_no_other_origin_is_ever_let_in() {
    let world = World::on_memory().await;
    let shop = stocked(&world, "zaveri").await;
    for origin in
        ["https://evil.example", "null", "http://127.0.0.1:8080.evil.example", "http://x127.0.0.1:8080"]
    {
        for method in ["GET", "OPTIONS"] {
            let mut asked = request(
                method.parse().unwrap(),
                &format!("{PREFIX}/zaveri/session"),
                ORIGIN.trim_start_matches("http://"),
            );
            asked.headers_mut().insert("origin", origin.parse().unwrap());
            asked.headers_mut().insert("access-control-request-method", "POST".parse().unwrap());
            let cookie = format!("aurex-zaveri={}", shop.owner.session);
            asked.headers_mut().insert("cookie", cookie.parse().unwrap());
            let answer = world.send(asked).await;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{method} {origin}");
            assert_eq!(answer.header("access-control-allow-methods"), None, "{method} {origin}");
            assert_eq!(answer.status, if method == "GET" { 200 } else { 405 });
        }
    }
}

#[tokio::test]
async fn asvs_v13_4_1_v13_4_3_v13_4_4_v13_4_5_v13_4_7_nothing_is_served_that_is_not_meant_to_be() {
    let world = World::on_memory().await;
    let host = ORIGIN.trim_start_matches("http://");
    for path in NOT_HERE {
        world.send(request(Method::GET, path, host)).await.expect_problem(404, "route.unknown");
    }
    for path in PAGES {
        let mut traced = request(Method::TRACE, path, host);
        traced.headers_mut().insert("x-canary", "hunter2".parse().unwrap());
        let answer = world.send(traced).await;
        answer.expect_problem(405, "method.unsupported");
        assert!(!answer.text.contains("hunter2"));
    }
}

#[tokio::test]
async fn asvs_v14_2_5_a_private_answer_is_not_found_under_a_public_name() {
    let world = World::on_memory().await;
    let shop = stocked(&world, "zaveri").await;
    for path in [
        "/session/x.css",
        "/session/x.js",
        "/session.css",
        "/session;x.css",
        "/session%2fx.css",
        "/session%00.css",
        "//session",
    ] {
        let answer = shop.owner.send(&world, &Call::get(path)).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[tokio::test]
async fn asvs_v3_5_6_v3_5_7_v3_7_2_no_parameter_makes_a_script_or_a_redirect_of_an_answer() {
    let world = World::on_memory().await;
    let shop = stocked(&world, "zaveri").await;
    let host = ORIGIN.trim_start_matches("http://");
    let elsewhere = [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "%2f%2fevil.example",
    ];
    let mut tricks = vec!["callback=x".to_owned(), "jsonp=alert(1)".to_owned(), "format=js".to_owned()];
    for name in ["next", "return_to", "redirect", "url", "continue"] {
        tricks.extend(elsewhere.map(|to| format!("{name}={to}")));
    }
    for trick in &tricks {
        for path in PAGES {
            let plain = world.send(request(Method::GET, path, host)).await;
            let tricked = world
                .send(request(Method::GET, &format!("{path}?{}", trick.replace('\\', "%5c")), host))
                .await;
            assert_eq!(
                (plain.status, &plain.text.len()),
                (tricked.status, &tricked.text.len()),
                "{path} {trick}"
            );
            assert_eq!(plain.header("content-type"), tricked.header("content-type"), "{path} {trick}");
            assert_eq!(tricked.header("location"), None, "{path} {trick}");
        }
    }
    for case in CASES {
        let mut call = (case.call)(&shop);
        if call.method != Method::GET {
            continue;
        }
        call.path.push_str(if call.path.contains('?') { "&callback=x" } else { "?callback=x" });
        shop.owner.send(&world, &call).await.expect_problem(422, "query.invalid");
    }
}

#[tokio::test]
async fn asvs_v3_4_7_a_browser_reports_what_a_page_was_not_allowed() {
    let world = World::on_memory().await;
    let host = ORIGIN.trim_start_matches("http://");
    let page = world.send(request(Method::GET, "/", host)).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("report-to csp") && policy.contains("report-uri /csp-reports"), "{policy}");
    assert_eq!(page.header("reporting-endpoints"), Some("csp=\"/csp-reports\""));

    let report = |kind: &str, body: String| {
        // As a browser sends it: outside of any page, with whatever cookies there are.
        Request::builder()
            .method(Method::POST)
            .uri("/csp-reports".parse().unwrap())
            .header("host", host)
            .header("content-type", kind)
            .header("sec-fetch-site", "cross-site")
            .header("cookie", "aurex-zaveri=x")
            .body(body)
    };
    let old =
        json!({"csp-report": {"blocked-uri": "inline", "effective-directive": "script-src"}}).to_string();
    let new = json!([{"type": "csp-violation", "body": {"blockedURL": "inline"}}]).to_string();
    world.send(report("application/csp-report", old.clone())).await.expect(204);
    world.send(report("application/reports+json", new)).await.expect(204);
    let wrong = world.send(report("application/json", old.clone())).await;
    wrong.expect_problem(415, "body.unsupported_type");
    let broken = world.send(report("application/csp-report", "{".to_owned())).await;
    broken.expect_problem(400, "body.malformed");
    let long = format!("\"{}\"", "a".repeat(40_000));
    world.send(report("application/csp-report", long)).await.expect_problem(413, "body.too_large");
    world.send(request(Method::GET, "/csp-reports", host)).await.expect_problem(405, "method.unsupported");
    // All browsers together, because every report is a line in the log.
    let mut taken = 0;
    for _ in 0..400 {
        let answer = world.send(report("application/csp-report", old.clone())).await;
        taken += usize::from(answer.status == 204);
        if answer.status != 204 {
            answer.expect_problem(429, "rate.limited");
        }
    }
    assert!((290..=300).contains(&taken), "{taken}");
}
