//! The tiles of a proof, in a handful of questions to the store.
//!
//! Full tiles are kept. A partial one is made when it is asked for: of leaves on the lowest level, of the roots of the full
//! tiles below on every other, which the store keeps beside them. So a proof among ten million entries costs one question
//! for full tiles, one for roots and one for leaves, and nothing ever reads the log.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Road;
use crate::audit::tile::{Tile, TileId, WIDTH};
use crate::audit::tree::Hash;
use crate::store::{StoreError, TileRoots};
use crate::tenancy::{Scope, TenantId};

/// A tile of these hashes; none of no hashes.
pub(super) fn partial_tile(level: u8, index: u64, hashes: Vec<Hash>) -> Option<Tile> {
    let width = u16::try_from(hashes.len()).ok()?;
    Tile::new(TileId::new(level, index, width)?, hashes).ok()
}

/// The roots of which a tile above the lowest level is made.
fn roots_of(tile: TileId) -> TileRoots {
    let from = tile.index() << 8;
    let level = tile.level().saturating_sub(1);
    TileRoots { level, from, to: from.saturating_add(u64::from(tile.width())) }
}

/// The partial tiles above the leaves of a tree of `size` entries.
pub(super) async fn edge_tiles(road: &Road, tenant: TenantId, size: u64) -> Result<Vec<Tile>, StoreError> {
    let edge: Vec<TileId> = (1_u8..8)
        .filter_map(|level| {
            let hashes = size.checked_shr(u32::from(level) * 8)?;
            let width = u16::try_from(hashes % u64::from(WIDTH)).ok()?;
            TileId::new(level, hashes / u64::from(WIDTH), width)
        })
        .collect();
    if edge.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<TileRoots> = edge.iter().copied().map(roots_of).collect();
    let roots = road.store.tile_roots(tenant, &wanted).await?;
    let made = edge.iter().zip(roots).filter_map(|(id, roots)| partial_tile(id.level(), id.index(), roots));
    Ok(made.collect())
}

/// These tiles, those of them that there are.
pub(super) async fn bring(
    road: &Road,
    scope: &Scope,
    wanted: &BTreeSet<TileId>,
) -> Result<BTreeMap<TileId, Tile>, StoreError> {
    let tenant = scope.tenant();
    let mut brought = BTreeMap::new();
    let full: Vec<TileId> = wanted.iter().copied().filter(|tile| tile.is_full()).collect();
    if !full.is_empty() {
        let places: Vec<(u8, u64)> = full.iter().map(|tile| (tile.level(), tile.index())).collect();
        for (id, bytes) in full.iter().zip(road.store.tiles(tenant, &places).await?) {
            let tile = bytes.map(|bytes| Tile::from_bytes(*id, &bytes)).transpose();
            let tile = tile.map_err(|error| StoreError::corrupt(error.to_string()))?;
            brought.extend(tile.map(|tile| (*id, tile)));
        }
    }
    let above: Vec<TileId> =
        wanted.iter().copied().filter(|tile| !tile.is_full() && tile.level() > 0).collect();
    if !above.is_empty() {
        let roots: Vec<TileRoots> = above.iter().copied().map(roots_of).collect();
        for (id, roots) in above.iter().zip(road.store.tile_roots(tenant, &roots).await?) {
            brought.extend(Tile::new(*id, roots).ok().map(|tile| (*id, tile)));
        }
    }
    let leaves = wanted.iter().copied().filter(|tile| !tile.is_full() && tile.level() == 0);
    let leaves: Vec<TileId> = leaves.collect();
    if !leaves.is_empty() {
        let mut reader = road.store.reader(scope).await?;
        for id in leaves {
            let from = id.index() << 8;
            let found = reader.leaves(from, from.saturating_add(u64::from(id.width()))).await?;
            brought.extend(Tile::new(id, found).ok().map(|tile| (id, tile)));
        }
    }
    Ok(brought)
}
