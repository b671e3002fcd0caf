//! Receipts: money taken, and which bills it settles.

use crate::ledger::{JournalEntryId, VoucherNumber};
use crate::money::Money;
use crate::shop::bookings::AdvanceId;
use crate::shop::invoices::InvoiceId;
use crate::shop::metal::MetalVoucherId;
use crate::shop::parties::PartyId;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A receipt.
    ReceiptId = "rct";
}
crate::id_columns!(ReceiptId);

crate::codes! {
    /// How money came.
    pub enum PaymentMode {
        /// Cash in hand.
        Cash = "cash",
        /// Cash paid into our bank.
        CashDeposit = "cash_deposit",
        /// UPI.
        Upi = "upi",
        /// Card.
        Card = "card",
        /// Bank transfer.
        Bank = "bank",
        /// Account-payee cheque.
        ChequeAccountPayee = "cheque_account_payee",
        /// Any other cheque.
        ChequeOther = "cheque_other",
        /// Old metal taken in: what its purchase left on the customer's account.
        OldMetal = "old_metal",
        /// What was paid ahead; no money moves.
        Advance = "advance",
    }
}

impl PaymentMode {
    /// Whether money changes hands: a mode in which none does is none to pay an advance in.
    pub const fn moves_money(self) -> bool {
        !matches!(self, Self::Advance | Self::OldMetal)
    }

    /// Whether it is cash that goes through the drawer: handed over, or paid into a bank as cash.
    pub const fn is_cash(self) -> bool {
        matches!(self, Self::Cash | Self::CashDeposit)
    }

    /// Whether the law's limit on cash that is taken counts it: only account-payee cheques and electronic transfers are
    /// exempt. Old metal is no money, and an advance was counted when it was taken.
    pub const fn counts_as_cash_taken(self) -> bool {
        matches!(self, Self::Cash | Self::CashDeposit | Self::ChequeOther)
    }
}

crate::codes! {
    /// Whether a receipt stands.
    pub enum ReceiptState {
        /// It stands.
        Recorded = "recorded",
        /// It was reversed.
        Reversed = "reversed",
    }
}

crate::record! {
    /// Money taken from a party.
    pub struct PaymentReceipt in "receipt" {
        /// Its id.
        id: ReceiptId = 1 [key],
        /// Its number.
        number: VoucherNumber = 2,
        /// Who paid.
        party: PartyId = 3,
        /// How.
        mode: PaymentMode = 4,
        /// How much.
        amount: Money = 5,
        /// The bank's or card's reference.
        reference: Option<Label> = 6,
        /// Its date.
        business_date: Date = 7,
        /// When it was recorded.
        recorded_at: Timestamp = 8,
        /// The journal entry that posts it.
        entry: JournalEntryId = 9,
        /// Whether it stands.
        state: ReceiptState = 10,
        /// Why it was reversed.
        reverse_reason: Option<Note> = 11,
        /// When it was reversed.
        reversed_at: Option<Timestamp> = 12,
        /// Counts changes; the ETag.
        version: u32 = 13,
        /// The purchase of old metal that it is paid with; that posted it, and the receipt posts nothing.
        old_metal: Option<MetalVoucherId> = 14,
        /// The advance that it uses.
        advance: Option<AdvanceId> = 15,
        /// What it was paid for, a wedding say, in lower case: the law limits the cash taken for one occasion.
        occasion: Option<Label> = 16,
    }
}

crate::record! {
    /// What a receipt pays of a bill. A reversal appends its negative.
    pub struct Settlement in "settlement" {
        /// The receipt.
        receipt: ReceiptId = 1 [key],
        /// The line, from 1.
        line: u16 = 2 [key],
        /// The bill.
        invoice: InvoiceId = 3,
        /// How much, negative when taken back.
        amount: Money = 4,
    }
}

/// A receipt with what it settles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptWithSettlements {
    /// The receipt.
    pub receipt: PaymentReceipt,
    /// What it settles, reversals included.
    pub settlements: Vec<Settlement>,
}
