//! Looking at a store as a whole: is the log the one that was written, and are the tables what it tells.
//!
//! Everything here reads one snapshot in pages and holds little of it, so that it runs beside a server that serves. It
//! asks for no permit: it is the operator's, from the shell, and the scope that a snapshot is opened for comes from there.

mod check;
pub mod drill;
mod published;
mod reconcile;
mod recorded;
mod tiles;
mod walk;

pub use check::check_log;
pub use published::{PublishedRoots, published_roots};
pub use reconcile::{ROWS_AT_ONCE, Reconciled, reconcile};
pub use recorded::{record_drill, record_reconciled};
pub use tiles::check_tiles;
pub(in crate::service) use walk::Pages;
pub use walk::Progress;
