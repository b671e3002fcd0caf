//! Input tax: what a registered supplier's or goldsmith's bill charges, once a class of tax as on our own bills.

use super::refusal::MetalRefusal;
use crate::measure::Ratio;
use crate::money::{Money, Rounding};
use crate::shop::business::{Business, Scheme};
use crate::shop::identifiers::{Gstin, StateCode};
use crate::shop::parties::Party;
use crate::shop::pricing::TaxTreatment;

/// Rounds as our own bills' tax does.
const ROUNDING: Rounding = Rounding::HalfAwayFromZero;

/// What of a supply's tax is whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InputTax {
    /// Which heads.
    pub(super) treatment: TaxTreatment,
    /// Whether it may be taken as credit; else it is part of what the goods cost.
    pub(super) is_credit: bool,
    /// Where it was supplied.
    pub(super) place: Option<StateCode>,
}

/// Which tax a supply to us bears. Somebody unregistered charges none; within our state it is CGST and SGST, from another
/// IGST (sections 7 and 8 of the IGST Act). Only a shop under the regular scheme takes it as credit (section 10(4) of the
/// CGST Act keeps a composition dealer from it).
///
/// # Errors
/// [`MetalRefusal::BusinessIncomplete`], where our own registration is not there to take credit under.
pub(super) fn input_tax(party: &Party, business: &Business) -> Result<InputTax, MetalRefusal> {
    let Some(gstin) = &party.gstin else {
        return Ok(InputTax { treatment: TaxTreatment::Untaxed, is_credit: false, place: None });
    };
    let is_credit = business.scheme == Scheme::Regular;
    let missing = business.missing();
    if is_credit && !missing.is_empty() {
        return Err(MetalRefusal::BusinessIncomplete { missing: missing.join(", ") });
    }
    // The registration names the state that the supply is made from, wherever the party lives.
    let from = Gstin::state(gstin);
    let treatment = if from == business.state { TaxTreatment::IntraState } else { TaxTreatment::InterState };
    Ok(InputTax { treatment, is_credit, place: Some(business.state) })
}

/// The tax of one line, by head.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineTax {
    pub(super) cgst: Money,
    pub(super) sgst: Money,
    pub(super) igst: Money,
}

/// Spreads the tax of each class over its lines, so that the sum of them is the rate of the sum of the values.
pub(super) fn spread(
    values: &[(Money, Ratio)],
    nothing: Money,
    treatment: TaxTreatment,
) -> Result<Vec<LineTax>, MetalRefusal> {
    let mut taxes = vec![LineTax { cgst: nothing, sgst: nothing, igst: nothing }; values.len()];
    let mut done: Vec<Ratio> = Vec::new();
    for (_, rate) in values {
        if treatment == TaxTreatment::Untaxed || done.contains(rate) {
            continue;
        }
        done.push(*rate);
        let of_class = || values.iter().filter(|(_, of)| of == rate).map(|(value, _)| *value);
        let sum = Money::try_sum(nothing.currency(), of_class())?;
        let weights: Vec<i64> = of_class().map(Money::minor).collect();
        let tax = match treatment {
            // Half the rate as rate ÷ 2 wholes, which is exact for odd rates too.
            TaxTreatment::IntraState => sum.mul_div(i64::from(rate.ppm()), 2 * Ratio::WHOLE, ROUNDING)?,
            TaxTreatment::InterState | TaxTreatment::Untaxed => rate.of(sum, ROUNDING)?,
        };
        let shares = if sum.is_zero() { vec![nothing; weights.len()] } else { tax.allocate(&weights)? };
        let members = taxes.iter_mut().zip(values).filter(|(_, (_, of))| of == rate).map(|(tax, _)| tax);
        for (line, share) in members.zip(shares) {
            match treatment {
                TaxTreatment::IntraState => (line.cgst, line.sgst) = (share, share),
                TaxTreatment::InterState | TaxTreatment::Untaxed => line.igst = share,
            }
        }
    }
    Ok(taxes)
}
