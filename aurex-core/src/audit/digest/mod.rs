//! What was unusual in a week of the log, for the owner who has no time to read all of it.
//!
//! A [`Digester`] is shown the entries of a [`Week`] and of the four weeks before it, in any order, and says what the
//! week has that the others had not: a device that somebody had not used, hours at night, more cancelled or given away
//! than is that person's habit, many failed sign-ins. It points at entries; it accuses nobody and refuses nothing.

mod digester;
mod week;

#[cfg(test)]
mod tests;

pub use digester::{Digest, Digester, Habits, Unusual};
pub use week::Week;
