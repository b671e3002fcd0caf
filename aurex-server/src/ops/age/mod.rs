//! Files that several people can open, each with a key of their own: the age format, version 1
//! (age-encryption.org/v1), as far as the export of keys and the archives of workspaces need it.
//!
//! That is: X25519 recipients, armor, and content of one chunk (64 KiB; a key takes a quarter of one), or without armor of
//! any length ([`stream`]). Everything that is
//! made here opens with any implementation of age, and what another made for X25519 recipients opens here. The
//! primitives are RustCrypto's and dalek's; what is ours is how the bytes lie. The whole crate of that name was weighed and
//! brought 84 further crates, a second generation of every primitive and a translation system among them, into a server that
//! seals a file now and then.

mod armor;
mod bech32;
mod header;
pub mod stream;
#[cfg(test)]
mod tests;

use aurex_core::chance::{Entropy, draw};
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};
use zeroize::Zeroizing;

/// The longest content: one chunk.
pub const LONGEST: usize = 64 * 1024;

/// Why a file is not sealed or does not open. Nothing of its content is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AgeError {
    /// The text is no recipient.
    #[error("a recipient is written age1…, as age-keygen prints it")]
    Recipient,
    /// The text is no identity.
    #[error("an identity is written AGE-SECRET-KEY-1…, as age-keygen prints it")]
    Identity,
    /// There is more than one chunk.
    #[error("the content is longer than 64 KiB")]
    TooLong,
    /// It is not an age file, or of a version that is not known here.
    #[error("this is no age file, or it is damaged")]
    Malformed,
    /// None of the identities is among the recipients.
    #[error("the file is not sealed to this identity")]
    NotForUs,
    /// The content was changed.
    #[error("the file was changed since it was sealed")]
    Changed,
}

/// Somebody a file is sealed to. It is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient([u8; 32]);

/// What opens a file. Wiped on drop, never printed.
pub struct Identity(Zeroizing<[u8; 32]>);

impl std::str::FromStr for Recipient {
    type Err = AgeError;

    fn from_str(text: &str) -> Result<Self, AgeError> {
        bech32::decode("age", text).map(|key| Self(*key)).ok_or(AgeError::Recipient)
    }
}

impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&bech32::encode("age", &self.0))
    }
}

impl Identity {
    /// An identity of 32 random bytes.
    #[must_use]
    pub const fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(secret)
    }

    /// The identities in a file such as `age-keygen` writes: one a line, beside comments and empty lines.
    ///
    /// # Errors
    /// [`AgeError::Identity`] for a line that is none, and when there is none.
    pub fn all_in(text: &str) -> Result<Vec<Self>, AgeError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let identities: Vec<Self> = lines
            .map(|line| bech32::decode("age-secret-key-", line).map(Self).ok_or(AgeError::Identity))
            .collect::<Result<_, _>>()?;
        if identities.is_empty() { Err(AgeError::Identity) } else { Ok(identities) }
    }

    /// The identity as `age-keygen` writes it: for a file that only its owner reads.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(bech32::encode("age-secret-key-", &self.0).to_uppercase())
    }

    /// Whom to seal to, so that this opens it.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient(x25519(*self.0, X25519_BASEPOINT_BYTES))
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(withheld)")
    }
}

type FileKey = Zeroizing<[u8; 16]>;

/// Seals `content` so that each of the recipients can open it alone; answers an armored file.
///
/// # Errors
/// [`AgeError::TooLong`]; [`AgeError::Recipient`] for a recipient that no secret belongs to.
pub fn seal(content: &[u8], recipients: &[Recipient], entropy: &dyn Entropy) -> Result<String, AgeError> {
    if content.len() > LONGEST {
        return Err(AgeError::TooLong);
    }
    let file_key = FileKey::new(draw(entropy));
    let stanzas = recipients
        .iter()
        .map(|recipient| wrap(&file_key, *recipient, &Zeroizing::new(draw(entropy))))
        .collect::<Result<Vec<_>, _>>()?;
    let mut file = header::write(&stanzas, &derived(&*file_key, b"", b"header")).into_bytes();
    let nonce: [u8; 16] = draw(entropy);
    file.extend_from_slice(&nonce);
    let key = derived(&*file_key, &nonce, b"payload");
    file.extend(cipher(&key).encrypt(&ONLY_CHUNK.into(), content).map_err(|_| AgeError::TooLong)?);
    Ok(armor::put_on(&file))
}

/// Opens a file, armored or not, with whichever of the identities it is sealed to.
///
/// # Errors
/// [`AgeError`] says what is wrong.
pub fn open(file: &[u8], identities: &[Identity]) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    let bare = armor::take_off(file).ok_or(AgeError::Malformed)?;
    let (header, payload) = header::read(&bare).ok_or(AgeError::Malformed)?;
    let keys = identities.iter().flat_map(|one| header.stanzas.iter().map(move |stanza| (one, stanza)));
    let file_key = keys.filter_map(|(one, stanza)| unwrap(one, stanza)).next().ok_or(AgeError::NotForUs)?;
    if !header.is_by(&derived(&*file_key, b"", b"header")) {
        return Err(AgeError::Changed);
    }
    let (nonce, sealed) = payload.split_first_chunk::<16>().ok_or(AgeError::Malformed)?;
    if sealed.len() > LONGEST + TAG {
        return Err(AgeError::TooLong);
    }
    let key = derived(&*file_key, nonce, b"payload");
    cipher(&key).decrypt(&ONLY_CHUNK.into(), sealed).map(Zeroizing::new).map_err(|_| AgeError::Changed)
}

/// What Poly1305 adds.
const TAG: usize = 16;
/// Number 0, and the last: the nonce of a content's only chunk.
const ONLY_CHUNK: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// A file key for one recipient.
struct Stanza {
    share: [u8; 32],
    body: [u8; 32],
}

const X25519_LABEL: &[u8] = b"age-encryption.org/v1/X25519";

fn wrap(file_key: &FileKey, to: Recipient, ephemeral: &Zeroizing<[u8; 32]>) -> Result<Stanza, AgeError> {
    let share = x25519(**ephemeral, X25519_BASEPOINT_BYTES);
    let key = wrap_key(ephemeral, &to.0, &share, &to.0).ok_or(AgeError::Recipient)?;
    let body = cipher(&key).encrypt(&Nonce::default(), file_key.as_slice());
    let body = body.ok().and_then(|body| body.try_into().ok()).ok_or(AgeError::Recipient)?;
    Ok(Stanza { share, body })
}

fn unwrap(identity: &Identity, stanza: &Stanza) -> Option<FileKey> {
    let key = wrap_key(&identity.0, &stanza.share, &stanza.share, &identity.recipient().0)?;
    let file_key = cipher(&key).decrypt(&Nonce::default(), stanza.body.as_slice()).map(Zeroizing::new);
    file_key.ok()?.as_slice().try_into().ok().map(FileKey::new)
}

/// `None` for a point of small order, with which everybody shares the same secret.
fn wrap_key(
    secret: &[u8; 32],
    point: &[u8; 32],
    share: &[u8; 32],
    recipient: &[u8; 32],
) -> Option<Zeroizing<[u8; 32]>> {
    let shared = Zeroizing::new(x25519(*secret, *point));
    let salt = [share.as_slice(), recipient].concat();
    (*shared != [0; 32]).then(|| derived(&*shared, &salt, X25519_LABEL))
}

fn derived(secret: &[u8], salt: &[u8], label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    // Fails for more than 8160 bytes only, and a test would see the zeros.
    let _ = Hkdf::<Sha256>::new(Some(salt), secret).expand(label, key.as_mut_slice());
    key
}

fn cipher(key: &Zeroizing<[u8; 32]>) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&(**key).into())
}
