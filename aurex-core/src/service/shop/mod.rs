//! The shop's use cases.

mod bookings;
mod customers;
mod invoices;
mod ledger;
mod notes;
mod rates;
mod receipts;
mod refunds;
mod stock;

pub(in crate::service) use invoices::decided_cancel;
pub(in crate::service) use rates::decided_post;
pub(in crate::service) use receipts::decided_reverse;

pub use bookings::{
    BookingView, advance, advances, book_rate, booking, booking_positions, bookings, cancel_booking,
    reverse_advance, take_advance,
};
pub use customers::{change_customer, customer, customers, record_customer};
pub use invoices::{
    InvoiceView, PreviewedBill, cancel_invoice, invoice, invoices, issue_invoice, preview_invoice,
    printed_invoice,
};
pub use ledger::{
    AccountLine, Statement, StatementBalance, StatementLine, StatementRefusal, account_postings, accounts,
    statement, trial_balance,
};
pub use notes::{
    cancel_credit_note, cancel_debit_note, issue_credit_note, issue_debit_note, note, notes,
    preview_credit_note, preview_debit_note,
};
pub use rates::{RatesBrought, import_rates, post_rate, rate_board, rate_history};
pub use receipts::{receipt, receipts, record_receipt, reverse_receipt};
pub use refunds::{pay_refund, refund, refunds, reverse_refund};
pub use stock::{ItemView, LotView, describe_item, item, items, lots, record_item, record_lot};
