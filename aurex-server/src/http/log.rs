//! The access log: one line a request, by what it matched and not by what was typed.
//!
//! A URL holds ids, search terms and now and then a token; the matched pattern holds none of them and has as many
//! values as there are routes. Bodies, cookies, headers and addresses of people never come near it.

use std::time::Duration;

use poem::http::{Method, StatusCode};

use super::{problem::Problem, request::RequestMeta};

/// What one line says.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The method; anything unusual is `OTHER`, since a method is free text too.
    pub method: &'a Method,
    /// The pattern that matched, or `-`.
    pub route: &'a str,
    /// The answer's status.
    pub status: StatusCode,
    /// From the head's arrival to the answer's head.
    pub took: Duration,
    /// Its code, where the answer is a problem.
    pub problem: Option<&'a Problem>,
}

/// Writes the line: faults as errors and what could not be answered now as warnings, each with its whole chain; probes
/// only when somebody looks closely.
pub fn access(meta: &RequestMeta, line: Line<'_>) {
    let method = if known(line.method) { line.method.as_str() } else { "OTHER" };
    let (route, status, id) = (line.route, line.status.as_u16(), meta.request_id.as_str());
    let took_us = u64::try_from(line.took.as_micros()).unwrap_or(u64::MAX);
    let code = line.problem.map_or("", |problem| problem.code().as_str());
    let cause = || line.problem.and_then(Problem::cause).map(chain).unwrap_or_default();
    if matches!(route, "/healthz" | "/readyz") {
        tracing::debug!(target: "aurex::access", method, route, status, took_us, request_id = id, "probe answered");
    } else if line.status == StatusCode::SERVICE_UNAVAILABLE {
        let cause = cause();
        tracing::warn!(target: "aurex::access", method, route, status, took_us, request_id = id, code, cause, "request sent away");
    } else if line.status.is_server_error() {
        let cause = cause();
        tracing::error!(target: "aurex::access", method, route, status, took_us, request_id = id, code, cause, "request failed");
    } else {
        tracing::info!(target: "aurex::access", method, route, status, took_us, request_id = id, code, "request answered");
    }
}

fn known(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET
            | Method::HEAD
            | Method::POST
            | Method::PUT
            | Method::PATCH
            | Method::DELETE
            | Method::OPTIONS
            | Method::TRACE
    )
}

/// An error and everything behind it, in one line.
fn chain(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut chain = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        chain.push_str(": ");
        chain.push_str(&source.to_string());
        next = source.source();
    }
    chain
}
