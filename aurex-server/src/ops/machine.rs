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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// As many as sixteen busy threads draw at once; the numbers used once of the sealed columns come from here too.
    #[test]
    fn asvs_v11_3_4_v11_5_2_the_systems_chance_holds_under_load() {
        const THREADS: usize = 16;
        const EACH: usize = 20_000;
        let draw = || {
            let mut drawn = Vec::with_capacity(EACH);
            for _ in 0..EACH {
                let mut nonce = [0; 24];
                OsEntropy.fill(&mut nonce);
                drawn.push(nonce);
            }
            drawn
        };
        let all: Vec<[u8; 24]> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(draw)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), THREADS * EACH);
        // Every byte takes every value: nothing is stuck.
        for at in 0..24 {
            assert_eq!(all.iter().map(|nonce| nonce[at]).collect::<HashSet<_>>().len(), 256, "{at}");
        }
    }
}
