//! What a file or folder of ours must look like before it is opened.

use std::fs::{self, DirBuilder, Metadata, OpenOptions, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use aurex_core::store::StoreError;

use super::with_companions;
use crate::error::io;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A file or folder is not as the store left it.
#[derive(Debug, thiserror::Error)]
enum Unsound {
    #[error("{0} is a link")]
    Link(String),
    #[error("{0} belongs to another user")]
    ForeignOwner(String),
    #[error("{0} is not a plain file or folder")]
    Kind(String),
}

fn unsound(of: fn(String) -> Unsound, path: &Path) -> StoreError {
    StoreError::failed(of(path.display().to_string()))
}

/// Not a link, and ours.
fn ours(path: &Path, found: &Metadata) -> Result<(), StoreError> {
    if found.file_type().is_symlink() {
        return Err(unsound(Unsound::Link, path));
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(unsound(Unsound::ForeignOwner, path));
    }
    Ok(())
}

fn tighten(path: &Path, found: &Metadata, mode: u32) -> Result<(), StoreError> {
    if found.mode() & 0o777 == mode {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(io)
}

/// A folder that nobody else enters; made if it is not there.
pub(super) fn sound_folder(path: &Path) -> Result<(), StoreError> {
    match fs::symlink_metadata(path) {
        Ok(found) => {
            ours(path, &found)?;
            if !found.is_dir() {
                return Err(unsound(Unsound::Kind, path));
            }
            tighten(path, &found, FOLDER_MODE)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path).map_err(io)
        }
        Err(error) => Err(io(error)),
    }
}

/// Checks a database's file and its companions, as far as they are there. Answers whether the database is.
///
/// A second name for a file would let it be written past the lock, so hard links are refused like symbolic ones.
pub(crate) fn sound_file(path: &Path) -> Result<bool, StoreError> {
    let mut is_there = false;
    for (nth, file) in with_companions(path).iter().enumerate() {
        match fs::symlink_metadata(file) {
            // Removed between finding its name and looking at it: a connection that ends takes its companions along.
            Ok(found) if found.nlink() == 0 => {}
            Ok(found) => {
                ours(file, &found)?;
                if !found.is_file() {
                    return Err(unsound(Unsound::Kind, file));
                }
                if found.nlink() > 1 {
                    return Err(unsound(Unsound::Link, file));
                }
                tighten(file, &found, FILE_MODE)?;
                is_there |= nth == 0;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(io(error)),
        }
    }
    Ok(is_there)
}

/// Writes a file that was not there, durably.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path).map_err(io)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io)
}
