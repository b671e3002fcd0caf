//! Checks of the folders of data: nobody else on the machine has any business in them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::catalogue::FILES_OPEN;
use super::finding::Finding;
use crate::config::{Config, Database};
use crate::mail::Transport;

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut folders = vec![];
    if let Database::Sqlite(folder) = &config.database {
        folders.push(folder.clone());
    }
    if let Transport::Folder(folder) = &config.mail.transport {
        folders.push(folder.clone());
    }
    FILES_OPEN
        .at_any(folders.iter().filter(|folder| is_open(folder)).map(|folder| folder.display()))
        .into_iter()
        .collect()
}

/// Whether others reach what is in it: a folder above it that is closed closes it, too.
fn is_open(folder: &Path) -> bool {
    let Ok(whole) = std::fs::canonicalize(folder) else { return false };
    let mode = |path: &Path| std::fs::metadata(path).map(|data| data.permissions().mode());
    let ways: Vec<PathBuf> = whole.ancestors().skip(1).map(Path::to_owned).collect();
    let passable = ways.iter().all(|way| mode(way).is_ok_and(|mode| mode & 0o011 != 0));
    passable && mode(&whole).is_ok_and(|mode| mode & 0o077 != 0)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::super::tests::{config, ids};
    use super::*;

    #[test]
    fn a_folder_of_data_that_others_reach_is_found() {
        let outer = tempfile::tempdir().unwrap();
        let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        let (store, mails) = (outer.path().join("store"), outer.path().join("mail"));
        let config = config(&format!("data_dir = {:?}", outer.path()));
        assert_eq!(check(&config), [], "not there yet");
        for folder in [&store, &mails] {
            fs::create_dir(folder).unwrap();
            set(folder, 0o755);
        }
        set(outer.path(), 0o700);
        assert_eq!(check(&config), [], "closed from above");
        set(outer.path(), 0o755);
        let found = check(&config);
        assert_eq!(ids(&found), ["files.open_to_others"]);
        let named = found[0].evidence.clone().unwrap();
        assert!(named.contains("store") && named.contains("mail"), "{named}");
        set(&store, 0o700);
        assert!(!check(&config)[0].evidence.clone().unwrap().contains("store"));
        set(&mails, 0o700);
        assert_eq!(check(&config), []);
    }
}
