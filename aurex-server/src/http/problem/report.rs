//! One problem, on its way from where it was noticed to the client and to the log.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc, time::Duration};

use poem::{
    IntoResponse, Response,
    error::ResponseError,
    http::{HeaderValue, Method, StatusCode, header},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
};
use serde::Serialize;

use super::{Code, FieldCode, FieldError};

/// The media type of every problem (RFC 9457, section 3).
pub const CONTENT_TYPE: &str = "application/problem+json";

/// Why a request was not fulfilled. Handlers return it as their error; the edge adds the request id.
///
/// ```
/// use aurex_server::http::problem::{Code, FieldCode, Problem};
///
/// let problem = Problem::new(Code::BodyInvalid).field("/lines/0/rate", FieldCode::NumberOutOfRange);
/// assert_eq!(problem.code().as_str(), "body.invalid");
/// ```
#[derive(Clone)]
pub struct Problem {
    code: Code,
    // Boxed, so that a result that may be a problem stays small.
    more: Box<More>,
}

#[derive(Clone, Default)]
struct More {
    rule: Option<&'static str>,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    allow: Option<HeaderValue>,
    cause: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Problem {
    /// A problem with nothing to add to what its code says.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, more: Box::default() }
    }

    /// A fault of ours: the client learns nothing but the request id, the log learns the whole chain, once.
    #[must_use]
    pub fn fault(cause: impl StdError + Send + Sync + 'static) -> Self {
        let mut problem = Self::new(Code::ServerFault);
        problem.more.cause = Some(Arc::new(cause));
        problem
    }

    /// We cannot answer now and may soon: the client learns when to come back, the log learns why.
    #[must_use]
    pub fn busy(cause: impl StdError + Send + Sync + 'static) -> Self {
        let mut problem = Self::new(Code::ServerBusy);
        problem.more.cause = Some(Arc::new(cause));
        problem
    }

    /// A rule of the business refuses, under a code of its own; `code` gives the status and the title.
    #[must_use]
    pub fn rule(code: Code, rule: &'static str, sentence: String) -> Self {
        let mut problem = Self::new(code).detail(sentence);
        problem.more.rule = Some(rule);
        problem
    }

    /// One sentence about this occurrence. It reaches the client: no value of a request and no inner error belongs here.
    #[must_use]
    pub fn detail(mut self, sentence: impl Into<Cow<'static, str>>) -> Self {
        self.more.detail = Some(sentence.into());
        self
    }

    /// Adds what is wrong with the field at a JSON pointer.
    #[must_use]
    pub fn field(mut self, pointer: impl Into<String>, code: FieldCode) -> Self {
        self.more.errors.push(FieldError::at(pointer, code));
        self
    }

    /// Adds what is wrong with a parameter.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, code: FieldCode) -> Self {
        self.more.errors.push(FieldError::parameter(name, code));
        self
    }

    /// Adds many field errors.
    #[must_use]
    pub fn fields(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.more.errors.extend(errors);
        self
    }

    /// When to come back, in whole seconds, at least one.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.more.retry_after = Some(wait);
        self
    }

    /// The methods that the path does have, for a 405 (RFC 9110, section 15.5.6, asks for them).
    #[must_use]
    pub fn allow<'m>(mut self, methods: impl IntoIterator<Item = &'m Method>) -> Self {
        let list = methods.into_iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        self.more.allow = HeaderValue::from_str(&list).ok();
        self
    }

    /// Its code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What is wrong with which field.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.more.errors
    }

    /// What the log should know and the client should not.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.more.cause.as_deref()
    }

    /// The answer, with the id of the request it answers.
    #[must_use]
    pub fn render(&self, request_id: Option<&str>) -> Response {
        let wait = self.more.retry_after.or_else(|| {
            // These two tell the client to come back; a second is the least that makes sense.
            matches!(self.code, Code::RateLimited | Code::ServerBusy).then_some(Duration::from_secs(1))
        });
        let retry_after = wait.map(|wait| wait.as_secs().max(1));
        let body = Wire {
            kind: format!(
                "{}/blob/main/docs/problems.md#{}",
                env!("CARGO_PKG_REPOSITORY"),
                self.more.rule.unwrap_or(self.code.as_str()).replace('.', "")
            ),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            code: self.more.rule.unwrap_or(self.code.as_str()),
            detail: self.more.detail.as_deref().unwrap_or_else(|| self.code.explanation()),
            errors: &self.more.errors,
            retry_after,
            request_id,
        };
        let mut response = Response::builder()
            .status(self.code.status())
            .content_type(CONTENT_TYPE)
            // Strings and integers always serialise; an empty body would still carry status and type.
            .body(serde_json::to_vec(&body).unwrap_or_default());
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = &self.more.allow {
            headers.insert(header::ALLOW, allow.clone());
        }
        if self.code.status() == StatusCode::UNAUTHORIZED {
            // RFC 9110, section 15.5.2: a 401 names at least one challenge. `Bearer` opens no dialogue in a browser.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"aurex\""));
        }
        response.set_data(self.clone());
        response
    }
}

#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("code", &self.code)
            .field("errors", &self.more.errors)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl StdError for Problem {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.more.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.code.status()
    }

    fn as_response(&self) -> Response {
        self.render(None)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.render(None)
    }
}

impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "What went wrong: see `code`.",
                status: None,
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: CONTENT_TYPE,
                    schema: MetaSchemaRef::Reference("Problem".to_owned()),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>("Problem".to_owned(), |_| schema());
    }
}

fn schema() -> MetaSchema {
    let text = || MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
    let number = || MetaSchemaRef::Inline(Box::new(MetaSchema::new("integer")));
    let code = MetaSchema::new("string");
    let field_code = MetaSchema::new("string");
    let mut field = MetaSchema::new("object");
    field.required = vec!["pointer", "code", "message"];
    field.properties = vec![
        ("pointer", text()),
        ("parameter", text()),
        ("code", MetaSchemaRef::Inline(Box::new(field_code))),
        ("message", text()),
    ];
    let mut errors = MetaSchema::new("array");
    errors.items = Some(Box::new(MetaSchemaRef::Inline(Box::new(field))));
    let mut problem = MetaSchema::new("object");
    problem.description = Some("RFC 9457 problem details.");
    problem.required = vec!["type", "title", "status", "code", "detail", "errors", "request_id"];
    problem.properties = vec![
        ("type", text()),
        ("title", text()),
        ("status", number()),
        ("code", MetaSchemaRef::Inline(Box::new(code))),
        ("detail", text()),
        ("errors", MetaSchemaRef::Inline(Box::new(errors))),
        ("retry_after", number()),
        ("request_id", text()),
    ];
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_problem_is_one_json_object_with_everything_a_client_needs() {
        let response = Problem::new(Code::RateLimited)
            .retry_after(Duration::from_millis(2500))
            .parameter("limit", FieldCode::Invalid)
            .render(Some("req-1"));
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.header(header::CONTENT_TYPE), Some(CONTENT_TYPE));
        assert_eq!(response.header(header::RETRY_AFTER), Some("2"));
        let body: serde_json::Value = response.into_body().into_json().await.unwrap();
        assert_eq!(body["code"], "rate.limited");
        assert_eq!(body["status"], 429);
        assert_eq!(body["request_id"], "req-1");
        assert_eq!(body["errors"][0]["parameter"], "limit");
        assert!(body["type"].as_str().unwrap().ends_with("problems.md#ratelimited"));
    }

    #[tokio::test]
    async fn a_fault_tells_the_client_nothing_of_its_cause() {
        let problem = Problem::fault(std::io::Error::other("password=hunter2"));
        assert!(StdError::source(&problem).is_some());
        let body = problem.render(None).into_body().into_string().await.unwrap();
        assert!(!body.contains("hunter2"), "{body}");
    }

    #[test]
    fn an_unauthorised_answer_names_a_challenge() {
        let response = Problem::new(Code::AuthRequired).render(None);
        assert_eq!(response.header(header::WWW_AUTHENTICATE), Some("Bearer realm=\"aurex\""));
    }
}
