//! Roots and proofs from tiles: first which tiles, then the hashes.
//!
//! In two steps, because a store is asked asynchronously and in one go, and a file or a server tile by tile; neither
//! belongs into arithmetic. [`TilePlan::tiles`] names what to bring, [`TilePlan::hashes`] computes from what was brought.

use std::collections::BTreeSet;

use super::hashes::Tile;
use super::layout::tile_in;
use super::path::TileId;
use crate::audit::tree::{Hash, ProofRangeError, Span, consistency_spans, inclusion_spans, node_hash};

/// What to compute from a tree's tiles.
///
/// ```
/// use aurex_core::audit::tile::{Tile, TilePlan, Tiler};
/// use aurex_core::audit::tree::{leaf_hash, verify_inclusion};
///
/// let mut tiler = Tiler::default();
/// let leaf = |n: u64| leaf_hash(&n.to_be_bytes());
/// let mut tiles: Vec<Tile> = (0..1000).flat_map(|n| tiler.push(leaf(n))).collect();
/// tiles.extend(tiler.edge());
/// let bring = |id| tiles.iter().find(|tile| tile.id() == id).cloned();
///
/// let root = TilePlan::root(1000).hashes(bring)?[0];
/// let proof = TilePlan::inclusion(17, 1000)?.hashes(bring)?;
/// assert_eq!(verify_inclusion(leaf(17), 17, 1000, &proof, root), Ok(()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TilePlan {
    size: u64,
    spans: Vec<Span>,
}

/// A tile that is needed was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tile {id} is missing, or is not as wide")]
pub struct MissingTile {
    /// Which.
    pub id: TileId,
}

impl TilePlan {
    /// The root of the tree of `size` leaves: one hash, or none for the empty tree.
    pub fn root(size: u64) -> Self {
        Self { size, spans: Span::whole(size).into_iter().collect() }
    }

    /// The proof that leaf `index` is in the tree of `size` leaves.
    ///
    /// # Errors
    /// [`ProofRangeError::NoSuchLeaf`].
    pub fn inclusion(index: u64, size: u64) -> Result<Self, ProofRangeError> {
        Ok(Self { size, spans: inclusion_spans(index, size)? })
    }

    /// The proof that the tree of `size` leaves continues the tree of `old`.
    ///
    /// # Errors
    /// [`ProofRangeError::NotEarlier`].
    pub fn consistency(old: u64, size: u64) -> Result<Self, ProofRangeError> {
        Ok(Self { size, spans: consistency_spans(old, size)? })
    }

    /// The tiles to bring, as the tree of this size has them. At most two a level of tiles: a handful for any log.
    pub fn tiles(&self) -> BTreeSet<TileId> {
        self.spans
            .iter()
            .flat_map(|span| span.complete_parts())
            .filter_map(|part| self.place(part))
            .map(|p| p.tile)
            .collect()
    }

    /// The root or the proof, from the tiles that `bring` answers with.
    ///
    /// # Errors
    /// [`MissingTile`] names the first that is not there.
    pub fn hashes(&self, bring: impl Fn(TileId) -> Option<Tile>) -> Result<Vec<Hash>, MissingTile> {
        // One span's parts mostly stand in one tile: what was brought is kept until another is needed.
        let mut held: Option<Tile> = None;
        let mut node = |part| {
            let Some(place) = self.place(part) else { return Ok(Hash::of_empty_tree()) };
            let missing = MissingTile { id: place.tile };
            if held.as_ref().map(Tile::id) != Some(place.tile) {
                held = bring(place.tile).filter(|tile| tile.id() == place.tile);
            }
            held.as_ref().and_then(|tile| tile.node(place.height, place.nth)).ok_or(missing)
        };
        self.spans
            .iter()
            .map(|span| {
                let parts =
                    span.complete_parts().into_iter().map(&mut node).collect::<Result<Vec<_>, _>>()?;
                let from_the_right = parts.into_iter().rev();
                Ok(from_the_right
                    .reduce(|right, left| node_hash(&left, &right))
                    .unwrap_or_else(Hash::of_empty_tree))
            })
            .collect()
    }

    fn place(&self, part: Span) -> Option<Place> {
        let (level, index) = part.complete()?;
        let height = level % 8;
        let tile = tile_in(self.size, u8::try_from(level / 8).ok()?, index >> (8 - height))?;
        let nth = usize::try_from(index & ((1 << (8 - height)) - 1)).ok()?;
        Some(Place { tile, height, nth })
    }
}

/// Where a complete subtree's root comes from: the `nth` subtree of `height` over the hashes of a tile.
struct Place {
    tile: TileId,
    height: u32,
    nth: usize,
}
