//! Aurex core: tenancy, roles, audit, money and a shop's rules, without I/O.

#![deny(missing_docs)]

pub mod audit;
pub mod chance;
pub mod erasure;
pub mod identity;
pub mod ledger;
pub mod measure;
pub mod money;
pub mod rbac;
pub mod refusal;
pub mod service;
#[cfg(feature = "shop")]
pub mod shop;
pub mod store;
pub mod tenancy;
pub mod text;
pub mod time;

pub use uuid;
