//! The Aurex reference server.
//!
//! | room | what is in it |
//! |---|---|
//! | [`http`] | the edge: everything between a socket and a handler |
//! | [`api`] | the contract: wire types, and one operation a handler |
//! | [`ops`] | keys, clock and chance of the machine; background work |
//!
//! The server holds no rule of the business. A handler parses, calls one service function and maps the answer.

#![deny(missing_docs)]

pub mod api;
pub mod http;
pub mod ops;
