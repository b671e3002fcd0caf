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
mod tests;
