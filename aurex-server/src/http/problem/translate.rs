//! The framework's own errors, said our way.
//!
//! poem answers an unknown route, a wrong method and a bad parameter in plain text, naming Rust types and repeating what
//! was sent; poem-openapi does the same for parameters. None of that text is passed on: only what kind of failure it was.

use std::sync::Arc;

use poem::{
    Error, Response,
    error::{MethodNotAllowedError, NotFoundError, ReadBodyError},
    http::{StatusCode, header},
};
use poem_openapi::error::{ContentTypeError, ParseParamError, ParsePathError};

use super::{Code, FieldCode, Problem};

/// The problem behind an error that came out of a handler, an extractor or the router.
#[must_use]
pub fn from_error(error: Error) -> Problem {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.clone();
    }
    if error.is::<NotFoundError>() {
        return Problem::new(Code::RouteUnknown);
    }
    if error.is::<MethodNotAllowedError>() {
        return Problem::new(Code::MethodUnsupported);
    }
    if let Some(parameter) = error.downcast_ref::<ParseParamError>() {
        return Problem::new(Code::QueryInvalid).parameter(parameter.name, FieldCode::Invalid);
    }
    if error.is::<ParsePathError>() || error.is::<poem::error::ParsePathError>() {
        // An id that cannot be one is an id that is not here.
        return Problem::new(Code::ResourceUnknown);
    }
    if error.is::<ContentTypeError>() {
        return Problem::new(Code::BodyUnsupportedType);
    }
    if let Some(ReadBodyError::Io(_)) = error.downcast_ref::<ReadBodyError>() {
        return Problem::new(Code::RequestMalformed);
    }
    let status = error.status();
    if status.is_server_error() { fault(error) } else { Problem::new(for_status(status)) }
}

/// The problem behind an answer that somebody built by hand; nothing for a success or a page made for people.
#[must_use]
pub fn from_response(response: &Response) -> Option<Problem> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    if let Some(problem) = response.data::<Problem>() {
        return Some(problem.clone());
    }
    let html = response.header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
    (!html).then(|| Problem::new(for_status(status)))
}

fn fault(error: Error) -> Problem {
    match error.status() {
        StatusCode::SERVICE_UNAVAILABLE => Problem::new(Code::ServerBusy),
        _ => Problem::fault(Opaque(Arc::new(error))),
    }
}

/// poem's error is not `Sync` in every build, and its text is for the log only.
#[derive(Debug, thiserror::Error)]
#[error("the handler failed")]
struct Opaque(#[source] Arc<Error>);

fn for_status(status: StatusCode) -> Code {
    match status {
        StatusCode::UNAUTHORIZED => Code::AuthRequired,
        StatusCode::FORBIDDEN => Code::AccessForbidden,
        StatusCode::NOT_FOUND => Code::ResourceUnknown,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodUnsupported,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::GONE => Code::ResourceGone,
        StatusCode::CONFLICT => Code::StateConflict,
        StatusCode::PRECONDITION_FAILED => Code::RevisionStale,
        StatusCode::PRECONDITION_REQUIRED => Code::RevisionRequired,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::BodyUnsupportedType,
        StatusCode::UNPROCESSABLE_ENTITY => Code::BodyInvalid,
        StatusCode::TOO_MANY_REQUESTS => Code::RateLimited,
        StatusCode::SERVICE_UNAVAILABLE => Code::ServerBusy,
        status if status.is_server_error() => Code::ServerFault,
        _ => Code::RequestMalformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frameworks_errors_get_codes_of_ours() {
        assert_eq!(from_error(NotFoundError.into()).code(), Code::RouteUnknown);
        assert_eq!(from_error(MethodNotAllowedError.into()).code(), Code::MethodUnsupported);
        assert_eq!(from_error(StatusCode::IM_A_TEAPOT.into()).code(), Code::RequestMalformed);
        assert_eq!(from_error(StatusCode::BAD_GATEWAY.into()).code(), Code::ServerFault);
        assert_eq!(from_error(Problem::new(Code::StateConflict).into()).code(), Code::StateConflict);
    }

    #[test]
    fn pages_for_people_and_successes_pass_unchanged() {
        assert!(from_response(&Response::builder().body("fine")).is_none());
        let page = Response::builder()
            .status(StatusCode::NOT_FOUND)
            .content_type("text/html; charset=utf-8")
            .body("<p>");
        assert!(from_response(&page).is_none());
        let bare = Response::builder().status(StatusCode::NOT_FOUND).body("no");
        assert_eq!(from_response(&bare).unwrap().code(), Code::ResourceUnknown);
    }
}
