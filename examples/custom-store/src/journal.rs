//! The files: one a tenant, entries one behind the other, each as the log hashed it behind its length.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aurex_core::audit::Entry;
use aurex_core::audit::tree::Frontier;
use aurex_core::store::StoreError;
use aurex_core::tenancy::TenantId;

/// All tenants' journals, opened when first asked for.
pub(crate) struct Journals {
    folder: PathBuf,
    open: Mutex<HashMap<TenantId, Journal>>,
}

/// One tenant's.
struct Journal {
    file: File,
    /// What the entries in the file amount to.
    frontier: Frontier,
}

impl Journals {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder, open: Mutex::default() }
    }

    /// How many entries a tenant's journal holds, and what they hash to.
    pub(crate) fn frontier(&self, tenant: TenantId) -> Result<Frontier, StoreError> {
        self.with(tenant, |journal| Ok(journal.frontier.clone()))
    }

    /// Appends entries, in the order of the log, durably.
    pub(crate) fn append(&self, tenant: TenantId, entries: &[Vec<u8>]) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        self.with(tenant, |journal| journal.append(entries))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<TenantId, Journal>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(
        &self,
        tenant: TenantId,
        act: impl FnOnce(&mut Journal) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut open = self.open();
        let mut journal = match open.remove(&tenant) {
            Some(journal) => journal,
            None => Journal::open(self.folder.join(tenant.uuid().to_string()))?,
        };
        // A journal that failed is not put back: the next turn reads the file anew and sees what is really there.
        let answer = act(&mut journal)?;
        open.insert(tenant, journal);
        Ok(answer)
    }
}

impl Journal {
    fn open(path: PathBuf) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).open(path).map_err(StoreError::failed)?;
        let (mut frontier, mut whole) = (Frontier::default(), 0);
        while let Some(entry) = next(&mut file)? {
            frontier.append(Entry::leaf(&entry));
            whole += 4 + u64::try_from(entry.len()).map_err(StoreError::failed)?;
        }
        // What a crash left half-written was never counted.
        file.set_len(whole).map_err(StoreError::failed)?;
        Ok(Self { file, frontier })
    }

    fn append(&mut self, entries: &[Vec<u8>]) -> Result<(), StoreError> {
        let mut bytes = Vec::new();
        for entry in entries {
            bytes.extend(u32::try_from(entry.len()).map_err(StoreError::failed)?.to_le_bytes());
            bytes.extend(entry);
            self.frontier.append(Entry::leaf(entry));
        }
        self.file.write_all(&bytes).and_then(|()| self.file.sync_data()).map_err(StoreError::failed)
    }
}

/// The next whole entry; `None` at the end, also where the last one is cut short.
fn next(file: &mut File) -> Result<Option<Vec<u8>>, StoreError> {
    let mut length = [0; 4];
    match file.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        read => read.map_err(StoreError::failed)?,
    }
    let length = u64::from(u32::from_le_bytes(length));
    let mut entry = Vec::new();
    file.take(length).read_to_end(&mut entry).map_err(StoreError::failed)?;
    Ok((u64::try_from(entry.len()).ok() == Some(length)).then_some(entry))
}
