//! The successes that recur: a document with its revision, a thing that was made, a page of a list, nothing.

use poem::{
    IntoResponse, Response,
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object,
    payload::{Json, Payload as _},
    registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
    types::{ToJSON, Type},
};

use super::etag::ETag;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(read_only_all)]
pub struct Page<T: Type + ToJSON> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The cursor to pass as `after` for the next page; null on the last.
    pub next: Option<String>,
}

/// 200 with the revision that a later `If-Match` must name.
#[derive(Debug)]
pub struct Document<T> {
    /// The document.
    pub value: T,
    /// Its revision.
    pub etag: ETag,
}

/// 201 with what was made, or what an earlier attempt with the same key made, as it is now.
#[derive(Debug)]
pub struct Created<T> {
    /// What was made.
    pub value: T,
    /// Its revision, where it has one.
    pub etag: Option<ETag>,
    /// It had been made before, by the same `Idempotency-Key`.
    pub replayed: bool,
}

impl<T> Created<T> {
    /// Something new.
    pub const fn new(value: T) -> Self {
        Self { value, etag: None, replayed: false }
    }

    /// With its revision.
    #[must_use]
    pub fn etag(mut self, etag: ETag) -> Self {
        self.etag = Some(etag);
        self
    }

    /// Says whether an earlier attempt made it.
    #[must_use]
    pub fn replayed(mut self, replayed: bool) -> Self {
        self.replayed = replayed;
        self
    }
}

/// 204: done, and nothing to say.
#[derive(Clone, Copy, Debug)]
pub struct Done;

impl<T: ToJSON> IntoResponse for Document<T> {
    fn into_response(self) -> Response {
        with_etag(Json(self.value).into_response(), Some(&self.etag))
    }
}

impl<T: ToJSON> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = with_etag(Json(self.value).into_response(), self.etag.as_ref());
        response.set_status(StatusCode::CREATED);
        if self.replayed {
            response
                .headers_mut()
                .insert(HeaderName::from_static(REPLAYED), HeaderValue::from_static("true"));
        }
        response
    }
}

/// 202: it is seen to, and nothing more is said about it here.
#[derive(Debug, Clone, Copy)]
pub struct Accepted;

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        StatusCode::ACCEPTED.into_response()
    }
}

impl ApiResponse for Accepted {
    fn meta() -> MetaResponses {
        one(202, "It is seen to.", Vec::new(), Vec::new())
    }

    fn register(_registry: &mut Registry) {}
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

const REPLAYED: &str = "idempotency-replayed";

fn with_etag(mut response: Response, etag: Option<&ETag>) -> Response {
    if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag.as_str()).ok()) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

impl<T: ToJSON> ApiResponse for Document<T> {
    fn meta() -> MetaResponses {
        one(200, "The document.", vec![json::<T>()], vec![header_meta("ETag", "string", true)])
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ToJSON> ApiResponse for Created<T> {
    fn meta() -> MetaResponses {
        let headers =
            vec![header_meta("ETag", "string", false), header_meta("Idempotency-Replayed", "boolean", false)];
        one(201, "What was made.", vec![json::<T>()], headers)
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl ApiResponse for Done {
    fn meta() -> MetaResponses {
        one(204, "Done.", Vec::new(), Vec::new())
    }

    fn register(_registry: &mut Registry) {}
}

fn json<T: ToJSON>() -> MetaMediaType {
    MetaMediaType { content_type: Json::<T>::CONTENT_TYPE, schema: T::schema_ref() }
}

fn header_meta(name: &str, kind: &'static str, required: bool) -> MetaHeader {
    let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new(kind)));
    MetaHeader { name: name.to_owned(), description: None, required, deprecated: false, schema }
}

fn one(
    status: u16,
    description: &'static str,
    content: Vec<MetaMediaType>,
    headers: Vec<MetaHeader>,
) -> MetaResponses {
    let response = MetaResponse { description, status: Some(status), status_range: None, content, headers };
    MetaResponses { responses: vec![response] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_made_says_its_revision_and_whether_it_was_made_before() {
        let page = || Page { items: vec![1_i64], next: None };
        let fresh = Created::new(page()).etag(ETag::of_revision(3)).into_response();
        assert_eq!((fresh.status(), fresh.header("etag")), (StatusCode::CREATED, Some("\"3\"")));
        assert_eq!(fresh.header("idempotency-replayed"), None);
        let again = Created::new(page()).replayed(true).into_response();
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.into_body().into_string().await.unwrap(), r#"{"items":[1],"next":null}"#);
    }

    #[test]
    fn a_document_carries_its_revision() {
        let response = Document { value: 5_i64, etag: ETag::of_revision(9) }.into_response();
        assert_eq!((response.status(), response.header("etag")), (StatusCode::OK, Some("\"9\"")));
    }
}
