//! Receipts: money taken, and which bills it settles.

mod record;
mod reverse;
mod rows;

pub use record::{
    NewReceipt, PREFIX, ReceiptIds, ReceiptKnown, ReceiptRecorded, ReceiptRefusal, decide_record,
};
pub use reverse::{ReceiptReversed, ReverseKnown, decide_reverse};
pub use rows::*;
