//! What a customer agrees before there is a bill: a rate that is locked for some weight, and money paid ahead.
//!
//! | file | idea |
//! |---|---|
//! | `rows` | bookings and advances as they are kept, and how a lock stands on a day |
//! | `book` | locking a rate, with the money that is paid for it |
//! | `advance` | taking money ahead: a receipt voucher, no tax for goods |
//! | `undo` | a booking cancelled, an advance reversed |
//! | `position` | what the open locks come to at the rates of a day |
//!
//! INVARIANT: a booking's weight is used by bills that stand, and its row counts them; an advance's money is used by
//! receipts and refunds that stand, and its row counts those. Both rows change in the change that uses them.

mod advance;
mod book;
mod position;
mod rows;
mod undo;

pub use advance::{AdvanceIds, AdvanceKnown, AdvanceTaken, NewAdvance, PREFIX_ADVANCE, decide_advance};
pub use book::{
    AskedRate, Booked, BookingIds, BookingKnown, BookingRefusal, NewBooking, PREFIX_BOOKING, PaidAhead,
    decide_book,
};
pub use position::{Expiring, OpenPosition, positions};
pub use rows::*;
pub use undo::{
    AdvanceReversed, BookingCancelled, ReverseAdvanceKnown, decide_cancel_booking, decide_reverse_advance,
};
