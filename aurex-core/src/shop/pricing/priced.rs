//! What a bill comes to, with every step of the way.

use crate::{
    measure::{FineMass, Mass, Rate, Ratio},
    money::Money,
};

/// A priced bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The lines, in the order of the input.
    pub lines: Vec<PricedLine>,
    /// The tax by class, in the order in which the classes first occur; none on an untaxed bill.
    pub tax_groups: Vec<TaxGroup>,
    /// The foot of the bill.
    pub totals: Totals,
}

/// A priced line: every intermediate result, so that the bill can be explained, and printed again in ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricedLine {
    /// Gross less what is not metal.
    pub net: Mass,
    /// The weight that wastage on weight adds.
    pub wastage_mass: Mass,
    /// Net and wastage weight: what the metal is charged for.
    pub chargeable: Mass,
    /// The pure metal in the net weight: what leaves the stock. Wastage is price, never metal.
    pub fine: FineMass,
    /// The rate it was priced at, or what is beyond the lock.
    pub rate: Rate,
    /// What of the weight was charged at a locked rate; its value is part of the metal's.
    pub locked: Option<LockedPart>,
    /// Chargeable weight at the rate.
    pub metal: Money,
    /// What wastage on value adds.
    pub wastage: Money,
    /// The making charge.
    pub making: Money,
    /// The stones.
    pub stones: Money,
    /// The other charges.
    pub other: Money,
    /// Metal, wastage, making, stones and other charges together.
    pub gross: Money,
    /// The line's own discount.
    pub discount: Money,
    /// The line's share of the bill's discount.
    pub bill_discount: Money,
    /// What tax is due on: gross less both discounts.
    pub taxable: Money,
    /// The rate of the line's tax class, the whole GST.
    pub tax_rate: Ratio,
    /// The line's share of the central tax.
    pub cgst: Money,
    /// The line's share of the state tax, always equal to the central.
    pub sgst: Money,
    /// The line's share of the integrated tax.
    pub igst: Money,
}

/// The part of a line's weight that was charged at a locked rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedPart {
    /// The locked rate.
    pub rate: Rate,
    /// The weight.
    pub mass: Mass,
    /// Its value.
    pub value: Money,
}

/// The tax of one class over the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxGroup {
    /// The rate of the class, the whole GST.
    pub rate: Ratio,
    /// What the tax is computed on.
    pub taxable: Money,
    /// Central tax.
    pub cgst: Money,
    /// State tax.
    pub sgst: Money,
    /// Integrated tax.
    pub igst: Money,
}

/// The foot of the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// The lines before any discount.
    pub gross: Money,
    /// All discounts, the lines' and the bill's.
    pub discount: Money,
    /// The discount on the whole bill, part of the former.
    pub bill_discount: Money,
    /// What tax is due on.
    pub taxable: Money,
    /// Central tax.
    pub cgst: Money,
    /// State tax.
    pub sgst: Money,
    /// Integrated tax.
    pub igst: Money,
    /// Taxable value and tax.
    pub total: Money,
    /// What makes the total whole; booked on an account of its own.
    pub round_off: Money,
    /// What the customer owes: total and round-off.
    pub payable: Money,
}

impl Totals {
    /// The payable in words.
    #[must_use]
    pub fn amount_in_words(&self) -> String {
        self.payable.in_words()
    }
}
