//! Token buckets in a table of fixed size.
//!
//! A bucket is one number: when it will be full again. (With a refill every `T`, a request moves that moment by `T`, and
//! is refused when it would lie more than a minute ahead; this is the generic cell rate algorithm of ITU-T I.371 with
//! a tolerance of a minute.) A bucket whose moment has passed is as good as none, so it may be taken over at no loss.
//!
//! The table is an array of sets of eight. A bucket's set and its mark within the set are parts of a keyed hash, so
//! nobody can aim at another's set, and a million addresses need no more memory than ten. When all eight of a set are
//! in use, the one that is nearest to full gives way: what is forgotten is the least of the debts.

use std::{
    num::NonZeroU32,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

const SETS: usize = 4096;
const IN_A_SET: usize = 8;
/// A minute in microseconds: what a bucket holds, and how far ahead its moment may lie.
const MINUTE: u64 = 60_000_000;

#[derive(Clone, Copy, Default)]
struct Bucket {
    /// Zero where nobody's.
    mark: u64,
    full_at: u64,
}

pub(super) struct Table {
    sets: Box<[Mutex<[Bucket; IN_A_SET]>]>,
    forgotten: AtomicU64,
}

impl Default for Table {
    fn default() -> Self {
        Self::of(SETS)
    }
}

impl Table {
    fn of(sets: usize) -> Self {
        Self { sets: (0..sets.max(1)).map(|_| Mutex::default()).collect(), forgotten: AtomicU64::new(0) }
    }

    /// Takes one from the bucket of whoever hashes to `hash`, at a rate a minute; otherwise says in how many
    /// microseconds there will be one.
    pub(super) fn charge(&self, hash: &[u8], rate: NonZeroU32, now: u64) -> Result<(), u64> {
        let word = |part: std::ops::Range<usize>| {
            hash.get(part).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes)
        };
        let mark = word(0..8).max(1);
        let count = u64::try_from(self.sets.len()).unwrap_or(1);
        let set = usize::try_from(word(8..16) % count).ok().and_then(|index| self.sets.get(index));
        let Some(set) = set else { return Ok(()) };
        // A panic between here and the end would leave a set of plain numbers, none of them half written.
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let one = MINUTE / u64::from(rate.get());

        if let Some(bucket) = set.iter_mut().find(|bucket| bucket.mark == mark) {
            // A clock that was set back must not lock anybody out until it has caught up.
            bucket.full_at = bucket.full_at.clamp(now, now.saturating_add(MINUTE));
            let to = bucket.full_at.saturating_add(one);
            let wait = to.saturating_sub(now).saturating_sub(MINUTE);
            if wait > 0 {
                return Err(wait);
            }
            bucket.full_at = to;
            return Ok(());
        }
        if let Some(bucket) = set.iter_mut().min_by_key(|bucket| bucket.full_at) {
            if bucket.full_at > now {
                self.forgotten.fetch_add(1, Ordering::Relaxed);
            }
            *bucket = Bucket { mark, full_at: now.saturating_add(one) };
        }
        Ok(())
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_800_000_000_000_000;

    fn hash(mark: u64, set: u64) -> Vec<u8> {
        [mark.to_be_bytes(), set.to_be_bytes()].concat()
    }

    fn rate(requests: u32) -> NonZeroU32 {
        NonZeroU32::new(requests).unwrap()
    }

    #[test]
    fn a_bucket_holds_a_minutes_worth_and_refills_evenly() {
        let table = Table::of(1);
        let me = hash(7, 0);
        for _ in 0..60 {
            assert_eq!(table.charge(&me, rate(60), NOON), Ok(()));
        }
        assert_eq!(table.charge(&me, rate(60), NOON), Err(1_000_000));
        // Being refused costs nothing.
        assert_eq!(table.charge(&me, rate(60), NOON + 400_000), Err(600_000));
        assert_eq!(table.charge(&me, rate(60), NOON + 1_000_000), Ok(()));
        assert_eq!(table.charge(&me, rate(60), NOON + 1_000_000), Err(1_000_000));
        for _ in 0..60 {
            assert_eq!(table.charge(&me, rate(60), NOON + 120_000_000), Ok(()));
        }
        assert!(table.charge(&me, rate(60), NOON + 120_000_000).is_err());
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let table = Table::of(1);
        let me = hash(7, 0);
        assert_eq!(table.charge(&me, rate(2), NOON), Ok(()));
        let earlier = NOON - 3_600_000_000;
        assert_eq!(table.charge(&me, rate(2), earlier), Err(30_000_000), "at most as if it were empty");
        assert_eq!(table.charge(&me, rate(2), earlier + 30_000_000), Ok(()));
    }

    #[test]
    fn a_flood_of_others_forgets_the_smallest_debts_first() {
        let table = Table::of(1);
        let debtor = hash(1, 0);
        for _ in 0..60 {
            table.charge(&debtor, rate(60), NOON).unwrap();
        }
        for other in 2..1_000 {
            table.charge(&hash(other, other), rate(60), NOON).unwrap();
        }
        assert!(table.charge(&debtor, rate(60), NOON).is_err(), "the largest debt is still known");
        assert_eq!(table.forgotten(), 998 - 7);
        // Once they are full again, others take their places at no loss.
        for other in 1_000..1_007 {
            table.charge(&hash(other, 0), rate(60), NOON + 2_000_000).unwrap();
        }
        assert_eq!(table.forgotten(), 998 - 7);
    }
}
