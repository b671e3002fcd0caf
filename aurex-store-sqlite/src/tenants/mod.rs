//! The tenants' files that are open: on demand, at most so many at once, the least recently used closed first.

mod file;

use std::collections::HashMap;
use std::ops::Deref;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aurex_core::store::{PoolFigures, StoreError};
use aurex_core::tenancy::TenantId;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

pub(crate) use self::file::TenantFile;
use crate::options::SqliteOptions;

/// The open files.
pub(crate) struct OpenTenants {
    files: Mutex<Files>,
    freed: Arc<Notify>,
    options: SqliteOptions,
}

#[derive(Default)]
struct Files {
    open: HashMap<TenantId, Open>,
    uses: u64,
}

struct Open {
    file: Arc<TenantFile>,
    used: u64,
}

/// A tenant's file in use: it is not closed before this is dropped.
pub(crate) struct Lease {
    file: Arc<TenantFile>,
    freed: Arc<Notify>,
}

impl Deref for Lease {
    type Target = TenantFile;

    fn deref(&self) -> &TenantFile {
        &self.file
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.file.leases.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.freed.notify_waiters();
        }
    }
}

impl Files {
    /// The least recently used file that nobody uses.
    fn idle(&self) -> Option<TenantId> {
        self.open
            .iter()
            .filter(|(_, open)| open.file.leases.load(Ordering::Acquire) == 0)
            .min_by_key(|(_, open)| open.used)
            .map(|(tenant, _)| *tenant)
    }
}

impl OpenTenants {
    pub(crate) fn new(options: SqliteOptions) -> Self {
        Self { files: Mutex::default(), freed: Arc::default(), options }
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a tenant's file, closing another that nobody uses where there are too many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when all are in use for longer than patience lasts.
    pub(crate) async fn lease(
        &self,
        tenant: TenantId,
        paths: impl Fn() -> (PathBuf, PathBuf),
    ) -> Result<Lease, StoreError> {
        let deadline = Instant::now() + self.options.patience;
        loop {
            // Listening before looking: a file freed in between wakes us too.
            let mut freed = pin!(self.freed.notified());
            freed.as_mut().enable();
            if let Some(lease) = self.try_lease(tenant, &paths) {
                return Ok(lease);
            }
            timeout_at(deadline, freed).await.map_err(|_| StoreError::Unavailable(None))?;
        }
    }

    fn try_lease(&self, tenant: TenantId, paths: &impl Fn() -> (PathBuf, PathBuf)) -> Option<Lease> {
        let mut files = self.files();
        files.uses += 1;
        let used = files.uses;
        if !files.open.contains_key(&tenant) && files.open.len() >= self.options.open_files.max(1) {
            let idle = files.idle()?;
            files.open.remove(&idle);
        }
        let open = files.open.entry(tenant).or_insert_with(|| {
            let (path, house) = paths();
            Open { file: Arc::new(TenantFile::new(tenant, path, house, &self.options)), used }
        });
        open.used = used;
        open.file.leases.fetch_add(1, Ordering::AcqRel);
        Some(Lease { file: Arc::clone(&open.file), freed: Arc::clone(&self.freed) })
    }

    /// The tenants whose files are open.
    pub(crate) fn open(&self) -> Vec<TenantId> {
        self.files().open.keys().copied().collect()
    }

    /// How many files are open, and how many of them in use.
    pub(crate) fn figures(&self) -> PoolFigures {
        let files = self.files();
        let leased = |open: &&Open| open.file.leases.load(Ordering::Acquire) > 0;
        let used = files.open.values().filter(leased).count();
        PoolFigures {
            name: "files",
            used,
            idle: files.open.len() - used,
            most: self.options.open_files.max(1),
        }
    }

    /// Closes a tenant's file for good: its place is free, and whoever still reads it ends by and by.
    pub(crate) async fn forget(&self, tenant: TenantId) {
        let open = self.files().open.remove(&tenant);
        if let Some(open) = open {
            open.file.close().await;
        }
        self.freed.notify_waiters();
    }

    /// Closes every file that nobody uses, in order.
    pub(crate) async fn close(&self) {
        let idle: Vec<_> = {
            let mut files = self.files();
            let idle = files.open.extract_if(|_, open| open.file.leases.load(Ordering::Acquire) == 0);
            idle.map(|(_, open)| open.file).collect()
        };
        for file in idle {
            file.close().await;
        }
    }
}
