//! The store: the folder opened, and the ways into it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use aurex_core::audit::Sealed;
use aurex_core::store::{Arrival, Reader, Receipt, Scratch, Store, StoreError, StoreFigures, Turns, Writer};
use aurex_core::tenancy::{Authority, House, Scope, Slug, Standing, TenantId};
use aurex_core::time::{Clock, Timestamp};
use sqlx::SqliteConnection;

use crate::arrival::SqliteArrival;
use crate::directory::Directory;
use crate::folder::{Folder, Lock, clear_orphans, has_lost_its_directory};
use crate::found::found;
use crate::house::DirectoryHouse;
use crate::inspect::SqliteScratch;
use crate::joined::Joined;
use crate::options::SqliteOptions;
use crate::own_reads::SqliteReader;
use crate::tenants::{Lease, OpenTenants};
use crate::turn::{SqliteTurn, SqliteWriter, is_in_transaction};

/// A folder of SQLite files, one a tenant. Cheap to clone: a counted reference.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aurex_core::store::Store;
/// use aurex_store_sqlite::{SqliteOptions, SqliteStore};
///
/// # let folder = tempfile::tempdir()?;
/// let (store, _authority) = SqliteStore::open(folder.path(), SqliteOptions::default()).await?;
/// store.ready().await?;
/// assert!(store.tenants().await?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) folder: Folder,
    pub(crate) directory: Directory,
    pub(crate) house: DirectoryHouse,
    pub(crate) tenants: OpenTenants,
    pub(crate) turns: Turns,
    pub(crate) options: SqliteOptions,
    identity: House,
    _lock: Option<Lock>,
}

impl SqliteStore {
    /// Opens the store in a folder, making it if it is not there, and gives the authority over it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when another server holds the folder; [`StoreError::Corrupt`] when a file's schema
    /// is not this build's; [`StoreError::Failed`] when the folder or a file in it is a link or somebody else's.
    pub async fn open(dir: &Path, options: SqliteOptions) -> Result<(Self, Authority), StoreError> {
        let folder = Folder::open(dir)?;
        let lock = if options.beside_a_server { None } else { Some(Lock::take(&folder.lock())?) };
        if has_lost_its_directory(&folder)? {
            return Err(StoreError::corrupt(
                "the folder holds tenants' files but no directory.db: put it back from a backup before opening",
            ));
        }
        let directory = Directory::open(&folder).await?;
        if lock.is_some() {
            clear_orphans(&folder, &directory.all().await?)?;
        }
        let house = DirectoryHouse::open(&folder).await?;
        if lock.is_some() {
            for tenant in directory.ended().await? {
                crate::ending::remove(&folder, &house, tenant).await?;
            }
        }
        let (authority, identity) = Authority::establish();
        let shared = Shared {
            folder,
            directory,
            house,
            tenants: OpenTenants::new(options.clone()),
            turns: Turns::new(options.places, options.patience),
            options,
            identity,
            _lock: lock,
        };
        Ok((Self { shared: Arc::new(shared) }, authority))
    }

    fn admit(&self, scope: &Scope) -> Result<(), StoreError> {
        if self.shared.identity.admits(scope) { Ok(()) } else { Err(StoreError::ForeignScope) }
    }

    /// A tenant's file, if there is such a tenant.
    pub(crate) async fn lease(&self, tenant: TenantId) -> Result<Lease, StoreError> {
        let shared = &self.shared;
        if !shared.directory.has(tenant).await? {
            return Err(StoreError::NoSuchTenant);
        }
        let paths = || (shared.folder.tenant(tenant), shared.folder.tenant_house(tenant));
        shared.tenants.lease(tenant, paths).await
    }

    /// As [`Store::reader`], with the concrete type, which also reads the embedder's own tables.
    ///
    /// # Errors
    /// As [`Store::reader`].
    pub async fn open_reader(&self, scope: &Scope) -> Result<SqliteReader, StoreError> {
        self.snapshot(scope).await.map(SqliteReader::new)
    }

    async fn snapshot(&self, scope: &Scope) -> Result<SqliteTurn<'static>, StoreError> {
        self.admit(scope)?;
        let lease = self.lease(scope.tenant()).await?;
        SqliteTurn::reader(lease, scope, self.shared.options.patience).await
    }

    pub(crate) fn patience(&self) -> std::time::Duration {
        self.shared.options.patience
    }

    /// As [`Store::writer`], with the concrete type, which also has [`SqliteTurn::apply_with`].
    ///
    /// # Errors
    /// As [`Store::writer`].
    pub async fn open_writer(&self, scope: &Scope, clock: &dyn Clock) -> Result<SqliteWriter, StoreError> {
        self.admit(scope)?;
        let turn = self.shared.turns.take(scope.tenant()).await?;
        let lease = self.lease(scope.tenant()).await?;
        let writer = SqliteTurn::writer(lease, turn, scope, clock).await?;
        // Closing a workspace raises the epoch: whoever waited for this turn meanwhile has nothing to write to any more.
        if writer.head().epoch != scope.epoch()
            && scope.standing() != Standing::Vouched
            && !self.shared.directory.is_open(scope.tenant()).await?
        {
            return Err(StoreError::Withdrawn);
        }
        Ok(writer)
    }

    /// Runs the road on a connection of the embedder's own, opened on the tenant's file ([`SqliteStore::file_of`]),
    /// inside a transaction that the embedder has begun with `BEGIN IMMEDIATE` and ends.
    ///
    /// It takes no place in the tenant's queue: the file's own lock, which the embedder holds, keeps writers apart.
    ///
    /// # Errors
    /// [`StoreError::ForeignSeal`] when the connection's file is another tenant's; [`StoreError::Failed`] when it is
    /// in no transaction; otherwise as [`Store::writer`].
    pub async fn join<'c>(
        &self,
        conn: &'c mut SqliteConnection,
        scope: &Scope,
        clock: &dyn Clock,
    ) -> Result<Joined<'c>, StoreError> {
        self.admit(scope)?;
        if !is_in_transaction(conn).await? {
            return Err(StoreError::failed(NoTransaction));
        }
        let turn = SqliteTurn::joined(conn, scope, clock).await.map_err(|error| match error {
            StoreError::NoSuchTenant => StoreError::ForeignSeal,
            error => error,
        })?;
        Ok(Joined { turn })
    }

    /// The file of a tenant, for [`SqliteStore::join`] and for backing it up.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`].
    pub async fn file_of(&self, tenant: TenantId) -> Result<PathBuf, StoreError> {
        self.lease(tenant).await.map(|lease| lease.path.clone())
    }
}

/// A joined connection must be in a transaction.
#[derive(Debug, thiserror::Error)]
#[error("the connection to join is in no transaction")]
struct NoTransaction;

#[async_trait]
impl Store for SqliteStore {
    fn house(&self) -> House {
        self.shared.identity
    }

    async fn reader(&self, scope: &Scope) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(self.snapshot(scope).await?))
    }

    async fn writer(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(self.open_writer(scope, clock).await?))
    }

    async fn found(&self, slug: &Slug, founding: Sealed, clock: &dyn Clock) -> Result<Receipt, StoreError> {
        self.admit(founding.scope())?;
        if !founding.is_founding() {
            return Err(StoreError::ForeignSeal);
        }
        let receipt = found(&self.shared, slug, &founding, clock).await?;
        self.shared.turns.note(receipt.tenant);
        Ok(receipt)
    }

    async fn scratch(&self, scope: &Scope) -> Result<Box<dyn Scratch>, StoreError> {
        self.admit(scope)?;
        let file = self.file_of(scope.tenant()).await?;
        Ok(Box::new(SqliteScratch::of(&file).await?))
    }

    async fn arrival(&self, scope: &Scope, slug: &Slug) -> Result<Box<dyn Arrival>, StoreError> {
        self.admit(scope)?;
        Ok(Box::new(SqliteArrival::begin(self.clone(), scope.tenant(), slug).await?))
    }

    async fn close_workspace(&self, scope: &Scope) -> Result<(), StoreError> {
        self.admit(scope)?;
        self.shared.directory.close_workspace(scope.tenant()).await
    }

    async fn end_workspace(&self, scope: &Scope, at: Timestamp) -> Result<(), StoreError> {
        self.admit(scope)?;
        crate::ending::end(self, scope, at).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.shared.directory.ready().await
    }

    async fn tenants(&self) -> Result<Vec<(Slug, TenantId)>, StoreError> {
        self.shared.directory.open_tenants().await
    }

    fn figures(&self) -> StoreFigures {
        StoreFigures { turns: self.shared.turns.figures(), pools: vec![self.shared.tenants.figures()] }
    }

    async fn close(&self) {
        self.shared.tenants.close().await;
        self.shared.directory.close().await;
        self.shared.house.close().await;
    }
}
