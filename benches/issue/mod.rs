//! Issuing bills on any store, and what the same rows cost without Aurex.
//!
//! | room | what is in it |
//! |---|---|
//! | `till` | a scripted shop with pieces enough to sell, and its bills |
//! | `sqlite` | the SQLite store, and its floor: the same rows in hand-written SQL through the C library |
//! | `figures` | rounds, medians, ratios |

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that cannot set up its inputs must stop"
)]

pub mod figures;
pub mod sqlite;
pub mod till;
