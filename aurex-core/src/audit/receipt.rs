//! Receipts: the proof that one entry is in a log, in a file of its own. Exactly C2SP `tlog-proof`.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! index 73894
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
//! …
//!
//! shops.example/log/6e340b9cffb37a989ca544e6bb780a2c
//! 109482
//! sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//!
//! — shops.example/log/6e340b9cffb37a989ca544e6bb780a2c hI2DJw…
//! ```
//!
//! With the entry's bytes and the log's verifier key it needs no server. Source: <https://c2sp.org/tlog-proof>.

use std::fmt;
use std::str::FromStr;

use super::checkpoint::{Checkpoint, CheckpointError, Opened, read_hash};
use super::note::{NoteError, SignedNote, VerifierKey, from_base64, from_decimal, to_base64};
use super::tree::{Hash, InclusionError, verify_inclusion};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// No inclusion proof of a tree of 64 bits is longer.
const LONGEST_PROOF: usize = 64;

/// The proof that the entry `index` is in the log that `checkpoint` is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Data for whoever reads it. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The entry's number, from 0.
    pub index: u64,
    /// The siblings from the leaf upwards.
    pub proof: Vec<Hash>,
    /// The log's checkpoint, with whatever cosignatures there were.
    pub checkpoint: SignedNote,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// It is not written as receipts are.
    #[error("not a receipt: {FIRST_LINE}, an index, hashes, an empty line and a checkpoint")]
    Form,
    /// The checkpoint is not the log's.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is another one, or at another place.
    #[error(transparent)]
    Inclusion(#[from] InclusionError),
}

impl TlogProof {
    /// Checks that the entry with this leaf hash is in the log of `keys`, and says what else is known: size, root, who
    /// cosigned. `keys` are the log's and those of witnesses; a [`Policy`](super::policy::Policy) judges the latter.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify<'k>(&self, leaf: Hash, keys: &'k [VerifierKey]) -> Result<Opened<'k>, ReceiptError> {
        let opened = Checkpoint::open(&self.checkpoint, keys)?;
        let Checkpoint { size, root, .. } = opened.checkpoint;
        verify_inclusion(leaf, self.index, size, &self.proof, root)?;
        Ok(opened)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", to_base64(hash.as_bytes())))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = ReceiptError;

    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let (head, note) = text.split_once("\n\n").ok_or(ReceiptError::Form)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(ReceiptError::Form);
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => Some(line.strip_prefix("extra ").and_then(from_base64).ok_or(ReceiptError::Form)?),
            None => None,
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(from_decimal);
        let index = index.ok_or(ReceiptError::Form)?;
        let proof = lines.take(LONGEST_PROOF + 1).map(read_hash).collect::<Option<Vec<_>>>();
        let proof = proof.filter(|proof| proof.len() <= LONGEST_PROOF).ok_or(ReceiptError::Form)?;
        let checkpoint = note.parse().map_err(|refused: NoteError| CheckpointError::from(refused))?;
        Ok(Self { extra, index, proof, checkpoint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::checkpoint::Origin;
    use crate::audit::note::{NoteSigner, SignatureKind};
    use crate::audit::tree::{Frontier, inclusion_proof, leaf_hash};

    fn leaf(index: u64) -> Hash {
        leaf_hash(&index.to_be_bytes())
    }

    fn receipt(index: u64, size: u64) -> (TlogProof, Vec<VerifierKey>) {
        let mut tree = Frontier::default();
        (0..size).for_each(|index| _ = tree.append(leaf(index)));
        let origin = Origin::of_log("shops.example", &leaf(0)).unwrap();
        let log = NoteSigner::new(origin.as_str(), SignatureKind::Log, &[1; 32]).unwrap();
        let checkpoint = Checkpoint { origin, size, root: tree.root() }.sign(&log);
        let proof = inclusion_proof(index, size, &leaf).unwrap();
        (TlogProof { extra: None, index, proof, checkpoint }, vec![log.verifier().clone()])
    }

    #[test]
    fn a_receipt_proves_its_entry_and_no_other() {
        for (index, size) in [(0, 1), (0, 8), (7, 8), (6, 7), (299, 300)] {
            let (mut receipt, keys) = receipt(index, size);
            let read: TlogProof = receipt.to_string().parse().unwrap();
            assert_eq!(read, receipt);
            assert_eq!(read.verify(leaf(index), &keys).unwrap().checkpoint.size, size);
            assert_eq!(read.verify(leaf(index + 1), &keys), Err(InclusionError::Root.into()));
            assert!(matches!(read.verify(leaf(index), &[]), Err(ReceiptError::Checkpoint(_))));
            receipt.index += 1;
            assert!(receipt.verify(leaf(index), &keys).is_err());
            receipt.extra = Some(b"anything".to_vec());
            assert_eq!(receipt.to_string().parse(), Ok(receipt));
        }
    }

    #[test]
    fn every_changed_character_is_refused() {
        let (receipt, keys) = receipt(5, 8);
        let text = receipt.to_string();
        for (place, _) in text.char_indices().filter(|(_, c)| c.is_ascii()) {
            let mut changed = text.clone().into_bytes();
            changed[place] ^= 1;
            let read = String::from_utf8(changed).unwrap().parse::<TlogProof>();
            assert!(!read.is_ok_and(|receipt| receipt.verify(leaf(5), &keys).is_ok()), "character {place}");
        }
    }

    #[test]
    fn what_is_no_receipt_is_refused() {
        let good = receipt(5, 8).0.to_string();
        for bad in [
            String::new(),
            good.replace("@v1", "@v2"),
            good.replace("index 5", "index 05"),
            good.replace("index 5\n", ""),
            good.replace("index 5", "extra !\nindex 5"),
            good.replace("index 5", &format!("index 5{}", format!("\n{}", "A".repeat(43) + "=").repeat(65))),
        ] {
            assert_eq!(bad.parse::<TlogProof>(), Err(ReceiptError::Form), "{bad}");
        }
    }
}
