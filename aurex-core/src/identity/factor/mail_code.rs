//! The code in a mail, for whoever reads their mail on another device than they sign in on.

use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::base32::{Alphabet, grouped};
use crate::chance::{Entropy, draw};
use crate::identity::keys::mac::hmac_sha256;
use crate::identity::keys::{KeyRing, Purpose};

/// A one-time code of eight characters: 40 random bits, `7K3M-9QXD`, of an alphabet without look-alikes.
///
/// Twice the 20 bits that ASVS 5.0 (V6.5.4) asks for. What keeps it from being guessed is not its length but
/// [`MailCode::TRIES`] and [`MailCode::VALID_SECONDS`], which whoever checks it enforces. Wiped on drop, never printed.
#[derive(Clone)]
pub struct MailCode(Zeroizing<[u8; 5]>);

impl MailCode {
    /// How often a code may be tried, right or wrong.
    pub const TRIES: u8 = 5;
    /// How long a code is good for, in seconds (ASVS 5.0, V6.5.5).
    pub const VALID_SECONDS: i64 = 600;

    /// A new code.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(draw(entropy)))
    }

    /// Reads a code as it was typed: case, spaces and dashes do not matter, and what looks alike is taken for what was
    /// meant.
    ///
    /// # Errors
    /// [`MailCodeError`].
    pub fn parse(typed: &str) -> Result<Self, MailCodeError> {
        Alphabet::Crockford.decode(typed).map(Self).ok_or(MailCodeError)
    }

    /// The code as it stands in the mail.
    pub fn text(&self) -> Zeroizing<String> {
        grouped(&Alphabet::Crockford.encode(self.0.as_slice()))
    }
}

impl fmt::Debug for MailCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailCode(withheld)")
    }
}

/// The text is no code of this kind. It says nothing more: the text may be somebody's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code is malformed")]
pub struct MailCodeError;

/// Before what a code is made for: longer than the code and the id of a row that [`MailCodeKeys::hash`] is made of, so
/// that neither is ever the other.
const ISSUED: &[u8] = b"the code that proves an address\0";

/// Makes what is stored instead of a code. 40 bits can be tried through in a moment, so the hash is keyed: whoever has
/// the database alone learns nothing from it.
pub struct MailCodeKeys(Zeroizing<[u8; 32]>);

impl MailCodeKeys {
    /// Hashes under this deployment's key.
    pub fn from_ring(ring: &KeyRing) -> Self {
        Self(ring.derive(Purpose::Deployment, "mail codes"))
    }

    /// The 32 bytes to store. `issued` names what the code was issued for, the id of its row for example: a hash
    /// copied to another row opens nothing.
    pub fn hash(&self, code: &MailCode, issued: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.0, &[code.0.as_slice(), issued])
    }

    /// The code that this deployment issues for `issued`, which names what and when: nothing of it has to be stored.
    pub fn code_of(&self, issued: &[u8]) -> MailCode {
        let [a, b, c, d, e, ..] = hmac_sha256(&self.0, &[ISSUED, issued]);
        MailCode(Zeroizing::new([a, b, c, d, e]))
    }

    /// Whether it is the code of `issued`, in constant time.
    pub fn is_of(&self, code: &MailCode, issued: &[u8]) -> bool {
        self.code_of(issued).0.ct_eq(&*code.0).into()
    }

    /// Whether a stored hash is of this code, in constant time.
    pub fn proves(&self, code: &MailCode, issued: &[u8], stored: &[u8; 32]) -> bool {
        self.hash(code, issued).ct_eq(stored).into()
    }
}

impl fmt::Debug for MailCodeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailCodeKeys(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().zip(1..).for_each(|(byte, n)| *byte = n * 37);
        }
    }

    #[test]
    fn a_code_that_is_made_and_not_stored_is_of_one_thing_alone() {
        let ours = keys(1);
        let code = ours.code_of(b"one");
        assert!(ours.is_of(&code, b"one") && !ours.is_of(&code, b"other"));
        assert!(!keys(2).is_of(&code, b"one"));
        assert_eq!(MailCode::parse(&code.text()).unwrap().text(), code.text());
    }

    fn keys(byte: u8) -> MailCodeKeys {
        MailCodeKeys::from_ring(&KeyRing::generate(0, &mut |bytes: &mut [u8]| bytes.fill(byte)))
    }

    #[test]
    fn asvs_v6_5_4_a_code_has_forty_bits_in_eight_characters() {
        let text = MailCode::generate(&Counting).text();
        assert_eq!(text.as_str(), "4N56-Z55S");
        let characters = text.replace('-', "");
        assert_eq!(characters.len(), 8);
        assert!(characters.len() * 5 >= 20);
    }

    #[test]
    fn a_code_is_read_however_it_is_typed_and_proves_itself_where_it_was_issued() {
        let code = MailCode::generate(&Counting);
        let stored = keys(7).hash(&code, b"link 1");
        for typed in ["4N56-Z55S", "4n56z55s", " 4n56 z55s "] {
            let typed = MailCode::parse(typed).unwrap();
            assert!(keys(7).proves(&typed, b"link 1", &stored));
            assert!(!keys(7).proves(&typed, b"link 2", &stored), "another row");
            assert!(!keys(8).proves(&typed, b"link 1", &stored), "another deployment");
        }
        let other = MailCode::parse("4N56-Z55T").unwrap();
        assert!(!keys(7).proves(&other, b"link 1", &stored));
        for wrong in ["", "4N56-Z55", "4N56-Z55S0", "4N56-Z55U", "4N56/Z55S"] {
            assert_eq!(MailCode::parse(wrong).unwrap_err(), MailCodeError, "{wrong}");
        }
    }

    #[test]
    fn a_code_never_prints_itself() {
        assert_eq!(
            format!("{:?} {:?}", MailCode::generate(&Counting), keys(1)),
            "MailCode(withheld) MailCodeKeys(withheld)"
        );
    }
}
