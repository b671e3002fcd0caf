//! Steps 1 to 6: what each line is worth before the bill's discount and tax.

use super::{
    BillInput, Field, LineInput, MOST_LINES, PricedLine, PricingError, Problem, Wastage,
    checks::{BlameField, InField, not_negative, share_of_whole},
    lock::chargeable,
    making::price_making,
    parts::{price_other, price_stones},
};
use crate::{
    measure::Mass,
    money::{Currency, Money, Rounding},
};

/// The rounding of the policy, to a minor unit or a milligram.
pub(super) const ROUNDING: Rounding = Rounding::HalfAwayFromZero;

/// The goods of every line. Taxes and the shares of the bill's discount are still zero.
pub(super) fn price_goods(input: &BillInput) -> Result<Vec<PricedLine>, PricingError> {
    count(input)?;
    (0..).zip(&input.lines).map(|(index, line)| price_numbered(index, line, input.currency)).collect()
}

/// What is wrong with the goods: the number of the lines, or one fault for every faulty line.
pub(super) fn goods_faults(input: &BillInput) -> Vec<PricingError> {
    if let Err(fault) = count(input) {
        return vec![fault];
    }
    (0..)
        .zip(&input.lines)
        .filter_map(|(index, line)| price_numbered(index, line, input.currency).err())
        .collect()
}

fn count(input: &BillInput) -> Result<(), PricingError> {
    match input.lines.len() {
        0 => Err(PricingError::bill(Field::Lines, Problem::Missing)),
        1..=MOST_LINES => Ok(()),
        _ => Err(PricingError::bill(Field::Lines, Problem::TooMany { most: MOST_LINES })),
    }
}

fn price_numbered(index: usize, line: &LineInput, currency: Currency) -> Result<PricedLine, PricingError> {
    price_line(line, currency).map_err(|(field, problem)| PricingError::line(index, field, problem))
}

fn price_line(line: &LineInput, currency: Currency) -> InField<PricedLine> {
    let zero = Money::zero(currency);
    net(line)?;
    check_rates(line, currency)?;
    line.check_lock(currency)?;

    let (net, wastage_mass, chargeable) = chargeable(line)?;
    let metal = line.metal(chargeable)?;
    let wastage = match line.wastage {
        Some(Wastage::OnValue(ratio)) => ratio.of(metal, ROUNDING).in_field(Field::Wastage)?,
        _ => zero,
    };
    let making = match line.making {
        Some(making) => {
            let with_wastage = metal.checked_add(wastage).in_field(Field::Wastage)?;
            let making = price_making(making, line, net, chargeable, with_wastage)?;
            zero.checked_add(making).in_field(Field::Making)?
        }
        None => zero,
    };
    let stones = price_stones(line, currency)?;
    let other = price_other(line, currency)?;
    let gross = Money::try_sum(currency, [metal, wastage, making, stones, other]).in_field(Field::Total)?;

    let discount = line.discount.unwrap_or(zero);
    not_negative(discount, Field::Discount)?;
    let taxable = gross.checked_sub(discount).in_field(Field::Discount)?;
    if taxable.is_negative() {
        return Err((Field::Discount, Problem::ExceedsBase));
    }
    Ok(PricedLine {
        net,
        wastage_mass,
        chargeable,
        fine: net.fine(line.fineness).in_field(Field::Gross)?,
        rate: line.rate,
        locked: line.locked(chargeable)?,
        metal,
        wastage,
        making,
        stones,
        other,
        gross,
        discount,
        bill_discount: zero,
        taxable,
        tax_rate: line.tax_rate,
        cgst: zero,
        sgst: zero,
        igst: zero,
    })
}

/// Step 1.
pub(super) fn net(line: &LineInput) -> InField<Mass> {
    if line.gross.is_negative() {
        return Err((Field::Gross, Problem::Negative));
    }
    if line.less.is_negative() {
        return Err((Field::Less, Problem::Negative));
    }
    let net = line.gross.checked_sub(line.less).in_field(Field::Less)?;
    if net.is_negative() {
        return Err((Field::Less, Problem::ExceedsBase));
    }
    Ok(net)
}

fn check_rates(line: &LineInput, currency: Currency) -> InField<()> {
    if line.rate.amount().currency() != currency {
        return Err((Field::Rate, Problem::CurrencyDiffers));
    }
    if line.rate.fineness() != line.fineness {
        return Err((Field::Rate, Problem::FinenessDiffers));
    }
    share_of_whole(line.tax_rate, Field::TaxRate)?;
    match line.wastage {
        Some(Wastage::OnMass(ratio) | Wastage::OnValue(ratio)) => share_of_whole(ratio, Field::Wastage),
        None => Ok(()),
    }
}
