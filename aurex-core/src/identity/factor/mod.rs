//! The second factor, and the small secrets that people read and type.
//!
//! | secret | bits | lives | stored as |
//! |---|---|---|---|
//! | [`Seed`] of an authenticator | 160 | until it is replaced | sealed by the [vault](crate::identity::vault), for it must be read again |
//! | its six digits | 20 | 30 s, and once | nothing but the last accepted [`Step`] |
//! | [recovery code](RecoveryCodes) | 120 | until it is used, once | SHA-256: nobody can guess 120 bits |
//! | [`MailCode`] | 40 | 10 min, five tries, once | a keyed hash: the database alone is no help in guessing it |
//! | [`Pin`] at a shared till | 19 and more | until it is replaced | as a password is: bcrypt under the pepper |
//!
//! Everything is drawn from an [`Entropy`](crate::chance::Entropy) that is fit for secrets, wiped from memory on drop
//! and never printed. Whether a try may be made at all is the [throttle's](super::throttle) question, before these.

mod base32;
mod hotp;
mod mail_code;
mod pin;
mod recovery;
mod seed;
mod totp;

pub use hotp::{Digits, HotpHash, hotp};
pub use mail_code::{MailCode, MailCodeError, MailCodeKeys};
pub use pin::{Pin, PinRefused};
pub use recovery::{RecoveryCodes, RecoveryHash};
pub use seed::{Enrolment, Seed, SeedError};
pub use totp::{Step, verify};
