//! Signed notes: a text that people can read, and signatures that machines can check, exactly as C2SP `signed-note`
//! lays them out.
//!
//! Two kinds of signature are made and checked here. A log signs its checkpoints with plain Ed25519 (type `0x01`); a
//! witness cosigns them with a time (type `0x04`, C2SP `tlog-cosignature`). Everybody else's signatures are kept and
//! ignored, so that a note may carry more than this build knows.
//!
//! Sources: <https://c2sp.org/signed-note>, <https://c2sp.org/tlog-cosignature>, RFC 8032.

mod keys;
mod signed;

#[cfg(test)]
mod tests;

pub use keys::{KeyTextError, NoteSigner, SignatureKind, VerifierKey};
pub use signed::{NoteError, Signature, SignedNote, Verified};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Standard base64 with padding, the one spelling of each value: other trailing bits are refused.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(super) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A number without sign or leading zeros.
pub(super) fn from_decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}
