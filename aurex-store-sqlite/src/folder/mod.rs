//! The store's folder: which files there are, who may own them, and the one server that may hold it.
//!
//! ```text
//! <dir>/lock                        held by the one server process
//! <dir>/directory.db                slug → tenant; check values of keys
//! <dir>/house.db                    throttles, tenants with observations waiting
//! <dir>/tenants/<uuid>.db           one tenant: facts, log, idempotency keys
//! <dir>/tenants/<uuid>.house.db     its session use, raw observations, and what is published of its log
//! <dir>/tenants/<uuid>.db.new       a workspace being founded; removed at start
//! ```
//!
//! SQLite opens files by their path, so the checks of [`guard`] are made on the path just before. They keep out what an
//! operator's mistake or another user of the machine can leave there; who can write into a folder of mode 0700 is us.

mod guard;
mod lock;
mod orphans;

use std::path::{Path, PathBuf};

use aurex_core::store::StoreError;
use aurex_core::tenancy::TenantId;

pub(crate) use guard::{sound_file, write_new};
pub(crate) use lock::Lock;
pub(crate) use orphans::{clear_orphans, has_lost_its_directory};

use crate::error::io;

/// The folder, checked.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Makes or checks the folder and the one for tenants in it.
    pub(crate) fn open(root: &Path) -> Result<Self, StoreError> {
        guard::sound_folder(root)?;
        let root = root.canonicalize().map_err(io)?;
        guard::sound_folder(&root.join("tenants"))?;
        Ok(Self { root })
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(crate) fn directory(&self) -> PathBuf {
        self.root.join("directory.db")
    }

    pub(crate) fn house(&self) -> PathBuf {
        self.root.join("house.db")
    }

    pub(crate) fn tenants(&self) -> PathBuf {
        self.root.join("tenants")
    }

    pub(crate) fn tenant(&self, tenant: TenantId) -> PathBuf {
        self.tenants().join(format!("{}.db", tenant.uuid()))
    }

    pub(crate) fn tenant_house(&self, tenant: TenantId) -> PathBuf {
        self.tenants().join(format!("{}.house.db", tenant.uuid()))
    }

    /// The file of a workspace that is being founded.
    pub(crate) fn founding(&self, tenant: TenantId) -> PathBuf {
        self.tenants().join(format!("{}.db.new", tenant.uuid()))
    }
}

/// A database's own file and the two that SQLite keeps beside it.
pub(crate) fn with_companions(path: &Path) -> [PathBuf; 3] {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    [path.to_owned(), beside("-wal"), beside("-shm")]
}

/// Removes a database and its companions, as far as they are there.
pub(crate) fn remove_database(path: &Path) -> Result<(), StoreError> {
    for file in with_companions(path) {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
    }
    Ok(())
}

/// Makes the entries of a folder durable: a rename is only kept once its folder is.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    std::fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(io)
}
