//! The tree against published vectors, and against the RFC's own recursion written down as slowly as it reads.

use proptest::prelude::*;

use super::*;

/// The inputs, roots and proofs that the Certificate Transparency project's reference implementations test with.
mod published {
    use super::*;

    const INPUTS: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];

    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    fn leaf(index: u64) -> Hash {
        leaf_hash(INPUTS[usize::try_from(index).unwrap()])
    }

    fn hashes(texts: &[&str]) -> Vec<Hash> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn roots_of_one_to_eight_leaves() {
        let mut frontier = Frontier::default();
        for (input, root) in INPUTS.iter().zip(ROOTS) {
            frontier.append(leaf_hash(input));
            assert_eq!(frontier.root().to_string(), root);
        }
    }

    #[test]
    fn inclusion_of_the_first_leaf_of_eight_and_the_last_of_three() {
        let first = hashes(&[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]);
        assert_eq!(inclusion_proof(0, 8, &leaf), Ok(first));
        let last = hashes(&["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]);
        assert_eq!(inclusion_proof(2, 3, &leaf), Ok(last));
    }

    #[test]
    fn consistency_of_six_with_eight() {
        let proof = hashes(&[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]);
        assert_eq!(consistency_proof(6, 8, &leaf), Ok(proof.clone()));
        let [old, new] = [ROOTS[5].parse().unwrap(), ROOTS[7].parse().unwrap()];
        assert_eq!(verify_consistency(6, 8, old, new, &proof), Ok(()));
    }
}

/// RFC 6962, section 2.1, as it stands there.
mod oracle {
    use super::*;

    fn split(leaves: &[Hash]) -> usize {
        let mut k = 1;
        while k * 2 < leaves.len() {
            k *= 2;
        }
        k
    }

    pub fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of_empty_tree(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(split(leaves));
                node_hash(&mth(left), &mth(right))
            }
        }
    }

    pub fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return vec![];
        }
        let k = split(leaves);
        let (left, right) = leaves.split_at(k);
        let (mut path, sibling) =
            if index < k { (path(index, left), right) } else { (path(index - k, right), left) };
        path.push(mth(sibling));
        path
    }

    pub fn proof(old: usize, leaves: &[Hash]) -> Vec<Hash> {
        subproof(old, leaves, true)
    }

    fn subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if old == leaves.len() {
            return if whole { vec![] } else { vec![mth(leaves)] };
        }
        let k = split(leaves);
        let (left, right) = leaves.split_at(k);
        let (mut proof, sibling) = if old <= k {
            (subproof(old, left, whole), right)
        } else {
            (subproof(old - k, right, false), left)
        };
        proof.push(mth(sibling));
        proof
    }
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect()
}

fn at(leaves: &[Hash]) -> impl Fn(u64) -> Hash {
    |index| leaves[usize::try_from(index).unwrap()]
}

#[test]
fn every_proof_of_every_small_tree_is_the_rfcs_and_verifies() {
    for size in 1..=40 {
        let leaves = leaves(size);
        let root = oracle::mth(&leaves);
        for index in 0..size {
            let proof = inclusion_proof(index as u64, size as u64, &at(&leaves)).unwrap();
            assert_eq!(proof, oracle::path(index, &leaves));
            assert_eq!(verify_inclusion(leaves[index], index as u64, size as u64, &proof, root), Ok(()));
        }
        for old in 1..=size {
            let proof = consistency_proof(old as u64, size as u64, &at(&leaves)).unwrap();
            assert_eq!(proof, oracle::proof(old, &leaves));
            let old_root = oracle::mth(&leaves[..old]);
            assert_eq!(verify_consistency(old as u64, size as u64, old_root, root, &proof), Ok(()));
        }
    }
}

#[test]
fn complete_subtrees_are_named_by_level_and_index() {
    assert_eq!(Span { start: 8, end: 12 }.complete(), Some((2, 2)));
    assert_eq!(Span { start: 6, end: 7 }.complete(), Some((0, 6)));
    assert_eq!(Span { start: 8, end: 11 }.complete(), None);
}

#[test]
fn what_is_not_in_the_tree_has_no_proof() {
    assert_eq!(inclusion_spans(3, 3), Err(ProofRangeError::NoSuchLeaf { index: 3, size: 3 }));
    assert_eq!(inclusion_spans(0, 0), Err(ProofRangeError::NoSuchLeaf { index: 0, size: 0 }));
    assert_eq!(consistency_spans(0, 3), Err(ProofRangeError::NotEarlier { old: 0, size: 3 }));
    assert_eq!(consistency_spans(4, 3), Err(ProofRangeError::NotEarlier { old: 4, size: 3 }));
    let hash = leaf_hash(b"");
    assert_eq!(
        verify_inclusion(hash, 1, 1, &[], hash),
        Err(InclusionError::NoSuchLeaf { index: 1, size: 1 })
    );
    let refused = ConsistencyError::NotEarlier { old: 0, size: 1 };
    assert_eq!(verify_consistency(0, 1, Hash::of_empty_tree(), hash, &[]), Err(refused));
    assert_eq!(verify_consistency(1, 1, hash, leaf_hash(b"x"), &[]), Err(ConsistencyError::NewRoot));
    assert_eq!(verify_consistency(1, 1, hash, hash, &[hash]), Err(ConsistencyError::Length));
}

#[test]
fn huge_claimed_sizes_are_refused_and_never_overflow() {
    let hash = leaf_hash(b"");
    for size in [u64::MAX, 1 << 63, (1 << 63) + 1] {
        for index in [0, size / 2, size - 1] {
            assert_eq!(verify_inclusion(hash, index, size, &[hash; 3], hash), Err(InclusionError::Length));
            assert_eq!(verify_inclusion(hash, index, size, &[hash; 80], hash), Err(InclusionError::Length));
        }
        assert_eq!(
            verify_consistency(size - 1, size, hash, hash, &[hash; 80]),
            Err(ConsistencyError::Length)
        );
    }
    assert_eq!(inclusion_spans(0, u64::MAX).map(|spans| spans.len()), Ok(64));
}

/// One way to spoil a proof.
#[derive(Debug, Clone, Copy)]
enum Spoil {
    FlipBit(prop::sample::Index, u8),
    Drop(prop::sample::Index),
    Repeat(prop::sample::Index),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    prop_oneof![
        (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(place, bit)| Spoil::FlipBit(place, bit)),
        any::<prop::sample::Index>().prop_map(Spoil::Drop),
        any::<prop::sample::Index>().prop_map(Spoil::Repeat),
    ]
}

fn flipped(hash: Hash, bit: u8) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[usize::from(bit / 8)] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

impl Spoil {
    fn apply(self, proof: &mut Vec<Hash>) {
        match self {
            _ if proof.is_empty() => proof.push(leaf_hash(b"spare")),
            Spoil::FlipBit(place, bit) => {
                let place = place.index(proof.len());
                proof[place] = flipped(proof[place], bit);
            }
            Spoil::Drop(place) => _ = proof.remove(place.index(proof.len())),
            Spoil::Repeat(place) => {
                let place = place.index(proof.len());
                proof.insert(place, proof[place]);
            }
        }
    }
}

proptest! {
    #[test]
    fn the_edge_has_the_root_of_the_whole_tree(count in 0_usize..300) {
        let leaves = leaves(count);
        let mut frontier = Frontier::default();
        for leaf in &leaves {
            frontier.append(*leaf);
        }
        prop_assert_eq!(frontier.size(), count as u64);
        prop_assert_eq!(frontier.root(), oracle::mth(&leaves));
    }

    #[test]
    fn a_spoiled_inclusion_proof_is_refused(
        size in 1_usize..300,
        index in any::<prop::sample::Index>(),
        spoil in spoil(),
        bit in any::<u8>(),
    ) {
        let leaves = leaves(size);
        let (index, root) = (index.index(size), oracle::mth(&leaves));
        let mut proof = inclusion_proof(index as u64, size as u64, &at(&leaves)).unwrap();
        let check = |leaf, index: usize, size: usize, proof: &[Hash], root| {
            verify_inclusion(leaf, index as u64, size as u64, proof, root)
        };
        prop_assert_eq!(check(leaves[index], index, size, &proof, root), Ok(()));
        prop_assert_eq!(check(flipped(leaves[index], bit), index, size, &proof, root), Err(InclusionError::Root));
        prop_assert_eq!(check(leaves[index], index, size, &proof, flipped(root, bit)), Err(InclusionError::Root));
        for other in (0..size).filter(|other| *other != index) {
            prop_assert!(check(leaves[index], other, size, &proof, root).is_err());
        }
        spoil.apply(&mut proof);
        prop_assert!(check(leaves[index], index, size, &proof, root).is_err());
    }

    #[test]
    fn a_spoiled_consistency_proof_is_refused(
        size in 1_usize..300,
        old in any::<prop::sample::Index>(),
        spoil in spoil(),
        bit in any::<u8>(),
    ) {
        let leaves = leaves(size);
        let old = 1 + old.index(size);
        let (old_root, root) = (oracle::mth(&leaves[..old]), oracle::mth(&leaves));
        let mut proof = consistency_proof(old as u64, size as u64, &at(&leaves)).unwrap();
        let check =
            |old_root, root, proof: &[Hash]| verify_consistency(old as u64, size as u64, old_root, root, proof);
        prop_assert_eq!(check(old_root, root, &proof), Ok(()));
        prop_assert!(check(flipped(old_root, bit), root, &proof).is_err());
        prop_assert!(check(old_root, flipped(root, bit), &proof).is_err());
        spoil.apply(&mut proof);
        prop_assert!(check(old_root, root, &proof).is_err());
    }

    #[test]
    fn any_bytes_are_a_stored_edge_only_if_they_are_written_back_alike(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(frontier) = Frontier::from_bytes(&bytes) {
            prop_assert_eq!(frontier.to_bytes(), bytes);
        }
    }
}
