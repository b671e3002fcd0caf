//! The log's name and keys.

use crate::audit::checkpoint::{Checkpoint, Origin, OriginError};
use crate::audit::note::{KeyTextError, NoteSigner, SignatureKind, SignedNote};
use crate::audit::tree::Hash;
use crate::identity::keys::{CheckpointKeys, KeyRing, Purpose};
use crate::store::StoredCheckpoint;

/// Before the origin in the name of the sub-key that confirms checkpoints.
const BEAT: &str = "log beats 1\0";

/// What signs the logs of a deployment.
#[derive(Debug, Clone)]
pub struct LogSigner {
    ring: KeyRing,
    prefix: String,
}

impl LogSigner {
    /// With the ring's checkpoint keys, for logs whose names begin with `prefix`: a name of the deployment's, such as
    /// its domain.
    ///
    /// # Errors
    /// [`OriginError`] when no log can be named so.
    pub fn new(ring: KeyRing, prefix: &str) -> Result<Self, OriginError> {
        let _ = prefix.parse::<Origin>()?;
        Ok(Self { ring, prefix: prefix.to_owned() })
    }

    /// The keys of the log whose first leaf this is. A log keeps the name of its last checkpoint, whatever the deployment
    /// is called by now: under another it would be another log to everybody who knows it.
    pub(super) fn of_log(
        &self,
        first: &Hash,
        last: Option<&StoredCheckpoint>,
    ) -> Result<LogsKeys, SignerError> {
        let named =
            last.and_then(|last| last.note.split('\n').next()).map(str::parse::<Origin>).transpose()?;
        let origin = named.map_or_else(|| Origin::of_log(&self.prefix, first), Ok)?;
        if !origin.is_of(first) {
            return Err(SignerError::OtherLog);
        }
        let keys = CheckpointKeys::for_log(&self.ring, &origin)?;
        let seed = self.ring.derive(Purpose::Checkpoint, &format!("{BEAT}{origin}"));
        let beats = NoteSigner::new(origin.as_str(), SignatureKind::Cosignature, &seed)?;
        Ok(LogsKeys { origin, keys, beats })
    }
}

/// All keys that a log of this ring may have been known by, as verifiers know them: each of the ring's, for signing and for
/// confirming.
///
/// # Errors
/// [`KeyTextError`] never occurs for an [`Origin`]: it has a key's name.
pub fn keys_of_log(ring: &KeyRing, origin: &Origin) -> Result<Vec<String>, KeyTextError> {
    let mut keys: Vec<String> =
        CheckpointKeys::for_log(ring, origin)?.verifier_keys().iter().map(ToString::to_string).collect();
    for key in ring.of(Purpose::Checkpoint) {
        let beats = NoteSigner::new(
            origin.as_str(),
            SignatureKind::Cosignature,
            &key.derive(&format!("{BEAT}{origin}")),
        )?;
        keys.push(beats.verifier().to_string());
    }
    Ok(keys)
}

/// A log cannot be named or signed with what the deployment is set to.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// Its name.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The last checkpoint is of another log.
    #[error("the last checkpoint that was published is of another log")]
    OtherLog,
    /// Its keys' name.
    #[error(transparent)]
    Key(#[from] KeyTextError),
}

/// The keys of one log.
pub(super) struct LogsKeys {
    pub(super) origin: Origin,
    keys: CheckpointKeys,
    /// Confirms a checkpoint at a time: C2SP's cosignature, which unlike a log's own signature says when. A checkpoint of
    /// a log that stands still never changes, so that without it silence looked like truncation.
    beats: NoteSigner,
}

impl LogsKeys {
    /// As verifiers know the keys that sign now.
    pub(super) fn active(&self) -> [String; 2] {
        [self.keys.active().to_string(), self.beats.verifier().to_string()]
    }

    /// A checkpoint, signed; with the keys before as well when nobody knows this one yet.
    pub(super) fn sign(&self, size: u64, root: Hash, is_known: bool) -> SignedNote {
        let checkpoint = Checkpoint { origin: self.origin.clone(), size, root };
        if is_known { self.keys.sign(&checkpoint) } else { self.keys.sign_handing_over(&checkpoint) }
    }

    /// Adds the log's signature to a note that is no checkpoint.
    pub(super) fn sign_note(&self, note: &mut SignedNote) {
        self.keys.sign_note(note);
    }

    /// The line that confirms a note at a time, in seconds since 1970.
    pub(super) fn beat(&self, note: &SignedNote, at: u64) -> String {
        format!("{}\n", self.beats.signature(note.text(), at))
    }
}
