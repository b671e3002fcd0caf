//! Checkpoints: what a log was at one size, signed. Exactly C2SP `tlog-checkpoint`.
//!
//! ```text
//! shops.example/log/6e340b9cffb37a989ca544e6bb780a2c
//! 1042
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — shops.example/log/6e340b9cffb37a989ca544e6bb780a2c Az3grl…
//! ```
//!
//! Whoever keeps one can tell later whether everything up to that entry is still as it was. Source:
//! <https://c2sp.org/tlog-checkpoint>.

use std::fmt;
use std::str::FromStr;

use super::note::{
    NoteError, NoteSigner, SignatureKind, SignedNote, Verified, VerifierKey, from_base64, from_decimal,
    to_base64,
};
use super::tree::Hash;

/// The name of a log: the first line of its checkpoints, and the name of its keys.
///
/// A tenant's is `<prefix>/log/<opaque>`: the deployment's prefix, then half of the leaf hash of entry 0 in hexadecimal
/// digits. Nobody can guess it, because the entry holds salted commitments. It belongs to this tree and no other, so a
/// log cannot be passed off as another tenant's. And it stays when the log is copied to another store, or a key is
/// rotated.
///
/// ```
/// use aurex_core::audit::{checkpoint::Origin, tree::leaf_hash};
///
/// let first = leaf_hash(b"the entry that opened the workspace");
/// let origin = Origin::of_log("shops.example", &first)?;
/// assert_eq!(origin.to_string().len(), "shops.example/log/".len() + 32);
/// assert!(origin.is_of(&first));
/// # Ok::<(), aurex_core::audit::checkpoint::OriginError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// The text is not the name of a log, or not what such names can begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a log's name is not empty and has no space, plus or control character")]
pub struct OriginError;

impl Origin {
    /// The origin of the log whose entry 0 has the leaf hash `first`.
    ///
    /// # Errors
    /// [`OriginError`] when `prefix` cannot stand before it.
    pub fn of_log(prefix: &str, first: &Hash) -> Result<Self, OriginError> {
        let _ = prefix.parse::<Self>()?;
        format!("{prefix}/log/{}", opaque(first)).parse()
    }

    /// Whether it names the log whose entry 0 has the leaf hash `first`.
    pub fn is_of(&self, first: &Hash) -> bool {
        self.0.rsplit_once("/log/").is_some_and(|(_, name)| name == opaque(first))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first 16 bytes.
fn opaque(first: &Hash) -> String {
    first.to_string().chars().take(32).collect()
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.contains(bad) { Err(OriginError) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a log was at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// How many entries.
    pub size: u64,
    /// The root over their leaves.
    pub root: Hash,
}

/// Why a note is not taken for a log's checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The text is not origin, size and root.
    #[error("the note is no checkpoint: a log's name, its size and its root, a line each")]
    Form,
    /// It is of another log.
    #[error("the checkpoint is of another log")]
    OtherLog,
    /// Its signatures do not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// A checkpoint whose log signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened<'k> {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// Every signature of the keys that holds: the log's own, and those of witnesses.
    pub signatures: Vec<Verified<'k>>,
}

impl<'k> Opened<'k> {
    /// The witnesses that cosigned it.
    pub fn cosignatures(&self) -> impl Iterator<Item = &Verified<'k>> {
        self.signatures.iter().filter(|by| by.key.kind() == SignatureKind::Cosignature)
    }
}

impl Checkpoint {
    /// The three lines.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, to_base64(self.root.as_bytes()))
    }

    /// Reads a note's text. Lines after the third are passed over, as the specification has it; ours have none.
    ///
    /// # Errors
    /// [`CheckpointError::Form`].
    pub fn from_text(text: &str) -> Result<Self, CheckpointError> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Form)?;
        let mut lines = text.split('\n');
        let mut line = || lines.next().ok_or(CheckpointError::Form);
        let origin = line()?.parse().map_err(|_| CheckpointError::Form)?;
        let size = from_decimal(line()?).ok_or(CheckpointError::Form)?;
        let root = read_hash(line()?).ok_or(CheckpointError::Form)?;
        if lines.any(str::is_empty) { Err(CheckpointError::Form) } else { Ok(Self { origin, size, root }) }
    }

    /// As a note, with the log's signature.
    pub fn sign(&self, by: &NoteSigner) -> SignedNote {
        let mut note = self.to_note();
        by.sign(&mut note, 0);
        note
    }

    /// As a note that nobody has signed yet.
    pub(crate) fn to_note(&self) -> SignedNote {
        SignedNote::of_lines(self.to_text())
    }

    /// Takes a note for a checkpoint if its log signed it: one of `keys` that has the origin's name.
    ///
    /// `keys` are the log's and those of the witnesses that are asked about.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open<'k>(note: &SignedNote, keys: &'k [VerifierKey]) -> Result<Opened<'k>, CheckpointError> {
        let checkpoint = Self::from_text(note.text())?;
        let signatures = note.verify(keys)?;
        let is_the_logs = |by: &Verified<'_>| {
            by.key.kind() == SignatureKind::Log && by.key.name() == checkpoint.origin.as_str()
        };
        if signatures.iter().any(is_the_logs) {
            Ok(Opened { checkpoint, signatures })
        } else {
            Err(NoteError::Unsigned.into())
        }
    }
}

pub(super) fn read_hash(text: &str) -> Option<Hash> {
    from_base64(text)?.try_into().ok().map(Hash::from_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tree::leaf_hash;

    fn signer(name: &str, kind: SignatureKind, seed: u8) -> NoteSigner {
        NoteSigner::new(name, kind, &[seed; 32]).unwrap()
    }

    fn checkpoint(size: u64) -> Checkpoint {
        let first = leaf_hash(b"first");
        Checkpoint { origin: Origin::of_log("shops.example", &first).unwrap(), size, root: first }
    }

    /// The example of <https://c2sp.org/tlog-checkpoint>.
    #[test]
    fn the_example_of_the_specification_is_read() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let read = Checkpoint::from_text(text).unwrap();
        assert_eq!((read.origin.as_str(), read.size), ("example.com/behind-the-sofa", 20_852_163));
        assert_eq!(read.to_text(), text);
        assert_eq!(Checkpoint::from_text(&format!("{text}an extension\n")), Ok(read));
        for bad in [
            text.trim_end().to_owned(),
            text.replace("20852163", "020852163"),
            text.replace("20852163", "-1"),
            text.replace("Cs", ""),
            text.replace("example", "exa mple"),
            format!("{text}\n"),
            "\n0\n\n".to_owned(),
        ] {
            assert_eq!(Checkpoint::from_text(&bad), Err(CheckpointError::Form), "{bad:?}");
        }
    }

    #[test]
    fn only_a_key_with_the_logs_name_makes_a_checkpoint() {
        let made = checkpoint(5);
        let log = signer(made.origin.as_str(), SignatureKind::Log, 1);
        let witness = signer("witness.example", SignatureKind::Cosignature, 2);
        let keys = [log.verifier().clone(), witness.verifier().clone()];
        let mut note = made.sign(&log);
        witness.sign(&mut note, 99);
        let opened = Checkpoint::open(&note, &keys).unwrap();
        assert_eq!(opened.checkpoint, made);
        assert_eq!(opened.cosignatures().map(|by| by.at).collect::<Vec<_>>(), [Some(99)]);

        // A witness alone does not vouch for a log, nor does another log's key.
        let mut forged = made.to_note();
        witness.sign(&mut forged, 99);
        let refused = Err(CheckpointError::Note(NoteError::Unsigned));
        assert_eq!(Checkpoint::open(&forged, &keys), refused);
        let other = signer("shops.example/log/other", SignatureKind::Log, 1);
        assert_eq!(Checkpoint::open(&made.sign(&other), &[other.verifier().clone()]), refused);
    }

    #[test]
    fn an_origin_belongs_to_one_tree() {
        let origin = checkpoint(0).origin;
        assert!(origin.is_of(&leaf_hash(b"first")));
        assert!(!origin.is_of(&leaf_hash(b"second")));
        assert_eq!(Origin::of_log("", &leaf_hash(b"first")), Err(OriginError));
        assert_eq!(Origin::of_log("a+b", &leaf_hash(b"first")), Err(OriginError));
    }
}
