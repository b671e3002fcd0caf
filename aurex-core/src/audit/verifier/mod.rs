//! The offline verifier: whether a log is what was signed, entry by entry, without a server and without trust in who
//! sent it.
//!
//! It streams. What it holds is the growing edge of the tree, the checkpoints and the findings (bounded), never the log:
//! ten million entries take the memory of ten.
//!
//! | file | idea |
//! |---|---|
//! | `finding` | everything that can be wrong, with a stable code and its place |
//! | `heads` | the checkpoints among themselves |
//! | `log` | entry after entry, against them |
//! | `bundle` | the same over the files of a bundle |
//! | `verdict` | what came of it |

mod bundle;
mod finding;
mod heads;
mod log;
mod verdict;

pub use bundle::{BundleFiles, verify_bundle};
pub use finding::{Finding, Findings};
pub use log::LogVerifier;
pub use verdict::{Standing, Verdict};
