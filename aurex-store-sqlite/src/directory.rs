//! The directory: which slug is which tenant, and the check values of keys.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use aurex_core::store::{StoreError, StoredCheckpoint};
use aurex_core::tenancy::{Slug, TenantId};
use aurex_core::time::Timestamp;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::connect::{Use, connect};
use crate::error::failure;
use crate::folder::Folder;
use crate::schema::DIRECTORY;

/// The directory's file, opened. Its statements stand alone, so one connection serves all in turn.
pub(crate) struct Directory {
    conn: Mutex<SqliteConnection>,
    /// A tenant that was seen once need not be looked up again: one that ends here is taken out.
    seen: RwLock<BTreeSet<TenantId>>,
}

impl Directory {
    pub(crate) async fn open(folder: &Folder) -> Result<Self, StoreError> {
        let path = folder.directory();
        DIRECTORY.ensure(&path).await?;
        let mut conn = connect(&path, Use::Write).await?;
        DIRECTORY.check(&mut conn).await?;
        Ok(Self { conn: Mutex::new(conn), seen: RwLock::default() })
    }

    /// All tenants there ever were.
    pub(crate) async fn all(&self) -> Result<BTreeSet<Uuid>, StoreError> {
        let mut conn = self.conn.lock().await;
        let rows = sqlx::query_scalar!(r#"SELECT tenant_id AS "id: Uuid" FROM directory"#)
            .fetch_all(&mut *conn)
            .await
            .map_err(failure)?;
        Ok(rows.into_iter().collect())
    }

    /// The open workspace of this name.
    pub(crate) async fn tenant_of(&self, slug: &Slug) -> Result<Option<TenantId>, StoreError> {
        let mut conn = self.conn.lock().await;
        let slug = slug.as_str();
        let found = sqlx::query_scalar!(
            r#"SELECT tenant_id AS "id: Uuid" FROM directory WHERE slug = ? AND status = 'open'"#,
            slug
        )
        .fetch_optional(&mut *conn)
        .await
        .map_err(failure)?;
        Ok(found.map(TenantId::from_directory_row))
    }

    /// Whether there is, or was, such a workspace or such a name.
    pub(crate) async fn is_taken(&self, slug: &Slug, tenant: TenantId) -> Result<bool, StoreError> {
        let mut conn = self.conn.lock().await;
        let (slug, id) = (slug.as_str(), tenant.uuid());
        let found =
            sqlx::query_scalar!("SELECT slug FROM directory WHERE slug = ? OR tenant_id = ?", slug, id)
                .fetch_optional(&mut *conn)
                .await
                .map_err(failure)?;
        Ok(found.is_some())
    }

    /// Whether there is such a tenant.
    pub(crate) async fn has(&self, tenant: TenantId) -> Result<bool, StoreError> {
        if self.seen.read().unwrap_or_else(PoisonError::into_inner).contains(&tenant) {
            return Ok(true);
        }
        let id = tenant.uuid();
        let mut conn = self.conn.lock().await;
        let found =
            sqlx::query_scalar!("SELECT slug FROM directory WHERE tenant_id = ? AND status <> 'ended'", id)
                .fetch_optional(&mut *conn)
                .await
                .map_err(failure)?;
        if found.is_some() {
            self.seen.write().unwrap_or_else(PoisonError::into_inner).insert(tenant);
        }
        Ok(found.is_some())
    }

    /// Enters a workspace: from here on it exists.
    pub(crate) async fn enter(&self, slug: &Slug, tenant: TenantId) -> Result<(), StoreError> {
        let mut conn = self.conn.lock().await;
        let (slug, id) = (slug.as_str(), tenant.uuid());
        sqlx::query!("INSERT INTO directory (tenant_id, slug, status) VALUES (?, ?, 'open')", id, slug)
            .execute(&mut *conn)
            .await
            .map(drop)
            .map_err(failure)
    }

    /// Closes a workspace for good.
    pub(crate) async fn close_workspace(&self, tenant: TenantId) -> Result<(), StoreError> {
        let id = tenant.uuid();
        let mut conn = self.conn.lock().await;
        let closed = sqlx::query!(
            "UPDATE directory SET status = 'closed' WHERE tenant_id = ? AND status = 'open'",
            id
        )
        .execute(&mut *conn)
        .await
        .map_err(failure)?;
        if closed.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NoSuchTenant) }
    }

    /// Ends an open workspace: what is left of it is this row.
    pub(crate) async fn end(
        &self,
        tenant: TenantId,
        at: Timestamp,
        last: Option<&StoredCheckpoint>,
    ) -> Result<(), StoreError> {
        let (id, at) = (tenant.uuid(), at.micros());
        let size = last.map(|last| i64::try_from(last.size)).transpose();
        let size = size.map_err(|_| StoreError::corrupt("a counter is out of range"))?;
        let root = last.map(|last| last.root.as_bytes().to_vec());
        let mut conn = self.conn.lock().await;
        let ended = sqlx::query!(
            "UPDATE directory SET status = 'ended', ended_at = ?, last_size = ?, last_root = ?
             WHERE tenant_id = ? AND status = 'open'",
            at,
            size,
            root,
            id
        )
        .execute(&mut *conn)
        .await
        .map_err(failure)?;
        self.seen.write().unwrap_or_else(PoisonError::into_inner).remove(&tenant);
        if ended.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NoSuchTenant) }
    }

    /// Whether a workspace has ended.
    pub(crate) async fn is_ended(&self, tenant: TenantId) -> Result<bool, StoreError> {
        Ok(self.ended().await?.contains(&tenant))
    }

    /// The tenants whose workspaces have ended.
    pub(crate) async fn ended(&self) -> Result<Vec<TenantId>, StoreError> {
        let mut conn = self.conn.lock().await;
        let rows =
            sqlx::query_scalar!(r#"SELECT tenant_id AS "id: Uuid" FROM directory WHERE status = 'ended'"#)
                .fetch_all(&mut *conn)
                .await
                .map_err(failure)?;
        Ok(rows.into_iter().map(TenantId::from_directory_row).collect())
    }

    /// Whether a workspace is open.
    pub(crate) async fn is_open(&self, tenant: TenantId) -> Result<bool, StoreError> {
        let id = tenant.uuid();
        let mut conn = self.conn.lock().await;
        let open =
            sqlx::query_scalar!("SELECT slug FROM directory WHERE tenant_id = ? AND status = 'open'", id)
                .fetch_optional(&mut *conn)
                .await
                .map_err(failure)?;
        Ok(open.is_some())
    }

    /// The open workspaces by name.
    pub(crate) async fn open_tenants(&self) -> Result<Vec<(Slug, TenantId)>, StoreError> {
        let mut conn = self.conn.lock().await;
        let rows = sqlx::query!(
            r#"SELECT slug, tenant_id AS "id: Uuid" FROM directory WHERE status = 'open' ORDER BY slug"#
        )
        .fetch_all(&mut *conn)
        .await
        .map_err(failure)?;
        rows.into_iter()
            .map(|row| {
                let slug = row.slug.parse().map_err(|_| StoreError::corrupt("a name that is none"))?;
                Ok((slug, TenantId::from_directory_row(row.id)))
            })
            .collect()
    }

    /// Whether the directory answers.
    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        self.conn.lock().await.ping().await.map_err(failure)
    }

    /// The check values of keys.
    pub(crate) async fn check_values(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let mut conn = self.conn.lock().await;
        let rows = sqlx::query!("SELECT name, value FROM key_check ORDER BY name")
            .fetch_all(&mut *conn)
            .await
            .map_err(failure)?;
        Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
    }

    /// Keeps check values where there are none. What a statement selects it has selected before it inserts, so that the
    /// first of them does not keep the second out.
    pub(crate) async fn keep_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<bool, StoreError> {
        let pairs = json_pairs(values);
        let mut conn = self.conn.lock().await;
        sqlx::query!(
            "INSERT INTO key_check (name, value)
             SELECT CAST(unhex(value ->> 0) AS TEXT), unhex(value ->> 1) FROM json_each(?)
             WHERE NOT EXISTS (SELECT 1 FROM key_check)",
            pairs
        )
        .execute(&mut *conn)
        .await
        .map(|done| done.rows_affected() > 0)
        .map_err(failure)
    }

    /// Keeps check values whose names are not kept yet.
    pub(crate) async fn add_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        let pairs = json_pairs(values);
        let mut conn = self.conn.lock().await;
        sqlx::query!(
            "INSERT INTO key_check (name, value)
             SELECT name, value FROM
                 (SELECT CAST(unhex(value ->> 0) AS TEXT) AS name, unhex(value ->> 1) AS value FROM json_each(?))
             WHERE name NOT IN (SELECT name FROM key_check)",
            pairs
        )
        .execute(&mut *conn)
        .await
        .map(drop)
        .map_err(failure)
    }

    /// Lets the write-ahead log flow into the file; the connection ends with the store.
    pub(crate) async fn close(&self) {
        let mut conn = self.conn.lock().await;
        if let Err(error) = crate::raw::run(&mut conn, "PRAGMA wal_checkpoint(TRUNCATE)").await {
            tracing::warn!(%error, "the directory did not end in order");
        }
    }
}

/// Names and values as one argument: a JSON list of pairs, in hexadecimal.
fn json_pairs(values: &[(String, Vec<u8>)]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let pairs: Vec<String> = values
        .iter()
        .map(|(name, value)| format!("[\"{}\",\"{}\"]", hex(name.as_bytes()), hex(value)))
        .collect();
    format!("[{}]", pairs.join(","))
}
