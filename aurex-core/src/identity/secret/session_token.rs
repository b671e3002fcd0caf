//! The token in a browser's cookie.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::TokenTextError;
use super::token_hash::TokenHash;

/// A session token: 256 random bits as 43 characters of base64url (RFC 4648, section 5, without padding).
///
/// It is made at sign-in and at each step-up, travels in the cookie, and is stored nowhere. `Debug` withholds it.
///
/// ```
/// use aurex_core::identity::secret::SessionToken;
///
/// let given = SessionToken::from_entropy([7; 32]); // 32 fresh random bytes
/// let presented = SessionToken::parse(given.expose())?;
/// assert_eq!(presented.hash(), given.hash());
/// # Ok::<(), aurex_core::identity::secret::TokenTextError>(())
/// ```
#[derive(Clone)]
pub struct SessionToken(Zeroizing<String>);

impl SessionToken {
    /// A new token of 32 fresh random bytes.
    pub fn from_entropy(random: [u8; 32]) -> Self {
        let random = Zeroizing::new(random);
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(random.as_slice())))
    }

    /// Reads a token as it came in a cookie. One token has one spelling: padding, spaces and stray bits in the last
    /// character are refused, before anything is looked up.
    ///
    /// # Errors
    ///
    /// [`TokenTextError`].
    pub fn parse(text: &str) -> Result<Self, TokenTextError> {
        let mut random = Zeroizing::new([0; 32]);
        match URL_SAFE_NO_PAD.decode_slice(text, random.as_mut_slice()) {
            Ok(32) => Ok(Self(Zeroizing::new(text.to_owned()))),
            _ => Err(TokenTextError),
        }
    }

    /// The secret itself, for the `Set-Cookie` header and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_v7_2_3_a_token_has_256_bits_and_one_spelling() {
        let token = SessionToken::from_entropy([0xff; 32]);
        let text = token.expose();
        assert_eq!(text, "__________________________________________8");
        assert_eq!(SessionToken::parse(text).unwrap().hash(), token.hash());

        // The last character carries four bits; another one with the same four must not be the same token.
        let same_bits = text.replace('8', "9");
        let short = text.split_at(42).0;
        for other in
            [same_bits.as_str(), short, "", &format!("{text}="), &format!(" {text}"), &text.replace('_', "/")]
        {
            assert_eq!(SessionToken::parse(other).unwrap_err(), TokenTextError, "{other}");
        }
    }

    #[test]
    fn other_entropy_is_another_token_and_none_prints_itself() {
        let [one, other] = [1, 2].map(|byte| SessionToken::from_entropy([byte; 32]));
        assert_ne!(one.expose(), other.expose());
        assert_ne!(one.hash(), other.hash());
        assert_eq!(format!("{one:?}"), "SessionToken(withheld)");
    }
}
