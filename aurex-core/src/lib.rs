//! Aurex core: tenancy, roles, audit, money and a shop's rules, without I/O.

pub mod measure;
pub mod money;
#[cfg(feature = "shop")]
pub mod shop;
