//! Random secrets that stand for somebody: session tokens, API tokens, the tokens of mailed links and of shared
//! tills.
//!
//! Each has 256 bits from the given entropy. Only a [`TokenHash`] is ever stored, so a stolen database opens no session. A
//! plain SHA-256 is enough here, unlike for passwords: nobody can guess 256 random bits, however fast the hash.

mod api_token;
mod bearer;
mod token_hash;

pub use api_token::ApiToken;
pub use bearer::{BearerToken, Bearing, LinkToken, SessionToken, TillToken};
pub use token_hash::TokenHash;

/// The text is not a token of this kind. It says nothing about what was wrong: the text may be somebody's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is malformed")]
pub struct TokenTextError;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn asvs_v11_5_1_each_of_256_random_bits_makes_another_token() {
        let flipped = |bit: usize| {
            let mut random = [0x5a; 32];
            if bit < 256 {
                random[bit / 8] ^= 1 << (bit % 8);
            }
            random
        };
        let sessions: BTreeSet<_> =
            (0..=256).map(|bit| SessionToken::from_entropy(flipped(bit)).expose().to_owned()).collect();
        let tokens: BTreeSet<_> =
            (0..=256).map(|bit| ApiToken::from_entropy(flipped(bit)).expose().to_owned()).collect();
        assert_eq!((sessions.len(), tokens.len()), (257, 257));
    }
}
