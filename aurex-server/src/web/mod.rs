//! What a browser gets: one plain page at `/` that says what runs here, the few pages that a mail leads to, and those
//! where members look after their own access: sessions, second factor, what waits for them.
//!
//! The pages of a workspace are the same for every name that could be one: they know of no workspace whether it exists,
//! and hold nothing of anybody. What they show and do is asked of the API by modules of ours; nothing stands inline, so
//! the policy of [`headers`](crate::http::headers) lets them through as it is. They keep nothing in the browser.

mod next;
mod pages;
mod recorded;

use poem::{Endpoint, Response, endpoint::make_sync};

pub use pages::{own_page, workspace_page};
pub use recorded::recorded_page;

const PAGE: &str = include_str!("front.html");
const STYLE: &str = include_str!("page.css");
const BILL_STYLE: &str = include_str!("bill.css");

/// `GET /`.
pub fn front_page() -> impl Endpoint + 'static {
    make_sync(|_| Response::builder().content_type("text/html; charset=utf-8").body(PAGE))
}

/// `GET /assets/page.css`.
pub fn style() -> impl Endpoint + 'static {
    make_sync(|_| Response::builder().content_type("text/css; charset=utf-8").body(STYLE))
}

/// `GET /assets/bill.css`: of the page that a bill is printed from.
pub fn bill_style() -> impl Endpoint + 'static {
    make_sync(|_| Response::builder().content_type("text/css; charset=utf-8").body(BILL_STYLE))
}

/// `GET /assets/call.js`: how the other modules speak with the API.
pub fn calls() -> impl Endpoint + 'static {
    module(include_str!("call.js"))
}

/// `GET /assets/access.js`: of the pages before somebody is signed in.
pub fn access() -> impl Endpoint + 'static {
    module(include_str!("access.js"))
}

/// `GET /assets/member.js`: of the pages of whoever is signed in.
pub fn member() -> impl Endpoint + 'static {
    module(include_str!("member.js"))
}

fn module(text: &'static str) -> impl Endpoint + 'static {
    make_sync(move |_| Response::builder().content_type("text/javascript; charset=utf-8").body(text))
}
