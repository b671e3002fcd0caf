//! Which subtrees make a proof, and their roots.
//!
//! RFC 6962 defines both proofs by recursion over the split at the largest power of two. Here the recursion is run
//! over *ranges of leaves* alone: the result is a plan. Whoever holds only leaves computes each range's root; whoever
//! keeps inner nodes reads one row a range. The two cannot disagree about the shape.

use super::hash::{Hash, node_hash};

/// A subtree, as the leaves it covers: from `start` up to, not including, `end`.
///
/// INVARIANT: `start < end`, and the range is one the RFC's recursion reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Span {
    /// The first leaf.
    pub const fn start(self) -> u64 {
        self.start
    }

    /// The leaf after the last.
    pub const fn end(self) -> u64 {
        self.end
    }

    /// The whole tree of `size` leaves; `None` for the empty one.
    pub const fn whole(size: u64) -> Option<Self> {
        if size == 0 { None } else { Some(Self { start: 0, end: size }) }
    }

    /// The complete subtrees that it consists of, the largest first: itself, unless it is the ragged right edge.
    pub fn complete_parts(self) -> Vec<Self> {
        let (mut parts, mut rest) = (Vec::new(), self);
        while rest.complete().is_none() {
            let Some((left, right)) = rest.split() else { break };
            parts.push(left);
            rest = right;
        }
        parts.push(rest);
        parts
    }

    const fn leaves(self) -> u64 {
        self.end - self.start
    }

    /// The level (0 = leaf) and the index within it, if the subtree is complete and so never changes again; `None`
    /// for the ragged right edge, which no store should keep.
    pub const fn complete(self) -> Option<(u32, u64)> {
        if self.leaves().is_power_of_two() {
            let level = self.leaves().trailing_zeros();
            Some((level, self.start >> level))
        } else {
            None
        }
    }

    /// Splits at the largest power of two below the number of leaves; `None` for a leaf.
    const fn split(self) -> Option<(Self, Self)> {
        if self.leaves() < 2 {
            return None;
        }
        let middle = self.start + (1 << (self.leaves() - 1).ilog2());
        Some((Self { start: self.start, end: middle }, Self { start: middle, end: self.end }))
    }
}

/// A proof was asked for something the tree does not contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofRangeError {
    /// The leaf is not in a tree of this size.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    NoSuchLeaf {
        /// The leaf asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The older tree is empty, or larger than the newer one.
    #[error("a tree of {old} leaves is not an earlier state of one with {size}")]
    NotEarlier {
        /// The size of the older tree.
        old: u64,
        /// The size of the newer tree.
        size: u64,
    },
}

/// The subtrees whose roots prove that leaf `index` is in the tree of `size` leaves, in the order of the proof.
///
/// # Errors
///
/// [`ProofRangeError::NoSuchLeaf`] when `index ≥ size`.
pub fn inclusion_spans(index: u64, size: u64) -> Result<Vec<Span>, ProofRangeError> {
    if index >= size {
        return Err(ProofRangeError::NoSuchLeaf { index, size });
    }
    let mut spans = Vec::new();
    let mut here = Span { start: 0, end: size };
    while let Some((left, right)) = here.split() {
        let (towards, sibling) = if index < left.end { (left, right) } else { (right, left) };
        spans.push(sibling);
        here = towards;
    }
    spans.reverse();
    Ok(spans)
}

/// The subtrees whose roots prove that the tree of `size` leaves only appended to the tree of `old` leaves.
///
/// Equal sizes need no proof: the plan is empty.
///
/// # Errors
///
/// [`ProofRangeError::NotEarlier`] when `old` is 0 or above `size`.
pub fn consistency_spans(old: u64, size: u64) -> Result<Vec<Span>, ProofRangeError> {
    if old == 0 || old > size {
        return Err(ProofRangeError::NotEarlier { old, size });
    }
    let mut spans = Vec::new();
    let mut here = Span { start: 0, end: size };
    while old != here.end {
        let Some((left, right)) = here.split() else { break };
        let (towards, sibling) = if old <= left.end { (left, right) } else { (right, left) };
        spans.push(sibling);
        here = towards;
    }
    // The old tree's last subtree is part of the proof unless it is the whole old tree, whose root the verifier has.
    if here.start != 0 {
        spans.push(here);
    }
    spans.reverse();
    Ok(spans)
}

/// The root of one subtree, from its leaves. `leaf(i)` is the hash of leaf `i`.
pub fn root_of(span: Span, leaf: &impl Fn(u64) -> Hash) -> Hash {
    match span.split() {
        None => leaf(span.start),
        Some((left, right)) => node_hash(&root_of(left, leaf), &root_of(right, leaf)),
    }
}

/// The proof that leaf `index` is in the tree of `size` leaves (RFC 6962, section 2.1.1): the siblings from the leaf
/// upwards.
///
/// # Errors
///
/// As [`inclusion_spans`].
pub fn inclusion_proof(
    index: u64,
    size: u64,
    leaf: &impl Fn(u64) -> Hash,
) -> Result<Vec<Hash>, ProofRangeError> {
    Ok(inclusion_spans(index, size)?.into_iter().map(|span| root_of(span, leaf)).collect())
}

/// The proof that the tree of `size` leaves continues the tree of `old` leaves (RFC 6962, section 2.1.2).
///
/// # Errors
///
/// As [`consistency_spans`].
pub fn consistency_proof(
    old: u64,
    size: u64,
    leaf: &impl Fn(u64) -> Hash,
) -> Result<Vec<Hash>, ProofRangeError> {
    Ok(consistency_spans(old, size)?.into_iter().map(|span| root_of(span, leaf)).collect())
}
