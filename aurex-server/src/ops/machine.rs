//! The machine's own clock and chance: the only place where either is asked.

use std::time::UNIX_EPOCH;

use aurex_core::chance::Entropy;
use aurex_core::time::{Clock, Timestamp};

/// The machine's clock, in whole microseconds of UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the source that everything else is given")]
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // A secret made without chance would be worse than no server: there is nothing to fall back to.
            tracing::error!("the operating system gives no random numbers; stopping");
            std::process::abort();
        }
    }
}
