//! The Aurex reference server.
//!
//! | room | what is in it |
//! |---|---|
//! | [`export`] | the audit log on its way out: its forms, and the files that are fetched |
//! | [`http`] | the edge: everything between a socket and a handler |
//! | [`api`] | the contract: wire types, and one operation a handler |
//! | [`app`] | the composition root: a store, its authority and the keys become an application |
//! | [`cli`], [`config`] | the command line and the configuration |
//! | [`import`] | tables that people bring, from comma-separated text to rows |
//! | [`mail`] | letters, and the ways by which they leave |
//! | [`ops`] | keys, certificates, clock and chance of the machine; background work |
//! | [`web`] | what a browser gets |
//!
//! The server holds no rule of the business. A handler parses, calls one service function and maps the answer.

#![deny(missing_docs)]

pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod export;
pub mod http;
pub mod import;
pub mod mail;
pub mod ops;
mod print;
pub mod web;
