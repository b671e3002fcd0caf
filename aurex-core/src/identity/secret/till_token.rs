//! The token in the browser of a shared till.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::TokenTextError;
use super::token_hash::TokenHash;

/// Tells it from the other tokens, so that none is taken for another.
const PREFIX: &str = "t1_";

/// A shared till's token: `t1_` and 256 random bits as 43 characters of base64url.
///
/// It stands in the till's cookie and nowhere else; only its hash is stored. It says which device this is and opens
/// nothing by itself. `Debug` withholds it.
///
/// ```
/// use aurex_core::identity::secret::TillToken;
///
/// let given = TillToken::from_entropy([7; 32]); // 32 fresh random bytes
/// let presented = TillToken::parse(given.expose())?;
/// assert_eq!(presented.hash(), given.hash());
/// # Ok::<(), aurex_core::identity::secret::TokenTextError>(())
/// ```
#[derive(Clone)]
pub struct TillToken(Zeroizing<String>);

impl TillToken {
    /// A new token of 32 fresh random bytes.
    pub fn from_entropy(random: [u8; 32]) -> Self {
        let random = Zeroizing::new(random);
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 43));
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(random.as_slice(), &mut text);
        Self(text)
    }

    /// Reads a token as it came in a cookie. One token has one spelling.
    ///
    /// # Errors
    ///
    /// [`TokenTextError`].
    pub fn parse(text: &str) -> Result<Self, TokenTextError> {
        let secret = text.strip_prefix(PREFIX).ok_or(TokenTextError)?;
        let mut random = Zeroizing::new([0; 32]);
        match URL_SAFE_NO_PAD.decode_slice(secret, random.as_mut_slice()) {
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

impl fmt::Debug for TillToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TillToken(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::super::SessionToken;
    use super::*;

    #[test]
    fn asvs_v7_2_3_a_tills_token_has_256_bits_and_one_spelling() {
        let token = TillToken::from_entropy([0xff; 32]);
        let text = token.expose();
        assert_eq!(text, "t1___________________________________________8");
        assert_eq!(TillToken::parse(text).unwrap().hash(), token.hash());
        let (all_but_last, _) = text.split_at(45);
        for other in [
            "",
            "t1_",
            all_but_last,
            &format!("{all_but_last}9"),
            &format!("{text}="),
            &format!(" {text}"),
            &text.replace("t1_", "T1_"),
            SessionToken::from_entropy([0xff; 32]).expose(),
        ] {
            assert_eq!(TillToken::parse(other).unwrap_err(), TokenTextError, "{other}");
        }
        assert!(SessionToken::parse(text).is_err(), "a till's token is no session's");
    }

    #[test]
    fn a_token_never_prints_itself() {
        assert_eq!(format!("{:?}", TillToken::from_entropy([1; 32])), "TillToken(withheld)");
    }
}
