//! What a log's operator says of a file that was made from it: a signed note beside the file.
//!
//! ```text
//! export of an audit log, v1
//! log shops.example/log/6e340b9cffb37a989ca544e6bb780a2c
//! file zaveri-audit-exp_0193….csv
//! format csv
//! entries 0 1042
//! bytes 88213
//! sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! made 2026-11-23T04:30:00.000000Z
//!
//! — shops.example/log/6e340b9cffb37a989ca544e6bb780a2c Az3grl…
//! ```
//!
//! It is signed with the key that signs the log's checkpoints, so that whoever holds that key already can check a report
//! as well as the log. Neither is ever taken for the other: a checkpoint begins with the log's name, which has no space.

use std::ops::Range;

use super::checkpoint::Origin;
use super::note::{NoteError, SignatureKind, SignedNote, VerifierKey, from_decimal};
use crate::time::Timestamp;

const TITLE: &str = "export of an audit log, v1";

/// What is said of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportStatement {
    /// The log that the file was made from.
    pub origin: Origin,
    /// The file's name.
    pub file: String,
    /// Its form: `csv` for example.
    pub format: String,
    /// The entries that it covers, by their places; the end is behind the last.
    pub entries: Range<u64>,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// When it was made.
    pub at: Timestamp,
}

/// Why a note says nothing about a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// Its text is another.
    #[error("the note is no statement about an export")]
    Form,
    /// Its signatures do not hold, or none is the log's.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The file is longer or shorter.
    #[error("the file is not the one that was signed: it has {found} bytes, and {signed} were signed")]
    Length {
        /// What the file has.
        found: u64,
        /// What was signed.
        signed: u64,
    },
    /// The file has other bytes.
    #[error("the file is not the one that was signed: its SHA-256 is another")]
    Digest,
}

impl ExportStatement {
    /// As a note that nobody has signed yet.
    ///
    /// # Errors
    /// [`StatementError::Form`] when a name would break out of its line.
    pub fn to_note(&self) -> Result<SignedNote, StatementError> {
        let Self { origin, file, format, entries, bytes, sha256, at } = self;
        let sha256: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let (first, end) = (entries.start, entries.end);
        let is_line = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
        if !is_line(file) || !is_line(format) {
            return Err(StatementError::Form);
        }
        let text = format!(
            "{TITLE}\nlog {origin}\nfile {file}\nformat {format}\nentries {first} {end}\nbytes {bytes}\n\
             sha256 {sha256}\nmade {at}\n"
        );
        Ok(SignedNote::of(&text)?)
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next() != Some(TITLE) {
            return None;
        }
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let statement = Self {
            origin: field("log")?.parse().ok()?,
            file: field("file")?.to_owned(),
            format: field("format")?.to_owned(),
            entries: {
                let (first, end) = field("entries")?.split_once(' ')?;
                from_decimal(first)?..from_decimal(end)?
            },
            bytes: from_decimal(field("bytes")?)?,
            sha256: digest(field("sha256")?)?,
            at: Timestamp::parse(field("made")?).ok()?,
        };
        // What is read is what would be written: one spelling of each statement.
        let same = lines.next().is_none() && statement.to_note().is_ok_and(|note| note.text() == text);
        same.then_some(statement)
    }

    /// Takes a note for a statement if the log that it names signed it with one of `keys`.
    ///
    /// # Errors
    /// [`StatementError::Form`], [`StatementError::Note`].
    pub fn open(note: &SignedNote, keys: &[VerifierKey]) -> Result<Self, StatementError> {
        let statement = Self::from_text(note.text()).ok_or(StatementError::Form)?;
        let is_the_logs =
            |key: &VerifierKey| key.kind() == SignatureKind::Log && key.name() == statement.origin.as_str();
        if note.verify(keys)?.iter().any(|by| is_the_logs(by.key)) {
            Ok(statement)
        } else {
            Err(NoteError::Unsigned.into())
        }
    }

    /// Sees that a file of this length and SHA-256 is the one that the statement is about.
    ///
    /// # Errors
    /// [`StatementError::Length`], [`StatementError::Digest`].
    pub fn is_about(&self, bytes: u64, sha256: &[u8; 32]) -> Result<(), StatementError> {
        if bytes != self.bytes {
            return Err(StatementError::Length { found: bytes, signed: self.bytes });
        }
        if *sha256 == self.sha256 { Ok(()) } else { Err(StatementError::Digest) }
    }
}

/// 64 hexadecimal digits.
fn digest(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u32> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let byte = |pair: &[u32]| u8::try_from(pair.iter().fold(0, |sum, digit| sum * 16 + digit)).ok();
    digits.chunks(2).map(byte).collect::<Option<Vec<u8>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::super::note::NoteSigner;
    use super::super::tree::leaf_hash;
    use super::*;
    use sha2::{Digest as _, Sha256};

    const FILE: &[u8] = b"\"seq\"\n\"0\"\n";

    fn statement() -> ExportStatement {
        ExportStatement {
            origin: Origin::of_log("shops.example", &leaf_hash(b"first")).unwrap(),
            file: "zaveri-audit.csv".to_owned(),
            format: "csv".to_owned(),
            entries: 3..9,
            bytes: 10,
            sha256: Sha256::digest(FILE).into(),
            at: Timestamp::parse("2026-11-23T04:30:00Z").unwrap(),
        }
    }

    fn signer(name: &str, seed: u8) -> NoteSigner {
        NoteSigner::new(name, SignatureKind::Log, &[seed; 32]).unwrap()
    }

    fn signed(by: &NoteSigner) -> SignedNote {
        let mut note = statement().to_note().unwrap();
        by.sign(&mut note, 0);
        note.to_string().parse().unwrap()
    }

    #[test]
    fn asvs_v4_1_5_a_statement_is_believed_of_its_log_alone_and_fits_one_file() {
        let log = signer(statement().origin.as_str(), 7);
        let keys = [log.verifier().clone()];
        let opened = ExportStatement::open(&signed(&log), &keys).unwrap();
        assert_eq!(opened, statement());
        assert_eq!(opened.is_about(10, &Sha256::digest(FILE).into()), Ok(()));
        let mut changed = FILE.to_vec();
        changed[1] ^= 1;
        assert_eq!(opened.is_about(10, &Sha256::digest(&changed).into()), Err(StatementError::Digest));
        let short = StatementError::Length { found: 9, signed: 10 };
        assert_eq!(opened.is_about(9, &Sha256::digest(FILE).into()), Err(short));

        let unsigned = Err(StatementError::Note(NoteError::Unsigned));
        let other = signer("shops.example/log/other", 8);
        assert_eq!(ExportStatement::open(&signed(&other), &[other.verifier().clone()]), unsigned);
        assert_eq!(
            ExportStatement::open(&signed(&log), &[signer(log.verifier().name(), 8).verifier().clone()]),
            unsigned
        );
    }

    #[test]
    fn asvs_v4_1_5_every_letter_of_a_statement_is_signed() {
        let log = signer(statement().origin.as_str(), 7);
        let keys = [log.verifier().clone()];
        let note = signed(&log).to_string();
        for at in 0..note.find("\n\n").unwrap() {
            let mut changed = note.clone().into_bytes();
            changed[at] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            let opened = changed.parse::<SignedNote>().map_err(StatementError::from);
            assert!(opened.and_then(|note| ExportStatement::open(&note, &keys)).is_err(), "{at}");
        }
    }

    #[test]
    fn a_statement_is_no_checkpoint_and_no_name_breaks_out_of_its_line() {
        let log = signer(statement().origin.as_str(), 7);
        let keys = [log.verifier().clone()];
        assert!(super::super::checkpoint::Checkpoint::open(&signed(&log), &keys).is_err());
        for name in ["", "a\nbytes 1", "a\u{7f}"] {
            let odd = ExportStatement { file: name.to_owned(), ..statement() };
            assert_eq!(odd.to_note(), Err(StatementError::Form), "{name:?}");
        }
    }
}
