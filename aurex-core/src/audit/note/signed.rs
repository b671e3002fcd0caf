//! The note itself.

use std::fmt;
use std::str::FromStr;

use super::keys::{KeyTextError, VerifierKey};
use super::{from_base64, to_base64};

/// The largest note that is read. Sixteen signatures are to be accepted by the specification, the largest known are
/// of five thousand bytes.
const LONGEST: usize = 256 * 1024;
const MOST_SIGNATURES: usize = 64;
pub(super) const DASH: &str = "\u{2014} ";

/// One signature under a note: whose, with which key, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    name: String,
    key_id: u32,
    bytes: Vec<u8>,
}

impl Signature {
    pub(super) fn made(by: &VerifierKey, bytes: Vec<u8>) -> Self {
        Self { name: by.name().to_owned(), key_id: by.id(), bytes }
    }

    /// Who made it, as it says.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key, as it says.
    pub const fn key_id(&self) -> u32 {
        self.key_id
    }
}

impl fmt::Display for Signature {
    /// The line under the note, without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.to_be_bytes().as_slice(), &self.bytes].concat();
        write!(f, "{DASH}{} {}", self.name, to_base64(&bytes))
    }
}

impl FromStr for Signature {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, NoteError> {
        let rest = line.strip_prefix(DASH).ok_or(NoteError::Signature)?;
        let (name, bytes) = rest.split_once(' ').ok_or(NoteError::Signature)?;
        let bytes = from_base64(bytes).ok_or(NoteError::Signature)?;
        let (key_id, bytes) = bytes.split_first_chunk().ok_or(NoteError::Signature)?;
        let bad_name = name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+');
        if bad_name || bytes.is_empty() {
            return Err(NoteError::Signature);
        }
        Ok(Self { name: name.to_owned(), key_id: u32::from_be_bytes(*key_id), bytes: bytes.to_vec() })
    }
}

/// A signature that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'k> {
    /// Whose.
    pub key: &'k VerifierKey,
    /// When it was made, in seconds since 1970; a log's own signature does not say.
    pub at: Option<u64>,
}

/// Why a note is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// It is longer than any that is made, or has more signatures.
    #[error("the note is too long")]
    TooLong,
    /// It is not text, an empty line and signatures, each line ended.
    #[error("the note is not a text, an empty line and signatures")]
    Form,
    /// A line below the text is no signature.
    #[error("a line below the note is no signature")]
    Signature,
    /// A signature that names a known key was not made with it, or not for this text.
    #[error("the signature of {name} does not hold")]
    Forged {
        /// The key's name.
        name: String,
    },
    /// No key that is known signed it.
    #[error("no known key signed the note")]
    Unsigned,
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyTextError),
}

/// A text and the signatures under it, whoever made them.
///
/// ```
/// use aurex_core::audit::note::{NoteSigner, SignatureKind, SignedNote};
///
/// let signer = NoteSigner::new("example.com/shop", SignatureKind::Log, &[7; 32])?;
/// let mut note = SignedNote::of("opened at nine\n")?;
/// signer.sign(&mut note, 0);
///
/// let received: SignedNote = note.to_string().parse()?;
/// let known = [signer.verifier().clone()];
/// let holds = received.verify(&known)?;
/// assert_eq!(holds[0].key.name(), "example.com/shop");
/// # Ok::<(), aurex_core::audit::note::NoteError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

impl SignedNote {
    /// A text that nobody has signed yet.
    ///
    /// # Errors
    /// [`NoteError::Form`] when it does not end with a line's end, or has control characters in it.
    pub fn of(text: &str) -> Result<Self, NoteError> {
        if !text.ends_with('\n') || text.contains(is_control) {
            return Err(NoteError::Form);
        }
        Ok(Self { text: text.to_owned(), signatures: Vec::new() })
    }

    /// A text of a checkpoint's own lines, which are a note's text by their types.
    pub(in crate::audit) const fn of_lines(text: String) -> Self {
        Self { text, signatures: Vec::new() }
    }

    /// The text, up to and with its last line's end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, known and unknown, in order.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature, in place of an earlier one of the same key.
    pub fn add(&mut self, signature: Signature) {
        self.signatures.retain(|s| (&s.name, s.key_id) != (&signature.name, signature.key_id));
        self.signatures.push(signature);
    }

    /// The signatures of `keys`. Those of other keys are ignored.
    ///
    /// # Errors
    /// [`NoteError::Forged`] when one that names a known key does not hold, [`NoteError::Unsigned`] when none of the
    /// keys signed.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut holding: Vec<Verified<'k>> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = keys.iter().find(|key| key.is_named_by(signature)) else { continue };
            let at = key
                .check(&self.text, &signature.bytes)
                .ok_or_else(|| NoteError::Forged { name: signature.name.clone() })?;
            holding.push(Verified { key, at });
        }
        if holding.is_empty() { Err(NoteError::Unsigned) } else { Ok(holding) }
    }
}

/// Below a space, the line's end apart.
const fn is_control(c: char) -> bool {
    c < ' ' && c != '\n'
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl FromStr for SignedNote {
    type Err = NoteError;

    /// Reads a note with at least one signature. What it says is not believed before [`SignedNote::verify`].
    fn from_str(note: &str) -> Result<Self, NoteError> {
        if note.len() > LONGEST {
            return Err(NoteError::TooLong);
        }
        let (text, below) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let mut unsigned = Self::of(&format!("{text}\n"))?;
        if below.contains(is_control) {
            return Err(NoteError::Form);
        }
        let lines = below.strip_suffix('\n').ok_or(NoteError::Form)?;
        for line in lines.split('\n') {
            if unsigned.signatures.len() == MOST_SIGNATURES {
                return Err(NoteError::TooLong);
            }
            unsigned.signatures.push(line.parse()?);
        }
        Ok(unsigned)
    }
}
