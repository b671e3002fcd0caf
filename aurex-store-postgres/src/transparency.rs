//! What is published of a tenant's log. A step of publishing is one transaction; the lock on the tenant's edge keeps two
//! publishers apart, and the later one finds it moved.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aurex_core::audit::tree::{Frontier, Hash};
use aurex_core::store::{
    Advance, Cosignature, FullTile, LogEdge, RecordedId, StoreError, StoredCheckpoint, TileRoots,
    Transparency,
};
use aurex_core::tenancy::TenantId;
use aurex_core::time::Timestamp;
use uuid::Uuid;

use crate::held::Held;
use crate::rows::own;
use crate::store::PostgresStore;

struct CheckpointRow {
    tenant_id: Uuid,
    size: i64,
    root: Vec<u8>,
    note: String,
    at: i64,
}

impl CheckpointRow {
    fn read(self, tenant: TenantId) -> Result<StoredCheckpoint, StoreError> {
        own(tenant, self.tenant_id)?;
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
async fn move_edge(held: &mut Held<'_>, tenant: TenantId, step: &Advance) -> Result<bool, StoreError> {
    let id = tenant.uuid();
    let (size, frontier) = (column(step.frontier.size()), step.frontier.to_bytes());
    let at = step.checkpoint.as_ref().map(|new| new.at.micros());
    let moved = sqlx::query!(
        "UPDATE aurex.audit_edge SET size = $3, frontier = $4, at = greatest(at, $5),
             beat = CASE WHEN $5::bigint IS NULL THEN beat ELSE '' END
         WHERE tenant_id = $1 AND size = $2",
        id,
        column(step.from),
        size,
        frontier,
        at
    );
    if held.execute(moved).await? == 1 {
        return Ok(true);
    }
    if step.from != 0 {
        return Ok(false);
    }
    let begun = sqlx::query!(
        "WITH house AS (
             INSERT INTO aurex.house_tenant (tenant_id, last_number)
             SELECT tenant_id, 0 FROM aurex.head WHERE tenant_id = $1
             ON CONFLICT (tenant_id) DO NOTHING
         )
         INSERT INTO aurex.audit_edge (tenant_id, size, frontier, at, beat)
         SELECT tenant_id, $2, $3, $4, '' FROM aurex.head WHERE tenant_id = $1
         ON CONFLICT (tenant_id) DO NOTHING",
        id,
        size,
        frontier,
        at
    );
    if held.execute(begun).await? == 1 {
        return Ok(true);
    }
    let there = sqlx::query!("SELECT tenant_id FROM aurex.head WHERE tenant_id = $1", id);
    held.optional(there).await?.map(|_| false).ok_or(StoreError::NoSuchTenant)
}

async fn put_tiles(held: &mut Held<'_>, tenant: TenantId, tiles: &[FullTile]) -> Result<(), StoreError> {
    let levels: Vec<i64> = tiles.iter().map(|tile| i64::from(tile.level)).collect();
    let numbers: Vec<i64> = tiles.iter().map(|tile| column(tile.index)).collect();
    let roots: Vec<Vec<u8>> = tiles.iter().map(|tile| tile.root.as_bytes().to_vec()).collect();
    let hashes: Vec<Vec<u8>> = tiles.iter().map(|tile| tile.hashes.clone()).collect();
    let put = sqlx::query!(
        "INSERT INTO aurex.audit_tile (tenant_id, level, number, root, hashes)
         SELECT $1, level, number, root, hashes
         FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[]) AS tile (level, number, root, hashes)",
        tenant.uuid(),
        &levels,
        &numbers,
        &roots,
        &hashes
    );
    held.execute(put).await.map(drop)
}

#[async_trait]
impl Transparency for PostgresStore {
    fn grown(&self) -> Vec<TenantId> {
        self.shared.turns.ended()
    }

    async fn edge(&self, tenant: TenantId) -> Result<LogEdge, StoreError> {
        let mut held = self.keep(tenant).await?;
        let edge = sqlx::query!(
            "SELECT tenant_id, frontier, at, beat FROM aurex.audit_edge WHERE tenant_id = $1",
            tenant.uuid()
        );
        let edge = held.optional(edge).await?;
        held.end().await?;
        let Some(edge) = edge else { return Ok(LogEdge::default()) };
        own(tenant, edge.tenant_id)?;
        let frontier = Frontier::from_bytes(&edge.frontier);
        let frontier = frontier.map_err(|error| StoreError::corrupt(error.to_string()))?;
        Ok(LogEdge { frontier, at: edge.at.map(Timestamp::from_micros), beat: edge.beat })
    }

    async fn advance(&self, tenant: TenantId, step: &Advance) -> Result<bool, StoreError> {
        if step.frontier.size() < step.from {
            return Ok(false);
        }
        let mut held = self.keep(tenant).await?;
        if !move_edge(&mut held, tenant, step).await? {
            return Ok(false);
        }
        if let Some(new) = &step.checkpoint {
            let id = tenant.uuid();
            let (size, root) = (column(step.frontier.size()), step.frontier.root());
            let last = sqlx::query!(
                "SELECT size FROM aurex.audit_checkpoint WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1",
                id
            );
            if held.optional(last).await?.is_some_and(|last| size <= last.size) {
                return Ok(false);
            }
            let put = sqlx::query!(
                "INSERT INTO aurex.audit_checkpoint (tenant_id, size, root, note, at) VALUES ($1, $2, $3, $4, $5)",
                id,
                size,
                root.as_bytes(),
                new.note,
                new.at.micros()
            );
            held.execute(put).await?;
        }
        if !step.tiles.is_empty() {
            put_tiles(&mut held, tenant, &step.tiles).await?;
        }
        held.end().await?;
        Ok(true)
    }

    async fn beat(
        &self,
        tenant: TenantId,
        size: u64,
        at: Timestamp,
        lines: &str,
    ) -> Result<bool, StoreError> {
        let mut held = self.keep(tenant).await?;
        let beaten = sqlx::query!(
            "UPDATE aurex.audit_edge AS edge SET at = $3, beat = $4
             WHERE edge.tenant_id = $1 AND edge.at <= $3 AND $2 = (
                 SELECT size FROM aurex.audit_checkpoint WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1
             )",
            tenant.uuid(),
            column(size),
            at.micros(),
            lines
        );
        let beaten = held.execute(beaten).await? == 1;
        held.end().await?;
        Ok(beaten)
    }

    async fn last_checkpoint(&self, tenant: TenantId) -> Result<Option<StoredCheckpoint>, StoreError> {
        let mut held = self.keep(tenant).await?;
        let last = sqlx::query_as!(
            CheckpointRow,
            "SELECT tenant_id, size, root, note, at FROM aurex.audit_checkpoint
             WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1",
            tenant.uuid()
        );
        let last = held.optional(last).await?;
        held.end().await?;
        last.map(|row| row.read(tenant)).transpose()
    }

    async fn checkpoints(
        &self,
        tenant: TenantId,
        from: u64,
        limit: u16,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        let mut held = self.keep(tenant).await?;
        let found = sqlx::query_as!(
            CheckpointRow,
            "SELECT tenant_id, size, root, note, at FROM aurex.audit_checkpoint
             WHERE tenant_id = $1 AND size >= $2 ORDER BY size LIMIT $3",
            tenant.uuid(),
            column(from),
            i64::from(limit)
        );
        let found = held.all(found).await?;
        held.end().await?;
        found.into_iter().map(|row| row.read(tenant)).collect()
    }

    async fn tiles(
        &self,
        tenant: TenantId,
        wanted: &[(u8, u64)],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let levels: Vec<i64> = wanted.iter().map(|(level, _)| i64::from(*level)).collect();
        let numbers: Vec<i64> = wanted.iter().map(|(_, index)| column(*index)).collect();
        let mut held = self.keep(tenant).await?;
        let rows = sqlx::query!(
            r#"SELECT tile.hashes AS "hashes?"
               FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS wanted (level, number, place)
               LEFT JOIN aurex.audit_tile AS tile ON tile.tenant_id = $1
                   AND tile.level = wanted.level AND tile.number = wanted.number
               ORDER BY wanted.place"#,
            tenant.uuid(),
            &levels,
            &numbers
        );
        let rows = held.all(rows).await?;
        held.end().await?;
        Ok(rows.into_iter().map(|row| row.hashes).collect())
    }

    async fn tile_roots(&self, tenant: TenantId, wanted: &[TileRoots]) -> Result<Vec<Vec<Hash>>, StoreError> {
        let levels: Vec<i64> = wanted.iter().map(|of| i64::from(of.level)).collect();
        let least: Vec<i64> = wanted.iter().map(|of| column(of.from)).collect();
        let most: Vec<i64> = wanted.iter().map(|of| column(of.to)).collect();
        let mut held = self.keep(tenant).await?;
        let rows = sqlx::query!(
            r#"SELECT wanted.place AS "place!", tile.number, tile.root
               FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) WITH ORDINALITY
                   AS wanted (level, least, most, place)
               JOIN aurex.audit_tile AS tile ON tile.tenant_id = $1 AND tile.level = wanted.level
                   AND tile.number >= wanted.least AND tile.number < wanted.most
               ORDER BY wanted.place, tile.number"#,
            tenant.uuid(),
            &levels,
            &least,
            &most
        );
        let rows = held.all(rows).await?;
        held.end().await?;
        let mut found: BTreeMap<(i64, i64), Hash> = BTreeMap::new();
        for row in rows {
            found.insert((row.place, row.number), hash(&row.root)?);
        }
        let roots = (1_i64..).zip(wanted).map(|(place, of)| {
            (of.from..of.to).map_while(|index| found.get(&(place, column(index))).copied()).collect()
        });
        Ok(roots.collect())
    }

    async fn cosign(&self, tenant: TenantId, cosignature: &Cosignature) -> Result<(), StoreError> {
        let mut held = self.keep(tenant).await?;
        let kept = sqlx::query!(
            "WITH house AS (
                 INSERT INTO aurex.house_tenant (tenant_id, last_number)
                 SELECT tenant_id, 0 FROM aurex.head WHERE tenant_id = $1
                 ON CONFLICT (tenant_id) DO NOTHING
             )
             INSERT INTO aurex.audit_cosignature (tenant_id, size, signer, line, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, size, signer) DO NOTHING",
            tenant.uuid(),
            column(cosignature.size),
            cosignature.signer,
            cosignature.line,
            cosignature.at.micros()
        );
        held.execute(kept).await?;
        held.end().await
    }

    async fn cosignatures(&self, tenant: TenantId, size: u64) -> Result<Vec<Cosignature>, StoreError> {
        let mut held = self.keep(tenant).await?;
        let rows = sqlx::query!(
            "SELECT tenant_id, signer, line, at FROM aurex.audit_cosignature
             WHERE tenant_id = $1 AND size = $2 ORDER BY signer",
            tenant.uuid(),
            column(size)
        );
        let rows = held.all(rows).await?;
        held.end().await?;
        let kept = rows.into_iter().map(|row| {
            own(tenant, row.tenant_id)?;
            let at = Timestamp::from_micros(row.at);
            Ok(Cosignature { size, signer: row.signer, line: row.line, at })
        });
        kept.collect()
    }

    async fn log_keys(&self, tenant: TenantId) -> Result<Vec<String>, StoreError> {
        let mut held = self.keep(tenant).await?;
        let rows = sqlx::query!(
            "SELECT key FROM aurex.audit_key WHERE tenant_id = $1 ORDER BY since, key",
            tenant.uuid()
        );
        let rows = held.all(rows).await?;
        held.end().await?;
        Ok(rows.into_iter().map(|row| row.key).collect())
    }

    async fn keep_log_keys(&self, tenant: TenantId, keys: &[String], since: u64) -> Result<(), StoreError> {
        let mut held = self.keep(tenant).await?;
        let kept = sqlx::query!(
            "WITH house AS (
                 INSERT INTO aurex.house_tenant (tenant_id, last_number)
                 SELECT tenant_id, 0 FROM aurex.head WHERE tenant_id = $1
                 ON CONFLICT (tenant_id) DO NOTHING
             )
             INSERT INTO aurex.audit_key (tenant_id, key, since) SELECT $1, key, $3 FROM unnest($2::text[]) AS new (key)
             ON CONFLICT (tenant_id, key) DO NOTHING",
            tenant.uuid(),
            keys,
            column(since)
        );
        held.execute(kept).await?;
        held.end().await
    }

    async fn keep_link(&self, tenant: TenantId, id: RecordedId, seq: u64) -> Result<(), StoreError> {
        let mut held = self.keep(tenant).await?;
        let kept = sqlx::query!(
            "WITH house AS (
                 INSERT INTO aurex.house_tenant (tenant_id, last_number)
                 SELECT tenant_id, 0 FROM aurex.head WHERE tenant_id = $1
                 ON CONFLICT (tenant_id) DO NOTHING
             )
             INSERT INTO aurex.audit_link (tenant_id, id, seq) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, id) DO NOTHING",
            tenant.uuid(),
            Uuid::from_bytes(id),
            column(seq)
        );
        held.execute(kept).await?;
        held.end().await
    }

    async fn linked(&self, tenant: TenantId, id: RecordedId) -> Result<Option<u64>, StoreError> {
        let mut held = self.keep(tenant).await?;
        let row = sqlx::query!(
            "SELECT tenant_id, seq FROM aurex.audit_link WHERE tenant_id = $1 AND id = $2",
            tenant.uuid(),
            Uuid::from_bytes(id)
        );
        let row = held.optional(row).await?;
        held.end().await?;
        let Some(row) = row else { return Ok(None) };
        own(tenant, row.tenant_id)?;
        number(row.seq).map(Some)
    }

    async fn links(
        &self,
        tenant: TenantId,
        after: Option<RecordedId>,
        limit: u16,
    ) -> Result<Vec<(RecordedId, u64)>, StoreError> {
        let mut held = self.keep(tenant).await?;
        let rows = sqlx::query!(
            "SELECT tenant_id, id, seq FROM aurex.audit_link
             WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
            tenant.uuid(),
            after.map(Uuid::from_bytes),
            i64::from(limit)
        );
        let rows = held.all(rows.map(|row| (row.tenant_id, row.id, row.seq))).await?;
        held.end().await?;
        rows.into_iter()
            .map(|(of, id, seq)| {
                own(tenant, of)?;
                Ok((id.into_bytes(), number(seq)?))
            })
            .collect()
    }
}
