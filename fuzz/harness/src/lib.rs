//! What the fuzz targets check: one plain function a target, bytes in, an assertion that holds for every input.
//!
//! They live in a member of the workspace and not in the cargo-fuzz package, so that a plain `cargo test` replays the
//! seeds and every past crasher through the same code that the fuzzer runs, and clippy reads them.

mod allocation;
mod audit_bytes;
pub mod bill;
mod bytes;
mod mass_parse;
mod money_parse;
mod pricing;
#[cfg(feature = "server")]
mod server;
pub mod shop;
mod slugs;

pub use allocation::allocation;
pub use audit_bytes::audit_bytes;
pub use mass_parse::mass_parse;
pub use money_parse::money_parse;
pub use pricing::pricing;
#[cfg(feature = "server")]
pub use server::{cursors, headers, request_bodies};
pub use shop::shop_operations;
pub use slugs::slugs;

/// A target: its name, as the folders of its seeds and crashers are called, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// All of them; the replay test walks this list and fails for a folder of seeds that is not on it.
pub const TARGETS: &[Target] = &[
    ("allocation", allocation),
    ("audit_bytes", audit_bytes),
    #[cfg(feature = "server")]
    ("cursors", cursors),
    #[cfg(feature = "server")]
    ("headers", headers),
    ("mass_parse", mass_parse),
    ("money_parse", money_parse),
    ("pricing", pricing),
    #[cfg(feature = "server")]
    ("request_bodies", request_bodies),
    ("shop_operations", shop_operations),
    ("slugs", slugs),
];
