//! Which tiles a tree has, and which became full when it grew.

use super::path::{EntriesId, TileId, WIDTH};

const LEVELS: std::ops::Range<u8> = 0..8;

/// How many hashes a tree of `size` leaves has at a level of tiles.
const fn hashes_at(level: u8, size: u64) -> u64 {
    match size.checked_shr(level as u32 * 8) {
        Some(hashes) => hashes,
        None => 0,
    }
}

/// The tile of this level and place as a tree of `size` leaves has it; `None` where it has none.
pub fn tile_in(size: u64, level: u8, index: u64) -> Option<TileId> {
    let rest = hashes_at(level, size).checked_sub(index.checked_mul(u64::from(WIDTH))?)?;
    TileId::new(level, index, u16::try_from(rest).unwrap_or(WIDTH).min(WIDTH))
}

/// All tiles of a tree, level by level from the leaves, each level from the left, the partial one last.
pub fn tiles_of(size: u64) -> impl Iterator<Item = TileId> {
    LEVELS.flat_map(move |level| {
        let tiles = hashes_at(level, size).div_ceil(u64::from(WIDTH));
        (0..tiles).filter_map(move |index| tile_in(size, level, index))
    })
}

/// All bundles of entries of a log, from the first, the partial one last.
pub fn bundles_of(size: u64) -> impl Iterator<Item = EntriesId> {
    (0..size.div_ceil(u64::from(WIDTH)))
        .filter_map(move |index| EntriesId::new(index, tile_in(size, 0, index)?.width()))
}

/// The tiles that are full in a tree of `size` leaves and were not in the one of `old`: what a publisher has to write.
/// Level by level from the leaves, so that each can be made from those before it and those that were there.
pub fn filled_between(old: u64, size: u64) -> impl Iterator<Item = TileId> {
    LEVELS.flat_map(move |level| {
        let full = |size| hashes_at(level, size) / u64::from(WIDTH);
        (full(old)..full(size)).filter_map(move |index| TileId::new(level, index, WIDTH))
    })
}
