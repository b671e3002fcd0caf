//! The keys that sign the heads of a log.

use super::key::{Key, Purpose};
use super::ring::KeyRing;
use crate::audit::checkpoint::{Checkpoint, Origin};
use crate::audit::note::{KeyTextError, NoteSigner, SignatureKind, SignedNote, VerifierKey};

/// Before the origin in the name of a log's sub-key.
const LABEL: &str = "log checkpoints 1\0";

/// What signs one log's checkpoints: an Ed25519 key of this log alone, from each checkpoint key of the ring.
///
/// A key a log, so that nobody can tell from two shops' receipts that they share a server, and so that a witness or a
/// policy that lists logs by their keys can tell them apart. The seed is a sub-key ([`Key::derive`]), so nothing has to
/// be stored to sign.
///
/// To *verify* later, the public halves are kept beside the checkpoints, since a key that is taken off the ring for
/// good can no longer name its own: store [`CheckpointKeys::verifier_keys`] with the first checkpoint that each signs.
#[derive(Debug, Clone)]
pub struct CheckpointKeys {
    active: NoteSigner,
    retired: Vec<NoteSigner>,
}

impl CheckpointKeys {
    /// The keys of the log `origin`.
    ///
    /// # Errors
    /// [`KeyTextError::Name`] never occurs for an [`Origin`]: it has a key's name.
    pub fn for_log(ring: &KeyRing, origin: &Origin) -> Result<Self, KeyTextError> {
        let signer = |key: &Key| {
            let seed = key.derive(&format!("{LABEL}{origin}"));
            NoteSigner::new(origin.as_str(), SignatureKind::Log, &seed)
        };
        let active = signer(ring.active(Purpose::Checkpoint))?;
        let retired = ring.of(Purpose::Checkpoint).skip(1).map(signer).collect::<Result<_, _>>()?;
        Ok(Self { active, retired })
    }

    /// The checkpoint, signed with the active key.
    pub fn sign(&self, checkpoint: &Checkpoint) -> SignedNote {
        checkpoint.sign(&self.active)
    }

    /// The checkpoint, signed with the active key and with those before it: the first one after a rotation, by which
    /// whoever knows only an old key learns the new one.
    pub fn sign_handing_over(&self, checkpoint: &Checkpoint) -> SignedNote {
        let mut note = self.sign(checkpoint);
        self.retired.iter().for_each(|before| before.sign(&mut note, 0));
        note
    }

    /// Adds the active key's signature to a note that is no checkpoint; its text must not begin as one does.
    pub fn sign_note(&self, note: &mut SignedNote) {
        self.active.sign(note, 0);
    }

    /// The public half of the active key.
    pub const fn active(&self) -> &VerifierKey {
        self.active.verifier()
    }

    /// The public halves of all keys on the ring, the active one first.
    pub fn verifier_keys(&self) -> Vec<VerifierKey> {
        std::iter::once(&self.active).chain(&self.retired).map(|signer| signer.verifier().clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::counting_entropy;
    use super::*;
    use crate::audit::tree::leaf_hash;

    fn checkpoint(first: &[u8]) -> Checkpoint {
        let root = leaf_hash(first);
        Checkpoint { origin: Origin::of_log("shops.example", &root).unwrap(), size: 1, root }
    }

    #[test]
    fn a_log_has_keys_of_its_own() {
        let ring = KeyRing::generate(0, &mut counting_entropy());
        let (one, other) = (checkpoint(b"one"), checkpoint(b"other"));
        let keys = CheckpointKeys::for_log(&ring, &one.origin).unwrap();
        let others = CheckpointKeys::for_log(&ring, &other.origin).unwrap();
        assert_ne!(keys.active().public(), others.active().public());
        assert!(Checkpoint::open(&keys.sign(&one), &keys.verifier_keys()).is_ok());
        assert!(Checkpoint::open(&keys.sign(&one), &others.verifier_keys()).is_err());
        assert!(Checkpoint::open(&keys.sign(&other), &keys.verifier_keys()).is_err());
    }

    #[test]
    fn rotation_leaves_old_checkpoints_verifiable_and_hands_over() {
        let mut entropy = counting_entropy();
        let ring = KeyRing::generate(0, &mut entropy);
        let made = checkpoint(b"one");
        let before = CheckpointKeys::for_log(&ring, &made.origin).unwrap();
        let old = before.sign(&made);
        let ring = ring.rotated(Purpose::Checkpoint, 5, &mut entropy);
        let after = CheckpointKeys::for_log(&ring, &made.origin).unwrap();

        assert_eq!(after.verifier_keys().len(), 2);
        assert_ne!(after.active(), before.active());
        assert!(Checkpoint::open(&old, &after.verifier_keys()).is_ok());
        assert!(Checkpoint::open(&after.sign(&made), &before.verifier_keys()).is_err());
        let handed_over = after.sign_handing_over(&made);
        assert!(Checkpoint::open(&handed_over, &before.verifier_keys()).is_ok());
        assert!(Checkpoint::open(&handed_over, std::slice::from_ref(after.active())).is_ok());

        // Off the ring for good, the old key is known by the public half that was kept.
        let gone = ring.without(ring.of(Purpose::Checkpoint).nth(1).unwrap().id()).unwrap();
        let keys = CheckpointKeys::for_log(&gone, &made.origin).unwrap().verifier_keys();
        assert!(Checkpoint::open(&old, &keys).is_err());
        assert!(Checkpoint::open(&old, &before.verifier_keys()).is_ok());
    }
}
