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

/// How a password becomes a digest. Each way has a tag, with which every stored hash begins: another way can follow, and
/// members come over to it at sign-in, one by one ([`PasswordHash::needs_upgrade`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    /// bcrypt over base64(HMAC-SHA-384(pepper, NFC(password))).
    Bcrypt,
    /// No scheme at all: it stands for a next one, or for one that was given up.
    #[cfg(test)]
    Other,
}

impl Scheme {
    /// The scheme of new hashes.
    const CURRENT: Self = Self::Bcrypt;

    const fn tag(self) -> &'static str {
        match self {
            Self::Bcrypt => "b1",
            #[cfg(test)]
            Self::Other => "x0",
        }
    }

    fn of_tag(tag: &str) -> Option<Self> {
        match tag {
            "b1" => Some(Self::Bcrypt),
            #[cfg(test)]
            "x0" => Some(Self::Other),
            _ => None,
        }
    }

    fn digest(self, cost: Cost, salt: [u8; 16], prehash: &Prehash) -> [u8; 23] {
        match self {
            Self::Bcrypt => bcrypt_digest(cost, salt, prehash),
            #[cfg(test)]
            Self::Other => std::array::from_fn(|at| prehash[at] ^ salt[at % 16]),
        }
    }
}

/// A stored password hash: `b1:<pepper id>:$2b$<cost>$<salt><digest>`.
///
/// Its text is for the store alone; `Debug` withholds it. Equality of hashes is not offered: the only question to ask
/// is [`PasswordHash::verify`].
#[derive(Clone)]
pub struct PasswordHash {
    scheme: Scheme,
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
        Self::create_as(Scheme::CURRENT, password, pepper, cost, salt)
    }

    fn create_as(scheme: Scheme, password: &Password, pepper: &Pepper, cost: Cost, salt: [u8; 16]) -> Self {
        let digest = scheme.digest(cost, salt, &pepper.prehash(password));
        Self { scheme, pepper: pepper.id().clone(), cost, salt, digest }
    }

    /// Whether this is the password. Takes as long as hashing did; the comparison takes the same time for all.
    ///
    /// # Errors
    ///
    /// [`UnknownPepper`] when the hash was made with a pepper that is not there. That is a fault of the deployment
    /// and must not be told to whoever signs in.
    pub fn verify(&self, password: &Password, peppers: &Peppers) -> Result<bool, UnknownPepper> {
        let pepper = peppers.find(&self.pepper).ok_or_else(|| UnknownPepper { id: self.pepper.clone() })?;
        let digest = self.scheme.digest(self.cost, self.salt, &pepper.prehash(password));
        Ok(digest.ct_eq(&self.digest).into())
    }

    /// Whether this is the password, at the work of `cost` however little work the hash itself takes: an account whose
    /// hash is older than today's cost must not answer sooner than one that does not exist.
    ///
    /// # Errors
    ///
    /// [`UnknownPepper`], as [`PasswordHash::verify`].
    pub fn verify_at(
        &self,
        password: &Password,
        peppers: &Peppers,
        cost: Cost,
    ) -> Result<bool, UnknownPepper> {
        let right = self.verify(password, peppers)?;
        for remaining in self.cost.up_to(cost) {
            dummy_verify(password, peppers.active(), remaining);
        }
        Ok(right)
    }

    /// Whether a password that was just verified should be hashed anew: it costs less than today's, uses another
    /// pepper, or is of another scheme. A higher cost stays; calibrating on a slower machine must not weaken anybody.
    pub fn needs_upgrade(&self, cost: Cost, pepper: &Pepper) -> bool {
        self.scheme != Scheme::CURRENT || self.cost < cost || self.pepper != *pepper.id()
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
        format!("{}:{}:$2b${:02}${salt}{digest}", self.scheme.tag(), self.pepper, self.cost.get())
    }
}

/// Costs what verifying a real hash costs, and fails. For accounts that do not exist, so that the answer's time says
/// as little as its text.
pub fn dummy_verify(password: &Password, pepper: &Pepper, cost: Cost) {
    let digest = Scheme::CURRENT.digest(cost, [0x5a; 16], &pepper.prehash(password));
    std::hint::black_box(bool::from(digest.ct_eq(&[0; 23])));
}

fn bcrypt_digest(cost: Cost, salt: [u8; 16], prehash: &Prehash) -> [u8; 23] {
    #[cfg(test)]
    tests::ROUNDS.with(|rounds| rounds.set(rounds.get() + (1 << cost.get())));
    let full = bcrypt::bcrypt(cost.get(), salt, prehash.as_slice());
    // The format drops the last of bcrypt's 24 bytes, and always has.
    let mut digest = [0; 23];
    digest.iter_mut().zip(full).for_each(|(to, from)| *to = from);
    digest
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tag, cost) = (self.scheme.tag(), self.cost.get());
        write!(f, "PasswordHash({tag}, pepper {}, cost {cost}, rest withheld)", self.pepper)
    }
}

/// The stored text is not a password hash of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordHashError {
    /// It begins with the tag of a scheme that this version does not know.
    #[error(
        "the stored password hash is of a scheme that this version does not know: a newer version wrote it, and has \
         to serve it"
    )]
    UnknownScheme,
    /// The tag is known, and what follows it is damaged.
    #[error("the stored password hash is malformed")]
    Malformed,
}

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
        let (tag, rest) = text.split_once(':').ok_or(PasswordHashError::Malformed)?;
        let scheme = Scheme::of_tag(tag).ok_or(PasswordHashError::UnknownScheme)?;
        read(scheme, rest).filter(|hash| hash.to_stored() == text).ok_or(PasswordHashError::Malformed)
    }
}

fn read(scheme: Scheme, text: &str) -> Option<PasswordHash> {
    let (pepper, bcrypt) = text.split_once(':')?;
    let (cost, rest) = bcrypt.strip_prefix("$2b$")?.split_once('$')?;
    let (salt, digest) = rest.split_at_checked(22)?;
    Some(PasswordHash {
        scheme,
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

    thread_local! {
        /// How many rounds of bcrypt this thread has done.
        pub(super) static ROUNDS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    }

    /// The rounds that `work` does.
    fn rounds(work: impl FnOnce()) -> u64 {
        let before = ROUNDS.get();
        work();
        ROUNDS.get() - before
    }

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

    /// Issue point: 64 characters of four bytes each, 256 bytes, and none of them is idle.
    #[test]
    fn asvs_v6_2_8_v6_2_9_every_byte_of_sixty_four_four_byte_characters_matters() {
        // Characters that differ in all four bytes, so that each byte is changed to another valid character.
        let letters: Vec<char> = (0..64).map(|n| char::from_u32(0x1_0400 + n * 7).unwrap()).collect();
        let password: String = letters.iter().collect();
        assert_eq!((password.chars().count(), password.len()), (64, 256));
        let hash = hash(&password);
        assert!(opens(&hash, &password));
        let mut changed_bytes = 0;
        for at in 0..password.len() {
            for flip in 1..=0xff_u8 {
                let mut bytes = password.clone().into_bytes();
                bytes[at] ^= flip;
                let Ok(other) = String::from_utf8(bytes) else { continue };
                assert!(!opens(&hash, &other), "byte {at}");
                changed_bytes += 1;
                break;
            }
        }
        assert!(changed_bytes >= 192, "{changed_bytes} of 256 bytes have another that makes valid text");
        for at in 0..64 {
            let mut shorter = letters.clone();
            shorter.remove(at);
            assert!(!opens(&hash, &shorter.into_iter().collect::<String>()), "character {at}");
        }
    }

    /// What an answer's time can tell is the work done for it: counted, not timed.
    #[test]
    fn asvs_v6_3_8_an_older_hash_takes_the_work_of_todays_cost() {
        let password = Password::new("correct horse");
        let today = Cost::weak_for_tests_only(8);
        let unknown = rounds(|| dummy_verify(&password, peppers().active(), today));
        for cost in 4..=8 {
            let hash =
                PasswordHash::create(&password, peppers().active(), Cost::weak_for_tests_only(cost), SALT);
            for (typed, right) in [("correct horse", true), ("wrong", false)] {
                let known = rounds(|| {
                    assert_eq!(hash.verify_at(&Password::new(typed), &peppers(), today), Ok(right));
                });
                assert_eq!(known, unknown, "cost {cost}");
            }
        }
    }

    #[test]
    fn asvs_v11_2_2_a_hash_of_another_scheme_verifies_and_is_replaced_at_sign_in() {
        let password = Password::new("correct horse");
        let stored =
            PasswordHash::create_as(Scheme::Other, &password, peppers().active(), WEAK, SALT).to_stored();
        assert!(stored.starts_with("x0:p2:"));
        let other: PasswordHash = stored.parse().unwrap();
        assert!(opens(&other, "correct horse"));
        assert!(!opens(&other, "correct horsf"));
        assert!(other.needs_upgrade(WEAK, peppers().active()));
        let anew = PasswordHash::create(&password, peppers().active(), WEAK, SALT);
        assert!(anew.to_stored().starts_with("b1:p2:"));
        assert!(!anew.needs_upgrade(WEAK, peppers().active()));
        // The digest of one scheme is not taken for another's.
        let mislabelled: PasswordHash = stored.replace("x0:", "b1:").parse().unwrap();
        assert!(!opens(&mislabelled, "correct horse"));
    }

    #[test]
    fn a_hash_of_an_unknown_scheme_says_so() {
        let newer = hash("correct horse").to_stored().replace("b1:", "b2:");
        let refused = newer.parse::<PasswordHash>().unwrap_err();
        assert_eq!(refused, PasswordHashError::UnknownScheme);
        assert!(refused.to_string().contains("a newer version wrote it"));
        assert!(!refused.to_string().contains("$2b$"));
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
