//! Chance that is the same in every run: splitmix64 (Steele, Lea and Flood, “Fast splittable pseudorandom number
//! generators”, 2014). It makes ids and stories, never a secret.

use std::sync::atomic::{AtomicU64, Ordering};

use aurex_core::chance::Entropy;

/// A sequence that its seed decides.
#[derive(Debug)]
pub(super) struct Chance(AtomicU64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        let state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` up to and with `high`; `low` when there is nothing between them.
    pub(super) fn between(&self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low).saturating_add(1);
        if high <= low { low } else { low.saturating_add_unsigned(self.next() % span) }
    }

    /// A place in something of `length`; 0 when it is empty.
    pub(super) fn place(&self, length: usize) -> usize {
        let length = u64::try_from(length).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % length).unwrap_or(0)
    }

    /// One of a table.
    #[expect(
        clippy::indexing_slicing,
        reason = "a place is less than the length, which is more than nothing"
    )]
    pub(super) fn pick<T: Copy, const N: usize>(&self, table: &[T; N]) -> T {
        const { assert!(N > 0) };
        table[self.place(N)]
    }

    /// Whether it is this one of `n`.
    pub(super) fn one_in(&self, n: i64) -> bool {
        self.between(1, n) == 1
    }
}

impl Entropy for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            part.iter_mut().zip(self.next().to_le_bytes()).for_each(|(to, from)| *to = from);
        }
    }
}
