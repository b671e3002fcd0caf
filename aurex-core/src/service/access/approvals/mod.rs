//! Approval by a second person: ask, look, approve, refuse, withdraw.
//!
//! Asking and approving walk the [road](crate::service) like everything else. What is approved is decided and sealed by
//! the same functions as if the approver had done it, in the same turn: there is no second way to cancel a bill.

mod approve;
mod ask;
mod command;
mod read;
mod run;
mod who;

pub use approve::{approve, refuse_approval, withdraw_approval};
pub use ask::ask_approval;
pub use command::{AskedCommand, Command};
pub use read::{approval, approvals};

use crate::service::ServiceError;

const MISSING: ServiceError = ServiceError::NotFound("approval");
