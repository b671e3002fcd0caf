//! The shop's use cases.

mod bookings;
mod books;
mod cash;
mod closing;
mod counting;
mod credit;
mod import;
mod invoices;
mod ledger;
mod metal;
mod movements;
mod notes;
mod openings;
mod parties;
mod payments;
mod rates;
mod receipts;
mod refunds;
mod stock;
mod vouchers;

pub(in crate::service) use invoices::decided_cancel;
pub(in crate::service) use rates::decided_post;
pub(in crate::service) use receipts::decided_reverse;

pub use bookings::{
    BookingView, advance, advances, book_rate, booking, booking_positions, bookings, cancel_booking,
    reverse_advance, take_advance,
};
pub use books::{
    AccountBook, BooksRefusal, BooksReport, Days, MOST_ROWS, account_book, ageing, balance_sheet, day_book,
    gstr1, gstr3b, metal_books, profit_and_loss, report_sheets, trial,
};
pub use closing::{books_lock, lock_books, unlock_books};
pub use counting::{count_pieces, value_stock};
pub use import::{Imported, import_items, import_parties};
pub use invoices::{
    InvoiceView, PreviewedBill, cancel_invoice, e_invoice, invoice, invoice_to_pay, invoices, issue_invoice,
    preview_invoice, printed_invoice,
};
pub use ledger::{
    AccountLine, Statement, StatementBalance, StatementLine, StatementRefusal, account_postings, accounts,
    statement, statement_of, trial_balance,
};
pub use metal::{
    buy_old_metal, cancel_metal_voucher, cancel_old_metal, goldsmith_holdings, issue_to_goldsmith,
    melt_metal, metal_voucher, metal_vouchers, old_metal_purchase, old_metal_purchases,
    receive_from_goldsmith, record_purchase, write_off_stock,
};
pub use movements::{MovementView, item_movements, lot_movements};
pub use notes::{
    cancel_credit_note, cancel_debit_note, issue_credit_note, issue_debit_note, note, notes,
    preview_credit_note, preview_debit_note,
};
pub use openings::open_balance;
pub use parties::{
    change_customer, change_party, customer, customers, parties, party, record_customer, record_party,
};
pub use payments::{payment, payments, record_payment, reverse_payment};
pub use rates::{RatesBrought, import_rates, post_rate, rate_board, rate_history};
pub use receipts::{receipt, receipts, record_receipt, reverse_receipt};
pub use refunds::{pay_refund, refund, refunds, reverse_refund};
pub use stock::{ItemView, LotView, describe_item, item, items, lots, record_item, record_lot, sees_cost};
pub use vouchers::{
    JournalVoucherView, journal_voucher, journal_vouchers, record_journal_voucher, reverse_journal_voucher,
};
