//! The store on real files: one binary, so that linking stays quick.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests report by panicking")]

mod files;
mod guards;
mod own;
mod transactions;
mod world;
