//! The audit log: what became true, who made it so, and proof that nobody has altered it since.
//!
//! One idea carries the room: **a change is the rows it puts**. [`Record`] turns a row into an [`Image`], a list of
//! tagged values; a change's [`Draft`] is the images of all its rows; the entry commits to exactly these bytes. The
//! store writes the rows from the same draft, so that tables are a projection of the log, and a test rebuilds them.
//!
//! | file | idea |
//! |---|---|
//! | `value` | tagged values and their one binary form |
//! | `columns` | the plain values as fields |
//! | `record` | rows as images, fields classed plain, personal or secret |
//! | `draft` | what one change writes, and the seal on it |
//! | `entry` | header and commitments: the bytes that are hashed |
//! | `erasure` | which commitments an erasure empties, and how its entry lists them |
//! | `head` | the tenant's log so far, and how an entry is appended |
//! | `digest` | what was unusual in a week |
//! | `observation` | what happened without changing anything: refusals, failed sign-ins, reads |
//! | `check` | what a store holds, held against what its log says |
//! | `tree` | RFC 6962 hashing, the growing edge, proofs |
//! | `tile` | the tree in pieces of 256 hashes that never change, and proofs from them |
//! | `note` | texts with signatures under them |
//! | `checkpoint` | what a log was at one size, signed |
//! | `statement` | what is said, and signed, of a file that was made from a log |
//! | `receipt` | the proof that one entry is in a log |
//! | `witness` | who has seen a log only grow, and says so |
//! | `policy` | whom an owner trusts to have watched |
//! | `bundle` | a log to take away, as files |
//! | `verifier` | whether a log is what was signed, offline |

pub mod bundle;
pub mod check;
pub mod checkpoint;
mod columns;
pub mod digest;
mod draft;
mod entry;
mod erasure;
mod head;
pub mod note;
mod observation;
pub mod policy;
pub mod receipt;
mod record;
pub mod statement;
pub mod tile;
pub mod tree;
mod value;
pub mod verifier;
pub mod witness;

pub use draft::{Change, Draft, FieldChange, Put, Sealed, Subject};
pub use entry::{Body, BodyPut, Commitment, Entry, EntryTooLong, Opening};
pub(crate) use erasure::ERASING;
pub use erasure::{Erased, Place, named_places, personal_places};
pub use head::{Appended, Head};
pub use observation::{Observation, Observed, Outcome};
pub use record::{Class, Column, FieldSpec, Image, Record, first_of};
pub use value::{Malformed, Value};
