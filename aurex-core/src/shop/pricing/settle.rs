//! Steps 7 to 9: the bill's discount, tax and the round-off.

use super::{
    BillInput, Field, Priced, PricedLine, PricingError, Problem, TaxGroup, TaxTreatment, Totals,
    goods::ROUNDING,
};
use crate::{
    measure::Ratio,
    money::{Currency, Money, MoneyError},
};

/// Completes lines whose goods are priced, with a discount on the whole bill.
pub(super) fn settle(
    input: &BillInput,
    mut lines: Vec<PricedLine>,
    discount: Option<Money>,
) -> Result<Priced, PricingError> {
    if let Some(discount) = discount {
        spread_discount(&mut lines, discount, input.currency)
            .map_err(|problem| PricingError::bill(Field::Discount, problem))?;
    }
    let foot = |error: MoneyError| PricingError::bill(Field::Total, error.into());
    let tax_groups = spread_tax(&mut lines, input).map_err(foot)?;
    let totals = totals(&lines, input.currency).map_err(foot)?;
    Ok(Priced { lines, tax_groups, totals })
}

/// Step 7. A line's share is never more than its value, because the discount is not more than the sum of them.
fn spread_discount(lines: &mut [PricedLine], discount: Money, currency: Currency) -> Result<(), Problem> {
    if discount.is_negative() {
        return Err(Problem::Negative);
    }
    let value = Money::try_sum(currency, lines.iter().map(|line| line.taxable))?;
    if value.checked_sub(discount)?.is_negative() {
        return Err(Problem::ExceedsBase);
    }
    let values: Vec<i64> = lines.iter().map(|line| line.taxable.minor()).collect();
    for (line, share) in lines.iter_mut().zip(discount.allocate(&values)?) {
        line.bill_discount = share;
        line.taxable = line.taxable.checked_sub(share)?;
    }
    Ok(())
}

/// Step 8. Tax is computed once a class, so that the bill's tax is the rate of the bill's value to the paisa.
fn spread_tax(lines: &mut [PricedLine], input: &BillInput) -> Result<Vec<TaxGroup>, MoneyError> {
    let mut groups: Vec<TaxGroup> = Vec::new();
    if input.treatment == TaxTreatment::Untaxed {
        return Ok(groups);
    }
    for index in 0..lines.len() {
        let Some(rate) = lines.get(index).map(|line| line.tax_rate) else { continue };
        if groups.iter().any(|group| group.rate == rate) {
            continue;
        }
        let mut members: Vec<&mut PricedLine> =
            lines.iter_mut().filter(|line| line.tax_rate == rate).collect();
        groups.push(tax_class(&mut members, rate, input)?);
    }
    Ok(groups)
}

fn tax_class(
    members: &mut [&mut PricedLine],
    rate: Ratio,
    input: &BillInput,
) -> Result<TaxGroup, MoneyError> {
    let zero = Money::zero(input.currency);
    let taxable = Money::try_sum(input.currency, members.iter().map(|line| line.taxable))?;
    let values: Vec<i64> = members.iter().map(|line| line.taxable.minor()).collect();
    let mut group = TaxGroup { rate, taxable, cgst: zero, sgst: zero, igst: zero };
    if input.treatment == TaxTreatment::IntraState {
        // Half the rate as rate ÷ 2 wholes, which is exact for odd rates too.
        let half = taxable.mul_div(i64::from(rate.ppm()), 2 * Ratio::WHOLE, ROUNDING)?;
        (group.cgst, group.sgst) = (half, half);
        for (line, share) in members.iter_mut().zip(half.allocate(&values)?) {
            (line.cgst, line.sgst) = (share, share);
        }
    } else {
        group.igst = rate.of(taxable, ROUNDING)?;
        for (line, share) in members.iter_mut().zip(group.igst.allocate(&values)?) {
            line.igst = share;
        }
    }
    Ok(group)
}

/// Step 9.
fn totals(lines: &[PricedLine], currency: Currency) -> Result<Totals, MoneyError> {
    let sum = |part: fn(&PricedLine) -> Money| Money::try_sum(currency, lines.iter().map(part));
    let [taxable, cgst, sgst, igst] =
        [sum(|line| line.taxable)?, sum(|line| line.cgst)?, sum(|line| line.sgst)?, sum(|line| line.igst)?];
    let total = Money::try_sum(currency, [taxable, cgst, sgst, igst])?;
    // A total is never negative, so away from zero is the "half up" that the rupee round-off asks for.
    let payable = total.round_to_multiple(currency.minor_per_major(), ROUNDING)?;
    let bill_discount = sum(|line| line.bill_discount)?;
    Ok(Totals {
        gross: sum(|line| line.gross)?,
        discount: sum(|line| line.discount)?.checked_add(bill_discount)?,
        bill_discount,
        taxable,
        cgst,
        sgst,
        igst,
        total,
        round_off: payable.checked_sub(total)?,
        payable,
    })
}
