//! The right edge of a tree: everything an append and the root need.

use super::hash::{Hash, node_hash};

/// Format of [`Frontier::to_bytes`]; raised when the layout changes.
const VERSION: u8 = 1;
/// Version and size, before the peaks.
const HEADER_BYTES: usize = 1 + size_of::<u64>();
/// Far beyond any log (a million entries a second for eight years), far below an overflow.
const LARGEST_SIZE: u64 = 1 << 48;

/// The right edge of an append-only tree: the roots of its complete subtrees, largest first.
///
/// INVARIANT: one peak for every bit set in `size`, in the order of the bits, so equal trees have equal bytes.
///
/// ```
/// use aurex_core::audit::tree::{Frontier, leaf_hash};
///
/// let mut log = Frontier::default();
/// assert_eq!(log.append(leaf_hash(b"rate of 22K set")), 0);
/// assert_eq!(log.append(leaf_hash(b"invoice 1 issued")), 1);
///
/// let kept = log.to_bytes();
/// assert_eq!(Frontier::from_bytes(&kept)?.root(), log.root());
/// # Ok::<(), aurex_core::audit::tree::FrontierError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Adds a leaf at the right and returns its index, counted from 0.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let index = self.size;
        let mut peak = leaf;
        // Each trailing one of the old size is a complete subtree that this leaf lets grow by one level.
        for _ in 0..index.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = node_hash(&left, &peak);
            }
        }
        self.peaks.push(peak);
        self.size += 1;
        index
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root over all leaves appended so far; for none, `SHA-256("")`.
    pub fn root(&self) -> Hash {
        let from_the_right = self.peaks.iter().rev().copied();
        from_the_right.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(Hash::of_empty_tree)
    }

    /// The compact form for storing: version, size (big-endian), peaks. At most 9 + 32 × 48 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + 32 * self.peaks.len());
        bytes.push(VERSION);
        bytes.extend(self.size.to_be_bytes());
        bytes.extend(self.peaks.iter().flat_map(Hash::as_bytes));
        bytes
    }

    /// Takes back what [`Frontier::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`FrontierError`] for anything else: another version, a missing or spare byte, a size no log reaches. Whether
    /// the peaks are the right ones only the stored root or a signed checkpoint can tell.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (&version, rest) = bytes.split_first().ok_or(FrontierError::Length)?;
        if version != VERSION {
            return Err(FrontierError::Version { found: version });
        }
        let (size, peaks) = rest.split_first_chunk().ok_or(FrontierError::Length)?;
        let size = u64::from_be_bytes(*size);
        if size > LARGEST_SIZE {
            return Err(FrontierError::Size);
        }
        let (peaks, spare) = peaks.as_chunks::<32>();
        if !spare.is_empty() || u32::try_from(peaks.len()) != Ok(size.count_ones()) {
            return Err(FrontierError::Length);
        }
        Ok(Self { size, peaks: peaks.iter().copied().map(Hash::from_bytes).collect() })
    }
}

/// Bytes that are not a stored right edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrontierError {
    /// Written by a version that this build does not know.
    #[error("the right edge of the tree has version {found}, this build reads version {VERSION}")]
    Version {
        /// The version byte.
        found: u8,
    },
    /// More leaves than any log has.
    #[error("the right edge of the tree claims an impossible number of leaves")]
    Size,
    /// The bytes do not hold one peak for every complete subtree of that size.
    #[error("the right edge of the tree has the wrong length for its number of leaves")]
    Length,
}

#[cfg(test)]
mod tests {
    use super::super::hash::leaf_hash;
    use super::*;

    fn of(leaves: u64) -> Frontier {
        let mut frontier = Frontier::default();
        (0..leaves).for_each(|leaf| _ = frontier.append(leaf_hash(&leaf.to_be_bytes())));
        frontier
    }

    #[test]
    fn an_empty_tree_has_the_root_of_the_rfc() {
        let root = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Frontier::default().root().to_string(), root);
        assert_eq!(Frontier::from_bytes(&Frontier::default().to_bytes()), Ok(Frontier::default()));
    }

    #[test]
    fn a_stored_edge_goes_on_where_it_stopped() {
        for leaves in 0..70 {
            let mut kept = Frontier::from_bytes(&of(leaves).to_bytes()).unwrap();
            assert_eq!(kept.append(leaf_hash(&leaves.to_be_bytes())), leaves);
            assert_eq!(kept, of(leaves + 1));
        }
    }

    #[test]
    fn a_damaged_edge_is_refused() {
        let good = of(7).to_bytes();
        assert_eq!(good.len(), 9 + 3 * 32);
        for length in 0..good.len() {
            assert_eq!(Frontier::from_bytes(&good[..length]), Err(FrontierError::Length));
        }
        let longer = [good.as_slice(), &[0; 32]].concat();
        assert_eq!(Frontier::from_bytes(&longer), Err(FrontierError::Length));

        let mut other = good.clone();
        other[0] = 2;
        assert_eq!(Frontier::from_bytes(&other), Err(FrontierError::Version { found: 2 }));
        let mut other = good;
        other[1] = 0x80;
        assert_eq!(Frontier::from_bytes(&other), Err(FrontierError::Size));
    }
}
