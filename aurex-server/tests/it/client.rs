//! What a client does: a call is written down, somebody sends it, the answer is looked at.

use poem::Request;
use poem::http::{HeaderMap, Method};
use serde_json::Value;

use crate::world::{ORIGIN, World};

/// Where the workspaces stand.
pub const PREFIX: &str = "/api/v1/workspaces";

/// A call, before it is known who makes it.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    /// Below the workspace.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Vec<u8>>,
}

impl Call {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: None }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub fn patch(path: impl Into<String>, etag: &str, body: &Value) -> Self {
        Self::new(Method::PATCH, path).json(body).header("if-match", etag)
    }

    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub fn bytes(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", kind)
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same call under an idempotency key.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// The call as a request to `slug`, with nothing that says who makes it or from where.
    pub fn bare(&self, slug: &str) -> Request {
        let workspace = if slug.is_empty() { String::new() } else { format!("/{slug}") };
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(format!("{PREFIX}{workspace}{}", self.path).parse().unwrap())
            .header("host", ORIGIN.trim_start_matches("http://"));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(self.body.clone().unwrap_or_default())
    }

    /// The call as a request by a page of ours, with this `Cookie` header.
    pub fn with_cookie(&self, slug: &str, cookie: &str) -> Request {
        let mut request = self.bare(slug);
        request.headers_mut().insert("origin", ORIGIN.parse().unwrap());
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        request
    }

    /// The call as a request by a program.
    pub fn with_token(&self, slug: &str, token: &str) -> Request {
        let mut request = self.bare(slug);
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub slug: String,
    /// The session's token.
    pub session: String,
}

impl Person {
    pub async fn send(&self, world: &World, call: &Call) -> Answer {
        world.send(call.with_cookie(&self.slug, &format!("aurex-{}={}", self.slug, self.session))).await
    }

    /// Reads something that is there.
    pub async fn read(&self, world: &World, path: &str) -> Value {
        self.send(world, &Call::get(path)).await.expect(200)
    }

    /// Makes something that can be made.
    pub async fn make(&self, world: &World, path: &str, body: Value) -> Value {
        self.send(world, &Call::post(path, &body)).await.expect(201)
    }
}

/// Signs somebody in.
pub async fn sign_in(world: &World, slug: &str, email: &str, password: &str) -> Answer {
    let body = serde_json::json!({"email": email, "password": password});
    world.send(Call::post("/sessions", &body).bare(slug)).await
}

/// The session that an answer opens.
pub fn session_of(answer: &Answer, slug: &str) -> Person {
    let cookie = answer.header("set-cookie").expect("a cookie");
    let value = cookie.strip_prefix(&format!("aurex-{slug}=")).expect("the workspace's cookie");
    let session = value.split(';').next().unwrap().to_owned();
    assert!(session.len() >= 43, "256 bits");
    Person { slug: slug.to_owned(), session }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// What is no text.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The body of an answer of this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// (pointer, code) of every field error.
    pub fn fields(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let json = self.json();
        json["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|e| (text(&e["pointer"]), text(&e["code"])))
            .collect()
    }

    /// A problem of this status and code, in the one shape of all problems.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text);
        self.assert_problem();
    }

    #[track_caller]
    pub fn assert_problem(&self) {
        assert!((400..500).contains(&self.status), "{} {}", self.status, self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        let json = self.json();
        assert_eq!(json["status"], self.status, "{}", self.text);
        for member in ["type", "title", "code", "detail"] {
            assert!(json[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", self.text);
        }
        assert!(json["errors"].is_array(), "{}", self.text);
        assert_eq!(json["request_id"].as_str(), self.header("x-request-id"));
    }

    /// Everything about the answer but what is different in every answer.
    pub fn apart_from_its_id(&self) -> (u16, Vec<(String, String)>, Value) {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        headers.sort();
        let mut json = self.json();
        if let Some(members) = json.as_object_mut() {
            members.remove("request_id");
        }
        (self.status, headers, json)
    }
}
