//! Tiles: the tree cut into pieces that never change, exactly as C2SP `tlog-tiles` lays them out.
//!
//! A full tile is 256 hashes, eight levels of the tree, 8 192 bytes. Tiles of level 0 hold leaves; every hash of a
//! higher one is the root of a full tile below. The right edge is partial tiles. So a log of ten million entries needs
//! three tiles for a proof, a copy of it is plain files, and anybody's tool for transparency logs can read it.
//!
//! Source: <https://c2sp.org/tlog-tiles>.
//!
//! | file | idea |
//! |---|---|
//! | `path` | which tile it is, and its path |
//! | `hashes` | a tile's content |
//! | `layout` | which tiles a tree has, and which became full |
//! | `tiler` | tiles from leaves, one after the other |
//! | `plan` | roots and proofs from tiles |
//! | `entries` | 256 entries to a bundle |

mod entries;
mod hashes;
mod layout;
mod path;
mod plan;
mod tiler;

#[cfg(test)]
mod tests;

pub use entries::{EntriesError, bundle_of, entries_in};
pub use hashes::{Tile, TileError};
pub use layout::{bundles_of, filled_between, tile_in, tiles_of};
pub use path::{EntriesId, PathError, TileId, WIDTH};
pub use plan::{MissingTile, TilePlan};
pub use tiler::Tiler;
