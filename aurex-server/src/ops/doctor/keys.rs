//! Checks of the keys folder: whose it is, whether its keys are the store's, and which are due.

use std::path::Path;

use aurex_core::identity::keys::{KeyRing, StoredChecks};
use aurex_core::time::Timestamp;

use super::catalogue::{
    KEYS_DUE, KEYS_FOREIGN, KEYS_GONE, KEYS_MISSING, KEYS_NOT_THE_STORES, KEYS_ONE_OPERATOR, KEYS_OPEN,
    KEYS_UNUSABLE, KEYS_WITH_DATA,
};
use super::finding::Finding;
use crate::config::Config;
use crate::ops::background::chain;
use crate::ops::keys_folder::{KeysFolder, KeysFolderError, StoreIs};
use crate::ops::operators::Operators;

/// The keys in a folder, or what keeps them from being used. It makes none.
pub(crate) fn ring(folder: &Path, now: Timestamp) -> Result<KeyRing, Finding> {
    KeysFolder::open(folder, StoreIs::InUse)
        .and_then(|folder| folder.ring(StoreIs::InUse, now.micros(), &mut |_| {}))
        .map_err(|error| {
            let kind = match &error {
                KeysFolderError::NoFolder { .. } | KeysFolderError::NoKeys { .. } => &KEYS_MISSING,
                KeysFolderError::OpenToOthers { .. } => &KEYS_OPEN,
                KeysFolderError::ForeignOwner { .. } => &KEYS_FOREIGN,
                _ => &KEYS_UNUSABLE,
            };
            kind.at(chain(&error))
        })
}

/// How the keys and the store's check values stand to each other, and which keys are due.
pub(crate) fn stored(ring: &KeyRing, checks: &StoredChecks, now: Timestamp) -> Vec<Finding> {
    let ids = |wanted: &dyn Fn(&aurex_core::identity::keys::Key) -> bool| {
        ring.keys().filter(|key| wanted(key)).map(|key| key.id().clone()).collect::<Vec<_>>()
    };
    let gone = ids(&|key| checks.gone.contains(key.id()));
    let due = ids(&|key| key.is_due(now.micros()) && !checks.gone.contains(key.id()));
    let mut found = Vec::new();
    if let Err(error) = ring.verify(&checks.needed) {
        found.push(KEYS_NOT_THE_STORES.at(chain(&error)));
    }
    found.extend(KEYS_GONE.at_any(gone));
    found.extend(KEYS_DUE.at_any(due));
    found
}

/// Whether it takes two to rotate a key.
pub(super) fn operators(config: &Config) -> Option<Finding> {
    match Operators::of(&config.keys) {
        Ok(Some(_)) => None,
        Ok(None) => Some(KEYS_ONE_OPERATOR.at(config.keys.display())),
        Err(error) => Some(KEYS_ONE_OPERATOR.at(chain(&error))),
    }
}

/// Whether one copy of the data folder takes the keys along.
pub(super) fn beside_the_data(config: &Config) -> Option<Finding> {
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let keys = whole(&config.keys);
    keys.starts_with(whole(&config.data_dir)).then(|| KEYS_WITH_DATA.at(keys.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use aurex_core::identity::keys::Purpose;

    use super::super::tests::{config, ids};
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn entropy() -> impl FnMut(&mut [u8]) {
        let mut next = 0_u8;
        move |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
        }
    }

    #[test]
    fn a_folder_that_is_missing_open_or_broken_is_told_apart() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("keys");
        let id = |path: &Path| ring(path, NOW).unwrap_err().ailment.id;
        assert_eq!(id(&path), "keys.missing");
        assert!(!path.exists(), "looking makes nothing");
        let folder = KeysFolder::open(&path, StoreIs::Empty).unwrap();
        assert_eq!(id(&path), "keys.missing", "an empty one");
        let made = folder.ring(StoreIs::Empty, 0, &mut entropy()).unwrap();
        assert!(ring(&path, NOW).is_ok());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(id(&path), "keys.open_to_others");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::fs::write(path.join(format!("{}.key", made.active(Purpose::Pepper).id())), "broken").unwrap();
        assert_eq!(id(&path), "keys.unusable");
    }

    #[test]
    fn asvs_v13_1_4_a_key_that_is_due_gone_or_anothers_is_found() {
        let mut entropy = entropy();
        let ring = KeyRing::generate(0, &mut entropy);
        let checks = StoredChecks::read(ring.check_rows()).unwrap();
        assert_eq!(stored(&ring, &checks, NOW), []);
        let old = stored(&ring, &checks, NOW.plus_seconds(366 * 86_400));
        assert_eq!(ids(&old), ["keys.due"]);
        let named = old[0].evidence.clone().unwrap();
        assert!(named.contains("deployment-") && !named.contains("pepper-"), "{named}");

        let foreign = KeyRing::generate(0, &mut entropy);
        assert_eq!(ids(&stored(&foreign, &checks, NOW)), ["keys.not_the_stores"]);

        let rotated = ring.rotated(Purpose::Pepper, 0, &mut entropy);
        let mut rows = rotated.check_rows();
        rows.push(StoredChecks::gone_row(ring.active(Purpose::Pepper).id()));
        let gone = stored(&rotated, &StoredChecks::read(rows).unwrap(), NOW);
        assert_eq!(ids(&gone), ["keys.gone"]);
        assert_eq!(gone[0].evidence.as_deref(), Some(ring.active(Purpose::Pepper).id().as_str()));
    }

    #[test]
    fn keys_beside_the_data_are_noted() {
        assert_eq!(ids(&beside_the_data(&config(""))), ["keys.beside_data"]);
        assert_eq!(beside_the_data(&config("keys_dir = \"/etc/aurex/keys\"")), None);
    }
}
