//! Housekeeping: writes that state no fact of the business. None takes a turn; each is one statement, or several of
//! which any may be the last.

use async_trait::async_trait;
use aurex_core::audit::Observation;
use aurex_core::store::{
    BucketKey, BucketSwap, ClaimedMail, Housekeeping, KEY_LIFETIME_SECONDS, MailOutcome, Scrub, StoreError,
};
use aurex_core::tenancy::{ApiTokenId, Id as _, MailId, SessionId, TenantId};
use aurex_core::time::Timestamp;
use sqlx::SqliteConnection;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::connect::{Use, connect};
use crate::error::failure;
use crate::folder::Folder;
use crate::rows::own;
use crate::schema::HOUSE;
use crate::store::SqliteStore;

/// The directory-wide file of housekeeping.
pub(crate) struct DirectoryHouse {
    pub(crate) conn: Mutex<SqliteConnection>,
}

impl DirectoryHouse {
    pub(crate) async fn open(folder: &Folder) -> Result<Self, StoreError> {
        let path = folder.house();
        HOUSE.ensure(&path).await?;
        let mut conn = connect(&path, Use::House).await?;
        HOUSE.check(&mut conn).await?;
        Ok(Self { conn: Mutex::new(conn) })
    }

    /// Marks a tenant as one with observations waiting. The mark is set after the observation and taken off before the
    /// look that decides whether it must be set again, so that it is never missing for long.
    async fn mark(&self, tenant: TenantId) -> Result<(), StoreError> {
        let id = tenant.uuid();
        let mut conn = self.conn.lock().await;
        sqlx::query!(
            "INSERT INTO observed_tenant (tenant_id)
             SELECT ? WHERE NOT EXISTS (SELECT 1 FROM observed_tenant WHERE tenant_id = ?)",
            id,
            id
        )
        .execute(&mut *conn)
        .await
        .map(drop)
        .map_err(failure)
    }

    /// Forgets a tenant's mails on their way out, and that something of it was observed.
    pub(crate) async fn forget(&self, tenant: TenantId) -> Result<(), StoreError> {
        self.unmark(tenant).await?;
        let id = tenant.uuid();
        let mut conn = self.conn.lock().await;
        sqlx::query!("DELETE FROM mail_delivery WHERE sender = ?", id)
            .execute(&mut *conn)
            .await
            .map(drop)
            .map_err(failure)
    }

    async fn unmark(&self, tenant: TenantId) -> Result<(), StoreError> {
        let id = tenant.uuid();
        let mut conn = self.conn.lock().await;
        sqlx::query!("DELETE FROM observed_tenant WHERE tenant_id = ?", id)
            .execute(&mut *conn)
            .await
            .map(drop)
            .map_err(failure)
    }

    pub(crate) async fn close(&self) {
        let mut conn = self.conn.lock().await;
        if let Err(error) = crate::raw::run(&mut conn, "PRAGMA wal_checkpoint(TRUNCATE)").await {
            tracing::warn!(%error, "housekeeping did not end in order");
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Swaps as SQLite takes many of anything: a JSON array of `[key, expected, new]`, in hexadecimal.
struct HexSwaps {
    json: String,
    count: u64,
}

fn hex_swaps(swaps: &[BucketSwap]) -> HexSwaps {
    let one = |swap: &BucketSwap| {
        let expected =
            swap.expected.as_deref().map_or("null".to_owned(), |state| format!("\"{}\"", hex(state)));
        format!("[\"{}\",{expected},\"{}\"]", hex(&swap.key), hex(&swap.new))
    };
    let rows: Vec<String> = swaps.iter().map(one).collect();
    HexSwaps { json: format!("[{}]", rows.join(",")), count: u64::try_from(rows.len()).unwrap_or(u64::MAX) }
}

fn hex_array<'k>(keys: impl Iterator<Item = &'k BucketKey>) -> String {
    let keys: Vec<String> = keys.map(|key| format!("\"{}\"", hex(key))).collect();
    format!("[{}]", keys.join(","))
}

impl SqliteStore {
    /// Forgets a tenant's idempotency keys made up to `dead`, on a connection of its own: the writer's is part of the
    /// turn, and SQLite's patience is enough between the two.
    async fn sweep_keys(&self, tenant: TenantId, dead: i64) -> Result<(), StoreError> {
        let lease = self.lease(tenant).await?;
        let id = tenant.uuid();
        let mut conn = connect(&lease.path, Use::Write).await?;
        sqlx::query!("DELETE FROM idempotency_key WHERE tenant_id = ? AND at <= ?", id, dead)
            .execute(&mut conn)
            .await
            .map(drop)
            .map_err(failure)
    }
}

#[async_trait]
impl Housekeeping for SqliteStore {
    async fn touch_session(
        &self,
        tenant: TenantId,
        session: SessionId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (id, session, at) = (tenant.uuid(), session.uuid(), at.micros());
        sqlx::query!(
            "INSERT INTO session_use (tenant_id, session, at) VALUES (?, ?, ?)
             ON CONFLICT (tenant_id, session) DO UPDATE SET at = excluded.at",
            id,
            session,
            at
        )
        .execute(house.conn()?)
        .await
        .map(drop)
        .map_err(failure)
    }

    async fn session_uses(
        &self,
        tenant: TenantId,
        sessions: &[SessionId],
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let id = tenant.uuid();
        let mut uses = Vec::with_capacity(sessions.len());
        for session in sessions {
            let session = session.uuid();
            let used = sqlx::query_scalar!(
                "SELECT at FROM session_use WHERE tenant_id = ? AND session = ?",
                id,
                session
            )
            .fetch_optional(house.conn()?)
            .await
            .map_err(failure)?;
            uses.push(used.map(Timestamp::from_micros));
        }
        Ok(uses)
    }

    async fn touch_token(
        &self,
        tenant: TenantId,
        token: ApiTokenId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (id, token, at) = (tenant.uuid(), token.uuid(), at.micros());
        sqlx::query!(
            "INSERT INTO token_use (tenant_id, token, at) VALUES (?, ?, ?)
             ON CONFLICT (tenant_id, token) DO UPDATE SET at = excluded.at",
            id,
            token,
            at
        )
        .execute(house.conn()?)
        .await
        .map(drop)
        .map_err(failure)
    }

    async fn token_uses(
        &self,
        tenant: TenantId,
        tokens: &[ApiTokenId],
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let id = tenant.uuid();
        let mut uses = Vec::with_capacity(tokens.len());
        for token in tokens {
            let token = token.uuid();
            let used =
                sqlx::query_scalar!("SELECT at FROM token_use WHERE tenant_id = ? AND token = ?", id, token)
                    .fetch_optional(house.conn()?)
                    .await
                    .map_err(failure)?;
            uses.push(used.map(Timestamp::from_micros));
        }
        Ok(uses)
    }

    async fn buckets(&self, keys: &[BucketKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let asked = hex_array(keys.iter());
        let mut conn = self.shared.house.conn.lock().await;
        let rows = sqlx::query!(
            "SELECT key, state FROM throttle_bucket WHERE key IN (SELECT unhex(value) FROM json_each(?))",
            asked
        )
        .fetch_all(&mut *conn)
        .await
        .map_err(failure)?;
        let found =
            |key: &BucketKey| rows.iter().find(|row| row.key == key.as_slice()).map(|row| row.state.clone());
        Ok(keys.iter().map(found).collect())
    }

    /// One statement, which SQLite does whole or not at all; before it reads it holds the right to write.
    async fn swap_buckets(&self, swaps: &[BucketSwap], until: Timestamp) -> Result<bool, StoreError> {
        let (swaps, until) = (hex_swaps(swaps), until.micros());
        let mut conn = self.shared.house.conn.lock().await;
        let kept = sqlx::query!(
            "WITH swap (key, expected, new) AS MATERIALIZED (
                 SELECT unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2) FROM json_each(?)
             )
             INSERT INTO throttle_bucket (key, state, until)
             SELECT key, new, ? FROM swap
             WHERE NOT EXISTS (
                 SELECT 1 FROM swap AS asked LEFT JOIN throttle_bucket AS bucket USING (key)
                 WHERE bucket.state IS NOT asked.expected
             )
             ON CONFLICT (key) DO UPDATE SET state = excluded.state, until = excluded.until",
            swaps.json,
            until
        )
        .execute(&mut *conn)
        .await
        .map_err(failure)?;
        Ok(kept.rows_affected() == swaps.count)
    }

    async fn observe(&self, tenant: TenantId, seen: &Observation) -> Result<(), StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (id, bytes) = (tenant.uuid(), seen.to_bytes());
        sqlx::query!(
            "INSERT INTO observation (tenant_id, number, bytes)
             SELECT tenant_id, last_number + 1, ? FROM house_tenant WHERE tenant_id = ?",
            bytes,
            id
        )
        .execute(house.conn()?)
        .await
        .map_err(failure)?;
        self.shared.house.mark(tenant).await
    }

    async fn observed_tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let mut conn = self.shared.house.conn.lock().await;
        let rows =
            sqlx::query_scalar!(r#"SELECT tenant_id AS "id: Uuid" FROM observed_tenant ORDER BY tenant_id"#)
                .fetch_all(&mut *conn)
                .await
                .map_err(failure)?;
        Ok(rows.into_iter().map(TenantId::from_directory_row).collect())
    }

    async fn observations(
        &self,
        tenant: TenantId,
        limit: u16,
    ) -> Result<Vec<(u64, Observation)>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (id, limit) = (tenant.uuid(), i64::from(limit));
        let rows = sqlx::query!(
            "SELECT tenant_id, number, bytes FROM observation WHERE tenant_id = ? ORDER BY number LIMIT ?",
            id,
            limit
        )
        .fetch_all(house.conn()?)
        .await
        .map_err(failure)?;
        rows.into_iter()
            .map(|row| {
                own(tenant, &row.tenant_id)?;
                let number = u64::try_from(row.number).map_err(StoreError::failed)?;
                Ok((number, Observation::from_bytes(&row.bytes)?))
            })
            .collect()
    }

    async fn forget_observations(&self, tenant: TenantId, through: u64) -> Result<(), StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let id = tenant.uuid();
        let through = i64::try_from(through).unwrap_or(i64::MAX);
        sqlx::query!("DELETE FROM observation WHERE tenant_id = ? AND number <= ?", id, through)
            .execute(house.conn()?)
            .await
            .map_err(failure)?;
        self.shared.house.unmark(tenant).await?;
        let waiting = sqlx::query_scalar!("SELECT number FROM observation WHERE tenant_id = ? LIMIT 1", id)
            .fetch_optional(house.conn()?)
            .await
            .map_err(failure)?;
        match waiting {
            Some(_) => self.shared.house.mark(tenant).await,
            None => Ok(()),
        }
    }

    async fn note_mails(&self, tenant: TenantId, mails: &[MailId], due: Timestamp) -> Result<(), StoreError> {
        self.note(tenant, mails, due).await
    }

    async fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        self.claim(now, until, limit).await
    }

    async fn settle_mail(
        &self,
        tenant: TenantId,
        mail: MailId,
        outcome: MailOutcome,
    ) -> Result<(), StoreError> {
        self.settle(tenant, mail, outcome).await
    }

    async fn scrub(&self, tenant: TenantId, how: Scrub) -> Result<bool, StoreError> {
        self.scrub_files(tenant, how).await
    }

    /// Keys are swept in the files that are open: the others have had no writer for long, and are swept when they do.
    /// So are those whose writer is long about it.
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        let at = now.micros();
        {
            let mut conn = self.shared.house.conn.lock().await;
            sqlx::query!("DELETE FROM throttle_bucket WHERE until <= ?", at)
                .execute(&mut *conn)
                .await
                .map_err(failure)?;
        }
        self.sweep_mails(at).await?;
        let dead = now.plus_seconds(-KEY_LIFETIME_SECONDS).micros();
        for tenant in self.shared.tenants.open() {
            match self.sweep_keys(tenant, dead).await {
                Err(StoreError::Unavailable(_)) => tracing::info!("a tenant is too busy to sweep its keys"),
                swept => swept?,
            }
        }
        Ok(())
    }

    async fn check_values(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.shared.directory.check_values().await
    }

    async fn keep_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<bool, StoreError> {
        self.shared.directory.keep_check_values(values).await
    }

    async fn add_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        self.shared.directory.add_check_values(values).await
    }
}
