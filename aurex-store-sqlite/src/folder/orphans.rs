//! What a process that died while founding a workspace leaves behind.
//!
//! A workspace exists from the moment its row stands in the directory, and its file is complete before that. So a
//! temporary file was never answered for, and goes. A complete file without a row may be one of a founding that was cut
//! short, or a shop whose row somebody lost with an older directory: nobody can tell, so it is set aside under another
//! name and never removed. Only the server does this, under the lock: beside a server, the file may be somebody's
//! workspace in the making.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;

use aurex_core::store::StoreError;
use uuid::Uuid;

use super::Folder;
use crate::error::io;

/// What is to happen to a file.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It stays.
    Stays,
    /// It was never complete.
    Goes,
    /// It is complete, and nobody's.
    SetAside,
}

/// Removes temporary files, and sets tenants' files aside whose tenant is not in the directory.
///
/// Files that no store of ours names are left alone.
pub(crate) fn clear_orphans(folder: &Folder, tenants: &BTreeSet<Uuid>) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder.tenants()).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let Some(name) = path.file_name().and_then(OsStr::to_str) else { continue };
        let fate = match name.split_once('.') {
            Some((uuid, rest)) => {
                Uuid::try_parse(uuid).map_or(Fate::Stays, |uuid| fate(rest, tenants.contains(&uuid)))
            }
            None => Fate::Stays,
        };
        match fate {
            Fate::Stays => {}
            Fate::Goes => {
                tracing::warn!(file = %path.display(), "removing what an unfinished founding left behind");
                fs::remove_file(&path).map_err(io)?;
            }
            Fate::SetAside => {
                tracing::warn!(file = %path.display(), "setting aside a tenant's file that the directory does not know");
                let aside = path.with_file_name(format!("{name}.orphan"));
                fs::rename(&path, aside).map_err(io)?;
            }
        }
    }
    Ok(())
}

/// Whether the folder holds shops although its directory is gone: then nothing may be opened, let alone cleared.
pub(crate) fn has_lost_its_directory(folder: &Folder) -> Result<bool, StoreError> {
    if folder.directory().exists() {
        return Ok(false);
    }
    for entry in fs::read_dir(folder.tenants()).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().and_then(OsStr::to_str).and_then(|name| name.split_once('.'));
        if name.is_some_and(|(uuid, rest)| rest == "db" && Uuid::try_parse(uuid).is_ok()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn fate(rest: &str, is_known: bool) -> Fate {
    const OURS: [&str; 6] = ["db", "db-wal", "db-shm", "house.db", "house.db-wal", "house.db-shm"];
    if rest.starts_with("db.new") || rest.starts_with("house.db.new") {
        Fate::Goes
    } else if !is_known && OURS.contains(&rest) {
        Fate::SetAside
    } else {
        Fate::Stays
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, fate};

    #[test]
    fn unfinished_files_go_unknown_ones_are_set_aside_and_nothing_else_is_touched() {
        for name in ["db.new", "db.new-wal", "house.db.new"] {
            assert_eq!((fate(name, true), fate(name, false)), (Fate::Goes, Fate::Goes), "{name}");
        }
        for name in ["db", "db-wal", "db-shm", "house.db"] {
            assert_eq!((fate(name, true), fate(name, false)), (Fate::Stays, Fate::SetAside), "{name}");
        }
        for name in ["db.bak", "db.orphan"] {
            assert_eq!(fate(name, false), Fate::Stays, "{name}");
        }
    }
}
