//! Refund vouchers: money paid back to a customer, from what stands to their credit.

mod pay;
mod reverse;
mod rows;

pub use pay::{NewRefund, PREFIX, RefundIds, RefundKnown, RefundPaid, RefundRefusal, decide_pay};
pub use reverse::{RefundReversed, ReverseRefundKnown, decide_reverse};
pub use rows::*;
