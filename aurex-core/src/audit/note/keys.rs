//! Who may sign: a name, a kind of signature and an Ed25519 key.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature as Ed25519, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::signed::{Signature, SignedNote};
use super::{from_base64, to_base64};

/// What a signature is over, with its identifier byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureKind {
    /// `0x01`: Ed25519 over the note's text. How a log signs.
    Log,
    /// `0x04`: Ed25519 over a time and the note's text (`cosignature/v1`). How a witness cosigns.
    Cosignature,
}

impl SignatureKind {
    const fn identifier(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Cosignature => 0x04,
        }
    }
}

/// A key that checks signatures: what a verifier is given by somebody it trusts.
///
/// ```
/// use aurex_core::audit::note::VerifierKey;
///
/// // The example of the specification.
/// let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/// let key: VerifierKey = text.parse()?;
/// assert_eq!(key.name(), "example.com/foo");
/// assert_eq!(key.to_string(), text);
/// # Ok::<(), aurex_core::audit::note::KeyTextError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    kind: SignatureKind,
    key: VerifyingKey,
}

/// The text is no verifier key of a kind known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyTextError {
    /// The name is empty, or has a space, a plus or a control character in it.
    #[error("a key's name is not empty and has no space, plus or control character")]
    Name,
    /// It is not made of a name, eight hexadecimal digits and base64, joined by plus signs.
    #[error("a verifier key is written name+id+key")]
    Form,
    /// It is for another kind of signature.
    #[error("the key is for a kind of signature that is not checked here")]
    Kind,
    /// The bytes are no point of the curve, or one with which anything can be signed.
    #[error("the key is not a sound Ed25519 key")]
    Key,
    /// The id is not the one of this name, kind and key.
    #[error("the key's id does not fit its name and bytes")]
    Id,
}

impl VerifierKey {
    /// The key of this name and kind.
    ///
    /// # Errors
    /// [`KeyTextError::Name`], [`KeyTextError::Key`].
    pub fn new(name: &str, kind: SignatureKind, public: &[u8; 32]) -> Result<Self, KeyTextError> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(public).map_err(|_| KeyTextError::Key)?;
        if key.is_weak() {
            return Err(KeyTextError::Key);
        }
        let name = name.to_owned();
        Ok(Self { id: id_of(&name, kind, public), name, kind, key })
    }

    /// The name, by which signatures say whose they are.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id, by which signatures say which of the name's keys made them.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What it signs.
    pub const fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// The public key's 32 bytes.
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether `signature` says that this key made it.
    pub fn is_named_by(&self, signature: &Signature) -> bool {
        signature.key_id() == self.id && signature.name() == self.name
    }

    /// Checks a signature over `text`: when it was made, if it says so. `None` when it does not hold.
    ///
    /// Strictly: malleable signatures and keys of small order are refused, so that every verifier says the same.
    pub(super) fn check(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        let (at, bytes) = match self.kind {
            SignatureKind::Log => (None, signature),
            SignatureKind::Cosignature => {
                let (at, rest) = signature.split_first_chunk()?;
                (Some(u64::from_be_bytes(*at)), rest)
            }
        };
        // The specification's bound of a time.
        if at.is_some_and(|at| i64::try_from(at).is_err()) {
            return None;
        }
        let signature = Ed25519::from_bytes(bytes.try_into().ok()?);
        let message = at.map_or_else(|| text.to_owned(), |at| cosigned(at, text));
        self.key.verify_strict(message.as_bytes(), &signature).ok().map(|()| at)
    }
}

fn check_name(name: &str) -> Result<(), KeyTextError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) { Err(KeyTextError::Name) } else { Ok(()) }
}

/// `SHA-256(name ‖ 0x0A ‖ kind ‖ key)[:4]`
fn id_of(name: &str, kind: SignatureKind, public: &[u8; 32]) -> u32 {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', kind.identifier()])
        .chain_update(public)
        .finalize();
    hash.first_chunk().map_or(0, |id| u32::from_be_bytes(*id))
}

/// What a witness signs.
fn cosigned(at: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.kind.identifier()];
        key.extend_from_slice(self.public());
        write!(f, "{}+{:08x}+{}", self.name, self.id, to_base64(&key))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyTextError;

    fn from_str(text: &str) -> Result<Self, KeyTextError> {
        // Base64 may have a plus in it, a name may not.
        let mut parts = text.splitn(3, '+');
        let mut part = || parts.next().ok_or(KeyTextError::Form);
        let (name, id, key) = (part()?, part()?, part()?);
        check_name(name)?;
        let key = from_base64(key).ok_or(KeyTextError::Form)?;
        let (kind, public) = key.split_first().ok_or(KeyTextError::Form)?;
        let kind = match kind {
            0x01 => SignatureKind::Log,
            0x04 => SignatureKind::Cosignature,
            _ => return Err(KeyTextError::Kind),
        };
        let key = Self::new(name, kind, public.try_into().map_err(|_| KeyTextError::Key)?)?;
        if format!("{:08x}", key.id) == id { Ok(key) } else { Err(KeyTextError::Id) }
    }
}

/// Somebody who signs: the secret half of a [`VerifierKey`]. It is wiped on drop and never printed.
#[derive(Clone)]
pub struct NoteSigner {
    verifier: VerifierKey,
    secret: SigningKey,
}

impl NoteSigner {
    /// The signer of this name and kind whose secret is `seed` (RFC 8032's 32-byte private key).
    ///
    /// # Errors
    /// [`KeyTextError::Name`].
    pub fn new(name: &str, kind: SignatureKind, seed: &[u8; 32]) -> Result<Self, KeyTextError> {
        let secret = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, kind, secret.verifying_key().as_bytes())?;
        Ok(Self { verifier, secret })
    }

    /// The public half.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The signature over a note's text. `at`, in seconds since 1970, is part of a cosignature and of nothing else.
    pub fn signature(&self, text: &str, at: u64) -> Signature {
        let bytes = match self.verifier.kind {
            SignatureKind::Log => self.secret.sign(text.as_bytes()).to_bytes().to_vec(),
            SignatureKind::Cosignature => {
                let signature = self.secret.sign(cosigned(at, text).as_bytes()).to_bytes();
                [at.to_be_bytes().as_slice(), &signature].concat()
            }
        };
        Signature::made(&self.verifier, bytes)
    }

    /// Adds this signer's signature to a note.
    pub fn sign(&self, note: &mut SignedNote, at: u64) {
        let signature = self.signature(note.text(), at);
        note.add(signature);
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({}, secret withheld)", self.verifier)
    }
}
