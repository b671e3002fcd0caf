//! What a process that died while founding a workspace leaves behind.
//!
//! A workspace exists from the moment its row stands in the directory, and its file is complete before that. So a file
//! without a row was never answered for, and goes. Only the server does this, under the lock: beside a server, the
//! file may be somebody's workspace in the making.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use aurex_core::store::StoreError;
use uuid::Uuid;

use super::Folder;
use crate::error::io;

/// Removes temporary files, and tenants' files whose tenant is not in the directory. Answers how many.
///
/// Files that no store of ours names are left alone.
pub(crate) fn remove_orphans(folder: &Folder, tenants: &BTreeSet<Uuid>) -> Result<usize, StoreError> {
    let mut removed = 0;
    for entry in fs::read_dir(folder.tenants()).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let is_orphan = match path.file_name().and_then(OsStr::to_str).and_then(|name| name.split_once('.')) {
            Some((uuid, rest)) => {
                Uuid::try_parse(uuid).is_ok_and(|uuid| is_orphan(rest, tenants.contains(&uuid)))
            }
            None => false,
        };
        if is_orphan {
            remove(&path)?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn is_orphan(rest: &str, is_known: bool) -> bool {
    const OURS: [&str; 6] = ["db", "db-wal", "db-shm", "house.db", "house.db-wal", "house.db-shm"];
    rest.starts_with("db.new") || rest.starts_with("house.db.new") || (!is_known && OURS.contains(&rest))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    tracing::warn!(file = %path.display(), "removing what an unfinished founding left behind");
    fs::remove_file(path).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::is_orphan;

    #[test]
    fn unfinished_and_unknown_files_go_and_nothing_else() {
        for name in ["db.new", "db.new-wal", "house.db.new"] {
            assert!(is_orphan(name, true) && is_orphan(name, false), "{name}");
        }
        for name in ["db", "db-wal", "db-shm", "house.db"] {
            assert!(!is_orphan(name, true) && is_orphan(name, false), "{name}");
        }
        assert!(!is_orphan("db.bak", false));
    }
}
