//! Approvals: a command that one person asked for and another lets happen.
//!
//! The command is frozen when it is asked for. Nothing of it is done before somebody else, in a session of their own and
//! after a fresh proof, approves the very words that they were shown; then it is decided anew, on what is so at that
//! moment and within the limits of who approves. What it does and that it was approved are one change and one entry of
//! the log: [`Approved`] cannot be made without a [`Consent`], and only [`decide_approve`] gives one.

mod approve;
mod ask;
mod close;
mod refusal;
mod rows;

pub use approve::{ApproveKnown, Approved, Consent, decide_approve};
pub use ask::{ApprovalAsked, AskKnown, NewApproval, decide_ask, digest};
pub use close::{ApprovalRefused, ApprovalWithdrawn, decide_refuse, decide_withdraw};
pub use refusal::ApprovalRefusal;
pub use rows::{Approval, ApprovalState};

#[cfg(test)]
mod tests;
