//! The Aurex reference server.

pub mod http;
