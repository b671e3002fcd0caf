//! What is stored instead of a password.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use bcrypt::BASE_64;
use subtle::ConstantTimeEq;

use super::cost::Cost;
use super::pepper::{Pepper, Peppers, Prehash};
use super::typed::Password;
use crate::identity::keys::KeyId;

/// The scheme: bcrypt over base64(HMAC-SHA-384(pepper, NFC(password))). Another scheme gets another tag.
const TAG: &str = "b1";

/// A stored password hash: `b1:<pepper id>:$2b$<cost>$<salt><digest>`.
///
/// Its text is for the store alone; `Debug` withholds it. Equality of hashes is not offered: the only question to ask
/// is [`PasswordHash::verify`].
#[derive(Clone)]
pub struct PasswordHash {
    pepper: KeyId,
    cost: Cost,
    salt: [u8; 16],
    digest: [u8; 23],
}

impl PasswordHash {
    /// Hashes a password. This takes as long as it should: call it through [`HashPool`](super::HashPool).
    ///
    /// `salt` is 16 fresh random bytes.
    pub fn create(password: &Password, pepper: &Pepper, cost: Cost, salt: [u8; 16]) -> Self {
        let digest = digest(cost, salt, &pepper.prehash(password));
        Self { pepper: pepper.id().clone(), cost, salt, digest }
    }

    /// Whether this is the password. Takes as long as hashing did; the comparison takes the same time for all.
    ///
    /// # Errors
    ///
    /// [`UnknownPepper`] when the hash was made with a pepper that is not there. That is a fault of the deployment
    /// and must not be told to whoever signs in.
    pub fn verify(&self, password: &Password, peppers: &Peppers) -> Result<bool, UnknownPepper> {
        let pepper = peppers.find(&self.pepper).ok_or_else(|| UnknownPepper { id: self.pepper.clone() })?;
        let digest = digest(self.cost, self.salt, &pepper.prehash(password));
        Ok(digest.ct_eq(&self.digest).into())
    }

    /// Whether a password that was just verified should be hashed anew: it costs less than today's, or uses another
    /// pepper. A higher cost stays; calibrating on a slower machine must not weaken anybody.
    pub fn needs_upgrade(&self, cost: Cost, pepper: &Pepper) -> bool {
        self.cost < cost || self.pepper != *pepper.id()
    }

    /// The name of the pepper it was made with.
    pub const fn pepper(&self) -> &KeyId {
        &self.pepper
    }

    /// The cost it was made with.
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// The text to store; read it back with [`str::parse`].
    pub fn to_stored(&self) -> String {
        let (salt, digest) = (BASE_64.encode(self.salt), BASE_64.encode(self.digest));
        format!("{TAG}:{}:$2b${:02}${salt}{digest}", self.pepper, self.cost.get())
    }
}

/// Costs what verifying a real hash costs, and fails. For accounts that do not exist, so that the answer's time says
/// as little as its text.
pub fn dummy_verify(password: &Password, pepper: &Pepper, cost: Cost) {
    let digest = digest(cost, [0x5a; 16], &pepper.prehash(password));
    std::hint::black_box(bool::from(digest.ct_eq(&[0; 23])));
}

fn digest(cost: Cost, salt: [u8; 16], prehash: &Prehash) -> [u8; 23] {
    let full = bcrypt::bcrypt(cost.get(), salt, prehash.as_slice());
    // The format drops the last of bcrypt's 24 bytes, and always has.
    let mut digest = [0; 23];
    digest.iter_mut().zip(full).for_each(|(to, from)| *to = from);
    digest
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({TAG}, pepper {}, cost {}, rest withheld)", self.pepper, self.cost.get())
    }
}

/// The stored text is not a password hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored password hash is malformed")]
pub struct PasswordHashError;

/// A hash names a pepper that this deployment does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the password hash needs pepper {id}, which is not in the keys folder")]
pub struct UnknownPepper {
    /// The pepper's name.
    pub id: KeyId,
}

impl FromStr for PasswordHash {
    type Err = PasswordHashError;

    /// Reads exactly what [`PasswordHash::to_stored`] writes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).filter(|hash| hash.to_stored() == text).ok_or(PasswordHashError)
    }
}

fn read(text: &str) -> Option<PasswordHash> {
    let (pepper, bcrypt) = text.strip_prefix(TAG)?.strip_prefix(':')?.split_once(':')?;
    let (cost, rest) = bcrypt.strip_prefix("$2b$")?.split_once('$')?;
    let (salt, digest) = rest.split_at_checked(22)?;
    Some(PasswordHash {
        pepper: pepper.parse().ok()?,
        cost: Cost::of_stored(cost.parse().ok()?)?,
        salt: decode(salt)?,
        digest: decode(digest)?,
    })
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    match BASE_64.decode_slice(text, &mut bytes) {
        Ok(length) if length == N => Some(bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    const WEAK: Cost = Cost::weak_for_tests_only(4);
    const SALT: [u8; 16] = [0xa5; 16];

    fn pepper(id: &str, byte: u8) -> Pepper {
        Pepper::new(id.parse().unwrap(), Zeroizing::new([byte; 32]))
    }

    fn peppers() -> Peppers {
        Peppers::new(pepper("p2", 2), vec![pepper("p1", 1)])
    }

    fn hash(password: &str) -> PasswordHash {
        PasswordHash::create(&Password::new(password), peppers().active(), WEAK, SALT)
    }

    fn opens(hash: &PasswordHash, password: &str) -> bool {
        hash.verify(&Password::new(password), &peppers()).unwrap()
    }

    #[test]
    fn only_the_password_opens() {
        let hash = hash("correct horse battery");
        assert!(opens(&hash, "correct horse battery"));
        for other in ["correct horse batterz", "correct horse battery ", "Correct horse battery", ""] {
            assert!(!opens(&hash, other), "{other:?}");
        }
    }

    #[test]
    fn every_byte_past_seventy_two_matters() {
        let long = "x".repeat(72);
        let hash = hash(&format!("{long}one"));
        assert!(opens(&hash, &format!("{long}one")));
        assert!(!opens(&hash, &format!("{long}two")));
        assert!(!opens(&hash, &long));
    }

    #[test]
    fn sixty_four_characters_of_any_script_all_matter() {
        for (letter, bytes) in [('क', 3), ('🔑', 4)] {
            let password = letter.to_string().repeat(64);
            assert_eq!(password.len(), 64 * bytes);
            let hash = hash(&password);
            assert!(opens(&hash, &password));
            assert!(!opens(&hash, &letter.to_string().repeat(63)));
            assert!(!opens(&hash, &(letter.to_string().repeat(63) + "ख")));
        }
    }

    #[test]
    fn a_nul_ends_nothing() {
        let hash = hash("before\0after");
        assert!(opens(&hash, "before\0after"));
        assert!(!opens(&hash, "before\0other"));
        assert!(!opens(&hash, "before"));
    }

    #[test]
    fn another_pepper_is_another_hash() {
        let password = Password::new("correct horse");
        let old = PasswordHash::create(&password, &pepper("p1", 1), WEAK, SALT);
        assert_ne!(old.digest, hash("correct horse").digest);
        assert_eq!(old.verify(&password, &peppers()), Ok(true));

        let foreign = PasswordHash::create(&password, &pepper("p9", 9), WEAK, SALT);
        let refused = foreign.verify(&password, &peppers()).unwrap_err();
        assert_eq!(refused, UnknownPepper { id: "p9".parse().unwrap() });
    }

    #[test]
    fn weaker_and_older_hashes_are_upgraded_and_stronger_ones_kept() {
        let hash =
            PasswordHash::create(&Password::new("x"), &pepper("p2", 2), Cost::weak_for_tests_only(5), SALT);
        assert!(!hash.needs_upgrade(Cost::weak_for_tests_only(5), &pepper("p2", 2)));
        assert!(!hash.needs_upgrade(Cost::weak_for_tests_only(4), &pepper("p2", 2)));
        assert!(hash.needs_upgrade(Cost::weak_for_tests_only(6), &pepper("p2", 2)));
        assert!(hash.needs_upgrade(Cost::weak_for_tests_only(5), &pepper("p3", 2)));
    }

    /// The digest is ordinary bcrypt: any other implementation that is given the same prehash agrees.
    #[test]
    fn the_stored_bcrypt_string_is_ordinary() {
        let stored = hash("correct horse").to_stored();
        let bcrypt_string = stored.strip_prefix("b1:p2:").unwrap();
        assert!(bcrypt_string.starts_with("$2b$04$"));
        let prehash = peppers().active().prehash(&Password::new("correct horse"));
        assert!(bcrypt::verify(&prehash[..64], bcrypt_string).unwrap());
    }

    #[test]
    fn a_stored_hash_is_read_strictly() {
        let good = hash("correct horse").to_stored();
        let read: PasswordHash = good.parse().unwrap();
        assert_eq!(read.to_stored(), good);
        assert!(opens(&read, "correct horse"));

        let bad = [
            String::new(),
            good.replace("b1:", "b2:"),
            good.replace("b1:", ""),
            good.replace("p2", "P2"),
            good.replace("p2", ""),
            good.replace("$2b$", "$2y$"),
            good.replace("$04$", "$4$"),
            good.replace("$04$", "$+4$"),
            good.replace("$04$", "$03$"),
            good.replace("$04$", "$31$"),
            format!("{good} "),
            format!("{good}A"),
            good.split_at(good.len() - 1).0.to_owned(),
            good.replace("$04$", "$04$é"),
        ];
        for text in bad {
            assert!(text.parse::<PasswordHash>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_hash_does_not_print_itself() {
        let hash = hash("correct horse");
        assert_eq!(format!("{hash:?}"), "PasswordHash(b1, pepper p2, cost 4, rest withheld)");
        assert_eq!(
            "x".parse::<PasswordHash>().unwrap_err().to_string(),
            "the stored password hash is malformed"
        );
    }
}
