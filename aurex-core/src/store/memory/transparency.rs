//! What is published of the logs, in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::super::{
    Advance, Cosignature, FullTile, LogEdge, RecordedId, StoreError, StoredCheckpoint, TileRoots,
    Transparency,
};
use super::MemoryStore;
use crate::audit::tree::Hash;
use crate::tenancy::TenantId;
use crate::time::Timestamp;

/// Of one tenant.
#[derive(Debug, Default)]
pub(super) struct Published {
    edge: LogEdge,
    tiles: BTreeMap<(u8, u64), FullTile>,
    checkpoints: BTreeMap<u64, StoredCheckpoint>,
    cosignatures: BTreeMap<(u64, String), Cosignature>,
    keys: Vec<String>,
    links: BTreeMap<RecordedId, u64>,
}

impl Published {
    fn advance(&mut self, step: &Advance) -> bool {
        let last = self.checkpoints.last_key_value().map(|(size, _)| *size);
        let size = step.frontier.size();
        if self.edge.frontier.size() != step.from
            || size < step.from
            || (step.checkpoint.is_some() && last.is_some_and(|last| size <= last))
        {
            return false;
        }
        for tile in &step.tiles {
            self.tiles.entry((tile.level, tile.index)).or_insert_with(|| tile.clone());
        }
        self.edge.frontier = step.frontier.clone();
        if let Some(new) = &step.checkpoint {
            let root = step.frontier.root();
            let kept = StoredCheckpoint { size, root, note: new.note.clone(), at: new.at };
            self.checkpoints.insert(size, kept);
            self.edge.at = self.edge.at.max(Some(new.at));
            self.edge.beat.clear();
        }
        true
    }
}

impl MemoryStore {
    /// What is published of a tenant's log, or what nothing looks like.
    fn of<T>(&self, tenant: TenantId, read: impl FnOnce(&Published) -> T) -> T {
        let inner = self.inner();
        let nothing = Published::default();
        read(inner.published.get(&tenant).unwrap_or(&nothing))
    }
}

#[async_trait]
impl Transparency for MemoryStore {
    fn grown(&self) -> Vec<TenantId> {
        self.shared.turns.ended()
    }

    async fn edge(&self, tenant: TenantId) -> Result<LogEdge, StoreError> {
        Ok(self.of(tenant, |published| published.edge.clone()))
    }

    async fn advance(&self, tenant: TenantId, step: &Advance) -> Result<bool, StoreError> {
        self.state(tenant)?;
        Ok(self.inner().published.entry(tenant).or_default().advance(step))
    }

    async fn beat(
        &self,
        tenant: TenantId,
        size: u64,
        at: Timestamp,
        lines: &str,
    ) -> Result<bool, StoreError> {
        let mut inner = self.inner();
        let Some(published) = inner.published.get_mut(&tenant) else { return Ok(false) };
        let is_last = published.checkpoints.last_key_value().is_some_and(|(last, _)| *last == size);
        if !is_last || published.edge.at > Some(at) {
            return Ok(false);
        }
        published.edge.at = Some(at);
        lines.clone_into(&mut published.edge.beat);
        Ok(true)
    }

    async fn last_checkpoint(&self, tenant: TenantId) -> Result<Option<StoredCheckpoint>, StoreError> {
        Ok(self.of(tenant, |published| published.checkpoints.values().next_back().cloned()))
    }

    async fn checkpoints(
        &self,
        tenant: TenantId,
        from: u64,
        limit: u16,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        Ok(self.of(tenant, |published| {
            let found = published.checkpoints.range(from..).take(usize::from(limit));
            found.map(|(_, checkpoint)| checkpoint.clone()).collect()
        }))
    }

    async fn tiles(
        &self,
        tenant: TenantId,
        wanted: &[(u8, u64)],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        Ok(self.of(tenant, |published| {
            wanted.iter().map(|place| Some(published.tiles.get(place)?.hashes.clone())).collect()
        }))
    }

    async fn tile_roots(&self, tenant: TenantId, wanted: &[TileRoots]) -> Result<Vec<Vec<Hash>>, StoreError> {
        Ok(self.of(tenant, |published| {
            let roots = |of: &TileRoots| {
                let tiles = (of.from..of.to).map_while(|index| published.tiles.get(&(of.level, index)));
                tiles.map(|tile| tile.root).collect()
            };
            wanted.iter().map(roots).collect()
        }))
    }

    async fn cosign(&self, tenant: TenantId, cosignature: &Cosignature) -> Result<(), StoreError> {
        self.state(tenant)?;
        let mut inner = self.inner();
        let kept = &mut inner.published.entry(tenant).or_default().cosignatures;
        let key = (cosignature.size, cosignature.signer.clone());
        kept.entry(key).or_insert_with(|| cosignature.clone());
        Ok(())
    }

    async fn cosignatures(&self, tenant: TenantId, size: u64) -> Result<Vec<Cosignature>, StoreError> {
        Ok(self.of(tenant, |published| {
            published.cosignatures.values().filter(|kept| kept.size == size).cloned().collect()
        }))
    }

    async fn log_keys(&self, tenant: TenantId) -> Result<Vec<String>, StoreError> {
        Ok(self.of(tenant, |published| published.keys.clone()))
    }

    async fn keep_log_keys(&self, tenant: TenantId, keys: &[String], _: u64) -> Result<(), StoreError> {
        self.state(tenant)?;
        let mut inner = self.inner();
        let kept = &mut inner.published.entry(tenant).or_default().keys;
        let new: Vec<_> = keys.iter().filter(|key| !kept.contains(key)).cloned().collect();
        kept.extend(new);
        Ok(())
    }

    async fn keep_link(&self, tenant: TenantId, id: RecordedId, seq: u64) -> Result<(), StoreError> {
        self.state(tenant)?;
        self.inner().published.entry(tenant).or_default().links.entry(id).or_insert(seq);
        Ok(())
    }

    async fn linked(&self, tenant: TenantId, id: RecordedId) -> Result<Option<u64>, StoreError> {
        Ok(self.of(tenant, |published| published.links.get(&id).copied()))
    }

    async fn links(
        &self,
        tenant: TenantId,
        after: Option<RecordedId>,
        limit: u16,
    ) -> Result<Vec<(RecordedId, u64)>, StoreError> {
        let beyond = |id: &RecordedId| after.is_none_or(|after| *id > after);
        Ok(self.of(tenant, |published| {
            let links = published.links.iter().filter(|(id, _)| beyond(id)).take(usize::from(limit));
            links.map(|(id, seq)| (*id, *seq)).collect()
        }))
    }
}
