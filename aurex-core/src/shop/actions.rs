//! The shop's actions, their limits and the fields that they show.

use std::fmt;

use crate::action;
use crate::measure::Ratio;
use crate::rbac::{Capped, Caps, Catalogue};
use crate::shop::rates::RateLimits;

/// How far a bill may depart from the board.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BillLimits {
    /// The greatest discount, of the bill's value before discounts.
    pub discount: Ratio,
    /// The greatest departure from the day's rate, either way.
    pub rate_override: Ratio,
    /// By how many days a bill may be dated back.
    pub back_date_days: u16,
}

impl fmt::Debug for BillLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "discount {} %, rate ±{} %, {} days back",
            percent(self.discount),
            percent(self.rate_override),
            self.back_date_days
        )
    }
}

impl Capped for BillLimits {
    const CAPS: &'static [(&'static str, &'static str)] = &[
        ("discount_ppm", "the greatest discount on a bill, in millionths of its value"),
        ("rate_override_ppm", "the greatest departure from the day's rate, in millionths"),
        ("back_date_days", "by how many days a bill may be dated back"),
    ];

    fn capped(self, caps: &Caps) -> Self {
        let ratio = |name, ratio: Ratio| {
            let most = caps.cap(name, i64::from(ratio.ppm()));
            Ratio::from_ppm(i32::try_from(most).unwrap_or(ratio.ppm()))
        };
        let days = caps.cap("back_date_days", i64::from(self.back_date_days));
        Self {
            discount: ratio("discount_ppm", self.discount),
            rate_override: ratio("rate_override_ppm", self.rate_override),
            back_date_days: u16::try_from(days).unwrap_or(self.back_date_days),
        }
    }

    fn most(&self, name: &str) -> Option<i64> {
        match name {
            "discount_ppm" => Some(i64::from(self.discount.ppm())),
            "rate_override_ppm" => Some(i64::from(self.rate_override.ppm())),
            "back_date_days" => Some(i64::from(self.back_date_days)),
            _ => None,
        }
    }
}

/// Until when a bill may be cancelled; the law's own limits come on top.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CancelWindow {
    /// Days after the bill's date; 0 is the same day.
    pub days: u16,
}

impl fmt::Debug for CancelWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.days {
            0 => f.write_str("the same day"),
            1 => f.write_str("until the next day"),
            days => write!(f, "within {days} days"),
        }
    }
}

impl Capped for CancelWindow {
    const CAPS: &'static [(&'static str, &'static str)] =
        &[("cancel_days", "days after its date until when a bill may be cancelled; 0 is the same day")];

    fn capped(self, caps: &Caps) -> Self {
        let days = caps.cap("cancel_days", i64::from(self.days));
        Self { days: u16::try_from(days).unwrap_or(self.days) }
    }

    fn most(&self, name: &str) -> Option<i64> {
        (name == "cancel_days").then(|| i64::from(self.days))
    }
}

/// How far old metal may be taken in at other rates than the board's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OldMetalLimits {
    /// The greatest departure from the day's rate, either way.
    pub rate_override: Ratio,
}

impl fmt::Debug for OldMetalLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rate ±{} %", percent(self.rate_override))
    }
}

impl Capped for OldMetalLimits {
    const CAPS: &'static [(&'static str, &'static str)] = &[(
        "old_metal_rate_override_ppm",
        "the greatest departure from the day's rate for old metal, in millionths",
    )];

    fn capped(self, caps: &Caps) -> Self {
        let most = caps.cap("old_metal_rate_override_ppm", i64::from(self.rate_override.ppm()));
        Self { rate_override: i32::try_from(most).map_or(self.rate_override, Ratio::from_ppm) }
    }

    fn most(&self, name: &str) -> Option<i64> {
        (name == "old_metal_rate_override_ppm").then(|| i64::from(self.rate_override.ppm()))
    }
}

/// How much metal may be lost in making and melting.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LossLimits {
    /// The greatest loss, of the pure metal that went in.
    pub loss: Ratio,
}

impl fmt::Debug for LossLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loss {} %", percent(self.loss))
    }
}

impl Capped for LossLimits {
    const CAPS: &'static [(&'static str, &'static str)] =
        &[("metal_loss_ppm", "the greatest loss in making and melting, in millionths of the pure metal")];

    fn capped(self, caps: &Caps) -> Self {
        let most = caps.cap("metal_loss_ppm", i64::from(self.loss.ppm()));
        Self { loss: i32::try_from(most).map_or(self.loss, Ratio::from_ppm) }
    }

    fn most(&self, name: &str) -> Option<i64> {
        (name == "metal_loss_ppm").then(|| i64::from(self.loss.ppm()))
    }
}

fn percent(ratio: Ratio) -> String {
    crate::money::print_decimal(i64::from(ratio.ppm()), 4, None)
}

/// Which fields of a piece are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ItemFields {
    /// Whether what it cost is shown.
    pub cost: bool,
}

impl fmt::Debug for ItemFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.cost { "with cost" } else { "without cost" })
    }
}

/// How far a credit note may go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NoteLimits {
    /// Days after the bill's date until when it may be credited.
    pub days: u16,
    /// The greatest part of the bill's value that is credited without goods coming back.
    pub allowance: Ratio,
}

impl fmt::Debug for NoteLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = crate::money::print_decimal(i64::from(self.allowance.ppm()), 4, None);
        write!(f, "within {} days, {percent} % without goods back", self.days)
    }
}

impl Capped for NoteLimits {
    const CAPS: &'static [(&'static str, &'static str)] = &[
        ("credit_days", "days after its date until when a bill may be credited"),
        ("allowance_ppm", "the greatest part of a bill's value credited without goods back, in millionths"),
    ];

    fn capped(self, caps: &Caps) -> Self {
        let days = caps.cap("credit_days", i64::from(self.days));
        let most = caps.cap("allowance_ppm", i64::from(self.allowance.ppm()));
        Self {
            days: u16::try_from(days).unwrap_or(self.days),
            allowance: i32::try_from(most).map_or(self.allowance, Ratio::from_ppm),
        }
    }

    fn most(&self, name: &str) -> Option<i64> {
        match name {
            "credit_days" => Some(i64::from(self.days)),
            "allowance_ppm" => Some(i64::from(self.allowance.ppm())),
            _ => None,
        }
    }
}

/// How far a rate may be locked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BookingLimits {
    /// For how many days.
    pub days: u16,
    /// How far below the board's rate.
    pub below_board: Ratio,
    /// The greatest part of the booked value that stays unpaid.
    pub unpaid: Ratio,
}

impl fmt::Debug for BookingLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |ratio: Ratio| crate::money::print_decimal(i64::from(ratio.ppm()), 4, None);
        let (below, unpaid) = (percent(self.below_board), percent(self.unpaid));
        write!(f, "{} days, {below} % below the board, {unpaid} % unpaid", self.days)
    }
}

impl Capped for BookingLimits {
    const CAPS: &'static [(&'static str, &'static str)] = &[
        ("booking_days", "for how many days a rate may be locked"),
        ("below_board_ppm", "how far below the board's rate one may be locked, in millionths"),
        ("unpaid_ppm", "the greatest part of a booking's value that stays unpaid, in millionths"),
    ];

    fn capped(self, caps: &Caps) -> Self {
        let ratio = |name, ratio: Ratio| {
            let most = caps.cap(name, i64::from(ratio.ppm()));
            i32::try_from(most).map_or(ratio, Ratio::from_ppm)
        };
        let days = caps.cap("booking_days", i64::from(self.days));
        Self {
            days: u16::try_from(days).unwrap_or(self.days),
            below_board: ratio("below_board_ppm", self.below_board),
            unpaid: ratio("unpaid_ppm", self.unpaid),
        }
    }

    fn most(&self, name: &str) -> Option<i64> {
        match name {
            "booking_days" => Some(i64::from(self.days)),
            "below_board_ppm" => Some(i64::from(self.below_board.ppm())),
            "unpaid_ppm" => Some(i64::from(self.unpaid.ppm())),
            _ => None,
        }
    }
}

const fn lock(days: u16, below_ppm: i32, unpaid_ppm: i32) -> BookingLimits {
    BookingLimits { days, below_board: Ratio::from_ppm(below_ppm), unpaid: Ratio::from_ppm(unpaid_ppm) }
}

const WITH_COST: ItemFields = ItemFields { cost: true };
const WITHOUT_COST: ItemFields = ItemFields { cost: false };

const fn limits(discount_ppm: i32, rate_ppm: i32, back_date_days: u16) -> BillLimits {
    BillLimits {
        discount: Ratio::from_ppm(discount_ppm),
        rate_override: Ratio::from_ppm(rate_ppm),
        back_date_days,
    }
}

const fn departs(rate_ppm: i32) -> OldMetalLimits {
    OldMetalLimits { rate_override: Ratio::from_ppm(rate_ppm) }
}

const fn loses(ppm: i32) -> LossLimits {
    LossLimits { loss: Ratio::from_ppm(ppm) }
}

const OWNERS_BILL: BillLimits = limits(1_000_000, 1_000_000, 366);
const ADMINS_BILL: BillLimits = limits(500_000, 100_000, 31);
const MANAGERS_BILL: BillLimits = limits(200_000, 50_000, 7);
const CASHIERS_BILL: BillLimits = limits(50_000, 0, 0);

action! { /// See the rate board and its history.
pub struct ReadRates = "rate.read" (reads, by_pin); owner, admin, manager, cashier, accountant, auditor }
action! { /// Post a rate.
pub struct PostRate: RateLimits = "rate.post";
owner: RateLimits { may_cross: true }, admin: RateLimits { may_cross: false }, manager: RateLimits { may_cross: false } }
action! { /// See customers.
pub struct ReadCustomers = "customer.read" (reads, by_pin); owner, admin, manager, cashier, accountant, auditor }
action! { /// Record a customer.
pub struct RecordCustomer = "customer.record" (by_pin); owner, admin, manager, cashier, accountant }
action! { /// Change a customer.
pub struct ChangeCustomer = "customer.change"; owner, admin, manager, cashier, accountant }
action! { /// Post what somebody owed, or was owed, when the books began.
pub struct OpenBalance = "party.open_balance"; owner, admin }
action! { /// See a customer's statement.
pub struct ReadStatement = "customer.statement" (reads); owner, admin, manager, cashier, accountant, auditor }
action! { /// See pieces and lots.
pub struct ReadStock: ItemFields = "stock.read" (reads, by_pin);
owner: WITH_COST, admin: WITH_COST, manager: WITH_COST, cashier: WITHOUT_COST, accountant: WITH_COST,
auditor: WITH_COST }
action! { /// Record a tagged piece and post it as opening stock.
pub struct RecordItem = "item.record"; owner, admin, manager }
action! { /// Correct a piece's description, tag or hallmark id.
pub struct DescribeItem = "item.describe"; owner, admin, manager }
action! { /// Record a lot of loose metal and post it as opening stock.
pub struct RecordLot = "lot.record"; owner, admin, manager }
action! { /// See bills.
pub struct ReadInvoices = "invoice.read" (reads, by_pin); owner, admin, manager, cashier, accountant, auditor }
action! { /// Price a bill without issuing it.
pub struct PreviewInvoice: BillLimits = "invoice.preview" (reads, by_pin, capped);
owner: OWNERS_BILL, admin: ADMINS_BILL, manager: MANAGERS_BILL, cashier: CASHIERS_BILL }
action! { /// Issue a bill.
pub struct IssueInvoice: BillLimits = "invoice.issue" (by_pin, capped);
owner: OWNERS_BILL, admin: ADMINS_BILL, manager: MANAGERS_BILL, cashier: CASHIERS_BILL }
action! { /// Cancel a bill.
pub struct CancelInvoice: CancelWindow = "invoice.cancel" (capped);
owner: CancelWindow { days: 31 }, admin: CancelWindow { days: 31 }, manager: CancelWindow { days: 1 } }
action! { /// See receipts.
pub struct ReadReceipts = "receipt.read" (reads, by_pin); owner, admin, manager, cashier, accountant, auditor }
action! { /// Take money.
pub struct RecordReceipt = "receipt.record" (by_pin); owner, admin, manager, cashier, accountant }
action! { /// Reverse a receipt.
pub struct ReverseReceipt = "receipt.reverse"; owner, admin, manager, accountant }
action! { /// Issue a credit note against a bill.
pub struct IssueCreditNote: NoteLimits = "credit_note.issue" (capped);
owner: NoteLimits { days: 3660, allowance: Ratio::from_ppm(1_000_000) },
admin: NoteLimits { days: 731, allowance: Ratio::from_ppm(500_000) },
manager: NoteLimits { days: 31, allowance: Ratio::from_ppm(200_000) } }
action! { /// Cancel a credit note.
pub struct CancelCreditNote: CancelWindow = "credit_note.cancel" (capped);
owner: CancelWindow { days: 31 }, admin: CancelWindow { days: 31 }, manager: CancelWindow { days: 1 } }
action! { /// Issue a debit note against a bill.
pub struct IssueDebitNote = "debit_note.issue"; owner, admin, manager }
action! { /// Cancel a debit note.
pub struct CancelDebitNote: CancelWindow = "debit_note.cancel" (capped);
owner: CancelWindow { days: 31 }, admin: CancelWindow { days: 31 }, manager: CancelWindow { days: 1 } }
action! { /// Pay money back to a customer.
pub struct PayRefund = "refund.pay"; owner, admin, manager, accountant }
action! { /// Reverse a refund.
pub struct ReverseRefund = "refund.reverse"; owner, admin, manager, accountant }
action! { /// See bookings, advances and the position of open locks.
pub struct ReadBookings = "booking.read" (reads, by_pin); owner, admin, manager, cashier, accountant, auditor }
action! { /// Lock a rate for a customer.
pub struct BookRate: BookingLimits = "booking.make" (by_pin, capped);
owner: lock(366, 1_000_000, 1_000_000), admin: lock(180, 100_000, 1_000_000),
manager: lock(90, 50_000, 900_000), cashier: lock(30, 0, 900_000) }
action! { /// Cancel a booking.
pub struct CancelBooking = "booking.cancel"; owner, admin, manager }
action! { /// Take money ahead.
pub struct TakeAdvance = "advance.take" (by_pin); owner, admin, manager, cashier, accountant }
action! { /// Reverse an advance.
pub struct ReverseAdvance = "advance.reverse"; owner, admin, manager, accountant }
action! { /// See ledgers and the trial balance.
pub struct ReadLedger = "ledger.read" (reads); owner, admin, manager, accountant, auditor }
action! { /// See the books' reports: day book, statements, ageing, what returns are made of.
pub struct ReadBooks = "books.read" (reads); owner, admin, accountant, auditor }
action! { /// Lock the books through a day.
pub struct LockBooks = "books.lock"; owner, admin, accountant }
action! { /// Move the books' lock back.
pub struct UnlockBooks = "books.unlock" (step_up); owner }
action! { /// See journal vouchers.
pub struct ReadJournalVouchers = "journal_voucher.read" (reads); owner, admin, accountant, auditor }
action! { /// Write a journal voucher.
pub struct RecordJournalVoucher = "journal_voucher.record"; owner, admin, accountant }
action! { /// Reverse a journal voucher.
pub struct ReverseJournalVoucher = "journal_voucher.reverse"; owner, admin, accountant }

action! { /// See suppliers, what is owed to them, and their statements.
pub struct ReadSuppliers = "supplier.read" (reads); owner, admin, manager, accountant, auditor }
action! { /// Record a supplier.
pub struct RecordSupplier = "supplier.record"; owner, admin, manager, accountant }
action! { /// Change a supplier.
pub struct ChangeSupplier = "supplier.change"; owner, admin, manager, accountant }
action! { /// See goldsmiths, what they hold, and their statements.
pub struct ReadGoldsmiths = "goldsmith.read" (reads); owner, admin, manager, accountant, auditor }
action! { /// Record a goldsmith.
pub struct RecordGoldsmith = "goldsmith.record"; owner, admin, manager, accountant }
action! { /// Change a goldsmith.
pub struct ChangeGoldsmith = "goldsmith.change"; owner, admin, manager, accountant }
action! { /// See purchases of old metal.
pub struct ReadOldMetal = "old_metal.read" (reads, by_pin); owner, admin, manager, cashier, accountant, auditor }
action! { /// Take old metal in.
pub struct BuyOldMetal: OldMetalLimits = "old_metal.buy" (capped);
owner: departs(1_000_000), admin: departs(100_000), manager: departs(50_000), cashier: departs(0) }
action! { /// Cancel a purchase of old metal.
pub struct CancelOldMetal: CancelWindow = "old_metal.cancel" (capped);
owner: CancelWindow { days: 31 }, admin: CancelWindow { days: 31 }, manager: CancelWindow { days: 1 } }
action! { /// See purchases, goldsmiths' vouchers, melting and write-offs.
pub struct ReadMetalVouchers = "metal.read" (reads); owner, admin, manager, accountant, auditor }
action! { /// Record a purchase from a supplier.
pub struct RecordPurchase = "purchase.record"; owner, admin, manager, accountant }
action! { /// Give metal out to a goldsmith.
pub struct IssueToGoldsmith = "goldsmith.issue"; owner, admin, manager }
action! { /// Receive goods from a goldsmith, and agree to what was lost.
pub struct ReceiveFromGoldsmith: LossLimits = "goldsmith.receive" (capped);
owner: loses(1_000_000), admin: loses(100_000), manager: loses(50_000) }
action! { /// Melt lots into one.
pub struct MeltMetal: LossLimits = "metal.melt" (capped);
owner: loses(1_000_000), admin: loses(100_000), manager: loses(50_000) }
action! { /// Write stock off.
pub struct WriteOffStock = "stock.write_off"; owner, admin }
action! { /// Cancel a purchase, a goldsmith's voucher, a melting or a write-off.
pub struct CancelMetalVoucher: CancelWindow = "metal.cancel" (capped);
owner: CancelWindow { days: 31 }, admin: CancelWindow { days: 31 }, manager: CancelWindow { days: 1 } }
action! { /// See payments.
pub struct ReadPayments = "payment.read" (reads); owner, admin, manager, accountant, auditor }
action! { /// Pay a supplier or a goldsmith, or for old metal.
pub struct RecordPayment = "payment.record"; owner, admin, manager, accountant }
action! { /// Reverse a payment.
pub struct ReversePayment = "payment.reverse"; owner, admin, accountant }

/// The shop's actions.
pub fn catalogue(onto: Catalogue) -> Catalogue {
    onto.with::<ReadRates>()
        .with::<PostRate>()
        .with::<ReadCustomers>()
        .with::<RecordCustomer>()
        .with::<ChangeCustomer>()
        .with::<OpenBalance>()
        .with::<ReadStatement>()
        .with::<ReadStock>()
        .with::<RecordItem>()
        .with::<DescribeItem>()
        .with::<RecordLot>()
        .with::<ReadInvoices>()
        .with::<PreviewInvoice>()
        .with::<IssueInvoice>()
        .with::<CancelInvoice>()
        .with::<ReadReceipts>()
        .with::<RecordReceipt>()
        .with::<ReverseReceipt>()
        .with::<IssueCreditNote>()
        .with::<CancelCreditNote>()
        .with::<IssueDebitNote>()
        .with::<CancelDebitNote>()
        .with::<PayRefund>()
        .with::<ReverseRefund>()
        .with::<ReadBookings>()
        .with::<BookRate>()
        .with::<CancelBooking>()
        .with::<TakeAdvance>()
        .with::<ReverseAdvance>()
        .with::<ReadLedger>()
        .with::<ReadBooks>()
        .with::<LockBooks>()
        .with::<UnlockBooks>()
        .with::<ReadJournalVouchers>()
        .with::<RecordJournalVoucher>()
        .with::<ReverseJournalVoucher>()
        .with::<ReadSuppliers>()
        .with::<RecordSupplier>()
        .with::<ChangeSupplier>()
        .with::<ReadGoldsmiths>()
        .with::<RecordGoldsmith>()
        .with::<ChangeGoldsmith>()
        .with::<ReadOldMetal>()
        .with::<BuyOldMetal>()
        .with::<CancelOldMetal>()
        .with::<ReadMetalVouchers>()
        .with::<RecordPurchase>()
        .with::<IssueToGoldsmith>()
        .with::<ReceiveFromGoldsmith>()
        .with::<MeltMetal>()
        .with::<WriteOffStock>()
        .with::<CancelMetalVoucher>()
        .with::<ReadPayments>()
        .with::<RecordPayment>()
        .with::<ReversePayment>()
}
