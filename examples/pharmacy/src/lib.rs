//! A pharmacy on Aurex's kernel: what somebody writes whose customers are no jewellers.
//!
//! A pharmacy receives batches of medicines and dispenses from them, and has to answer for every piece: who gave what to
//! whom, from which batch, and on whose prescription. India, for one, wants a register of that for medicines of Schedule
//! H1 (G.S.R. 588(E) of 30 August 2013). Here the register is a table whose every row has its entry in the workspace's
//! log, and there is no other way to write one.
//!
//! | file | idea |
//! |---|---|
//! | `actions` | what somebody may do, by role and how far; the catalogue |
//! | `rows` | the pharmacy's ids and its two tables |
//! | `receive`, `dispense` | the rules: pure functions from what is known to a change, or a refusal |
//! | `shelf` | what the pharmacy asks of a store, whichever it is |
//! | `service` | the road: one function a use case, scope in, receipt out |
//! | `sqlite`, `postgres` | the shelf on either store, each with its own migrations and SQL |
//!
//! Everything but these two builds on the kernel alone (`--no-default-features`): no shop, no store, no SQL.

#![deny(missing_docs)]

pub mod actions;
pub mod dispense;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod receive;
pub mod rows;
pub mod service;
pub mod shelf;
#[cfg(feature = "sqlite")]
pub mod sqlite;
