//! Work is not lost, and what is logged of it gives nothing away.

use std::{io::Write, sync::Mutex, time::Duration};

use tracing_subscriber::fmt::MakeWriter;

use super::*;

const WAIT: &str = "/api/v1/workspaces/acme/act/wait";

#[tokio::test]
async fn a_handler_runs_to_its_end_when_its_client_hangs_up() {
    let shop = shop(ORIGIN);
    let hung_up =
        tokio::time::timeout(Duration::from_millis(20), shop.send(ask(Method::GET, WAIT, ()))).await;
    assert!(hung_up.is_err());
    assert_eq!((shop.tracker.len(), shop.issued.load(Ordering::SeqCst)), (1, 0));
    shop.gate.notify_one();
    shop.tracker.close();
    shop.tracker.wait().await;
    assert_eq!(shop.issued.load(Ordering::SeqCst), 1);
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The log while these requests are answered, as machines read it or as people do.
fn written(as_json: bool, requests: impl IntoIterator<Item = Request>) -> String {
    let lines = Lines::default();
    let to = tracing_subscriber::fmt().with_writer(lines.clone());
    let answered = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let shop = shop(ORIGIN);
            for request in requests {
                shop.send(request).await;
            }
        });
    };
    if as_json {
        tracing::subscriber::with_default(to.json().flatten_event(true).finish(), answered);
    } else {
        tracing::subscriber::with_default(to.with_ansi(false).finish(), answered);
    }
    String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
}

fn logged(requests: impl IntoIterator<Item = Request>) -> Vec<Value> {
    let written = written(true, requests);
    for secret in ["hunter2", "s3cret", "acme", "asha@example.org"] {
        assert!(!written.contains(secret), "{written}");
    }
    written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| line["target"] == "aurex::access")
        .collect()
}

#[test]
fn asvs_v14_2_1_a_line_names_the_pattern_and_never_what_was_sent() {
    let mut request =
        ask(Method::POST, &format!("{BILLS}?email=asha@example.org"), GOOD.replace("c1", "hunter2"));
    request.headers_mut().insert("authorization", "Bearer aurex_s3cret".parse().unwrap());
    let lines = logged([
        request,
        ask(Method::GET, "/s3cret", ()),
        ask(Method::from_bytes(b"S3CRET").unwrap(), "/page", ()),
    ]);
    let said: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line["method"].as_str().unwrap(),
                line["route"].as_str().unwrap(),
                line["status"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [("POST", "/api/v1/workspaces/{w}/bills", 422), ("GET", "-", 404), ("OTHER", "/page", 405)]
    );
    assert_eq!(lines[0]["request_id"].as_str().map(str::len), Some(32));
    assert!(lines[0]["took_us"].is_u64());
}

#[test]
fn asvs_v16_5_4_a_panic_is_logged_once_with_its_words_and_its_request() {
    let lines = logged([ask(Method::GET, "/api/v1/workspaces/acme/act/panic", ())]);
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0]["level"].as_str(), lines[0]["status"].as_u64()), (Some("ERROR"), Some(500)));
    assert_eq!(lines[0]["cause"], "a handler panicked: the safe is open");
    assert_eq!(lines[0]["route"], "/api/v1/workspaces/{w}/act/{what}");
}

/// Whatever a client can put somewhere, with what would break a line, colour a terminal or close a field.
fn mischief() -> Vec<Request> {
    let mut requests: Vec<Request> = [
        "/%0d%0a2026-11-23T04:30:00Z%20ERROR%20forged",
        "/%1b[31mred",
        "/api/v1/workspaces/%0aacme/bills",
        "/api/v1/workspaces/acme/bills?purpose=%0d%0aERROR%20forged",
        "/api/v1/workspaces/acme/bills?%22%7D%0a%7B%22level%22=1",
        "/%E2%80%AE",
    ]
    .into_iter()
    .map(|path| ask(Method::GET, path, ()))
    .collect();
    requests.push(ask(Method::from_bytes(b"F'ORGED").unwrap(), "/page", ()));
    requests.push(ask(Method::POST, BILLS, "{\"customer\":\"\\r\\n\\u001b[31m forged\"}"));
    for (name, value) in [
        ("user-agent", "x\t\"},{\"level\":\"ERROR\",\"forged\":\"1"),
        ("x-request-id", "forged\tid"),
        ("x-forwarded-for", "forged"),
        ("referer", "https://evil.example/?\"forged"),
        ("idempotency-key", "forged\"}"),
    ] {
        let mut request = ask(Method::POST, BILLS, GOOD);
        request.headers_mut().insert(name, value.parse().unwrap());
        requests.push(request);
    }
    // What a failing dependency says in its own words, and what a panic does.
    requests.push(ask(Method::GET, "/api/v1/workspaces/acme/act/lines", ()));
    requests.push(ask(Method::GET, "/api/v1/workspaces/acme/act/panic", ()));
    requests
}

#[test]
fn asvs_v16_4_1_nothing_that_is_sent_breaks_or_forges_a_line() {
    let sent = mischief().len();
    for as_json in [true, false] {
        let text = written(as_json, mischief());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), sent, "{text}");
        for line in lines {
            assert!(line.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{line:?}");
            assert!(line.contains("aurex::access"), "{line}");
            // The reason of a fault is ours to write down, in one line; nothing else of a request is there.
            assert!(!line.contains("forged") || line.contains("act/{what}"), "{line}");
        }
        assert!(text.contains("first line"), "{text}");
    }
}

#[test]
fn asvs_v16_2_4_every_line_for_machines_is_json_of_the_documented_fields() {
    let page = include_str!("../../../../docs/events.md");
    let (_, table) = page.split_once("\n### Fields\n").unwrap();
    let documented: Vec<&str> = table.split('`').skip(1).step_by(2).collect();
    let text = written(true, mischief());
    for line in text.lines() {
        let line: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
        for name in line.keys() {
            assert!(documented.contains(&name.as_str()), "docs/events.md does not name {name}");
        }
        let at = line["timestamp"].as_str().unwrap();
        assert!(at.ends_with('Z') && aurex_core::time::Timestamp::parse(at).is_ok(), "{at}");
        assert!(["DEBUG", "INFO", "WARN", "ERROR"].contains(&line["level"].as_str().unwrap()));
        assert!(line["status"].is_u64() && line["took_us"].is_u64(), "{line:?}");
    }
}

#[test]
fn asvs_v16_3_3_what_tries_to_get_round_a_rule_is_logged_by_the_rule() {
    let with = |mut request: Request, name: &'static str, value: &'static str| {
        request.headers_mut().insert(name, value.parse().unwrap());
        request
    };
    let get = |path: &str| ask(Method::GET, path, ());
    let tries = [
        ("origin.unknown", with(get(BILLS), "host", "evil.example")),
        ("csrf.refused", with(ask(Method::POST, BILLS, GOOD), "cookie", "aurex-acme=x")),
        ("context.refused", with(get(BILLS), "sec-fetch-site", "cross-site")),
        ("method.unsupported", ask(Method::DELETE, "/page", ())),
        ("route.unknown", get("/.git/HEAD")),
        ("resource.unknown", get("/api/v1/workspaces/a/bills")),
        ("query.invalid", get(&format!("{BILLS}?limit=1&limit=2"))),
        ("body.invalid", ask(Method::POST, BILLS, "{\"customer\":1}")),
        ("body.malformed", ask(Method::POST, BILLS, "{")),
        ("body.too_large", with(ask(Method::POST, BILLS, GOOD), "content-length", "10000000")),
        ("body.unsupported_type", with(ask(Method::POST, BILLS, GOOD), "content-type", "text/plain")),
        (
            "revision.stale",
            with(ask(Method::PATCH, "/api/v1/workspaces/acme/act/x", ()), "if-match", "\"6\""),
        ),
    ];
    let (expected, requests): (Vec<_>, Vec<_>) = tries.into_iter().unzip();
    let lines = logged(requests);
    let said: Vec<&str> = lines.iter().map(|line| line["code"].as_str().unwrap()).collect();
    assert_eq!(said, expected);
    assert!(lines.iter().all(|line| line["request_id"].as_str().is_some_and(|id| id.len() == 32)));
}

#[test]
fn asvs_v16_3_4_a_fault_and_a_dependency_that_is_away_are_logged_with_their_reason() {
    let act = |what: &str| ask(Method::GET, &format!("/api/v1/workspaces/acme/act/{what}"), ());
    let lines = logged([act("lines"), act("away")]);
    let said: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line["level"].as_str().unwrap(),
                line["status"].as_u64().unwrap(),
                line["cause"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("ERROR", 500, "first line\nforged line\u{1b}[31m"),
            ("WARN", 503, "the store did not answer: connection refused"),
        ]
    );
}
