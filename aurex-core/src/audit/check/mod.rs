//! What a store holds, held against what its log says. No I/O: rows come in, findings come out.
//!
//! Two questions, asked one after the other because the second believes the answer to the first:
//!
//! 1. [`LogCheck`]: is this the log that was written? Every entry's bytes against its leaf, its columns and its openings,
//!    the leaves against the head, and the whole against roots that somebody kept elsewhere.
//! 2. [`Told`]: are the tables what the log tells? The last image of every row, and every kept sum.
//!
//! What nobody can find from a store alone: a log that was rewritten or cut with every hash, the head and the tables
//! brought in line agrees with itself. Only a root kept elsewhere tells it from the true one ([`KnownRoot`]).

mod finding;
mod log;
mod told;

pub use finding::{Finding, FindingCode, Findings, Place};
pub(crate) use log::opening_of;
pub use log::{KnownRoot, LogCheck, LogVerdict};
pub(crate) use told::shown;
pub use told::{Overfull, Part, Told};
