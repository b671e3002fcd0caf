//! What stands in a tile.

use super::path::{TileId, WIDTH};
use crate::audit::tree::{Hash, node_hash};

/// A tile: consecutive hashes of one level of tiles.
///
/// INVARIANT: as many hashes as the width says, 1 to 256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    id: TileId,
    hashes: Vec<Hash>,
}

/// Hashes that do not make the tile they were given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// Too few or too many.
    #[error("the tile has another number of hashes than its width says")]
    Width,
    /// The tiles below are not the full tiles that follow one another there.
    #[error("the tiles below are not the full ones that this tile stands on")]
    Below,
}

impl Tile {
    /// The tile `id` with these hashes.
    ///
    /// # Errors
    /// [`TileError::Width`].
    pub fn new(id: TileId, hashes: Vec<Hash>) -> Result<Self, TileError> {
        if hashes.len() == usize::from(id.width()) { Ok(Self { id, hashes }) } else { Err(TileError::Width) }
    }

    /// The tile `id` over the full tiles below it, in their order, without a gap.
    ///
    /// # Errors
    /// [`TileError`] when they are others.
    pub fn above(id: TileId, below: &[Self]) -> Result<Self, TileError> {
        let first = id.index() << 8;
        let fits = below.iter().zip(first..).all(|(tile, index)| {
            tile.id.is_full() && tile.id.level() + 1 == id.level() && tile.id.index() == index
        });
        if !fits {
            return Err(TileError::Below);
        }
        Self::new(id, below.iter().map(Self::root).collect())
    }

    /// Reads the content of the tile `id`, 32 bytes a hash.
    ///
    /// # Errors
    /// [`TileError::Width`].
    pub fn from_bytes(id: TileId, bytes: &[u8]) -> Result<Self, TileError> {
        let (hashes, spare) = bytes.as_chunks::<32>();
        if !spare.is_empty() {
            return Err(TileError::Width);
        }
        Self::new(id, hashes.iter().copied().map(Hash::from_bytes).collect())
    }

    /// The content: 32 bytes a hash, 8 192 for a full tile.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(Hash::as_bytes).copied().collect()
    }

    /// Which tile it is.
    pub const fn id(&self) -> TileId {
        self.id
    }

    /// 0 for leaves.
    pub const fn level(&self) -> u8 {
        self.id.level()
    }

    /// The place in the level, from 0.
    pub const fn index(&self) -> u64 {
        self.id.index()
    }

    /// 1 to 256.
    pub const fn width(&self) -> u16 {
        self.id.width()
    }

    /// The hashes, from the left.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The root over its hashes. Of a full tile it is one hash of the tile above: a store that keeps it beside the
    /// tile has every partial tile above as a range of rows.
    pub fn root(&self) -> Hash {
        root(&self.hashes)
    }

    /// The root of the complete subtree that is `height` levels (up to 8) above the tile's hashes, the `nth` of them.
    pub(super) fn node(&self, height: u32, nth: usize) -> Option<Hash> {
        let count = 1_usize.checked_shl(height)?;
        let start = nth.checked_mul(count)?;
        self.hashes.get(start..start.checked_add(count)?).map(root)
    }

    /// The same tile, narrower: a full tile answers for every partial one that it was.
    ///
    /// # Errors
    /// [`TileError::Width`] when it is not as wide.
    pub fn narrowed(&self, width: u16) -> Result<Self, TileError> {
        let id = TileId::new(self.level(), self.index(), width).ok_or(TileError::Width)?;
        let hashes = self.hashes.get(..usize::from(width.min(WIDTH))).ok_or(TileError::Width)?;
        Self::new(id, hashes.to_vec())
    }
}

/// RFC 6962's root over hashes that stand for complete subtrees of one height.
fn root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Hash::of_empty_tree(),
        [only] => *only,
        _ => {
            let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
            node_hash(&root(left), &root(right))
        }
    }
}
