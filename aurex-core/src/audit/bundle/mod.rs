//! A log to take away: files that anybody can check without a server, without this library, and without us.
//!
//! ```text
//! README                         what this is, for people
//! keys.txt                       the log's verifier keys, one a line
//! policy.txt                     whom the owner trusts to have watched (C2SP tlog-policy)
//! checkpoints.txt                the checkpoints, the oldest first, an empty line between two
//! log/checkpoint                 the newest of them
//! log/tile/<level>/<place>       the tree (C2SP tlog-tiles)
//! log/tile/entries/<place>       the entries
//! openings/<place>               what opens the commitments of those entries, one a line
//! ```
//!
//! `docs/audit-format.md` says every byte of it, and `examples/verify_log.py` reads it with nothing but what Python
//! comes with. Bundles are written and read 256 entries at a time, whatever the log's length.

mod field;
mod writer;

pub use field::Field;
pub(super) use field::{Line, lines_in};
pub use writer::{BundleFile, BundleWriter};

pub(super) const KEYS: &str = "keys.txt";
pub(super) const POLICY: &str = "policy.txt";
pub(super) const CHECKPOINTS: &str = "checkpoints.txt";
pub(super) const NEWEST: &str = "log/checkpoint";
pub(super) const LOG: &str = "log/";
pub(super) const OPENINGS: &str = "openings/";
