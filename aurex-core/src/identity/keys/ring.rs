//! All keys of a deployment, complete by construction.

use zeroize::Zeroizing;

use super::id::KeyId;
use super::key::{CheckValue, Key, KeyState, Purpose};

/// The deployment's keys: exactly one active key for every purpose, and those that were active before.
#[derive(Debug, Clone)]
pub struct KeyRing {
    pepper: Key,
    deployment: Key,
    column: Key,
    checkpoint: Key,
    retired: Vec<Key>,
}

impl KeyRing {
    /// A full set of new keys. Only for a store that is empty: a store with data needs the keys it was made with.
    pub fn generate(now_micros: i64, entropy: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut new = |purpose| Key::generate(purpose, now_micros, entropy);
        Self {
            pepper: new(Purpose::Pepper),
            deployment: new(Purpose::Deployment),
            column: new(Purpose::Column),
            checkpoint: new(Purpose::Checkpoint),
            retired: Vec::new(),
        }
    }

    /// Puts the keys that were read from their files on a ring.
    ///
    /// # Errors
    ///
    /// [`KeysError::SameName`], [`KeysError::NoActive`] or [`KeysError::SeveralActive`].
    pub fn new(keys: Vec<Key>) -> Result<Self, KeysError> {
        let mut names: Vec<&KeyId> = keys.iter().map(Key::id).collect();
        names.sort();
        if let Some([name, _]) = names.array_windows().find(|[one, next]| one == next) {
            return Err(KeysError::SameName { id: (*name).clone() });
        }
        let (mut active, retired): (Vec<_>, Vec<_>) =
            keys.into_iter().partition(|key| key.state() == KeyState::Active);
        let mut the_one = |purpose| {
            let mut of_purpose = active.extract_if(.., |key| key.purpose() == purpose);
            match (of_purpose.next(), of_purpose.next()) {
                (Some(key), None) => Ok(key),
                (None, _) => Err(KeysError::NoActive { purpose }),
                (Some(_), Some(_)) => Err(KeysError::SeveralActive { purpose }),
            }
        };
        Ok(Self {
            pepper: the_one(Purpose::Pepper)?,
            deployment: the_one(Purpose::Deployment)?,
            column: the_one(Purpose::Column)?,
            checkpoint: the_one(Purpose::Checkpoint)?,
            retired,
        })
    }

    /// The key that makes new things of this purpose.
    pub const fn active(&self, purpose: Purpose) -> &Key {
        match purpose {
            Purpose::Pepper => &self.pepper,
            Purpose::Deployment => &self.deployment,
            Purpose::Column => &self.column,
            Purpose::Checkpoint => &self.checkpoint,
        }
    }

    /// A key by its name, active or retired: for reading what it once made.
    pub fn get(&self, id: &KeyId) -> Option<&Key> {
        self.keys().find(|key| key.id() == id)
    }

    /// All keys: the active ones in the order of [`Purpose::ALL`], then the retired ones.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        Purpose::ALL.into_iter().map(|purpose| self.active(purpose)).chain(&self.retired)
    }

    /// The keys of one purpose, the active one first.
    pub fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Key> {
        let retired = self.retired.iter().filter(move |key| key.purpose() == purpose);
        std::iter::once(self.active(purpose)).chain(retired)
    }

    /// The sub-keys named `label` of every key for `purpose`, the active one's first: what was made before a rotation
    /// is still recognised by one of them.
    pub fn derive_all(&self, purpose: Purpose, label: &str) -> Vec<Zeroizing<[u8; 32]>> {
        self.of(purpose).map(|key| key.derive(label)).collect()
    }

    /// The ring without a retired key. `None` when there is no such key, or it is active.
    pub fn without(&self, id: &KeyId) -> Option<Self> {
        let mut ring = self.clone();
        ring.retired.retain(|key| key.id() != id);
        (ring.retired.len() < self.retired.len()).then_some(ring)
    }

    /// The sub-key named `label` of the active key for `purpose`. See [`Key::derive`].
    pub fn derive(&self, purpose: Purpose, label: &str) -> Zeroizing<[u8; 32]> {
        self.active(purpose).derive(label)
    }

    /// Makes a new active key for `purpose` and retires the one before.
    #[must_use = "the ring itself is not changed"]
    pub fn rotated(&self, purpose: Purpose, now_micros: i64, entropy: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut ring = self.clone();
        let place = match purpose {
            Purpose::Pepper => &mut ring.pepper,
            Purpose::Deployment => &mut ring.deployment,
            Purpose::Column => &mut ring.column,
            Purpose::Checkpoint => &mut ring.checkpoint,
        };
        let before = std::mem::replace(place, Key::generate(purpose, now_micros, entropy));
        ring.retired.push(before.with_state(KeyState::Retired));
        ring
    }

    /// What the store shall keep for each key.
    pub fn check_values(&self) -> Vec<(KeyId, CheckValue)> {
        self.keys().map(|key| (key.id().clone(), key.check_value())).collect()
    }

    /// Compares the ring with what the store keeps, before anything is served.
    ///
    /// Keys that the store does not know yet are not an error (a rotation writes the file first); store the values of
    /// [`KeyRing::check_values`] afterwards.
    ///
    /// # Errors
    ///
    /// [`KeysError::NotThisStores`] with the names of *all* keys that are missing or wrong.
    pub fn verify(&self, stored: &[(KeyId, CheckValue)]) -> Result<(), KeysError> {
        let (mut missing, mut wrong) = (Vec::new(), Vec::new());
        for (id, expected) in stored {
            match self.get(id) {
                None => missing.push(id.clone()),
                Some(key) if key.check_value() != *expected => wrong.push(id.clone()),
                Some(_) => {}
            }
        }
        if missing.is_empty() && wrong.is_empty() {
            Ok(())
        } else {
            Err(KeysError::NotThisStores { missing, wrong })
        }
    }
}

/// Why keys cannot be used, or not with this store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// Two keys share a name.
    #[error("two keys are named {id}")]
    SameName {
        /// The name.
        id: KeyId,
    },
    /// A purpose has no key that makes new things.
    #[error("there is no active {purpose} key")]
    NoActive {
        /// The purpose.
        purpose: Purpose,
    },
    /// A purpose has several keys that make new things.
    #[error("there is more than one active {purpose} key")]
    SeveralActive {
        /// The purpose.
        purpose: Purpose,
    },
    /// The store was made with other keys.
    #[error("the keys are not this store's{}", named(missing, wrong))]
    NotThisStores {
        /// The store needs these, and they are not there.
        missing: Vec<KeyId>,
        /// These are there, with another secret or purpose.
        wrong: Vec<KeyId>,
    },
}

fn named(missing: &[KeyId], wrong: &[KeyId]) -> String {
    let list = |what: &str, ids: &[KeyId]| match ids {
        [] => String::new(),
        ids => format!("; {what}: {}", ids.iter().map(KeyId::as_str).collect::<Vec<_>>().join(", ")),
    };
    list("missing", missing) + &list("wrong", wrong)
}

#[cfg(test)]
mod tests {
    use super::super::test_support::counting_entropy;
    use super::*;

    fn ring() -> KeyRing {
        KeyRing::generate(0, &mut counting_entropy())
    }

    fn keys(ring: &KeyRing) -> Vec<Key> {
        ring.keys().cloned().collect()
    }

    #[test]
    fn the_keys_a_store_was_made_with_are_recognised() {
        let ring = ring();
        assert_eq!(ring.verify(&ring.check_values()), Ok(()));
        let read_back = KeyRing::new(keys(&ring)).unwrap();
        assert_eq!(read_back.verify(&ring.check_values()), Ok(()));
    }

    #[test]
    fn missing_and_wrong_keys_are_all_named() {
        let ring = ring();
        let mut stored = ring.check_values();
        stored[1].1 = stored[0].1;
        stored.push(("pepper-lost".parse().unwrap(), stored[0].1));
        let refused = ring.verify(&stored).unwrap_err();
        let wrong = ring.active(Purpose::Deployment).id();
        assert_eq!(
            refused.to_string(),
            format!("the keys are not this store's; missing: pepper-lost; wrong: {wrong}"),
        );
    }

    #[test]
    fn a_ring_is_complete_or_it_is_not_a_ring() {
        let all = keys(&ring());
        let without_column = all.iter().filter(|key| key.purpose() != Purpose::Column).cloned().collect();
        assert_eq!(
            KeyRing::new(without_column).unwrap_err(),
            KeysError::NoActive { purpose: Purpose::Column }
        );

        let twice = [all.as_slice(), &all[..1]].concat();
        assert_eq!(KeyRing::new(twice).unwrap_err(), KeysError::SameName { id: all[0].id().clone() });

        let mut entropy = counting_entropy();
        entropy(&mut [0; 200]);
        let second = Key::generate(Purpose::Pepper, 0, &mut entropy);
        let several = [all.as_slice(), &[second]].concat();
        assert_eq!(KeyRing::new(several).unwrap_err(), KeysError::SeveralActive { purpose: Purpose::Pepper });
    }

    #[test]
    fn rotation_keeps_the_old_key_for_reading() {
        let before = ring();
        let mut entropy = counting_entropy();
        entropy(&mut [0; 200]);
        let after = before.rotated(Purpose::Pepper, 5, &mut entropy);

        let old = before.active(Purpose::Pepper).id();
        assert_ne!(after.active(Purpose::Pepper).id(), old);
        assert_eq!(after.get(old).map(Key::state), Some(KeyState::Retired));
        assert_eq!(after.verify(&before.check_values()), Ok(()));
        assert!(before.verify(&after.check_values()).is_err());
        assert_ne!(after.derive(Purpose::Pepper, "x"), before.derive(Purpose::Pepper, "x"));
        assert_eq!(after.derive(Purpose::Column, "x"), before.derive(Purpose::Column, "x"));
        assert_eq!(KeyRing::new(keys(&after)).unwrap().keys().count(), 5);
    }
}
