//! Passwords: what is accepted, what is stored, and how hashing is kept from starving everything else.
//!
//! bcrypt reads 72 bytes and stops at a NUL. Sixty-four Devanagari letters are 192 bytes, so passwords that differ
//! only at the end would be the same password. Hence every password goes through a keyed hash first:
//!
//! ```text
//! typed ──NFC──► HMAC-SHA-384 under the pepper ──base64──► 64 bytes without NUL ──► bcrypt $2b$, cost ≥ 12
//! ```
//!
//! The key (the *pepper*) lives apart from the database, so a stolen database cannot be guessed at, and a hash from
//! another product cannot be replayed here (nor ours there: a plain unkeyed pre-hash would allow that). SHA-384 rather
//! than SHA-512, because base64 of 64 bytes is 88 characters and would lose its end to bcrypt again.
//!
//! What is stored is `b1:<pepper id>:<bcrypt string>`: the scheme, the key and the cost are all there, so
//! [`PasswordHash::needs_upgrade`] can tell at each sign-in whether to hash anew.

mod breached;
mod common;
mod cost;
mod hash;
mod pepper;
mod policy;
mod pool;
mod strength;
mod typed;
mod violation;

pub use breached::{BreachedError, BreachedPasswords, RangePrefix};
pub use cost::{Cost, CostError, calibrate};
pub use hash::{PasswordHash, PasswordHashError, UnknownPepper, dummy_verify};
pub use pepper::{Pepper, Peppers};
pub use policy::{Judgement, PasswordPolicy, PasswordPolicyError};
pub use pool::{HashJob, HashPool, HashPoolError, HashThreads};
pub use strength::Advice;
pub use typed::Password;
pub use violation::{ContextSource, ContextWord, PasswordRefused, Violation};
