//! The edge: what every request passes on its way in and every answer on its way out.
//!
//! In order, inwards: a request id and the facts of the request; is it addressed to us (421); has its address asked too
//! much (429); is it found at this place (404); did a page of ours send it (403), and is its answer for where it would go
//! (403); then routing and the handler, in which a panic is contained. Outwards: whatever went wrong becomes one
//! shape, every answer gets its headers, one line is logged. All of it runs in a task of its own, so that neither a
//! handler nor its line in the log depends on the client still being there.

use std::{sync::Arc, time::Instant};

use futures_util::future::BoxFuture;
use poem::{Endpoint, Error, IntoResponse, PathPattern, Request, Response, Result, http::Method};
use tokio_util::task::TaskTracker;

use super::{
    context, csrf, detach, headers,
    headers::{Circumstances, Hsts},
    host,
    limits::Limits,
    log,
    origin::{Origins, Place},
    problem::{self, Problem},
    reports,
    request::{Entropy, RequestMeta, TrustedProxies},
};

/// What the edge must be told.
#[derive(Clone)]
pub struct EdgeConfig {
    /// The names this server is reached by.
    pub origins: Origins,
    /// The proxies whose word about a client's address counts.
    pub trusted_proxies: TrustedProxies,
    /// How far strict transport reaches.
    pub hsts: Hsts,
    /// Where request ids come from.
    pub entropy: Entropy,
    /// How much one may ask.
    pub limits: Limits,
    /// Who is told of forgeries.
    pub witness: Option<Arc<dyn Witness>>,
    /// Counts the requests that run; shutdown waits for it.
    pub tracker: TaskTracker,
}

/// Is told of requests that the edge refuses because another site's page made them. What the edge cannot know, it can:
/// whose session was to be ridden on.
pub trait Witness: Send + Sync {
    /// A forged `request` was refused.
    ///
    /// # Errors
    /// When it could not be written down.
    fn forged<'a>(
        &'a self,
        request: &'a Request,
        place: &'a Place,
        meta: &'a RequestMeta,
    ) -> BoxFuture<'a, Result<(), Problem>>;
}

/// Puts the edge around an application.
pub fn edge<E: Endpoint + 'static>(app: E, config: EdgeConfig) -> Edge<E> {
    Edge { tracker: config.tracker.clone(), inner: Arc::new(Inner { app, config }) }
}

/// An application behind the edge.
pub struct Edge<E> {
    tracker: TaskTracker,
    inner: Arc<Inner<E>>,
}

struct Inner<E> {
    app: E,
    config: EdgeConfig,
}

impl<E: Endpoint + 'static> Endpoint for Edge<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let inner = Arc::clone(&self.inner);
        match detach::detached(&self.tracker, async move { inner.serve(request).await }).await {
            Some(response) => Ok(response),
            None => Ok(detach::lost().render(None)),
        }
    }
}

impl<E: Endpoint + 'static> Inner<E> {
    async fn serve(&self, mut request: Request) -> Response {
        let started = Instant::now();
        let method = request.method().clone();
        let meta = RequestMeta::of(&request, &self.config.trusted_proxies, &self.config.entropy);
        let api = request.uri().path().split('/').nth(1) == Some("api");
        let addressed = host::addressed(&request, &self.config.origins);
        let secure = addressed.as_ref().is_ok_and(Place::is_secure);

        let admitted = match addressed {
            Ok(place) => self.admitted(&request, &place, &meta).await.map(|()| place),
            Err(problem) => Err(problem),
        };
        let answer = match admitted {
            Ok(place) => {
                request.set_data(meta.clone());
                request.set_data(place);
                request.set_method(routed(&method));
                detach::contained(self.app.call(request)).await.map(IntoResponse::into_response)
            }
            Err(problem) => Err(problem.into()),
        };

        let Settled { mut response, route, problem } = settle(answer, &meta);
        headers::apply(
            &mut response,
            Circumstances { api, secure, request_id: &meta.request_id },
            self.config.hsts,
        );
        let route = route.as_ref().map_or("-", |pattern| &pattern.0);
        let status = response.status();
        log::access(
            &meta,
            log::Line { method: &method, route, status, took: started.elapsed(), problem: problem.as_ref() },
        );
        response
    }

    /// Whether a request that is addressed to us goes on to its handler.
    async fn admitted(&self, request: &Request, place: &Place, meta: &RequestMeta) -> Result<(), Problem> {
        let (method, headers, path) = (request.method(), request.headers(), request.uri().path());
        self.config.limits.at_the_door(path, headers, meta.client_ip)?;
        host::found(request, place)?;
        if path != reports::PATH {
            let vouches = |origin: &str| self.config.origins.vouches(origin, place);
            if let Err(problem) = csrf::check(method, headers, vouches) {
                if let Some(witness) = &self.config.witness {
                    // A forgery that cannot be written down is a failure of ours: the log has no gaps.
                    witness.forged(request, place, meta).await?;
                }
                return Err(problem);
            }
        }
        context::check(method, path, headers)
    }
}

/// A method that nobody has heard of goes the way of `TRACE`, which every path refuses with its `Allow`.
fn routed(method: &Method) -> Method {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => method.clone(),
        _ => Method::TRACE,
    }
}

struct Settled {
    response: Response,
    route: Option<PathPattern>,
    problem: Option<Problem>,
}

/// One shape for whatever went wrong, with the id of the request.
fn settle(answer: Result<Response, Error>, meta: &RequestMeta) -> Settled {
    let (response, route, problem) = match answer {
        Ok(response) => {
            let (route, problem) = (response.data().cloned(), problem::from_response(&response));
            (Some(response), route, problem)
        }
        Err(error) => (None, error.data().cloned(), Some(problem::from_error(error))),
    };
    let response = match (&problem, response) {
        (None, Some(response)) => response,
        (Some(problem), before) => carried_over(before, problem.render(Some(&meta.request_id))),
        // Unreachable by construction: an error always has its problem.
        (None, None) => detach::lost().render(Some(&meta.request_id)),
    };
    Settled { response, route, problem }
}

/// A handler's own refusal may have ended a session: its cookies go along.
fn carried_over(before: Option<Response>, mut problem: Response) -> Response {
    for cookie in before.iter().flat_map(|before| before.headers().get_all(poem::http::header::SET_COOKIE)) {
        problem.headers_mut().append(poem::http::header::SET_COOKIE, cookie.clone());
    }
    problem
}
