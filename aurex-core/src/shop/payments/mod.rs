//! Payments: money paid out, to suppliers, to goldsmiths, for old metal.

mod record;
mod reverse;
mod rows;

pub use record::{
    NewPayment, PREFIX, PaymentIds, PaymentKnown, PaymentRecorded, PaymentRefusal, decide_payment,
};
pub use reverse::{PaymentReversed, ReversePaymentKnown, decide_reverse_payment};
pub use rows::*;
