//! Aurex examples.
