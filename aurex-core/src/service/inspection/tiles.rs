//! The tiles that the store keeps, and how far it says that it has published, against what the entries give.
//!
//! A proof is made of tiles. One that was altered proves nothing, and whoever verifies it finds that; but then it is the
//! proof of an honest shop that fails, in front of its auditor. So the operator looks first.

use super::walk::Progress;
use crate::audit::check::{FindingCode, Findings, Place};
use crate::audit::note::{SignedNote, VerifierKey};
use crate::audit::tile::{Tile, Tiler, WIDTH};
use crate::audit::tree::{Frontier, Hash};
use crate::store::{LogEdge, Read, Reader, Store, StoredCheckpoint, TileRoots};
use crate::tenancy::{Scope, TenantId};

/// Leaves that are read at once: half a megabyte, 64 tiles.
const LEAVES_AT_ONCE: u64 = 64 * WIDTH as u64;

/// A stored tile: its root, and its hashes.
pub(super) type StoredTile = (Hash, Vec<u8>);

/// Goes along with the leaves, and says which tiles must be there.
pub(super) struct TilesCheck {
    tiler: Tiler,
    tree: Frontier,
    pub(super) findings: Findings,
}

impl TilesCheck {
    pub(super) fn of(tenant: TenantId) -> Self {
        Self { tiler: Tiler::default(), tree: Frontier::default(), findings: Findings::of(tenant) }
    }

    /// Takes the next leaf; the tiles that it fills must be stored.
    pub(super) fn leaf(&mut self, leaf: Hash) -> Vec<Tile> {
        self.tree.append(leaf);
        self.tiler.push(leaf)
    }

    pub(super) fn tile(&mut self, wanted: &Tile, stored: Option<&StoredTile>) {
        let place = || Place::Tile(wanted.level(), wanted.index());
        let Some((root, hashes)) = stored else {
            self.findings.add(FindingCode::TileMissing, place(), "");
            return;
        };
        if *hashes != wanted.to_bytes() {
            self.findings.add(FindingCode::TileAltered, place(), "hashes");
        }
        if *root != wanted.root() {
            self.findings.add(FindingCode::TileAltered, place(), "root");
        }
    }

    /// After the last leaf that is published. `keys` are those that signed the log's checkpoints.
    pub(super) fn edge(&mut self, edge: &LogEdge, last: Option<&StoredCheckpoint>, keys: &[VerifierKey]) {
        if edge.frontier != self.tree || last.is_some_and(|last| last.size > edge.frontier.size()) {
            self.findings.add(FindingCode::EdgeAltered, Place::Edge, "frontier");
        }
        if edge.beat.is_empty() {
            return;
        }
        // A note that nobody signed is the checkpoint's own finding.
        let beaten = last.and_then(|last| {
            let (text, _) = last.note.split_once("\n\n")?;
            format!("{text}\n\n{}", edge.beat).parse::<SignedNote>().ok()
        });
        if beaten.is_none_or(|note| note.verify(keys).is_err()) {
            self.findings.add(FindingCode::EdgeAltered, Place::Edge, "beat");
        }
    }
}

/// Checks every tile that the store keeps of a tenant's log, and the edge up to which it has published. It reads the leaves
/// that the entries are stored with: check the log itself first. It holds half a megabyte, whatever the log's length.
///
/// # Errors
/// Of the store. What is wrong is in the findings.
pub async fn check_tiles(
    store: &dyn Store,
    scope: &Scope,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Read<Findings> {
    let tenant = scope.tenant();
    let mut check = TilesCheck::of(tenant);
    // Before the snapshot: it has all entries that were published by now.
    let edge = store.edge(tenant).await?;
    let last = store.last_checkpoint(tenant).await?;
    let keys = super::published::parsed(&store.log_keys(tenant).await?);
    let size = edge.frontier.size();
    let mut from = 0;
    while from < size {
        let to = size.min(from.saturating_add(LEAVES_AT_ONCE));
        // One connection at a time: a store of a single one must not wait for itself.
        let mut reader = store.reader(scope).await?;
        let leaves = leaves(&mut *reader, from, to).await?;
        drop(reader);
        let wanted: Vec<Tile> = leaves.into_iter().flat_map(|leaf| check.leaf(leaf)).collect();
        for (wanted, stored) in wanted.iter().zip(stored(store, tenant, &wanted).await?) {
            check.tile(wanted, stored.as_ref());
        }
        from = to;
        tell(Progress { of: "tiles", read: from });
    }
    check.edge(&edge, last.as_ref(), &keys);
    Ok(check.findings)
}

async fn leaves(reader: &mut dyn Reader, from: u64, to: u64) -> Read<Vec<Hash>> {
    reader.leaves(from, to).await
}

/// What the store has in the places of these tiles.
pub(super) async fn stored(
    store: &dyn Store,
    tenant: TenantId,
    tiles: &[Tile],
) -> Read<Vec<Option<StoredTile>>> {
    let places: Vec<(u8, u64)> = tiles.iter().map(|tile| (tile.level(), tile.index())).collect();
    let of = |(level, from): &(u8, u64)| TileRoots { level: *level, from: *from, to: from.saturating_add(1) };
    let mut found = Vec::new();
    // A few at once, as the port asks for.
    for places in places.chunks(64) {
        let hashes = store.tiles(tenant, places).await?;
        let roots = store.tile_roots(tenant, &places.iter().map(of).collect::<Vec<_>>()).await?;
        let pairs = roots.into_iter().zip(hashes);
        found.extend(pairs.map(|(root, hashes)| Some((*root.first()?, hashes?))));
    }
    Ok(found)
}
