//! How mail is doing, without saying whose.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the process started.
#[derive(Debug, Default)]
pub struct MailFigures {
    pub(super) sent: AtomicU64,
    pub(super) postponed: AtomicU64,
    pub(super) given_up: AtomicU64,
    pub(super) refused: AtomicU64,
}

impl MailFigures {
    pub(super) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Name, meaning and value of each.
    pub fn counts(&self) -> [(&'static str, &'static str, u64); 4] {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [
            ("aurex_mails_sent_total", "Mails handed over.", of(&self.sent)),
            ("aurex_mails_postponed_total", "Tries that failed and are made again.", of(&self.postponed)),
            ("aurex_mails_given_up_total", "Mails that nobody will get.", of(&self.given_up)),
            ("aurex_mails_refused_total", "Those of them that a relay refused for good.", of(&self.refused)),
        ]
    }
}
