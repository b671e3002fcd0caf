//! Aurex benches.
