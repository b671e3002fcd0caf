//! The story's time: it stands still until somebody does something.

use std::sync::atomic::{AtomicI64, Ordering};

use aurex_core::time::{Clock, Date, Timestamp, Zone};

/// Time that is told what it is, and never goes back.
#[derive(Debug)]
pub(super) struct StoryClock(AtomicI64);

impl StoryClock {
    /// The eve of a day, long enough before it for everything that has to be ready.
    pub(super) fn before(day: Date) -> Self {
        Self(AtomicI64::new(Zone::INDIA.start_of(day).plus_seconds(-6 * 3600).micros()))
    }

    /// So many minutes after midnight of the day, unless it is later already.
    pub(super) fn at(&self, day: Date, minutes: i64) {
        let at = Zone::INDIA.start_of(day).plus_seconds(minutes.saturating_mul(60));
        self.0.fetch_max(at.micros(), Ordering::Relaxed);
    }

    /// A little later.
    pub(super) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds.saturating_mul(1_000_000), Ordering::Relaxed);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}
