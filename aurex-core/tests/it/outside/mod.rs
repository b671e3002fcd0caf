//! What others expect of money: rows of other libraries' tests, published tables and implementations that know nothing of
//! ours. Where ours differs, the row says how and why, so that a difference is a decision and never a surprise.

mod amounts;
mod money;
