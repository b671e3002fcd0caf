//! One server a folder: an advisory lock on a file, which the kernel gives back when the process ends, however it ends.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use aurex_core::store::StoreError;
use rustix::fs::{FlockOperation, OFlags, flock};

use crate::error::io;

/// The folder is held by another process.
#[derive(Debug, thiserror::Error)]
#[error("another server holds the store's folder")]
struct Held;

/// The lock, held for as long as this value is.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or says at once that it is taken.
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        let no_links = OFlags::NOFOLLOW.bits().cast_signed();
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(no_links)
            .open(path)
            .map_err(io)?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| StoreError::Unavailable(Some(Box::new(Held))))?;
        Ok(Self { _file: file })
    }
}
