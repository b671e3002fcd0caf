//! A witness: somebody who has seen a log grow and cosigns that it only ever grew. Exactly C2SP `tlog-witness`.
//!
//! Two people who compare checkpoints with one cosignature on them were shown one history. The witness keeps a line a
//! log, the newest checkpoint that it cosigned; everything else comes with the request. Here is the decision alone.
//! Whoever runs one keeps the new line on disk *before* answering, and answers one request a log at a time: otherwise
//! two requests that overlap roll the line back. Source: <https://c2sp.org/tlog-witness>.

use std::fmt;
use std::str::FromStr;

use super::checkpoint::{Checkpoint, CheckpointError, Origin, read_hash};
use super::note::{NoteError, NoteSigner, Signature, SignedNote, VerifierKey, from_decimal, to_base64};
use super::tree::{Hash, verify_consistency};

/// The specification's bound.
const LONGEST_PROOF: usize = 63;

/// What a witness knows of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessedLog {
    /// The log's keys, from whoever runs the witness.
    pub keys: Vec<VerifierKey>,
    /// Size and root of the newest checkpoint that it cosigned; size 0 before the first.
    pub newest: (u64, Hash),
}

impl WitnessedLog {
    /// A log that was never cosigned.
    pub fn new(keys: Vec<VerifierKey>) -> Self {
        Self { keys, newest: (0, Hash::of_empty_tree()) }
    }
}

/// The body of a request `add-checkpoint`.
///
/// ```text
/// old 20852014
/// PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
/// …
///
/// (the checkpoint)
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the sender believes the witness cosigned last.
    pub old: u64,
    /// The proof that the log only grew since.
    pub proof: Vec<Hash>,
    /// The checkpoint.
    pub note: SignedNote,
}

impl AddCheckpoint {
    /// The log that it is about, as it says.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn origin(&self) -> Result<Origin, Refusal> {
        Checkpoint::from_text(self.note.text()).map(|said| said.origin).map_err(|_| Refusal::Malformed)
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", to_base64(hash.as_bytes())))?;
        write!(f, "\n{}", self.note)
    }
}

impl FromStr for AddCheckpoint {
    type Err = Refusal;

    fn from_str(body: &str) -> Result<Self, Refusal> {
        let (head, note) = body.split_once("\n\n").ok_or(Refusal::Malformed)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(from_decimal);
        let proof = lines.take(LONGEST_PROOF + 1).map(read_hash).collect::<Option<Vec<_>>>();
        Ok(Self {
            old: old.ok_or(Refusal::Malformed)?,
            proof: proof.filter(|proof| proof.len() <= LONGEST_PROOF).ok_or(Refusal::Malformed)?,
            note: note.parse().map_err(|_| Refusal::Malformed)?,
        })
    }
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The body is no request, or its checkpoint none.
    #[error("the request is not an old size, a proof and a checkpoint")]
    Malformed,
    /// The old size is larger than the checkpoint's.
    #[error("the old size is larger than the checkpoint's")]
    OldSizeTooLarge,
    /// The witness does not know this log.
    #[error("the log is not known here")]
    UnknownLog,
    /// The log did not sign it, or a signature of its keys does not hold.
    #[error("the log's signature is missing or does not hold")]
    NotSigned,
    /// The witness last cosigned another size: build the proof from that one.
    #[error("the newest checkpoint cosigned here has {newest} entries")]
    OtherSize {
        /// That size.
        newest: u64,
    },
    /// The checkpoint does not continue what was cosigned before. With a signature that holds, this is evidence that
    /// somebody rewrote the log: keep the request.
    #[error("the checkpoint does not continue what was cosigned before")]
    Rewritten,
}

impl Refusal {
    /// The HTTP status that the protocol has for it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::OldSizeTooLarge => 400,
            Self::NotSigned => 403,
            Self::UnknownLog => 404,
            Self::OtherSize { .. } => 409,
            Self::Rewritten => 422,
        }
    }

    /// The body of the answer, and its content type.
    pub fn body(self) -> (&'static str, String) {
        match self {
            Self::OtherSize { newest } => ("text/x.tlog.size", format!("{newest}\n")),
            other => ("text/plain; charset=utf-8", format!("{other}\n")),
        }
    }
}

/// Decides on a request: what to remember from now on, and the cosignature. `log` is what the witness knows of the log
/// that [`AddCheckpoint::origin`] names, `at` the time in seconds since 1970.
///
/// # Errors
/// [`Refusal`]; nothing is to be remembered then.
pub fn add_checkpoint(
    log: Option<&WitnessedLog>,
    request: &AddCheckpoint,
    witness: &NoteSigner,
    at: u64,
) -> Result<(WitnessedLog, Signature), Refusal> {
    let log = log.ok_or(Refusal::UnknownLog)?;
    let new = match Checkpoint::open(&request.note, &log.keys) {
        Ok(opened) => opened.checkpoint,
        Err(CheckpointError::Note(NoteError::Unsigned | NoteError::Forged { .. })) => {
            return Err(Refusal::NotSigned);
        }
        Err(_) => return Err(Refusal::Malformed),
    };
    if request.old > new.size {
        return Err(Refusal::OldSizeTooLarge);
    }
    let (size, root) = log.newest;
    if request.old != size {
        return Err(Refusal::OtherSize { newest: size });
    }
    let continues = if size == 0 {
        request.proof.is_empty() && (new.size != 0 || new.root == Hash::of_empty_tree())
    } else {
        verify_consistency(size, new.size, root, new.root, &request.proof).is_ok()
    };
    if !continues {
        return Err(Refusal::Rewritten);
    }
    let cosignature = witness.signature(request.note.text(), at);
    Ok((WitnessedLog { newest: (new.size, new.root), ..log.clone() }, cosignature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::note::SignatureKind;
    use crate::audit::tree::{Span, consistency_proof, leaf_hash, root_of};

    /// Two histories that part at entry 5.
    fn leaf(fork: bool) -> impl Fn(u64) -> Hash {
        move |index| leaf_hash(&(index + if fork && index >= 5 { 1000 } else { 0 }).to_be_bytes())
    }

    fn log_signer() -> NoteSigner {
        NoteSigner::new("shops.example/log/x", SignatureKind::Log, &[1; 32]).unwrap()
    }

    fn witness() -> NoteSigner {
        NoteSigner::new("witness.example", SignatureKind::Cosignature, &[2; 32]).unwrap()
    }

    fn known() -> WitnessedLog {
        WitnessedLog::new(vec![log_signer().verifier().clone()])
    }

    fn root(size: u64, fork: bool) -> Hash {
        Span::whole(size).map_or_else(Hash::of_empty_tree, |span| root_of(span, &leaf(fork)))
    }

    fn request(old: u64, size: u64, fork: bool) -> AddCheckpoint {
        let origin = "shops.example/log/x".parse().unwrap();
        let note = Checkpoint { origin, size, root: root(size, fork) }.sign(&log_signer());
        AddCheckpoint { old, proof: consistency_proof(old, size, &leaf(fork)).unwrap_or_default(), note }
    }

    fn add(log: &WitnessedLog, request: &AddCheckpoint) -> Result<WitnessedLog, Refusal> {
        add_checkpoint(Some(log), request, &witness(), 7).map(|(log, _)| log)
    }

    #[test]
    fn a_log_that_grows_is_cosigned_each_time() {
        let mut log = known();
        for (old, size) in [(0, 0), (0, 3), (3, 3), (3, 8), (8, 300)] {
            let request = request(old, size, false);
            assert_eq!(request.to_string().parse(), Ok(request.clone()));
            let (kept, cosignature) = add_checkpoint(Some(&log), &request, &witness(), 7).unwrap();
            assert_eq!(kept.newest, (size, root(size, false)));
            let mut note = request.note.clone();
            note.add(cosignature);
            let keys = [log_signer().verifier().clone(), witness().verifier().clone()];
            let opened = Checkpoint::open(&note, &keys).unwrap();
            assert_eq!(opened.cosignatures().map(|by| by.at).collect::<Vec<_>>(), [Some(7)]);
            log = kept;
        }
    }

    #[test]
    fn a_rewritten_history_is_refused_whatever_proof_comes_with_it() {
        let log = add(&known(), &request(0, 8, false)).unwrap();
        assert_eq!(add(&log, &request(8, 8, true)), Err(Refusal::Rewritten));
        assert_eq!(add(&log, &request(8, 20, true)), Err(Refusal::Rewritten));
        let mut without_proof = request(8, 20, false);
        without_proof.proof.clear();
        assert_eq!(add(&log, &without_proof), Err(Refusal::Rewritten));
        // Where the witness stands is not the sender's to say.
        assert_eq!(add(&log, &request(0, 20, true)), Err(Refusal::OtherSize { newest: 8 }));
        assert_eq!(add(&log, &request(3, 5, false)), Err(Refusal::OtherSize { newest: 8 }));
        // The same entries up to 5 are no excuse.
        let short = add(&known(), &request(0, 5, true)).unwrap();
        assert!(add(&short, &request(5, 20, false)).is_ok());
    }

    #[test]
    fn each_refusal_has_the_protocols_status() {
        let log = add(&known(), &request(0, 8, false)).unwrap();
        let refused = |request: &AddCheckpoint| add(&log, request).unwrap_err().status();
        assert_eq!(add_checkpoint(None, &request(0, 8, false), &witness(), 7).unwrap_err().status(), 404);
        let mut stranger = request(8, 9, false);
        stranger.note = SignedNote::of(stranger.note.text()).unwrap();
        witness().sign(&mut stranger.note, 7);
        assert_eq!(refused(&stranger), 403);
        let mut forged = request(8, 9, false);
        forged.note = SignedNote::of(forged.note.text()).unwrap();
        forged.note.add(log_signer().signature("another\n", 0));
        assert_eq!(refused(&forged), 403);
        assert_eq!(refused(&AddCheckpoint { old: 10, ..request(8, 9, false) }), 400);
        assert_eq!(refused(&request(3, 9, false)), 409);
        assert_eq!(Refusal::OtherSize { newest: 8 }.body(), ("text/x.tlog.size", "8\n".to_owned()));
        assert_eq!(refused(&request(8, 9, true)), 422);
        // An empty log has the empty root; and from nothing there is nothing to prove.
        let mut empty = request(0, 0, false);
        empty.note = Checkpoint { root: root(1, false), ..Checkpoint::from_text(empty.note.text()).unwrap() }
            .sign(&log_signer());
        assert_eq!(add(&known(), &empty).unwrap_err().status(), 422);
        let spare = AddCheckpoint { proof: vec![root(1, false)], ..request(0, 8, false) };
        assert_eq!(add(&known(), &spare).unwrap_err().status(), 422);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let good = request(3, 8, false).to_string();
        for bad in [
            String::new(),
            good.replace("old 3", "old 03"),
            good.replace("old 3", "new 3"),
            good.replace("old 3", &format!("old 3{}", format!("\n{}", "A".repeat(43) + "=").repeat(64))),
            good.replace('\u{2014}', "-"),
        ] {
            assert_eq!(bad.parse::<AddCheckpoint>(), Err(Refusal::Malformed), "{bad}");
        }
    }
}
