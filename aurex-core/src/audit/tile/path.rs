//! Which tile or bundle it is, and the path under which a log serves it.

use std::fmt;
use std::str::FromStr;

/// How many hashes a full tile has, and how many entries a full bundle.
pub const WIDTH: u16 = 256;

/// Eight bits of a size are one level of tiles, so no tree of 64 bits has more.
const LEVELS: u8 = 8;

/// A tile: its level, its place in the level, and how many hashes it has (256 when it is full).
///
/// ```
/// use aurex_core::audit::tile::TileId;
///
/// let tile = TileId::new(1, 1_234_067, 256).unwrap();
/// assert_eq!(tile.to_string(), "tile/1/x001/x234/067");
/// assert_eq!("tile/0/000.p/17".parse(), Ok(TileId::new(0, 0, 17).unwrap()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    level: u8,
    index: u64,
    width: u16,
}

impl TileId {
    /// The tile of this level, place and width; `None` where no tree of 64 bits has one.
    pub fn new(level: u8, index: u64, width: u16) -> Option<Self> {
        ((1..=WIDTH).contains(&width) && index <= last_index(level)?).then_some(Self { level, index, width })
    }

    /// 0 for leaves.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// The place in the level, from 0.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Whether it will never change.
    pub const fn is_full(self) -> bool {
        self.width == WIDTH
    }
}

fn last_index(level: u8) -> Option<u64> {
    (level < LEVELS).then(|| u64::MAX.checked_shr(u32::from(level) * 8 + 8).unwrap_or(0))
}

impl fmt::Display for TileId {
    /// `tile/<level>/<place>[.p/<width>]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        write_place(f, self.index, self.width)
    }
}

impl FromStr for TileId {
    type Err = PathError;

    /// Reads what [`Display`](fmt::Display) writes and nothing else, so that one tile has one path.
    fn from_str(path: &str) -> Result<Self, PathError> {
        let rest = path.strip_prefix("tile/").ok_or(PathError)?;
        let (level, place) = rest.split_once('/').ok_or(PathError)?;
        let (index, width) = read_place(place)?;
        let tile = Self::new(level.parse().map_err(|_| PathError)?, index, width).ok_or(PathError)?;
        if tile.to_string() == path { Ok(tile) } else { Err(PathError) }
    }
}

/// A bundle of entries: those whose leaves stand in the tile of level 0 with the same place and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntriesId {
    index: u64,
    width: u16,
}

impl EntriesId {
    /// The bundle of this place and width; `None` where no tree of 64 bits has one.
    pub fn new(index: u64, width: u16) -> Option<Self> {
        TileId::new(0, index, width).map(|tile| Self { index: tile.index, width: tile.width })
    }

    /// The place, from 0.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many entries it holds, 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// The number of its first entry.
    pub const fn first(self) -> u64 {
        self.index << 8
    }

    /// The tile that holds its leaves.
    pub const fn leaves(self) -> TileId {
        TileId { level: 0, index: self.index, width: self.width }
    }

    /// The place as a path, without what stands before it: `x001/x234/067`, `000.p/17`.
    pub fn place(self) -> String {
        struct Place(EntriesId);
        impl fmt::Display for Place {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_place(f, self.0.index, self.0.width)
            }
        }
        Place(self).to_string()
    }
}

impl fmt::Display for EntriesId {
    /// `tile/entries/<place>[.p/<width>]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        write_place(f, self.index, self.width)
    }
}

impl FromStr for EntriesId {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        let place = path.strip_prefix("tile/entries/").ok_or(PathError)?;
        let (index, width) = read_place(place)?;
        let bundle = Self::new(index, width).ok_or(PathError)?;
        if bundle.to_string() == path { Ok(bundle) } else { Err(PathError) }
    }
}

/// The path is none of a tile or bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile: tile/<level>/<place>[.p/<width>]")]
pub struct PathError;

fn write_place(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let (mut groups, mut rest) = (Vec::new(), index);
    while rest > 999 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    groups.push(rest);
    while let Some(group) = groups.pop() {
        if groups.is_empty() { write!(f, "{group:03}")? } else { write!(f, "x{group:03}/")? }
    }
    if width == WIDTH { Ok(()) } else { write!(f, ".p/{width}") }
}

fn read_place(place: &str) -> Result<(u64, u16), PathError> {
    let (groups, width) = match place.split_once(".p/") {
        Some((groups, width)) => (groups, width.parse().map_err(|_| PathError)?),
        None => (place, WIDTH),
    };
    let mut index = 0_u64;
    for group in groups.split('/') {
        let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().map_err(|_| PathError)?;
        index = index.checked_mul(1000).and_then(|n| n.checked_add(group)).ok_or(PathError)?;
    }
    Ok((index, width))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tile_has_exactly_one_path() {
        let tile = |level, index, width| TileId::new(level, index, width).unwrap();
        for (id, path) in [
            (tile(0, 0, 256), "tile/0/000"),
            (tile(0, 273, 112), "tile/0/273.p/112"),
            (tile(7, 0, 1), "tile/7/000.p/1"),
            (tile(2, 1_234_067, 256), "tile/2/x001/x234/067"),
            (tile(0, 1000, 256), "tile/0/x001/000"),
        ] {
            assert_eq!((id.to_string().as_str(), path.parse()), (path, Ok(id)));
        }
        for other in [
            "",
            "tile/0/0",
            "tile/00/000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/8/000",
            "tile/0/000/",
            "/tile/0/000",
            "tile/0/+01",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/entries/000",
            "tile/7/001",
            "tile/0/../000",
        ] {
            assert_eq!(other.parse::<TileId>(), Err(PathError), "{other}");
        }
        assert_eq!("tile/entries/x067/000.p/3".parse(), Ok(EntriesId::new(67_000, 3).unwrap()));
        assert_eq!("tile/0/000".parse::<EntriesId>(), Err(PathError));
        assert_eq!(EntriesId::new(2, 3).unwrap().place(), "002.p/3");
    }

    proptest! {
        #[test]
        fn every_path_is_read_back(level in 0_u8..8, index in any::<u64>(), width in 0_u16..300) {
            if let Some(id) = TileId::new(level, index, width) {
                prop_assert_eq!(id.to_string().parse(), Ok(id));
            }
        }
    }
}
