//! A whole workspace as one archive: written out of one store, proved, and taken in by another.
//!
//! An archive is what a store's tables hold, row by row in four plain types, and what is published of the log; `docs/archive.md`
//! has its form to the byte. Two stores with the same workspace write the same archive, whatever they are built on.
//!
//! Nothing that arrives is believed. The digests are seen to first, over the whole archive. Then the rows are put where
//! nobody sees them; the log is held against the root that the archive names and against every checkpoint in it, the tables
//! against the log, and each table, read back, against the digest of what was sent. Only then does the workspace exist.
//! What of it fails leaves nothing behind.
//!
//! The log that arrives is the log that left: its name and entries stay, and it goes on with the entry of its arrival.

mod arrive;
mod error;
mod form;
mod leave;
mod published;
mod stated;
mod write;

pub use arrive::{Arrived, arrive, check_archive};
pub use error::ArchiveError;
#[cfg(feature = "conformance")]
#[doc(hidden)]
pub use form::with_fitting_digests;
pub use form::{Contents, Header, PartDigest};
pub use leave::{KeptKeys, Left, export_workspace, leave_workspace};
pub(in crate::service) use stated::WorkspaceExported;
pub use stated::{ArchiveReady, finish_workspace_export, state_arrival};
pub use write::{Written, write_archive};
