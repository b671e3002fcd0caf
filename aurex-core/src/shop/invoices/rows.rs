//! Bills: issued whole or not at all, never edited, cancelled or credited with both sides visible.

use crate::ledger::{JournalEntryId, VoucherNumber};
use crate::measure::{FineMass, Fineness, Mass, Metal, Rate, Ratio};
use crate::money::Money;
use crate::shop::bookings::{BookingId, LineLock};
use crate::shop::identifiers::{Hsn, Huid, StateCode};
use crate::shop::parties::PartyId;
use crate::shop::pricing::{Making, PricedLine, Wastage};
use crate::shop::rates::RateId;
use crate::shop::stock::{ChargeLine, ItemId, LotId, StoneLine};
use crate::text::{Label, Name, Note};
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A bill.
    InvoiceId = "inv";
}
crate::id_columns!(InvoiceId);

crate::codes! {
    /// What kind of bill it is.
    pub enum InvoiceKind {
        /// With tax.
        TaxInvoice = "tax_invoice",
        /// Without, by a composition or unregistered shop.
        BillOfSupply = "bill_of_supply",
    }
}

crate::codes! {
    /// Whether a bill stands.
    pub enum InvoiceState {
        /// It stands. Whether it is paid is derived from settlements.
        Issued = "issued",
        /// Credit notes took some of it back.
        PartlyCredited = "partly_credited",
        /// Credit notes took all of it back.
        Credited = "credited",
        /// It was cancelled; its number stays used.
        Cancelled = "cancelled",
    }
}

crate::record! {
    /// The head of an issued bill.
    pub struct Invoice in "invoice" {
        /// Its id.
        id: InvoiceId = 1 [key],
        /// What kind of bill it is.
        kind: InvoiceKind = 2,
        /// Its number.
        number: VoucherNumber = 3,
        /// Who buys.
        party: PartyId = 4,
        /// Its date.
        business_date: Date = 5,
        /// When it was issued.
        issued_at: Timestamp = 6,
        /// Where the goods are supplied.
        place_of_supply: StateCode = 7,
        /// What tax is due on.
        taxable: Money = 8,
        /// Central tax.
        cgst: Money = 9,
        /// State tax.
        sgst: Money = 10,
        /// Integrated tax.
        igst: Money = 11,
        /// Taxable value and tax.
        total: Money = 12,
        /// What makes the total whole.
        round_off: Money = 13,
        /// What the customer owes.
        payable: Money = 14,
        /// The pricing policy it was priced by.
        pricing_policy: Label = 15,
        /// The journal entry that posts it.
        entry: JournalEntryId = 16,
        /// Whether it stands.
        state: InvoiceState = 17,
        /// Why it was cancelled.
        cancel_reason: Option<Note> = 18,
        /// When it was cancelled.
        cancelled_at: Option<Timestamp> = 19,
        /// Counts revisions, from 1.
        revision: u32 = 20,
        /// Counts changes; the ETag.
        version: u32 = 21,
        /// What the credit notes that stand against it come to.
        credited: Money = 22,
        /// What the debit notes that stand against it come to.
        debited: Money = 23,
    }
}

crate::record! {
    /// One line of a bill, with every intermediate result: a bill ten years old prints the same.
    pub struct InvoiceLine in "invoice_line" {
        /// The bill.
        invoice: InvoiceId = 1 [key],
        /// The line, from 1.
        line: u16 = 2 [key],
        /// The piece sold.
        item: Option<ItemId> = 3,
        /// The lot sold from.
        lot: Option<LotId> = 4,
        /// What it is.
        description: Name = 5,
        /// The metal.
        metal: Metal = 6,
        /// Its HSN code.
        hsn: Hsn = 7,
        /// What the scale showed.
        gross: Mass = 8,
        /// What was not metal.
        less: Mass = 9,
        /// The posted rate it took; none for an overridden one.
        rate_id: Option<RateId> = 10,
        /// The quoted amount.
        rate_amount: Money = 11,
        /// The quoted weight.
        rate_per: Mass = 12,
        /// The fineness.
        fineness: Fineness = 13,
        /// The wastage agreed.
        wastage: Option<Wastage> = 14,
        /// The making agreed.
        making: Option<Making> = 15,
        /// The stones.
        stones: Vec<StoneLine> = 16,
        /// The other charges.
        other_charges: Vec<ChargeLine> = 17,
        /// Net weight.
        net: Mass = 18,
        /// Wastage weight.
        wastage_mass: Mass = 19,
        /// Weight charged.
        chargeable: Mass = 20,
        /// Fine weight of the net.
        fine: FineMass = 21,
        /// Value of the metal.
        metal_value: Money = 22,
        /// Value of wastage on value.
        wastage_value: Money = 23,
        /// Making charge.
        making_value: Money = 24,
        /// Stones.
        stones_value: Money = 25,
        /// Other charges.
        other_value: Money = 26,
        /// Before discounts.
        gross_value: Money = 27,
        /// The line's discount.
        discount: Money = 28,
        /// Its share of the bill's discount.
        bill_discount: Money = 29,
        /// Taxable value.
        taxable: Money = 30,
        /// The tax class.
        tax_rate: Ratio = 31,
        /// Central tax.
        cgst: Money = 32,
        /// State tax.
        sgst: Money = 33,
        /// Integrated tax.
        igst: Money = 34,
        /// The piece's hallmark id, as it was when it was sold.
        huid: Option<Huid> = 35,
        /// What it took at the rate of a booking.
        lock: Option<LineLock> = 36,
    }
}

impl Invoice {
    /// What is due by bill and notes: what it said, more by debit notes, less by credit notes.
    ///
    /// # Errors
    /// When a sum leaves its range, which only a damaged store can cause.
    pub fn due(&self) -> Result<Money, crate::money::MoneyError> {
        self.payable.checked_add(self.debited)?.checked_sub(self.credited)
    }

    /// What of it is still to be paid, when so much is settled; never less than nothing, because what was paid before it
    /// was credited stands to the customer's account.
    ///
    /// # Errors
    /// As [`due`](Self::due).
    pub fn open(&self, settled: Money) -> Result<Money, crate::money::MoneyError> {
        let zero = Money::zero(self.payable.currency());
        if self.state == InvoiceState::Cancelled {
            return Ok(zero);
        }
        let open = self.due()?.checked_sub(settled)?;
        Ok(if open.is_negative() { zero } else { open })
    }
}

impl InvoiceLine {
    /// Whether it took anything at the rate of a booking.
    pub fn takes_of(&self, booking: BookingId) -> bool {
        self.lock.is_some_and(|lock| lock.booking == booking)
    }

    /// The results of pricing, as they were.
    ///
    /// # Errors
    /// When the stored rate is none, which only a damaged store can cause.
    pub fn priced(&self) -> Result<PricedLine, crate::measure::RateError> {
        Ok(PricedLine {
            net: self.net,
            wastage_mass: self.wastage_mass,
            chargeable: self.chargeable,
            fine: self.fine,
            rate: Rate::new(self.rate_amount, self.rate_per, self.fineness)?,
            locked: self.lock.map(|lock| lock.part(self.fineness)).transpose()?,
            metal: self.metal_value,
            wastage: self.wastage_value,
            making: self.making_value,
            stones: self.stones_value,
            other: self.other_value,
            gross: self.gross_value,
            discount: self.discount,
            bill_discount: self.bill_discount,
            taxable: self.taxable,
            tax_rate: self.tax_rate,
            cgst: self.cgst,
            sgst: self.sgst,
            igst: self.igst,
        })
    }
}

/// A bill with its lines and what has been settled of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// The head.
    pub invoice: Invoice,
    /// The lines in order.
    pub lines: Vec<InvoiceLine>,
    /// What settlements have paid of it.
    pub settled: Money,
}
