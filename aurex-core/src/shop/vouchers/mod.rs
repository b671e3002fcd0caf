//! Journal vouchers: what no other paper says — rent, salaries, capital, loans, tax paid, depreciation — written by hand
//! with the same invariants as what documents post.
//!
//! | file | idea |
//! |---|---|
//! | `rows` | the voucher |
//! | `record` | which accounts it may move, and that it balances |
//! | `reverse` | its exact mirror |

mod record;
mod reverse;
mod rows;
#[cfg(test)]
mod tests;

pub use record::{
    EntrySide, JournalVoucherIds, JournalVoucherKnown, JournalVoucherRecorded, JournalVoucherRefusal,
    MOST_LINES, NewJournalVoucher, NewVoucherLine, PREFIX, VoucherAccount, decide_journal_voucher,
};
pub use reverse::{JournalVoucherReversed, ReverseVoucherKnown, decide_reverse_voucher};
pub use rows::{JournalVoucher, JournalVoucherId};
