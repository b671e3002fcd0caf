//! Bills: issued whole or not at all, never edited, cancelled or credited with both sides visible.

mod rows;

pub use rows::*;
