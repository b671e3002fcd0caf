//! The Merkle tree over a tenant's entries, exactly as RFC 6962 (section 2.1) defines it, with SHA-256.
//!
//! A leaf is `SHA-256(0x00 ‖ entry)`, a node `SHA-256(0x01 ‖ left ‖ right)`; the two prefixes keep a node from ever
//! being presented as an entry. A tree of `n` leaves splits at the largest power of two below `n`, so appending
//! never moves what is already there.
//!
//! * [`Frontier`] is all a writer keeps: the right edge, at most one hash a bit of the size. Appending costs one
//!   hash on average, the root at most 63, whatever the log's length.
//! * [`inclusion_spans`] and [`consistency_spans`] say which ranges of leaves a proof consists of; a store that
//!   keeps inner nodes looks them up, and [`inclusion_proof`] and [`consistency_proof`] compute them from leaves.
//! * [`verify_inclusion`] and [`verify_consistency`] need no store, no server and no trust.

mod frontier;
mod hash;
mod proof;
mod verify;

#[cfg(test)]
mod tests;

pub use frontier::{Frontier, FrontierError};
pub use hash::{Hash, HashTextError, leaf_hash, node_hash};
pub use proof::{
    ProofRangeError, Span, consistency_proof, consistency_spans, inclusion_proof, inclusion_spans, root_of,
};
pub use verify::{ConsistencyError, InclusionError, verify_consistency, verify_inclusion};
