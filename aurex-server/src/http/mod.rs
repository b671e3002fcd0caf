//! The HTTP edge: everything between a socket and a handler.
//!
//! poem routes and serves; what it does weakly is done here, each part small, with its own tests: one shape for
//! problems, bodies that are bounded and strictly decoded, origin and host checks, headers on every answer, facts of
//! the request, handlers that outlive their client, connections within bounds. [`edge::edge`] is the one list that says
//! in which order a request passes them.
//!
//! INVARIANT: nothing here knows a rule of the business, and no poem type leaves this crate.

pub mod acceptor;
pub mod answer;
pub mod body;
pub mod csrf;
pub mod cursor;
pub mod detach;
pub mod edge;
pub mod etag;
pub mod headers;
pub mod health;
pub mod host;
pub mod idempotency;
pub mod log;
pub mod openapi;
pub mod origin;
pub mod paging;
pub mod parameter;
pub mod problem;
pub mod request;
pub mod shutdown;
pub mod strict;

#[cfg(test)]
mod tests;
