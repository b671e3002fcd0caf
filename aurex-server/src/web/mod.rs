//! What a browser gets at `/`: one plain page that says what runs here and where to go. The shop's own pages come
//! later.

use poem::{Endpoint, Response, endpoint::make_sync};

const PAGE: &str = include_str!("front.html");
const STYLE: &str = include_str!("page.css");

/// `GET /`.
pub fn front_page() -> impl Endpoint + 'static {
    make_sync(|_| Response::builder().content_type("text/html; charset=utf-8").body(PAGE))
}

/// `GET /assets/page.css`.
pub fn style() -> impl Endpoint + 'static {
    make_sync(|_| Response::builder().content_type("text/css; charset=utf-8").body(STYLE))
}
