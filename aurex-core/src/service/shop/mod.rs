//! The shop's use cases.

mod rates;

pub use rates::{post_rate, rate_board, rate_history};
