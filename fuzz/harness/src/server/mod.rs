//! What stands between a socket and a handler: bodies, cursors, headers.

mod cursors;
mod headers;
mod request_bodies;

pub use cursors::cursors;
pub use headers::headers;
pub use request_bodies::request_bodies;
