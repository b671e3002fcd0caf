//! The deployment's keys: what they are for, how they are told apart, and how a store recognises them.
//!
//! Keys live apart from the data and its backups, so the two can drift: a folder restored from last year, a machine
//! rebuilt without it. The store therefore keeps a [`CheckValue`] for each key, and [`KeyRing::verify`] names exactly
//! what is missing or wrong before anything is served; the alternative is a shop whose every password fails.

pub(crate) mod mac;

mod checkpoint;
mod id;
mod key;
mod ring;
mod stored;
mod text;

pub use checkpoint::CheckpointKeys;
pub use id::{KeyId, KeyIdError};
pub use key::{CheckValue, CheckValueError, Key, KeyState, Purpose, PurposeError};
pub use ring::{KeyRing, KeysError};
pub use stored::{StoredChecks, StoredChecksError};
pub use text::KeyFileError;

#[cfg(test)]
pub(crate) mod test_support {
    /// Bytes 0, 1, 2, … so that a test's keys are the same every time.
    pub(crate) fn counting_entropy() -> impl FnMut(&mut [u8]) {
        let mut next = 0_u8;
        move |buffer| {
            for byte in buffer {
                *byte = next;
                next = next.wrapping_add(1);
            }
        }
    }
}
