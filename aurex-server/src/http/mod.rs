//! The HTTP edge: everything between a socket and a handler.
//!
//! poem routes and serves; what it does weakly is done here, each part small, with its own tests: one shape for
//! problems, bodies that are bounded and strictly decoded, origin and host checks, headers on every answer, facts of
//! the request, handlers that outlive their client, connections within bounds. [`edge::edge`] is the one list that says
//! in which order a request passes them.
//!
//! A room of the API is a struct with its operations; what it takes is declared, not parsed:
//!
//! ```
//! use std::sync::Arc;
//!
//! use aurex_server::http::{
//!     answer::{Created, Page},
//!     body::{Body, Text, request},
//!     edge::{EdgeConfig, edge},
//!     headers::Hsts,
//!     idempotency::IdempotencyKey,
//!     limits::Limits,
//!     origin::Origins,
//!     paging::{After, Limit},
//!     parameter::{Path, Query},
//!     problem::Problem,
//!     request::TrustedProxies,
//!     strict::Strict,
//! };
//! use poem::{Endpoint as _, Request, Route, http::{Method, StatusCode}};
//! use poem_openapi::{OpenApi, OpenApiService, payload::Json};
//!
//! request! {
//!     /// A new customer.
//!     pub struct NewCustomer {
//!         /// The name on bills.
//!         name: Text<1, 200>,
//!         phone: Option<Text<1, 20>>,
//!     }
//! }
//!
//! struct Customers;
//!
//! #[OpenApi]
//! impl Customers {
//!     /// Adds a customer. Who asks comes first, the body last.
//!     #[oai(path = "/:w/customers", method = "post")]
//!     async fn add(
//!         &self,
//!         w: Path<Text<3, 30>>,
//!         #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
//!         body: Body<NewCustomer>,
//!     ) -> Result<Created<String>, Problem> {
//!         let (customer, _leaves) = body.into_parts();
//!         Ok(Created::new(format!("{}: {}", w.as_str(), customer.name.as_str())).replayed(key.as_deref() == Some("old")))
//!     }
//!
//!     /// Lists customers.
//!     #[oai(path = "/:w/customers", method = "get")]
//!     async fn list(
//!         &self,
//!         w: Path<Text<3, 30>>,
//!         limit: Query<Limit>,
//!         after: Query<Option<After>>,
//!     ) -> Result<Json<Page<String>>, Problem> {
//!         let _ = (w, limit.get(), &*after);
//!         Ok(Json(Page { items: Vec::new(), next: None }))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let api = OpenApiService::new(Strict(Customers), "Aurex", "1");
//! let app = edge(
//!     Route::new().nest("/api/v1/workspaces", api),
//!     EdgeConfig {
//!         origins: Origins::new(["http://127.0.0.1:8080".parse().unwrap()]),
//!         trusted_proxies: TrustedProxies::default(),
//!         hsts: Hsts::default(),
//!         entropy: Arc::new(|bytes| bytes.fill(4)),
//!         limits: Limits::none(),
//!         witness: None,
//!         tracker: Default::default(),
//!     },
//! );
//! let request = Request::builder()
//!     .method(Method::POST)
//!     .uri_str("/api/v1/workspaces/acme/customers")
//!     .header("host", "localhost:8080")
//!     .content_type("application/json")
//!     .body(r#"{"name": "Asha", "fone": "1"}"#);
//! let response = app.get_response(request).await;
//! assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
//! let problem = response.into_body().into_string().await.unwrap();
//! assert!(problem.contains(r#""pointer":"/fone","code":"field.unknown""#));
//! # }
//! ```
//!
//! INVARIANT: nothing here knows a rule of the business, and no poem type leaves this crate.

pub mod acceptor;
pub mod answer;
pub mod body;
mod challenge;
pub mod context;
pub mod csrf;
pub mod cursor;
pub mod detach;
pub mod edge;
pub mod etag;
pub mod form;
pub mod headers;
pub mod health;
pub mod host;
pub mod idempotency;
pub mod limits;
pub mod log;
pub mod openapi;
pub mod origin;
pub mod paging;
pub mod parameter;
pub mod plain;
pub mod problem;
pub mod reports;
pub mod request;
pub mod shutdown;
pub mod strict;

#[cfg(test)]
mod tests;
