//! The rows of vouchers that move metal.

use crate::ledger::{JournalEntryId, SeriesKind, VoucherNumber};
use crate::measure::{FineMass, Fineness, Mass, Metal, RateKind, Ratio};
use crate::money::Money;
use crate::shop::identifiers::{Hsn, StateCode};
use crate::shop::parties::PartyId;
use crate::shop::rates::RateId;
use crate::shop::stock::{ItemId, LotId};
use crate::text::{Label, Name, Note};
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A voucher that moves metal.
    MetalVoucherId = "mvr";
}
crate::id_columns!(MetalVoucherId);

crate::codes! {
    /// What a voucher is of.
    pub enum MetalVoucherKind {
        /// Old metal taken in from a customer.
        OldMetalPurchase = "old_metal_purchase",
        /// A purchase from a supplier.
        Purchase = "purchase",
        /// Metal given out to a goldsmith.
        GoldsmithIssue = "goldsmith_issue",
        /// Goods received from a goldsmith.
        GoldsmithReceipt = "goldsmith_receipt",
        /// Lots melted into one.
        Melt = "melt",
        /// Stock written off.
        WriteOff = "write_off",
    }
}

impl MetalVoucherKind {
    /// The series that numbers it, and its prefix.
    pub const fn series(self) -> (SeriesKind, &'static str) {
        match self {
            Self::OldMetalPurchase => (SeriesKind::OldMetalPurchase, "OG"),
            Self::Purchase => (SeriesKind::Purchase, "PUR"),
            Self::GoldsmithIssue => (SeriesKind::GoldsmithIssue, "GI"),
            Self::GoldsmithReceipt => (SeriesKind::GoldsmithReceipt, "GR"),
            Self::Melt | Self::WriteOff => (SeriesKind::StockVoucher, "SV"),
        }
    }
}

crate::codes! {
    /// Whether a voucher stands.
    pub enum MetalVoucherState {
        /// It stands.
        Recorded = "recorded",
        /// It was cancelled; its number stays used.
        Cancelled = "cancelled",
    }
}

crate::codes! {
    /// What a line says of its metal.
    pub enum LineRole {
        /// It came in.
        In = "in",
        /// It went out.
        Out = "out",
        /// It was lost in making, as agreed.
        AgreedLoss = "agreed_loss",
        /// It was lost beyond that, and the goldsmith owes its cost.
        LossOwed = "loss_owed",
        /// It was lost beyond that, at the shop's expense.
        LossBorne = "loss_borne",
    }
}

crate::record! {
    /// The head of a voucher.
    pub struct MetalVoucher in "metal_voucher" {
        /// Its id.
        id: MetalVoucherId = 1 [key],
        /// What it is of.
        kind: MetalVoucherKind = 2,
        /// Its number.
        number: VoucherNumber = 3,
        /// From whom, or to whom.
        party: Option<PartyId> = 4,
        /// Its date.
        business_date: Date = 5,
        /// When it was recorded.
        recorded_at: Timestamp = 6,
        /// The supplier's own bill number, in capitals.
        reference: Option<Label> = 7,
        /// The date of the supplier's bill.
        reference_date: Option<Date> = 8,
        /// The calendar year in which that date's financial year starts: a supplier uses a number once in it.
        reference_year: Option<i32> = 9,
        /// Whether the seller declared that the old metal is theirs.
        declared: bool = 10,
        /// Where the goods were supplied, where tax follows from it.
        place_of_supply: Option<StateCode> = 11,
        /// What the lines come to before tax.
        value: Money = 12,
        /// Central tax.
        cgst: Money = 13,
        /// State tax.
        sgst: Money = 14,
        /// Integrated tax.
        igst: Money = 15,
        /// The other side's round-off.
        round_off: Money = 16,
        /// What is owed to the party for it.
        total: Money = 17,
        /// How much of that bills were paid with, or was paid out.
        settled: Money = 18,
        /// Why, where stock was melted or written off.
        reason: Option<Note> = 19,
        /// The journal entry that posts it.
        entry: JournalEntryId = 20,
        /// Whether it stands.
        state: MetalVoucherState = 21,
        /// Why it was cancelled.
        cancel_reason: Option<Note> = 22,
        /// When it was cancelled.
        cancelled_at: Option<Timestamp> = 23,
        /// Counts changes; the ETag.
        version: u32 = 24,
        /// By which rate of the board old metal was valued: metal at the exchange rate is not paid out in money.
        rate_kind: Option<RateKind> = 25,
    }
}

impl MetalVoucher {
    /// What is neither used against bills nor paid out.
    ///
    /// # Errors
    /// None in practice: both amounts are of one currency, and neither is negative.
    pub fn open(&self) -> Result<Money, crate::money::MoneyError> {
        self.total.checked_sub(self.settled)
    }
}

crate::record! {
    /// One line of a voucher.
    pub struct MetalVoucherLine in "metal_voucher_line" {
        /// The voucher.
        voucher: MetalVoucherId = 1 [key],
        /// The line, from 1.
        line: u16 = 2 [key],
        /// What it says of its metal.
        role: LineRole = 3,
        /// The piece, when it is one.
        item: Option<ItemId> = 4,
        /// The lot, when it is one.
        lot: Option<LotId> = 5,
        /// What it is.
        description: Name = 6,
        /// The metal.
        metal: Metal = 7,
        /// Its fineness, as tested where it was.
        fineness: Fineness = 8,
        /// What the scale showed.
        gross: Mass = 9,
        /// What is not metal.
        less: Mass = 10,
        /// Gross less what is not metal.
        net: Mass = 11,
        /// The pure metal in it.
        fine: FineMass = 12,
        /// The HSN code, where tax follows from it.
        hsn: Option<Hsn> = 13,
        /// The posted rate, when it was not overridden.
        rate_id: Option<RateId> = 14,
        /// The rate's amount; nothing, where the line has none.
        rate_amount: Money = 15,
        /// The weight that it is for.
        rate_per: Mass = 16,
        /// The value before tax.
        value: Money = 17,
        /// The labour charged for it.
        labour: Money = 18,
        /// The rate of tax.
        tax_rate: Ratio = 19,
        /// Central tax.
        cgst: Money = 20,
        /// State tax.
        sgst: Money = 21,
        /// Integrated tax.
        igst: Money = 22,
        /// What moved at cost: into our books positive, out of them negative.
        cost: Money = 23,
    }
}

/// A voucher with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeMetalVoucher {
    /// The head.
    pub voucher: MetalVoucher,
    /// The lines, in their order.
    pub lines: Vec<MetalVoucherLine>,
}
