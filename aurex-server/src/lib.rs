//! The Aurex reference server.

pub mod ops;
