//! Tokens that open something for whoever presents them: of a session, of a mailed link, of a shared till.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::TokenTextError;
use super::token_hash::TokenHash;

/// What a token is for. Its prefix tells it from the others, so that none is taken for another.
pub trait Bearing {
    /// The name in Rust, for `Debug`.
    const NAME: &'static str;
    /// What stands before the secret.
    const PREFIX: &'static str;
}

/// A browser's session; see [`SessionToken`].
#[derive(Debug, Clone, Copy)]
pub enum OfSession {}

/// A mailed link; see [`LinkToken`].
#[derive(Debug, Clone, Copy)]
pub enum OfLink {}

/// A shared till; see [`TillToken`].
#[derive(Debug, Clone, Copy)]
pub enum OfTill {}

impl Bearing for OfSession {
    const NAME: &'static str = "SessionToken";
    const PREFIX: &'static str = "";
}

impl Bearing for OfLink {
    const NAME: &'static str = "LinkToken";
    const PREFIX: &'static str = "l1_";
}

impl Bearing for OfTill {
    const NAME: &'static str = "TillToken";
    const PREFIX: &'static str = "t1_";
}

/// The token in a browser's cookie: made at sign-in and at each step-up, and stored nowhere.
///
/// ```
/// use aurex_core::identity::secret::SessionToken;
///
/// let given = SessionToken::from_entropy([7; 32]); // 32 fresh random bytes
/// let presented = SessionToken::parse(given.expose())?;
/// assert_eq!(presented.hash(), given.hash());
/// # Ok::<(), aurex_core::identity::secret::TokenTextError>(())
/// ```
pub type SessionToken = BearerToken<OfSession>;

/// The token in a link that is mailed: an invitation, a reset, a magic link. It stands in the mail and nowhere else. It is
/// good once and for a short time, which is for whoever looks it up to enforce, in the turn in which it is used.
pub type LinkToken = BearerToken<OfLink>;

/// The token in the cookie of a shared till. It says which device this is and opens nothing by itself.
pub type TillToken = BearerToken<OfTill>;

/// A prefix that says what it is for, and 256 random bits as 43 characters of base64url (RFC 4648, section 5, without
/// padding). Only its hash is stored. `Debug` withholds it.
pub struct BearerToken<B> {
    text: Zeroizing<String>,
    of: PhantomData<fn() -> B>,
}

impl<B: Bearing> BearerToken<B> {
    /// A new token of 32 fresh random bytes.
    pub fn from_entropy(random: [u8; 32]) -> Self {
        let random = Zeroizing::new(random);
        let mut text = Zeroizing::new(String::with_capacity(B::PREFIX.len() + 43));
        text.push_str(B::PREFIX);
        URL_SAFE_NO_PAD.encode_string(random.as_slice(), &mut text);
        Self { text, of: PhantomData }
    }

    /// Reads a token as it was presented. One token has one spelling: padding, spaces and stray bits in the last
    /// character are refused, before anything is looked up.
    ///
    /// # Errors
    ///
    /// [`TokenTextError`].
    pub fn parse(text: &str) -> Result<Self, TokenTextError> {
        let secret = text.strip_prefix(B::PREFIX).ok_or(TokenTextError)?;
        let mut random = Zeroizing::new([0; 32]);
        match URL_SAFE_NO_PAD.decode_slice(secret, random.as_mut_slice()) {
            Ok(32) => Ok(Self { text: Zeroizing::new(text.to_owned()), of: PhantomData }),
            _ => Err(TokenTextError),
        }
    }

    /// The secret itself, for the cookie or the mail that carries it and nothing else.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.text)
    }
}

impl<B> Clone for BearerToken<B> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), of: PhantomData }
    }
}

impl<B: Bearing> fmt::Debug for BearerToken<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(withheld)", B::NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_one_spelling<B: Bearing>() {
        let token = BearerToken::<B>::from_entropy([0xff; 32]);
        let text = token.expose();
        let secret = text.strip_prefix(B::PREFIX).unwrap();
        assert_eq!(secret, "__________________________________________8");
        assert_eq!(BearerToken::<B>::parse(text).unwrap().hash(), token.hash());

        // The last character carries four bits; another one with the same four must not be the same token.
        let (all_but_last, _) = text.split_at(text.len() - 1);
        for other in [
            "",
            B::PREFIX,
            all_but_last,
            &format!("{all_but_last}9"),
            &format!("{text}="),
            &format!(" {text}"),
            &format!("{}{}", B::PREFIX.to_uppercase(), secret.replace('_', "/")),
        ] {
            assert_eq!(BearerToken::<B>::parse(other).unwrap_err(), TokenTextError, "{other}");
        }
        assert_eq!(format!("{token:?}"), format!("{}(withheld)", B::NAME));
    }

    #[test]
    fn asvs_v7_2_3_a_token_has_256_bits_and_one_spelling() {
        has_one_spelling::<OfSession>();
        has_one_spelling::<OfTill>();
    }

    #[test]
    fn asvs_v6_5_4_a_links_token_has_256_bits_and_one_spelling() {
        has_one_spelling::<OfLink>();
    }

    #[test]
    fn no_token_is_taken_for_one_of_another_kind() {
        let [session, link, till] = [
            SessionToken::from_entropy([9; 32]).expose().to_owned(),
            LinkToken::from_entropy([9; 32]).expose().to_owned(),
            TillToken::from_entropy([9; 32]).expose().to_owned(),
        ];
        for other in [&link, &till] {
            assert!(SessionToken::parse(other).is_err(), "{other}");
        }
        for other in [&session, &till] {
            assert!(LinkToken::parse(other).is_err(), "{other}");
        }
        for other in [&session, &link] {
            assert!(TillToken::parse(other).is_err(), "{other}");
        }
    }

    #[test]
    fn other_entropy_is_another_token() {
        let [one, other] = [1, 2].map(|byte| SessionToken::from_entropy([byte; 32]));
        assert_ne!(one.expose(), other.expose());
        assert_ne!(one.hash(), other.hash());
    }
}
