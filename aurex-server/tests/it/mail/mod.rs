//! Mail as a relay sees it: what goes over the wire, and what never does.

pub mod captured;
pub mod certificates;
mod handing_over;
mod headers;
pub mod relay;
mod security;
