//! The rate board: today's metal rates, append-only. A correction supersedes; nothing is edited.
//!
//! A rate can say how those of lower finenesses follow from it. Then a shop posts one a metal, and a bill finds the rate
//! of 18 karat on a board that has fine gold only. What was posted for 18 karat itself goes before.

mod board;
mod post;
mod rows;
mod table;

pub use board::{BoardRate, on_board, whole_board};
pub(in crate::shop) use post::moves_beyond;
pub use post::{
    NewRate, RateChecks, RateLimits, RatePosted, RateRefusal, RatesKnown, decide_post, decide_table,
};
pub use rows::*;
pub use table::{COLUMNS, rate_of_row};
