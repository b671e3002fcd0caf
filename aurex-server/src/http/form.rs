//! Looks at the stamps of forms before the operations that they are sent to.

use poem::http::Method;
use poem::{Endpoint, Request, Result};

use super::limits::Limits;
use super::origin::WORKSPACES;

/// The header in which our pages send the stamp that they were made with.
pub const HEADER: &str = "aurex-form";

/// An endpoint that is asked for what our pages send only when a person can have sent it.
pub struct Paced<E> {
    inner: E,
    limits: Limits,
}

impl<E> Paced<E> {
    /// In front of `inner`.
    pub const fn new(inner: E, limits: Limits) -> Self {
        Self { inner, limits }
    }
}

impl<E: Endpoint> Endpoint for Paced<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<Self::Output> {
        if request.method() == Method::POST
            && let Some(stamp) = request.headers().get(HEADER)
        {
            // Nested below the workspaces, a request has lost that part of its path.
            let path = request.uri().path();
            let below = path.strip_prefix(WORKSPACES).unwrap_or(path);
            let workspace = below.trim_start_matches('/').split('/').next().unwrap_or_default();
            self.limits.form(workspace, stamp.to_str().unwrap_or_default())?;
        }
        self.inner.call(request).await
    }
}
