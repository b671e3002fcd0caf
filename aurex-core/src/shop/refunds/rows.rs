//! Refund vouchers as they are kept.

use crate::ledger::{JournalEntryId, VoucherNumber};
use crate::money::Money;
use crate::shop::notes::BillNoteId;
use crate::shop::parties::PartyId;
use crate::shop::receipts::PaymentMode;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A refund voucher.
    RefundId = "rfd";
}
crate::id_columns!(RefundId);

crate::codes! {
    /// Whether a refund stands.
    pub enum RefundState {
        /// It stands.
        Paid = "paid",
        /// It was reversed.
        Reversed = "reversed",
    }
}

crate::record! {
    /// Money paid back to a party.
    pub struct Refund in "refund" {
        /// Its id.
        id: RefundId = 1 [key],
        /// Its number.
        number: VoucherNumber = 2,
        /// Who was paid.
        party: PartyId = 3,
        /// How.
        mode: PaymentMode = 4,
        /// How much.
        amount: Money = 5,
        /// The bank's or card's reference.
        reference: Option<Label> = 6,
        /// The credit note that it pays back.
        note: Option<BillNoteId> = 7,
        /// Why, in words.
        reason: Option<Note> = 8,
        /// Whether the person had more cash of us on the day than goes without a report.
        over_cash_limit: bool = 9,
        /// Its date.
        business_date: Date = 10,
        /// When it was recorded.
        recorded_at: Timestamp = 11,
        /// The journal entry that posts it.
        entry: JournalEntryId = 12,
        /// Whether it stands.
        state: RefundState = 13,
        /// Why it was reversed.
        reverse_reason: Option<Note> = 14,
        /// When it was reversed.
        reversed_at: Option<Timestamp> = 15,
        /// Counts changes; the ETag.
        version: u32 = 16,
    }
}
