//! Random secrets that stand for somebody: session tokens, API tokens, the tokens of mailed links and of shared
//! tills.
//!
//! Each has 256 bits from the given entropy. Only a [`TokenHash`] is ever stored, so a stolen database opens no session. A
//! plain SHA-256 is enough here, unlike for passwords: nobody can guess 256 random bits, however fast the hash.

mod api_token;
mod link_token;
mod session_token;
mod till_token;
mod token_hash;

pub use api_token::ApiToken;
pub use link_token::LinkToken;
pub use session_token::SessionToken;
pub use till_token::TillToken;
pub use token_hash::TokenHash;

/// The text is not a token of this kind. It says nothing about what was wrong: the text may be somebody's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is malformed")]
pub struct TokenTextError;
