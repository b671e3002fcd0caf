//! Time and chance as a script: the same calls see the same instants and the same bytes, on every backend.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::chance::Entropy;
use crate::time::{Clock, Timestamp};

/// The morning on which every scripted shop opens: 11:30 in India, inside the financial year 26-27.
const MORNING: &str = "2026-11-23T06:00:00Z";

/// A clock that moves when it is told to, also backwards.
#[derive(Debug)]
pub struct ScriptedClock(AtomicI64);

impl ScriptedClock {
    pub(super) fn this_morning() -> Self {
        Self(AtomicI64::new(Timestamp::parse(MORNING).unwrap().micros()))
    }

    /// Moves it by `micros`.
    pub fn advance_micros(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// Moves it by whole `seconds`.
    pub fn advance(&self, seconds: i64) {
        self.advance_micros(seconds * 1_000_000);
    }
}

impl Clock for ScriptedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that follow from a seed alone: SplitMix64 (Steele, Lea, Flood 2014). Fit for tests, and for nothing else.
#[derive(Debug)]
pub struct ScriptedEntropy(Mutex<u64>);

impl ScriptedEntropy {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// A number below `bound`.
    pub fn below(&self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Entropy for ScriptedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.iter_mut().zip(self.next().to_le_bytes()).for_each(|(to, from)| *to = from);
        }
    }
}
