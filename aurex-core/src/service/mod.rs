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
mod audit;
mod error;
mod idempotency;
mod road;
#[cfg(feature = "shop")]
pub mod shop;
pub mod transparency;

pub use audit::{AuditEntryView, Collecting, collect_observations, read_audit};
pub use error::ServiceError;
pub use idempotency::{Fresh, Known, Presented};
pub use road::{Done, Road, Secrets};
