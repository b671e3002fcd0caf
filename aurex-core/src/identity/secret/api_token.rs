//! The token of a program.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::TokenTextError;
use super::token_hash::TokenHash;

/// What secret scanners look for.
const PREFIX: &str = "aurex_";
/// How many characters of the secret tell tokens apart in a list: 36 bits, which leaves 220 to whoever has seen them.
const SHOWN_CHARS: usize = 6;
/// 256 bits in base64url.
const SECRET_CHARS: usize = 43;

/// An API token: `aurex_`, 256 random bits as 43 characters of base64url, and a checksum of 6.
///
/// `aurex_[A-Za-z0-9_-]{49}` finds it in a repository or a log, and the checksum (the first 32 bits of the SHA-256 of
/// what precedes it) tells a real one from a look-alike without asking us; we refuse typing errors before any look-up.
/// The checksum is no secret and proves nothing. `Debug` withholds the token.
#[derive(Clone)]
pub struct ApiToken(Zeroizing<String>);

impl ApiToken {
    /// A new token of 32 fresh random bytes.
    pub fn from_entropy(random: [u8; 32]) -> Self {
        let random = Zeroizing::new(random);
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(random.as_slice()));
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + SECRET_CHARS + 6));
        text.push_str(PREFIX);
        text.push_str(&secret);
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Self(text)
    }

    /// Reads a token as it came in an `Authorization` header.
    ///
    /// # Errors
    ///
    /// [`TokenTextError`] unless it is spelled exactly as it was given out.
    pub fn parse(text: &str) -> Result<Self, TokenTextError> {
        let (body, sum) = text.split_at_checked(PREFIX.len() + SECRET_CHARS).ok_or(TokenTextError)?;
        let secret = body.strip_prefix(PREFIX).ok_or(TokenTextError)?;
        let mut random = Zeroizing::new([0; 32]);
        match URL_SAFE_NO_PAD.decode_slice(secret, random.as_mut_slice()) {
            Ok(32) if checksum(body) == sum => Ok(Self(Zeroizing::new(text.to_owned()))),
            _ => Err(TokenTextError),
        }
    }

    /// The secret itself, to be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The part that may be shown in a list and said over the telephone: `aurex_` and the next six characters.
    pub fn prefix(&self) -> &str {
        self.0.get(..PREFIX.len() + SHOWN_CHARS).unwrap_or_default()
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

fn checksum(body: &str) -> String {
    let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(body).into();
    URL_SAFE_NO_PAD.encode([a, b, c, d])
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_has_the_shape_scanners_know() {
        let token = ApiToken::from_entropy([0x42; 32]);
        let text = token.expose();
        assert_eq!(text.len(), 55);
        assert!(text.starts_with("aurex_QkJCQkJC"));
        assert_eq!(ApiToken::parse(text).unwrap().hash(), token.hash());
        assert_eq!(token.prefix(), "aurex_QkJCQk");
        assert_eq!(format!("{token:?}"), "ApiToken(withheld)");
    }

    #[test]
    fn another_spelling_is_refused() {
        let text = ApiToken::from_entropy([0x42; 32]).expose().to_owned();
        let others = [
            String::new(),
            text.replace("aurex_", ""),
            text.replace("aurex_", "AUREX_"),
            format!("{text}A"),
            format!("{text} "),
            format!("{text}="),
            text.split_at(54).0.to_owned(),
            format!("{}é{}", text.split_at(48).0, text.split_at(50).1),
        ];
        for other in others {
            assert_eq!(ApiToken::parse(&other).unwrap_err(), TokenTextError, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_typing_error_is_found_before_any_look_up(
            random in any::<[u8; 32]>(),
            place in any::<prop::sample::Index>(),
            typed in "[A-Za-z0-9_-]",
        ) {
            let good = ApiToken::from_entropy(random).expose().to_owned();
            let place = place.index(good.len());
            let mut wrong = good.clone();
            wrong.replace_range(place..=place, &typed);
            prop_assert_eq!(ApiToken::parse(&wrong).is_ok(), wrong == good);
        }
    }
}
