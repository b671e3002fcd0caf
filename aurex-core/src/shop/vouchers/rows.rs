//! The row of a journal voucher. Its lines are the postings of its journal entry.

use crate::ledger::{JournalEntryId, VoucherNumber};
use crate::money::Money;
use crate::shop::receipts::ReceiptState;
use crate::text::Note;
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A journal voucher.
    JournalVoucherId = "jvr";
}
crate::id_columns!(JournalVoucherId);

crate::record! {
    /// An entry that somebody wrote by hand.
    pub struct JournalVoucher in "journal_voucher" {
        /// Its id.
        id: JournalVoucherId = 1 [key],
        /// Its number.
        number: VoucherNumber = 2,
        /// What it is about.
        remark: Note = 3,
        /// The sum of its debits, which is that of its credits.
        total: Money = 4,
        /// Its date.
        business_date: Date = 5,
        /// When it was recorded.
        recorded_at: Timestamp = 6,
        /// The journal entry that posts it.
        entry: JournalEntryId = 7,
        /// Whether it stands.
        state: ReceiptState = 8,
        /// Why it was reversed.
        reverse_reason: Option<Note> = 9,
        /// When it was reversed.
        reversed_at: Option<Timestamp> = 10,
        /// Counts changes; the ETag.
        version: u32 = 11,
    }
}
