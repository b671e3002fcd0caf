//! Checking proofs, as RFC 9162 sections 2.1.3.2 and 2.1.4.2 spell the algorithms out (the trees are RFC 6962's).
//!
//! Everything here comes from somebody who may lie: sizes, proof and roots. So nothing is assumed about them, and
//! each way to be wrong has its own error, because an owner should read *what* does not fit.

use super::hash::{Hash, node_hash};

/// Why an inclusion proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InclusionError {
    /// The leaf lies outside the tree.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    NoSuchLeaf {
        /// The leaf claimed.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The proof has too few or too many hashes for this leaf and size.
    #[error("the inclusion proof has the wrong number of hashes")]
    Length,
    /// The proof leads to another root.
    #[error("the inclusion proof leads to another root")]
    Root,
}

/// Why a consistency proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsistencyError {
    /// The older tree is empty, or larger than the newer one.
    #[error("a tree of {old} leaves is not an earlier state of one with {size}")]
    NotEarlier {
        /// The size of the older tree.
        old: u64,
        /// The size of the newer tree.
        size: u64,
    },
    /// The proof has too few or too many hashes for these sizes.
    #[error("the consistency proof has the wrong number of hashes")]
    Length,
    /// The proof does not rebuild the older root.
    #[error("the consistency proof leads to another earlier root")]
    OldRoot,
    /// The proof does not rebuild the newer root.
    #[error("the consistency proof leads to another later root")]
    NewRoot,
}

/// Checks that `leaf` is leaf number `index` of the tree with `size` leaves and root `root`.
///
/// # Errors
///
/// [`InclusionError`] says what does not fit.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), InclusionError> {
    if index >= size {
        return Err(InclusionError::NoSuchLeaf { index, size });
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = leaf;
    for sibling in proof {
        if last == 0 {
            return Err(InclusionError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // On the ragged edge a subtree without a right sibling rises unchanged to the level where it has one.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match last {
        0 if hash == root => Ok(()),
        0 => Err(InclusionError::Root),
        _ => Err(InclusionError::Length),
    }
}

/// Checks that the tree with `size` leaves and `new_root` only appended to the tree with `old` leaves and `old_root`.
///
/// # Errors
///
/// [`ConsistencyError`] says what does not fit. Two trees of one size are consistent when their roots are equal and
/// the proof is empty; the empty tree is refused, for everything continues it and nothing is proved.
pub fn verify_consistency(
    old: u64,
    size: u64,
    old_root: Hash,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ConsistencyError> {
    if old == 0 || old > size {
        return Err(ConsistencyError::NotEarlier { old, size });
    }
    if old == size {
        return match proof {
            [] if old_root == new_root => Ok(()),
            [] => Err(ConsistencyError::NewRoot),
            _ => Err(ConsistencyError::Length),
        };
    }
    // A complete old tree is itself the first subtree, so the proof leaves its root out.
    let (start, path) = match proof.split_first() {
        _ if old.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (*first, rest),
        None => return Err(ConsistencyError::Length),
    };
    let shared_levels = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> shared_levels, (size - 1) >> shared_levels);
    let (mut old_hash, mut new_hash) = (start, start);
    for sibling in path {
        if last == 0 {
            return Err(ConsistencyError::Length);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match last {
        0 if old_hash != old_root => Err(ConsistencyError::OldRoot),
        0 if new_hash != new_root => Err(ConsistencyError::NewRoot),
        0 => Ok(()),
        _ => Err(ConsistencyError::Length),
    }
}
