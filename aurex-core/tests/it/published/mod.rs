//! What others have published to test with: the proofs of the Transparency.dev project's Merkle tree, those that hold and
//! those that must not, and the examples that the specifications of C2SP print.

mod c2sp;

use aurex_core::audit::tree::{Hash, leaf_hash, verify_consistency, verify_inclusion};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// A hash; none where there are no bytes, which ours cannot be given. Some cases that are about sizes have a few words in a
/// hash's place ("don't care"): these are hashed, so that equal ones stay equal.
fn hash(text: &str) -> Option<Hash> {
    if text == "." {
        return None;
    }
    let bytes = BASE64_STANDARD.decode(text).unwrap();
    Some(<[u8; 32]>::try_from(bytes.as_slice()).map_or_else(|_| leaf_hash(&bytes), Hash::from_bytes))
}

/// A case: what it is called, whether its proof holds, two numbers, two hashes and the proof.
struct Case<'t> {
    name: &'t str,
    holds: bool,
    numbers: [u64; 2],
    hashes: Option<([Hash; 2], Vec<Hash>)>,
}

impl<'t> Case<'t> {
    fn of(line: &'t str) -> Self {
        let [name, outcome, first, second, one, other, proof] =
            line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        assert!(matches!(outcome, "holds" | "refused"), "{line}");
        let proof: Option<Vec<Hash>> = proof.split(',').filter(|part| *part != "-").map(hash).collect();
        Self {
            name,
            holds: outcome == "holds",
            numbers: [first, second].map(|number| number.parse().unwrap()),
            hashes: hash(one).zip(hash(other)).map(<[Hash; 2]>::from).zip(proof),
        }
    }
}

/// Has each case judged; how many of them hold and how many do not.
#[track_caller]
fn judged(cases: &str, judge: impl Fn([u64; 2], [Hash; 2], &[Hash]) -> bool) -> (usize, usize) {
    let cases: Vec<Case<'_>> = cases.lines().filter(|line| !line.starts_with('#')).map(Case::of).collect();
    for case in &cases {
        let holds = case.hashes.as_ref().is_some_and(|(hashes, proof)| judge(case.numbers, *hashes, proof));
        assert_eq!(holds, case.holds, "{}", case.name);
    }
    let good = cases.iter().filter(|case| case.holds).count();
    (good, cases.len() - good)
}

#[test]
fn published_proofs_of_inclusion_hold_and_spoilt_ones_do_not() {
    let all = judged(include_str!("inclusion.txt"), |[index, size], [leaf, root], proof| {
        verify_inclusion(leaf, index, size, proof, root).is_ok()
    });
    assert_eq!(all, (6, 92));
}

#[test]
fn published_proofs_of_consistency_hold_and_spoilt_ones_do_not() {
    let all = judged(include_str!("consistency.txt"), |[old, new], [before, now], proof| {
        verify_consistency(old, new, before, now, proof).is_ok()
    });
    assert_eq!(all, (6, 92));
}
