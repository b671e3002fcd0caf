//! What is published of a tenant's log, in the file of its housekeeping. A step of publishing is one transaction.
//!
//! A power cut may take the last steps with it; they are made again from the log, which it cannot take from.

use async_trait::async_trait;
use aurex_core::audit::tree::{Frontier, Hash};
use aurex_core::store::{
    Advance, Cosignature, FullTile, LogEdge, RecordedId, StoreError, StoredCheckpoint, TileRoots,
    Transparency,
};
use aurex_core::tenancy::TenantId;
use aurex_core::time::Timestamp;
use sqlx::SqliteConnection;

use crate::error::failure;
use crate::raw;
use crate::rows::own;
use crate::store::SqliteStore;

struct CheckpointRow {
    tenant_id: Vec<u8>,
    size: i64,
    root: Vec<u8>,
    note: String,
    at: i64,
}

impl CheckpointRow {
    fn read(self, tenant: TenantId) -> Result<StoredCheckpoint, StoreError> {
        own(tenant, &self.tenant_id)?;
        let (size, root) = (number(self.size)?, hash(&self.root)?);
        Ok(StoredCheckpoint { size, root, note: self.note, at: Timestamp::from_micros(self.at) })
    }
}

fn number(n: i64) -> Result<u64, StoreError> {
    u64::try_from(n).map_err(|_| StoreError::corrupt("a size is out of range"))
}

/// Beyond what any row holds, where it does not fit.
fn column(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn hash(bytes: &[u8]) -> Result<Hash, StoreError> {
    let bytes = bytes.try_into().map_err(|_| StoreError::corrupt("a hash has not 32 bytes"))?;
    Ok(Hash::from_bytes(bytes))
}

/// Moves the edge from where the step starts. Not, when it is elsewhere.
async fn move_edge(
    conn: &mut SqliteConnection,
    tenant: TenantId,
    step: &Advance,
) -> Result<bool, StoreError> {
    let id = tenant.uuid();
    let (from, size, frontier) = (column(step.from), column(step.frontier.size()), step.frontier.to_bytes());
    let at = step.checkpoint.as_ref().map(|new| new.at.micros());
    let moved = sqlx::query!(
        "UPDATE audit_edge SET size = ?, frontier = ?, at = coalesce(max(at, ?), at, ?),
             beat = CASE WHEN ? IS NULL THEN beat ELSE '' END
         WHERE tenant_id = ? AND size = ?",
        size,
        frontier,
        at,
        at,
        at,
        id,
        from
    )
    .execute(&mut *conn)
    .await
    .map_err(failure)?;
    if moved.rows_affected() == 1 || step.from != 0 {
        return Ok(moved.rows_affected() == 1);
    }
    let begun = sqlx::query!(
        "INSERT INTO audit_edge (tenant_id, size, frontier, at, beat)
         SELECT ?, ?, ?, ?, '' WHERE NOT EXISTS (SELECT 1 FROM audit_edge)",
        id,
        size,
        frontier,
        at
    )
    .execute(&mut *conn)
    .await
    .map_err(failure)?;
    Ok(begun.rows_affected() == 1)
}

async fn put_tile(conn: &mut SqliteConnection, tenant: TenantId, tile: &FullTile) -> Result<(), StoreError> {
    let (id, level, index, root) =
        (tenant.uuid(), i64::from(tile.level), column(tile.index), tile.root.as_bytes().as_slice());
    sqlx::query!(
        "INSERT INTO audit_tile (tenant_id, level, number, root, hashes) VALUES (?, ?, ?, ?, ?)",
        id,
        level,
        index,
        root,
        tile.hashes
    )
    .execute(conn)
    .await
    .map(drop)
    .map_err(failure)
}

/// Everything of a step, in a transaction that the caller has begun and ends.
async fn put_step(conn: &mut SqliteConnection, tenant: TenantId, step: &Advance) -> Result<bool, StoreError> {
    if !move_edge(conn, tenant, step).await? {
        return Ok(false);
    }
    if let Some(new) = &step.checkpoint {
        let (id, size, root, at) =
            (tenant.uuid(), column(step.frontier.size()), step.frontier.root(), new.at.micros());
        let last = sqlx::query_scalar!(
            "SELECT size FROM audit_checkpoint WHERE tenant_id = ? ORDER BY size DESC LIMIT 1",
            id
        );
        if last.fetch_optional(&mut *conn).await.map_err(failure)?.is_some_and(|last| size <= last) {
            return Ok(false);
        }
        let root = root.as_bytes().as_slice();
        sqlx::query!(
            "INSERT INTO audit_checkpoint (tenant_id, size, root, note, at) VALUES (?, ?, ?, ?, ?)",
            id,
            size,
            root,
            new.note,
            at
        )
        .execute(&mut *conn)
        .await
        .map_err(failure)?;
    }
    for tile in &step.tiles {
        put_tile(conn, tenant, tile).await?;
    }
    Ok(true)
}

#[async_trait]
impl Transparency for SqliteStore {
    fn grown(&self) -> Vec<TenantId> {
        self.shared.turns.ended()
    }

    async fn edge(&self, tenant: TenantId) -> Result<LogEdge, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let id = tenant.uuid();
        let edge =
            sqlx::query!("SELECT tenant_id, frontier, at, beat FROM audit_edge WHERE tenant_id = ?", id)
                .fetch_optional(house.conn()?)
                .await
                .map_err(failure)?;
        let Some(edge) = edge else { return Ok(LogEdge::default()) };
        own(tenant, &edge.tenant_id)?;
        let frontier = Frontier::from_bytes(&edge.frontier);
        let frontier = frontier.map_err(|error| StoreError::corrupt(error.to_string()))?;
        Ok(LogEdge { frontier, at: edge.at.map(Timestamp::from_micros), beat: edge.beat })
    }

    /// The connection is taken out while the transaction is open: whatever cuts the step short, the connection is closed
    /// with it and nothing of it stays.
    async fn advance(&self, tenant: TenantId, step: &Advance) -> Result<bool, StoreError> {
        if step.frontier.size() < step.from {
            return Ok(false);
        }
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let mut conn = house.take()?;
        raw::run(&mut conn, "BEGIN IMMEDIATE").await.map_err(failure)?;
        let made = put_step(&mut conn, tenant, step).await?;
        raw::run(&mut conn, if made { "COMMIT" } else { "ROLLBACK" }).await.map_err(failure)?;
        house.put_back(conn);
        Ok(made)
    }

    async fn beat(
        &self,
        tenant: TenantId,
        size: u64,
        at: Timestamp,
        lines: &str,
    ) -> Result<bool, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (id, size, at) = (tenant.uuid(), column(size), at.micros());
        let beaten = sqlx::query!(
            "UPDATE audit_edge SET at = ?, beat = ?
             WHERE tenant_id = ? AND at <= ? AND ? = (
                 SELECT size FROM audit_checkpoint WHERE tenant_id = ? ORDER BY size DESC LIMIT 1
             )",
            at,
            lines,
            id,
            at,
            size,
            id
        )
        .execute(house.conn()?)
        .await
        .map_err(failure)?;
        Ok(beaten.rows_affected() == 1)
    }

    async fn last_checkpoint(&self, tenant: TenantId) -> Result<Option<StoredCheckpoint>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let id = tenant.uuid();
        let last = sqlx::query_as!(
            CheckpointRow,
            "SELECT tenant_id, size, root, note, at FROM audit_checkpoint
             WHERE tenant_id = ? ORDER BY size DESC LIMIT 1",
            id
        )
        .fetch_optional(house.conn()?)
        .await
        .map_err(failure)?;
        last.map(|row| row.read(tenant)).transpose()
    }

    async fn checkpoints(
        &self,
        tenant: TenantId,
        from: u64,
        limit: u16,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (id, from, limit) = (tenant.uuid(), column(from), i64::from(limit));
        let found = sqlx::query_as!(
            CheckpointRow,
            "SELECT tenant_id, size, root, note, at FROM audit_checkpoint
             WHERE tenant_id = ? AND size >= ? ORDER BY size LIMIT ?",
            id,
            from,
            limit
        )
        .fetch_all(house.conn()?)
        .await
        .map_err(failure)?;
        found.into_iter().map(|row| row.read(tenant)).collect()
    }

    async fn tiles(
        &self,
        tenant: TenantId,
        wanted: &[(u8, u64)],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let id = tenant.uuid();
        let mut tiles = Vec::with_capacity(wanted.len());
        for (level, index) in wanted {
            let (level, index) = (i64::from(*level), column(*index));
            let hashes = sqlx::query_scalar!(
                "SELECT hashes FROM audit_tile WHERE tenant_id = ? AND level = ? AND number = ?",
                id,
                level,
                index
            );
            tiles.push(hashes.fetch_optional(house.conn()?).await.map_err(failure)?);
        }
        Ok(tiles)
    }

    async fn tile_roots(&self, tenant: TenantId, wanted: &[TileRoots]) -> Result<Vec<Vec<Hash>>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let id = tenant.uuid();
        let mut found = Vec::with_capacity(wanted.len());
        for of in wanted {
            let (level, from, to) = (i64::from(of.level), column(of.from), column(of.to));
            let rows = sqlx::query!(
                "SELECT number, root FROM audit_tile
                 WHERE tenant_id = ? AND level = ? AND number >= ? AND number < ? ORDER BY number",
                id,
                level,
                from,
                to
            )
            .fetch_all(house.conn()?)
            .await
            .map_err(failure)?;
            let without_a_gap = (of.from..).zip(rows).take_while(|(index, row)| column(*index) == row.number);
            found.push(without_a_gap.map(|(_, row)| hash(&row.root)).collect::<Result<_, _>>()?);
        }
        Ok(found)
    }

    async fn cosign(&self, tenant: TenantId, cosignature: &Cosignature) -> Result<(), StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (id, size, at) = (tenant.uuid(), column(cosignature.size), cosignature.at.micros());
        sqlx::query!(
            "INSERT INTO audit_cosignature (tenant_id, size, signer, line, at)
             SELECT ?, ?, ?, ?, ? WHERE NOT EXISTS (
                 SELECT 1 FROM audit_cosignature WHERE tenant_id = ? AND size = ? AND signer = ?
             )",
            id,
            size,
            cosignature.signer,
            cosignature.line,
            at,
            id,
            size,
            cosignature.signer
        )
        .execute(house.conn()?)
        .await
        .map(drop)
        .map_err(failure)
    }

    async fn cosignatures(&self, tenant: TenantId, size: u64) -> Result<Vec<Cosignature>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (id, of) = (tenant.uuid(), column(size));
        let rows = sqlx::query!(
            "SELECT tenant_id, signer, line, at FROM audit_cosignature
             WHERE tenant_id = ? AND size = ? ORDER BY signer",
            id,
            of
        )
        .fetch_all(house.conn()?)
        .await
        .map_err(failure)?;
        let kept = rows.into_iter().map(|row| {
            own(tenant, &row.tenant_id)?;
            let at = Timestamp::from_micros(row.at);
            Ok(Cosignature { size, signer: row.signer, line: row.line, at })
        });
        kept.collect()
    }

    async fn log_keys(&self, tenant: TenantId) -> Result<Vec<String>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let id = tenant.uuid();
        let keys =
            sqlx::query_scalar!("SELECT key FROM audit_key WHERE tenant_id = ? ORDER BY since, key", id);
        keys.fetch_all(house.conn()?).await.map_err(failure)
    }

    async fn keep_log_keys(&self, tenant: TenantId, keys: &[String], since: u64) -> Result<(), StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (id, since) = (tenant.uuid(), column(since));
        for key in keys {
            sqlx::query!(
                "INSERT INTO audit_key (tenant_id, key, since)
                 SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM audit_key WHERE tenant_id = ? AND key = ?)",
                id,
                key,
                since,
                id,
                key
            )
            .execute(house.conn()?)
            .await
            .map_err(failure)?;
        }
        Ok(())
    }

    async fn keep_link(&self, tenant: TenantId, id: RecordedId, seq: u64) -> Result<(), StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (of, id, seq) = (tenant.uuid(), id.as_slice(), column(seq));
        sqlx::query!(
            "INSERT INTO audit_link (tenant_id, id, seq)
             SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM audit_link WHERE tenant_id = ? AND id = ?)",
            of,
            id,
            seq,
            of,
            id
        )
        .execute(house.conn()?)
        .await
        .map(drop)
        .map_err(failure)
    }

    async fn linked(&self, tenant: TenantId, id: RecordedId) -> Result<Option<u64>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let (of, id) = (tenant.uuid(), id.as_slice());
        let row =
            sqlx::query!("SELECT tenant_id, seq FROM audit_link WHERE tenant_id = ? AND id = ?", of, id)
                .fetch_optional(house.conn()?)
                .await
                .map_err(failure)?;
        let Some(row) = row else { return Ok(None) };
        own(tenant, &row.tenant_id)?;
        number(row.seq).map(Some)
    }

    async fn links(
        &self,
        tenant: TenantId,
        after: Option<RecordedId>,
        limit: u16,
    ) -> Result<Vec<(RecordedId, u64)>, StoreError> {
        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        // Nothing is below the empty name.
        let (of, after, limit) = (tenant.uuid(), after.map_or_else(Vec::new, Vec::from), i64::from(limit));
        let rows = sqlx::query!(
            "SELECT tenant_id, id, seq FROM audit_link WHERE tenant_id = ? AND id > ? ORDER BY id LIMIT ?",
            of,
            after,
            limit
        )
        .fetch_all(house.conn()?)
        .await
        .map_err(failure)?;
        rows.into_iter()
            .map(|row| {
                own(tenant, &row.tenant_id)?;
                let id = row.id.try_into().map_err(|_| StoreError::corrupt("a link without a name"))?;
                Ok((id, number(row.seq)?))
            })
            .collect()
    }
}
