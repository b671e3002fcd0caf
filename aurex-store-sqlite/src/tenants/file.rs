//! One tenant's file: its writer's connection, a few readers, and its housekeeping beside it.

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aurex_core::store::StoreError;
use aurex_core::tenancy::TenantId;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{MutexGuard as AsyncMutexGuard, OnceCell, OwnedSemaphorePermit, Semaphore};

use crate::connect::{Use, connect};
use crate::error::failure;
use crate::options::SqliteOptions;
use crate::own_tables::OwnTables;
use crate::schema::{TENANT, TENANT_HOUSE};

/// One tenant's file.
pub(crate) struct TenantFile {
    tenant: TenantId,
    pub(crate) path: PathBuf,
    house_path: PathBuf,
    own_tables: Option<OwnTables>,
    /// What the writer's connection is for.
    writing: Use,
    /// How many readers, writers and calls of housekeeping use it.
    pub(super) leases: AtomicUsize,
    sound: OnceCell<()>,
    writer: Mutex<Option<SqliteConnection>>,
    readers: Mutex<Vec<SqliteConnection>>,
    reading: Arc<Semaphore>,
    house: tokio::sync::Mutex<Option<SqliteConnection>>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TenantFile {
    pub(super) fn new(tenant: TenantId, path: PathBuf, house_path: PathBuf, options: &SqliteOptions) -> Self {
        Self {
            tenant,
            path,
            house_path,
            own_tables: options.own_tables,
            writing: if options.durable { Use::Write } else { Use::Fill },
            leases: AtomicUsize::new(0),
            sound: OnceCell::new(),
            writer: Mutex::default(),
            readers: Mutex::default(),
            reading: Arc::new(Semaphore::new(options.readers.max(1))),
            house: tokio::sync::Mutex::default(),
        }
    }

    /// Migrates and checks the file, the first time it is used after it was opened.
    async fn sound(&self) -> Result<(), StoreError> {
        self.sound
            .get_or_try_init(|| async {
                let mut conn = connect(&self.path, self.writing).await?;
                TENANT.check_with(&mut conn, self.own_tables).await?;
                *lock(&self.writer) = Some(conn);
                Ok(())
            })
            .await
            .copied()
    }

    /// The writer's connection. There is one, because there is one turn; a second is opened only when the last was
    /// given up in the middle of something.
    pub(crate) async fn writer(&self) -> Result<SqliteConnection, StoreError> {
        self.sound().await?;
        let kept = lock(&self.writer).take();
        match kept {
            Some(conn) => Ok(conn),
            None => connect(&self.path, self.writing).await,
        }
    }

    pub(crate) fn keep_writer(&self, conn: SqliteConnection) {
        *lock(&self.writer) = Some(conn);
    }

    /// A reader's connection, once there is a place for one more.
    pub(crate) async fn reader(
        &self,
        patience: Duration,
    ) -> Result<(SqliteConnection, OwnedSemaphorePermit), StoreError> {
        let place = tokio::time::timeout(patience, Arc::clone(&self.reading).acquire_owned())
            .await
            .map_err(|_| StoreError::Unavailable(None))?
            .map_err(|_| StoreError::Unavailable(None))?;
        self.sound().await?;
        let kept = lock(&self.readers).pop();
        let conn = match kept {
            Some(conn) => conn,
            None => connect(&self.path, Use::Read).await?,
        };
        Ok((conn, place))
    }

    pub(crate) fn keep_reader(&self, conn: SqliteConnection) {
        lock(&self.readers).push(conn);
    }

    /// The connection to the tenant's housekeeping. Its statements stand alone, so that one which is cut short has
    /// either happened or not.
    pub(crate) async fn house(&self) -> Result<House<'_>, StoreError> {
        let mut house = self.house.lock().await;
        if house.is_none() {
            *house = Some(self.open_house().await?);
        }
        Ok(House(house))
    }

    async fn open_house(&self) -> Result<SqliteConnection, StoreError> {
        self.sound().await?;
        TENANT_HOUSE.ensure(&self.house_path).await?;
        let mut conn = connect(&self.house_path, Use::House).await?;
        TENANT_HOUSE.check(&mut conn).await?;
        // A housekeeping file that was lost counts on from what the log already holds.
        let tenant = self.tenant.uuid();
        let observed = {
            let mut facts = connect(&self.path, Use::Read).await?;
            sqlx::query_scalar!("SELECT observed FROM head WHERE tenant_id = ?", tenant)
                .fetch_optional(&mut facts)
                .await
                .map_err(failure)?
                .unwrap_or(0)
        };
        sqlx::query!(
            "INSERT INTO house_tenant (tenant_id, last_number)
             SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM house_tenant WHERE tenant_id = ?)",
            tenant,
            observed,
            tenant
        )
        .execute(&mut conn)
        .await
        .map_err(failure)?;
        Ok(conn)
    }

    pub(super) async fn close(&self) {
        let mut connections: Vec<_> = lock(&self.readers).drain(..).collect();
        connections.extend(lock(&self.writer).take());
        connections.extend(self.house.lock().await.take());
        for conn in connections {
            if let Err(error) = conn.close().await {
                tracing::warn!(%error, "a connection did not end in order");
            }
        }
    }
}

/// The tenant's housekeeping, for the length of one call.
pub(crate) struct House<'f>(AsyncMutexGuard<'f, Option<SqliteConnection>>);

impl House<'_> {
    /// The connection.
    pub(crate) fn conn(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        self.0.as_mut().ok_or(StoreError::Unavailable(None))
    }

    /// The connection, for a transaction. One that is not put back is closed, and what was open on it undone; the next
    /// call opens another.
    pub(crate) fn take(&mut self) -> Result<SqliteConnection, StoreError> {
        self.0.take().ok_or(StoreError::Unavailable(None))
    }

    pub(crate) fn put_back(&mut self, conn: SqliteConnection) {
        *self.0 = Some(conn);
    }
}
