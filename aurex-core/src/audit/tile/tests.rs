//! Tiles against the tree computed from leaves alone.

use proptest::prelude::*;

use super::*;
use crate::audit::tree::{
    Frontier, Hash, Span, consistency_proof, inclusion_proof, root_of, verify_consistency, verify_inclusion,
};

/// Any 32 bytes are a leaf; hashing them would be most of these tests.
fn leaf(index: u64) -> Hash {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&index.to_be_bytes());
    Hash::from_bytes(bytes)
}

/// All tiles of a tree of `size` leaves.
fn tiles(size: u64) -> Vec<Tile> {
    let mut tiler = Tiler::default();
    let mut tiles: Vec<_> = (0..size).flat_map(|index| tiler.push(leaf(index))).collect();
    tiles.extend(tiler.edge());
    tiles.sort_by_key(Tile::id);
    tiles
}

fn from(tiles: &[Tile]) -> impl Fn(TileId) -> Option<Tile> {
    |id| tiles.iter().find(|tile| tile.id() == id).cloned()
}

#[test]
fn a_tree_of_70_000_has_the_tiles_that_the_specification_counts() {
    let ids: Vec<_> = tiles_of(70_000).collect();
    let count = |level, full| ids.iter().filter(|id| id.level() == level && id.is_full() == full).count();
    assert_eq!((count(0, true), count(0, false), count(1, true), count(1, false)), (273, 1, 1, 1));
    let partial: Vec<_> = ids.iter().filter(|id| !id.is_full()).map(ToString::to_string).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);

    let of_256: Vec<_> = tiles_of(256).map(|id| id.to_string()).collect();
    assert_eq!(of_256, ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(tiles_of(0).count(), 0);
    let bundles: Vec<_> = bundles_of(513).map(|id| id.to_string()).collect();
    assert_eq!(bundles, ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/1"]);
}

#[test]
fn a_tile_of_a_higher_level_stands_on_the_full_ones_below() {
    let tiles = tiles(66_000);
    let made = from(&tiles)(TileId::new(1, 0, 256).unwrap()).unwrap();
    let below: Vec<_> = tiles.iter().filter(|tile| tile.level() == 0).take(256).cloned().collect();
    assert_eq!(Tile::above(made.id(), &below), Ok(made.clone()));
    assert_eq!(Tile::above(made.id(), &below[1..]), Err(TileError::Below));
    assert_eq!(Tile::above(made.id(), &below[..255]), Err(TileError::Width));
    assert_eq!(Tile::from_bytes(made.id(), &made.to_bytes()), Ok(made.clone()));
    assert_eq!(Tile::from_bytes(made.id(), &made.to_bytes()[1..]), Err(TileError::Width));
    assert_eq!(made.narrowed(17).map(|tile| tile.hashes().len()), Ok(17));
    assert_eq!(made.narrowed(257), Err(TileError::Width));

    let mut frontier = Frontier::default();
    (0..65_536).for_each(|index| _ = frontier.append(leaf(index)));
    assert_eq!(made.root(), frontier.root());
}

#[test]
fn a_proof_among_ten_million_needs_a_handful_of_tiles() {
    for index in [0, 17, 9_999_999, 5_000_000, 9_999_871] {
        assert!(TilePlan::inclusion(index, 10_000_000).unwrap().tiles().len() <= 5);
    }
    assert!(TilePlan::consistency(4_999_999, 10_000_000).unwrap().tiles().len() <= 7);
}

#[test]
fn a_missing_or_narrower_tile_is_named() {
    let mut tiles = tiles(700);
    let plan = TilePlan::inclusion(300, 700).unwrap();
    let gone = TileId::new(0, 1, 256).unwrap();
    tiles.retain(|tile| tile.id() != gone);
    assert_eq!(plan.hashes(from(&tiles)), Err(MissingTile { id: gone }));
    let narrow = Tile::new(TileId::new(0, 1, 3).unwrap(), vec![leaf(1); 3]).unwrap();
    assert_eq!(plan.hashes(|_| Some(narrow.clone())), Err(MissingTile { id: gone }));
}

#[test]
fn a_tiler_goes_on_only_from_the_edge_it_left() {
    let mut whole = Tiler::default();
    (0..700).for_each(|index| _ = whole.push(leaf(index)));
    let edge: Vec<_> = whole.edge().collect();
    assert!(Tiler::resumed(700, &edge).is_some());
    assert!(Tiler::resumed(701, &edge).is_none());
    assert!(Tiler::resumed(700, &edge[1..]).is_none());
    assert!(Tiler::resumed(700 + 256, &edge).is_none());
}

/// Root, inclusion of `index` and consistency with `old`, from tiles and from leaves.
fn agrees(tiles: &[Tile], size: u64, index: u64, old: u64) {
    let ids: Vec<_> = tiles.iter().map(Tile::id).collect();
    assert_eq!(ids, tiles_of(size).collect::<Vec<_>>());

    let whole = root_of(Span::whole(size).unwrap(), &leaf);
    assert_eq!(TilePlan::root(size).hashes(from(tiles)).unwrap(), [whole]);

    let plan = TilePlan::inclusion(index, size).unwrap();
    let needed = plan.tiles();
    let proof = plan.hashes(|id| needed.contains(&id).then(|| from(tiles)(id)).flatten()).unwrap();
    assert_eq!(proof, inclusion_proof(index, size, &leaf).unwrap());
    assert_eq!(verify_inclusion(leaf(index), index, size, &proof, whole), Ok(()));

    let proof = TilePlan::consistency(old, size).unwrap().hashes(from(tiles)).unwrap();
    assert_eq!(proof, consistency_proof(old, size, &leaf).unwrap());
    let before = root_of(Span::whole(old).unwrap(), &leaf);
    assert_eq!(verify_consistency(old, size, before, whole, &proof), Ok(()));
}

#[test]
fn three_levels_of_tiles_prove_what_the_leaves_prove() {
    let (size, tiles) = (66_100, tiles(66_100));
    for (index, old) in [(0, 1), (65_535, 65_536), (65_536, 65_537), (66_099, 66_099), (33_333, 65_700)] {
        agrees(&tiles, size, index, old);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn roots_and_proofs_from_tiles_are_those_from_leaves(
        size in 1_u64..1_600,
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let span = usize::try_from(size).unwrap();
        agrees(&tiles(size), size, one.index(span) as u64, 1 + other.index(span) as u64);
    }

    #[test]
    fn what_fills_between_two_sizes_is_what_a_tiler_fills(old in prop_oneof![0_u64..900, 65_000_u64..66_000], more in 0_u64..900) {
        let mut tiler = Tiler::default();
        (0..old).for_each(|index| _ = tiler.push(leaf(index)));
        let edge: Vec<_> = tiler.edge().collect();
        let mut tiler = Tiler::resumed(old, &edge).unwrap();
        let mut filled: Vec<_> =
            (old..old + more).flat_map(|index| tiler.push(leaf(index))).map(|tile| tile.id()).collect();
        filled.sort();
        prop_assert_eq!(filled, filled_between(old, old + more).collect::<Vec<_>>());
        let edge: Vec<_> = tiler.edge().map(|tile| tile.id()).collect();
        let expected: Vec<_> = tiles_of(old + more).filter(|id| !id.is_full()).collect();
        prop_assert_eq!(edge, expected);
    }
}
