//! What a browser gets: one plain page at `/` that says what runs here, and the few pages that a mail leads to.
//!
//! The pages of a workspace are the same for every name that could be one: they know of no workspace whether it exists.
//! What they do is done by one module of ours over the API; nothing stands inline, so the policy of
//! [`headers`](crate::http::headers) lets them through as it is.

mod pages;
mod recorded;

use poem::{Endpoint, Response, endpoint::make_sync};

pub use pages::workspace_page;
pub use recorded::recorded_page;

const PAGE: &str = include_str!("front.html");
const STYLE: &str = include_str!("page.css");
const MODULE: &str = include_str!("access.js");

/// `GET /`.
pub fn front_page() -> impl Endpoint + 'static {
    make_sync(|_| Response::builder().content_type("text/html; charset=utf-8").body(PAGE))
}

/// `GET /assets/page.css`.
pub fn style() -> impl Endpoint + 'static {
    make_sync(|_| Response::builder().content_type("text/css; charset=utf-8").body(STYLE))
}

/// `GET /assets/access.js`.
pub fn module() -> impl Endpoint + 'static {
    make_sync(|_| Response::builder().content_type("text/javascript; charset=utf-8").body(MODULE))
}
