//! Tiles from leaves, one after the other, in memory that does not grow with the log.

use super::hashes::Tile;
use super::path::{TileId, WIDTH};
use crate::audit::tree::Hash;

/// Makes the tiles of a log while its leaves go by.
///
/// ```
/// use aurex_core::audit::{tile::Tiler, tree::leaf_hash};
///
/// let mut tiler = Tiler::default();
/// let full: Vec<_> = (0..600_u32).flat_map(|n| tiler.push(leaf_hash(&n.to_be_bytes()))).collect();
/// assert_eq!(full.len(), 2);
/// let edge: Vec<_> = tiler.edge().map(|tile| tile.id().to_string()).collect();
/// assert_eq!(edge, ["tile/0/002.p/88", "tile/1/000.p/2"]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Tiler {
    size: u64,
    /// INVARIANT: level by level the hashes that are in no full tile yet, fewer than 256 each.
    open: Vec<Vec<Hash>>,
}

impl Tiler {
    /// Goes on after `size` leaves, from the partial tiles of that tree. `None` when they are not its edge.
    pub fn resumed(size: u64, edge: &[Tile]) -> Option<Self> {
        let mut tiler = Self { size, open: Vec::new() };
        for level in 0..8 {
            let total = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
            let (index, width) = (total / u64::from(WIDTH), usize::try_from(total % u64::from(WIDTH)).ok()?);
            let hashes = match edge.iter().find(|tile| tile.level() == level) {
                Some(tile) if tile.index() == index => tile.hashes().to_vec(),
                Some(_) => return None,
                None => Vec::new(),
            };
            if hashes.len() != width {
                return None;
            }
            tiler.open.push(hashes);
        }
        Some(tiler)
    }

    /// How many leaves went by.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next leaf and returns the tiles that it filled: none mostly, one every 256 leaves, one more every
    /// 65 536.
    pub fn push(&mut self, leaf: Hash) -> Vec<Tile> {
        self.size += 1;
        let (mut filled, mut hash) = (Vec::new(), leaf);
        for level in 0_u8.. {
            if self.open.len() <= usize::from(level) {
                self.open.push(Vec::new());
            }
            let Some(open) = self.open.get_mut(usize::from(level)) else { break };
            open.push(hash);
            if open.len() < usize::from(WIDTH) {
                break;
            }
            let index = full_tiles(level, self.size).saturating_sub(1);
            let Some(tile) = tile(level, index, std::mem::take(open)) else { break };
            hash = tile.root();
            filled.push(tile);
        }
        filled
    }

    /// The partial tiles of the tree as it is now, from the leaves up.
    pub fn edge(&self) -> impl Iterator<Item = Tile> {
        self.open
            .iter()
            .zip(0_u8..)
            .filter(|(open, _)| !open.is_empty())
            .filter_map(|(open, level)| tile(level, full_tiles(level, self.size), open.clone()))
    }
}

fn full_tiles(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * 8 + 8).unwrap_or(0)
}

fn tile(level: u8, index: u64, hashes: Vec<Hash>) -> Option<Tile> {
    let width = u16::try_from(hashes.len()).ok()?;
    Tile::new(TileId::new(level, index, width)?, hashes).ok()
}
