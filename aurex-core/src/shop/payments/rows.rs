//! The rows of payments.

use crate::ledger::{JournalEntryId, VoucherNumber};
use crate::money::Money;
use crate::shop::metal::MetalVoucherId;
use crate::shop::parties::PartyId;
use crate::shop::receipts::{PaymentMode, ReceiptState};
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A payment.
    PaymentId = "pay";
}
crate::id_columns!(PaymentId);

crate::record! {
    /// Money paid to a party.
    pub struct OutgoingPayment in "payment" {
        /// Its id.
        id: PaymentId = 1 [key],
        /// Its number.
        number: VoucherNumber = 2,
        /// Who was paid.
        party: PartyId = 3,
        /// How.
        mode: PaymentMode = 4,
        /// How much.
        amount: Money = 5,
        /// The bank's reference or the cheque's number.
        reference: Option<Label> = 6,
        /// The purchase or goldsmith's receipt that it pays; none, where it is on account.
        voucher: Option<MetalVoucherId> = 7,
        /// Its date.
        business_date: Date = 8,
        /// When it was recorded.
        recorded_at: Timestamp = 9,
        /// The journal entry that posts it.
        entry: JournalEntryId = 10,
        /// Whether cash to this party passed the law's limit of the day with it.
        over_cash_limit: bool = 11,
        /// Whether it stands.
        state: ReceiptState = 12,
        /// Why it was reversed.
        reverse_reason: Option<Note> = 13,
        /// When it was reversed.
        reversed_at: Option<Timestamp> = 14,
        /// Counts changes; the ETag.
        version: u32 = 15,
    }
}
