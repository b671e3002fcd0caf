//! The road: one function a use case, scope in, receipt out.
//!
//! Every write walks it in the same order and there is no other:
//!
//! ```text
//! permit → turn → replayed? → read → decide → seal → apply → commit → answer
//! ```
//!
//! A service function holds no rule. It asks the policy, takes the turn, reads what the decision needs, hands it to a
//! pure `decide` in the room of the business, seals what comes back, applies and commits. The rule that no function
//! here can break: without a permit there is nothing to seal, and without a seal nothing to apply.

pub mod access;
pub mod archive;
mod audit;
mod digest;
mod erasure;
mod error;
mod idempotency;
pub mod inspection;
mod road;
#[cfg(feature = "shop")]
pub mod shop;
pub mod transparency;

pub use audit::{
    AuditEntryView, Collecting, During, ExportReady, ExportSpan, ExportWish, Exporting, LogEvidence,
    WORDS_WITHIN, ask_export, collect_observations, export_entries, finish_export, log_evidence,
    note_download, read_audit, search_audit,
};
pub use digest::{
    DigestRefusal, DigestState, DigestView, Digesting, digest, digests, review_digest, send_digest,
};
pub use erasure::{Expiring, Retained, ask_member_erasure, expire_personal, member_erasure, retained};
#[cfg(feature = "shop")]
pub use erasure::{ask_customer_erasure, customer_erasure};
pub use error::ServiceError;
pub use idempotency::{Fresh, Known, Presented};
pub use road::{Done, Road, Secrets};
