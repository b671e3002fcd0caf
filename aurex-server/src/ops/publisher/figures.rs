//! How publishing is doing, without saying whose.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the process started.
#[derive(Debug, Default)]
pub struct LogFigures {
    pub(super) published: AtomicU64,
    pub(super) confirmed: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) cosigned: AtomicU64,
    pub(super) unwitnessed: AtomicU64,
}

impl LogFigures {
    pub(super) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Name, meaning and value of each.
    pub fn counts(&self) -> [(&'static str, &'static str, u64); 5] {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [
            ("aurex_checkpoints_total", "Checkpoints published.", of(&self.published)),
            (
                "aurex_checkpoints_confirmed_total",
                "Confirmations of logs that stand still.",
                of(&self.confirmed),
            ),
            (
                "aurex_checkpoints_failed_total",
                "Logs that could not be published, each time.",
                of(&self.failed),
            ),
            ("aurex_cosignatures_total", "Cosignatures that witnesses gave.", of(&self.cosigned)),
            (
                "aurex_cosignatures_failed_total",
                "Questions that a witness did not answer so.",
                of(&self.unwitnessed),
            ),
        ]
    }
}
