//! What a store keeps of a deployment's keys.
//!
//! Rows are only ever added: a check value for each key that was ever made, and beside it, once a key has been taken
//! out for good, the name with [`GONE`] before it. So a store also remembers that there was such a key, and a folder
//! that is put back from before does not bring it to life unseen.

use super::id::KeyId;
use super::key::CheckValue;
use super::ring::KeyRing;

/// Before the name of a key that was taken out for good. No key's name has a colon in it.
const GONE: &str = "gone:";

/// The check values of a store, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredChecks {
    /// The keys that the store needs.
    pub needed: Vec<(KeyId, CheckValue)>,
    /// The keys that were taken out for good.
    pub gone: Vec<KeyId>,
}

/// A row among a store's check values is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the store's check values of keys are damaged, or a newer version wrote them")]
pub struct StoredChecksError;

impl StoredChecks {
    /// Reads what [`Housekeeping::check_values`](crate::store::Housekeeping::check_values) answers.
    ///
    /// # Errors
    /// [`StoredChecksError`].
    pub fn read(rows: Vec<(String, Vec<u8>)>) -> Result<Self, StoredChecksError> {
        let (mut needed, mut gone) = (Vec::new(), Vec::new());
        for (name, value) in rows {
            match name.strip_prefix(GONE) {
                Some(name) => gone.push(name.parse().map_err(|_| StoredChecksError)?),
                None => needed.push((name.parse().map_err(|_| StoredChecksError)?, read_value(value)?)),
            }
        }
        needed.retain(|(id, _)| !gone.contains(id));
        Ok(Self { needed, gone })
    }

    /// Whether the store knows nothing of any key.
    pub const fn is_empty(&self) -> bool {
        self.needed.is_empty() && self.gone.is_empty()
    }

    /// The rows to add for the keys of `ring` that the store does not know yet. Not for one that is gone: it is back
    /// only where somebody put an old folder in place.
    pub fn missing_of(&self, ring: &KeyRing) -> Vec<(String, Vec<u8>)> {
        let known = |id: &KeyId| self.gone.contains(id) || self.needed.iter().any(|(of, _)| of == id);
        rows(ring.check_values().into_iter().filter(|(id, _)| !known(id)))
    }

    /// The row that says that a key is gone.
    pub fn gone_row(id: &KeyId) -> (String, Vec<u8>) {
        (format!("{GONE}{id}"), Vec::new())
    }
}

impl KeyRing {
    /// What a store shall keep of this ring, in the form that
    /// [`Housekeeping::keep_check_values`](crate::store::Housekeeping::keep_check_values) takes.
    pub fn check_rows(&self) -> Vec<(String, Vec<u8>)> {
        rows(self.check_values().into_iter())
    }
}

fn rows(values: impl Iterator<Item = (KeyId, CheckValue)>) -> Vec<(String, Vec<u8>)> {
    values.map(|(id, value)| (id.to_string(), value.to_string().into_bytes())).collect()
}

fn read_value(bytes: Vec<u8>) -> Result<CheckValue, StoredChecksError> {
    String::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).ok_or(StoredChecksError)
}

#[cfg(test)]
mod tests {
    use super::super::key::Purpose;
    use super::super::test_support::counting_entropy;
    use super::*;

    #[test]
    fn asvs_v13_3_4_a_store_follows_its_keys_from_the_first_to_the_last() {
        let mut entropy = counting_entropy();
        let first = KeyRing::generate(0, &mut entropy);
        let mut rows = first.check_rows();
        let known = StoredChecks::read(rows.clone()).unwrap();
        assert_eq!(first.verify(&known.needed), Ok(()));
        assert_eq!(known.missing_of(&first), []);

        let rotated = first.rotated(Purpose::Pepper, 1, &mut entropy);
        assert_eq!(rotated.verify(&known.needed), Ok(()), "the file comes before the row");
        let added = known.missing_of(&rotated);
        assert_eq!(added.len(), 1);
        rows.extend(added);
        let known = StoredChecks::read(rows.clone()).unwrap();
        assert!(
            first.verify(&known.needed).is_err(),
            "a folder from before the rotation is not enough any more"
        );

        let old = first.active(Purpose::Pepper).id().clone();
        rows.push(StoredChecks::gone_row(&old));
        let known = StoredChecks::read(rows).unwrap();
        assert_eq!(known.gone, std::slice::from_ref(&old));
        let without = rotated.without(&old).unwrap();
        assert_eq!(without.verify(&known.needed), Ok(()));
        assert_eq!(known.missing_of(&rotated), [], "a key that is gone does not come back");
        assert!(without.without(rotated.active(Purpose::Pepper).id()).is_none(), "an active key stays");
    }

    #[test]
    fn what_is_no_check_value_is_not_passed_over() {
        let row = |name: &str, value: &[u8]| vec![(name.to_owned(), value.to_vec())];
        for rows in
            [row("Pepper", b""), row("pepper-1", b"x"), row("gone:", b""), row("pepper-1", &[0xff; 32])]
        {
            assert_eq!(StoredChecks::read(rows), Err(StoredChecksError));
        }
        assert!(StoredChecks::read(Vec::new()).unwrap().is_empty());
    }
}
