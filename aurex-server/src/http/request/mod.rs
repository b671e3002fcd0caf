//! The facts of a request that the audit log and the throttles want: its id, where it came from, what sent it.

mod client_ip;
mod meta;

pub use client_ip::{EdgeHeader, Network, NotANetwork, TrustedProxies};
pub use meta::{Entropy, RequestMeta};
