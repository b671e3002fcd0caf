//! The edge around a toy shop of three operations, in process and over sockets.

mod answers;
mod contract;
mod framing;
mod freed;
mod origin_pull;
mod random;
mod renewal;
mod slow;
mod sockets;
mod tls;
mod work;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use poem::{
    Endpoint as _, Request, Response, Route,
    http::{HeaderMap, Method, StatusCode},
};
use poem_openapi::{OpenApi, OpenApiService, payload::PlainText};
use serde_json::Value;
use tokio_util::task::TaskTracker;

use super::{
    body::{Body, Decode as _, Int, List, Text},
    edge::{Edge, EdgeConfig, edge},
    etag::{ETag, IfMatch},
    headers::Hsts,
    health::{self, Readiness},
    idempotency::IdempotencyKey,
    limits::Limits,
    origin::Origins,
    paging::{After, Limit},
    parameter::{Path, Query},
    problem::Problem,
    request::{RequestMeta, TrustedProxies},
    strict::{Methods, Strict},
};

crate::choice! {
    /// What a bill is for.
    pub enum ToyPurpose {
        /// A sale.
        Sale = "sale",
        /// A repair.
        Repair = "repair",
    }
}

crate::union! {
    /// What the making costs.
    pub enum ToyMaking by "kind" {
        /// So much for a mass.
        PerMass = "per_mass" { amount: Int<0, 1_000_000>, per_mg: Int<1, 1_000_000> },
        /// One sum.
        Fixed = "fixed" { amount: Int<0, 1_000_000> },
    }
}

crate::request! {
    /// A bill.
    pub struct ToyBill {
        /// Whose it is.
        customer: Text<1, 40>,
        purpose: Option<ToyPurpose>,
        makings: List<ToyMaking, 1, 5>,
    }
}

/// A dependency that is away.
#[derive(Debug, thiserror::Error)]
#[error("the store did not answer")]
struct Away(#[source] std::io::Error);

pub(super) struct Toy {
    pub(super) issued: Arc<AtomicU64>,
    pub(super) gate: Arc<tokio::sync::Notify>,
}

#[OpenApi]
impl Toy {
    /// Issues a bill.
    #[oai(path = "/:w/bills", method = "post")]
    async fn issue(
        &self,
        w: Path<Text<2, 30>>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ToyBill>,
    ) -> Result<PlainText<String>, Problem> {
        let leaves = body.leaves().as_slice().len();
        let bill = body.into_inner();
        self.issued.fetch_add(1, Ordering::SeqCst);
        Ok(PlainText(format!(
            "{} {} {:?} {leaves}",
            w.as_str(),
            bill.makings.as_slice().len(),
            key.as_deref()
        )))
    }

    /// Lists bills.
    #[oai(path = "/:w/bills", method = "get")]
    async fn list(
        &self,
        #[oai(name = "w")] _w: Path<Text<2, 30>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
        purpose: Query<Option<ToyPurpose>>,
    ) -> Result<PlainText<String>, Problem> {
        Ok(PlainText(format!("{} {} {:?}", limit.get(), after.is_some(), purpose.0)))
    }

    /// Says who asks, or does what it is told.
    #[oai(path = "/:w/act/:what", method = "get")]
    async fn act(
        &self,
        meta: RequestMeta,
        #[oai(name = "w")] _w: Path<Text<2, 30>>,
        what: Path<Text<1, 30>>,
    ) -> Result<PlainText<String>, Problem> {
        match what.as_str() {
            "panic" => panic!("the safe is open"),
            "lines" => Err(Problem::fault(std::io::Error::other("first line\nforged line\u{1b}[31m"))),
            "away" => Err(Problem::busy(Away(std::io::Error::other("connection refused")))),
            "fault" => Err(Problem::fault(std::io::Error::other("secret: hunter2"))),
            "wait" => {
                self.gate.notified().await;
                self.issued.fetch_add(1, Ordering::SeqCst);
                Ok(PlainText("done".to_owned()))
            }
            _ => Ok(PlainText(format!("{meta:?}"))),
        }
    }

    /// Changes something that has revision 7.
    #[oai(path = "/:w/act/:what", method = "patch")]
    async fn change(
        &self,
        #[oai(name = "w")] _w: Path<Text<2, 30>>,
        #[oai(name = "what")] _what: Path<Text<1, 30>>,
        #[oai(name = "If-Match")] if_match: IfMatch,
    ) -> Result<PlainText<String>, Problem> {
        if_match.required()?.check(&ETag::of_revision(7))?;
        Ok(PlainText("changed".to_owned()))
    }
}

pub(super) struct Shop {
    pub(super) app: Edge<Route>,
    pub(super) issued: Arc<AtomicU64>,
    pub(super) gate: Arc<tokio::sync::Notify>,
    pub(super) tracker: TaskTracker,
    pub(super) readiness: Readiness,
}

pub(super) fn shop(origin: &str) -> Shop {
    let (issued, gate, tracker, readiness) =
        (Arc::default(), Arc::default(), TaskTracker::new(), Readiness::default());
    let toy = Toy { issued: Arc::clone(&issued), gate: Arc::clone(&gate) };
    let routes = Route::new()
        .nest("/api/v1/workspaces", OpenApiService::new(Strict(toy), "Toy", "1"))
        .at("/healthz", Methods::get(health::alive()))
        .at("/readyz", Methods::get(readiness.endpoint()))
        .at("/moved", Methods::get(poem::endpoint::make_sync(|_| poem::web::Redirect::permanent("/page"))))
        .at(
            "/page",
            Methods::get(poem::endpoint::make_sync(|_| {
                Response::builder().content_type("text/html; charset=utf-8").body("<p>hello</p>")
            })),
        );
    let counter = AtomicU64::new(0);
    let config = EdgeConfig {
        origins: Origins::new([origin.parse().unwrap()]),
        trusted_proxies: TrustedProxies::default(),
        hsts: Hsts::default(),
        entropy: Arc::new(move |bytes| {
            bytes.fill(0);
            let next = counter.fetch_add(1, Ordering::SeqCst).to_be_bytes();
            bytes.iter_mut().rev().zip(next.iter().rev()).for_each(|(byte, value)| *byte = *value);
        }),
        tracker: tracker.clone(),
        limits: Limits::none(),
        witness: None,
    };
    Shop { app: edge(routes, config), issued, gate, tracker, readiness }
}

pub(super) const ORIGIN: &str = "http://127.0.0.1:8080";
pub(super) const BILLS: &str = "/api/v1/workspaces/acme/bills";
pub(super) const GOOD: &str = r#"{"customer":"c1","purpose":"sale","makings":[{"kind":"fixed","amount":5},{"kind":"per_mass","amount":1,"per_mg":10}]}"#;

/// A request as most tests need it: JSON, to the right host.
pub(super) fn ask(method: Method, path: &str, body: impl Into<poem::Body>) -> Request {
    Request::builder()
        .method(method)
        .uri(path.parse().unwrap())
        .header("host", "127.0.0.1:8080")
        .content_type("application/json")
        .body(body)
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(super) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// (pointer, code) of every field error.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let json = self.json();
        json["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|e| (text(&e["pointer"]), text(&e["code"])))
            .collect()
    }

    /// Every answer that is not a success has this shape and agrees with itself.
    pub(super) fn assert_problem(&self) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16(), "{}", self.text);
        for member in ["type", "title", "code", "detail", "request_id"] {
            assert!(json[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", self.text);
        }
        assert!(json["errors"].is_array(), "{}", self.text);
        assert_eq!(json["request_id"].as_str(), self.header("x-request-id"));
    }

    /// Every answer whatsoever has these.
    pub(super) fn assert_headers(&self) {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(self.header(name), Some(value), "{name} on {}", self.status);
        }
        let policy = self.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(self.header("permissions-policy").is_some());
        assert_eq!(self.header("x-request-id").map(str::len), Some(32));
        assert_eq!(self.header("server"), None);
    }
}

impl Shop {
    pub(super) async fn send(&self, request: Request) -> Answer {
        let response = self.app.get_response(request).await;
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, text: body.into_string().await.unwrap() }
    }
}

#[tokio::test]
async fn a_good_request_is_answered() {
    let shop = shop(ORIGIN);
    let mut request = ask(Method::POST, BILLS, GOOD);
    request.headers_mut().insert("idempotency-key", "\"k1\"".parse().unwrap());
    let answer = shop.send(request).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "acme 2 Some(\"k1\") 7"));
    answer.assert_headers();
}
