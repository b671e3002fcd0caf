//! What was published, altered where the store keeps it: tiles, checkpoints, how far.
//!
//! It is copied into memory and altered there. The tables of what was published are no facts, so that a
//! [`Scratch`](crate::store::Scratch) does not have them; and what is looked for is the same whichever store they lie in.

use std::collections::BTreeMap;

use super::Mark;
use super::bench::{Bench, tree_of};
use super::dice::Dice;
use crate::audit::check::{Findings, KnownRoot, Place};
use crate::audit::tile::{Tile, Tiler};
use crate::audit::tree::Hash;
use crate::identity::keys::KeyRing;
use crate::service::inspection::published::{PublishedRoots, is_kept, look_at, parsed};
use crate::service::inspection::tiles::{StoredTile, TilesCheck, stored};
use crate::store::{Cell, LogEdge, Read, Store, StoredCheckpoint};
use crate::tenancy::TenantId;

/// Checkpoints that are read at once.
const PAGE: u16 = 200;

/// A copy of what was published of one log, as the store keeps it.
#[derive(Debug, Clone)]
pub struct PublishedCopy {
    ring: KeyRing,
    keys: Vec<String>,
    edge: LogEdge,
    tiles: BTreeMap<(u8, u64), StoredTile>,
    checkpoints: BTreeMap<u64, StoredCheckpoint>,
    /// Kept elsewhere, as somebody does who was handed them.
    kept: Vec<KnownRoot>,
}

impl PublishedCopy {
    /// Copies what the store has. Copy it before the rows of the log. 32 bytes an entry.
    ///
    /// # Errors
    /// Of the store.
    pub async fn of(store: &dyn Store, ring: &KeyRing, tenant: TenantId) -> Read<Self> {
        let edge = store.edge(tenant).await?;
        let mut checkpoints = BTreeMap::new();
        let mut from = 0;
        loop {
            let page = store.checkpoints(tenant, from, PAGE).await?;
            let Some(last) = page.last() else { break };
            from = last.size.saturating_add(1);
            checkpoints.extend(page.into_iter().map(|checkpoint| (checkpoint.size, checkpoint)));
        }
        let of = |stored: &StoredCheckpoint| KnownRoot { size: stored.size, root: stored.root };
        Ok(Self {
            ring: ring.clone(),
            keys: store.log_keys(tenant).await?,
            edge,
            tiles: BTreeMap::new(),
            kept: checkpoints.values().map(of).collect(),
            checkpoints,
        })
    }

    /// The tiles, whose number the entries tell.
    pub(super) async fn with_tiles(
        mut self,
        store: &dyn Store,
        tenant: TenantId,
        leaves: &[Hash],
    ) -> Read<Self> {
        let mut tiler = Tiler::default();
        let size = usize::try_from(self.edge.frontier.size()).unwrap_or(usize::MAX);
        for leaves in leaves.get(..size).unwrap_or(leaves).chunks(16_384) {
            let tiles: Vec<Tile> = leaves.iter().flat_map(|leaf| tiler.push(*leaf)).collect();
            let found = stored(store, tenant, &tiles).await?;
            let places = tiles.iter().map(|tile| (tile.level(), tile.index()));
            self.tiles.extend(places.zip(found).filter_map(|(place, found)| Some((place, found?))));
        }
        Ok(self)
    }

    /// What is wrong with it, beside a log of these leaves.
    pub(super) fn look(&self, tenant: TenantId, leaves: &[Hash]) -> Findings {
        let mut check = TilesCheck::of(tenant);
        let size = usize::try_from(self.edge.frontier.size()).unwrap_or(usize::MAX);
        for leaf in leaves.iter().take(size) {
            for wanted in check.leaf(*leaf) {
                check.tile(&wanted, self.tiles.get(&(wanted.level(), wanted.index())));
            }
        }
        let keys = parsed(&self.keys);
        check.edge(&self.edge, self.checkpoints.values().next_back(), &keys);
        let mut known = PublishedRoots { roots: Vec::new(), findings: check.findings };
        for root in &self.kept {
            is_kept(root, self.checkpoints.get(&root.size), &mut known.findings);
        }
        for checkpoint in self.checkpoints.values() {
            look_at(checkpoint, &self.ring, &keys, &mut known);
        }
        known.findings
    }

    fn any_tile(&self, dice: &mut Dice) -> Option<(u8, u64)> {
        let places: Vec<(u8, u64)> = self.tiles.keys().copied().collect();
        dice.one(&places).copied()
    }

    fn any_checkpoint(&self, dice: &mut Dice) -> Option<u64> {
        let sizes: Vec<u64> = self.checkpoints.keys().copied().collect();
        dice.one(&sizes).copied()
    }
}

fn mark(bench: &Bench, place: Place, field: &str) -> Mark {
    Mark { tenant: bench.tenant, place, field: field.to_owned() }
}

/// A bit of a tile's hashes or of its root.
pub(super) fn tile_altered(bench: &mut Bench, dice: &mut Dice) -> Option<Mark> {
    let place = bench.published.any_tile(dice)?;
    let (root, hashes) = bench.published.tiles.get_mut(&place)?;
    let field = if dice.below(2) == 0 {
        *hashes = dice.flipped(hashes);
        "hashes"
    } else {
        *root = Hash::from_bytes(dice.flipped(root.as_bytes()).try_into().ok()?);
        "root"
    };
    Some(mark(bench, Place::Tile(place.0, place.1), field))
}

/// A tile deleted.
pub(super) fn tile_removed(bench: &mut Bench, dice: &mut Dice) -> Option<Mark> {
    let place = bench.published.any_tile(dice)?;
    bench.published.tiles.remove(&place)?;
    Some(mark(bench, Place::Tile(place.0, place.1), ""))
}

/// A tile computed anew for a history in which one entry is another.
pub(super) fn tile_forged(bench: &mut Bench, dice: &mut Dice) -> Option<Mark> {
    let place = bench.published.any_tile(dice)?;
    let (root, bytes) = bench.published.tiles.get_mut(&place)?;
    let at = dice.place(256).checked_mul(32)?;
    bytes.get_mut(at..at.checked_add(32)?)?.copy_from_slice(&dice.bytes());
    let hash = |part: &[u8]| Some(Hash::from_bytes(part.try_into().ok()?));
    let hashes: Vec<Hash> = bytes.chunks(32).filter_map(hash).collect();
    *root = tree_of(&hashes).root();
    Some(mark(bench, Place::Tile(place.0, place.1), "hashes"))
}

/// A letter of a checkpoint's note, or its root.
pub(super) fn checkpoint_altered(bench: &mut Bench, dice: &mut Dice) -> Option<Mark> {
    let size = bench.published.any_checkpoint(dice)?;
    let checkpoint = bench.published.checkpoints.get_mut(&size)?;
    let field = if dice.below(2) == 0 {
        let Cell::Text(note) = dice.altered(&Cell::Text(checkpoint.note.clone()))? else { return None };
        checkpoint.note = note;
        "note"
    } else {
        checkpoint.root = Hash::from_bytes(dice.bytes());
        "root"
    };
    Some(mark(bench, Place::Checkpoint(size), field))
}

/// A checkpoint deleted: taken back, from whoever has it.
pub(super) fn checkpoint_removed(bench: &mut Bench, dice: &mut Dice) -> Option<Mark> {
    let size = bench.published.any_checkpoint(dice)?;
    bench.published.checkpoints.remove(&size)?;
    Some(mark(bench, Place::Checkpoint(size), ""))
}

/// A checkpoint of the same size over another history, under the signature that was there.
pub(super) fn checkpoint_forged(bench: &mut Bench, dice: &mut Dice) -> Option<Mark> {
    let size = bench.published.any_checkpoint(dice)?;
    let checkpoint = bench.published.checkpoints.get_mut(&size)?;
    let root = Hash::from_bytes(dice.bytes());
    let text = |root: &Hash| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, root.as_bytes());
    checkpoint.note = checkpoint.note.replacen(&text(&checkpoint.root), &text(&root), 1);
    checkpoint.root = root;
    Some(mark(bench, Place::Checkpoint(size), "note"))
}

/// How far is published: over another last entry, or confirmed by a signature that was made of something else.
pub(super) fn edge_altered(bench: &mut Bench, dice: &mut Dice) -> Option<Mark> {
    let edge = &mut bench.published.edge;
    if !edge.beat.is_empty() && dice.below(2) == 0 {
        let Cell::Text(beat) = dice.altered(&Cell::Text(edge.beat.clone()))? else { return None };
        edge.beat = beat;
        return Some(mark(bench, Place::Edge, "beat"));
    }
    let size = usize::try_from(edge.frontier.size()).ok()?;
    let mut leaves: Vec<Hash> = bench.leaves.get(..size)?.to_vec();
    *leaves.last_mut()? = Hash::from_bytes(dice.bytes());
    edge.frontier = tree_of(&leaves);
    Some(mark(bench, Place::Edge, "frontier"))
}
