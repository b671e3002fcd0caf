//! What makes the log provable to somebody who does not trust us: publishing it, and handing out what proves it.
//!
//! Publishing is a job's and outside of any turn ([`Publishing`], [`publish`], [`confirm`]). What is published is handed
//! out to members who may have proofs ([`ProveAudit`](crate::identity::actions::ProveAudit)); whoever has a printed bill
//! may ask whether it is recorded ([`is_recorded`]).
//!
//! | file | idea |
//! |---|---|
//! | `signer` | the log's name and keys |
//! | `publish` | a step of publishing, and the beat while nothing is new |
//! | `bring` | the tiles of a proof, in a handful of questions to the store |
//! | `exports` | a file that was made from the log, signed |
//! | `serve` | checkpoint, tiles, entries, keys |
//! | `receipts` | the proof of one entry; the link that is printed on a bill |
//! | `witnesses` | what a witness is asked, and what it answered |

mod bring;
mod exports;
mod publish;
mod receipts;
mod serve;
mod signer;
mod witnesses;

pub use exports::sign_export;
pub(super) use publish::{LEAVES_AT_ONCE, tiles_up_to};
pub use publish::{PublishError, Published, Publishing, confirm, publish};
pub use receipts::{EntryReceipt, Recorded, RecordedLookup, TransparencyRefusal, entry_receipt, is_recorded};
#[cfg(feature = "shop")]
pub use receipts::{invoice_link, invoice_receipt};
pub use serve::{LogKeys, entries, entry, last_checkpoint, log_keys, tile};
pub use signer::{LogSigner, keys_of_log};
pub use witnesses::{keep_cosignature, request_to_witness};
