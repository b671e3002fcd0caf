//! Steps 1 to 6: what each line is worth before the bill's discount and tax.

use super::{
    BillInput, Field, LineInput, MOST_LINES, MOST_PARTS, Making, MakingMassBase, MakingMetalBase, PricedLine,
    PricingError, Problem, Stone, Wastage,
};
use crate::{
    measure::{Mass, Ratio, StoneMass},
    money::{Currency, Money, Rounding},
};

/// The rounding of the policy, to a minor unit or a milligram.
pub(super) const ROUNDING: Rounding = Rounding::HalfAwayFromZero;

/// A carat in milli-carats.
const CARAT: i64 = 1_000;

/// The goods of every line. Taxes and the shares of the bill's discount are still zero.
pub(super) fn price_goods(input: &BillInput) -> Result<Vec<PricedLine>, PricingError> {
    if input.lines.is_empty() {
        return Err(PricingError::bill(Field::Lines, Problem::Missing));
    }
    if input.lines.len() > MOST_LINES {
        return Err(PricingError::bill(Field::Lines, Problem::TooMany { most: MOST_LINES }));
    }
    input
        .lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            price_line(line, input.currency)
                .map_err(|(field, problem)| PricingError::line(index, field, problem))
        })
        .collect()
}

/// A problem and the field it is in; the caller knows the line.
type InField<T> = Result<T, (Field, Problem)>;

/// Says which field a failing step belongs to.
trait In<T> {
    fn in_field(self, field: Field) -> InField<T>;
}

impl<T, E: Into<Problem>> In<T> for Result<T, E> {
    fn in_field(self, field: Field) -> InField<T> {
        self.map_err(|error| (field, error.into()))
    }
}

fn price_line(line: &LineInput, currency: Currency) -> InField<PricedLine> {
    let zero = Money::zero(currency);
    let net = net(line)?;
    check_rates(line, currency)?;

    let wastage_mass = match line.wastage {
        Some(Wastage::OnMass(ratio)) => net.share(ratio, ROUNDING).in_field(Field::Wastage)?,
        _ => Mass::ZERO,
    };
    let chargeable = net.checked_add(wastage_mass).in_field(Field::Wastage)?;
    let metal = line.rate.price_of(chargeable, ROUNDING).in_field(Field::Rate)?;
    let wastage = match line.wastage {
        Some(Wastage::OnValue(ratio)) => ratio.of(metal, ROUNDING).in_field(Field::Wastage)?,
        _ => zero,
    };
    let making = match line.making {
        Some(making) => {
            let making = price_making(making, line, net, chargeable, metal.checked_add(wastage))?;
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
fn net(line: &LineInput) -> InField<Mass> {
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

/// Step 4.
fn price_making(
    making: Making,
    line: &LineInput,
    net: Mass,
    chargeable: Mass,
    metal_with_wastage: Result<Money, crate::money::MoneyError>,
) -> InField<Money> {
    let field = Field::Making;
    match making {
        Making::PercentOfMetal { ratio, base } => {
            // Making may exceed the metal's value on light, elaborate silver: no upper bound.
            if ratio.ppm() < 0 {
                return Err((field, Problem::Negative));
            }
            let of = match base {
                MakingMetalBase::WithoutWastage => line.rate.price_of(net, ROUNDING),
                MakingMetalBase::WithWastage => metal_with_wastage,
            };
            ratio.of(of.in_field(field)?, ROUNDING).in_field(field)
        }
        Making::PerMass { amount, per, base } => {
            not_negative(amount, field)?;
            if per.mg() <= 0 {
                return Err((field, Problem::NotPositive));
            }
            let mass = match base {
                MakingMassBase::Net => net,
                MakingMassBase::Chargeable => chargeable,
                MakingMassBase::Gross => line.gross,
            };
            amount.mul_div(mass.mg(), per.mg(), ROUNDING).in_field(field)
        }
        Making::PerPiece { amount, pieces } => {
            not_negative(amount, field)?;
            if pieces == 0 {
                return Err((field, Problem::NotPositive));
            }
            amount.checked_mul(i64::from(pieces)).in_field(field)
        }
        Making::Fixed { amount } => {
            not_negative(amount, field)?;
            Ok(amount)
        }
    }
}

/// Step 5, the stones. What weighs in carats must have been taken off the gross weight.
fn price_stones(line: &LineInput, currency: Currency) -> InField<Money> {
    at_most(line.stones.len(), Field::Stones)?;
    let mut prices = Vec::with_capacity(line.stones.len());
    let mut weights = Vec::with_capacity(line.stones.len());
    for (index, stone) in line.stones.iter().enumerate() {
        let field = Field::Stone(index);
        let price = match *stone {
            Stone::PerCarat { mass, per_carat } => {
                if mass.mct() <= 0 {
                    return Err((field, Problem::NotPositive));
                }
                not_negative(per_carat, field)?;
                weights.push(mass);
                per_carat.mul_div(mass.mct(), CARAT, ROUNDING)
            }
            Stone::PerPiece { count, per_piece } => {
                if count == 0 {
                    return Err((field, Problem::NotPositive));
                }
                not_negative(per_piece, field)?;
                per_piece.checked_mul(i64::from(count))
            }
        };
        let price = price.in_field(field)?;
        if price.currency() != currency {
            return Err((field, Problem::CurrencyDiffers));
        }
        prices.push(price);
    }
    if StoneMass::try_sum(weights).in_field(Field::Stones)?.outweighs(line.less) {
        return Err((Field::Less, Problem::StonesOutweighLess));
    }
    Money::try_sum(currency, prices).in_field(Field::Stones)
}

fn price_other(line: &LineInput, currency: Currency) -> InField<Money> {
    at_most(line.other_charges.len(), Field::OtherCharges)?;
    for (index, charge) in line.other_charges.iter().enumerate() {
        not_negative(charge.amount, Field::OtherCharge(index))?;
        if charge.amount.currency() != currency {
            return Err((Field::OtherCharge(index), Problem::CurrencyDiffers));
        }
    }
    Money::try_sum(currency, line.other_charges.iter().map(|charge| charge.amount))
        .in_field(Field::OtherCharges)
}

fn not_negative(amount: Money, field: Field) -> InField<()> {
    if amount.is_negative() { Err((field, Problem::Negative)) } else { Ok(()) }
}

fn share_of_whole(ratio: Ratio, field: Field) -> InField<()> {
    match i64::from(ratio.ppm()) {
        ppm if ppm < 0 => Err((field, Problem::Negative)),
        ppm if ppm > Ratio::WHOLE => Err((field, Problem::MoreThanWhole)),
        _ => Ok(()),
    }
}

const fn at_most(count: usize, field: Field) -> InField<()> {
    if count > MOST_PARTS { Err((field, Problem::TooMany { most: MOST_PARTS })) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        measure::{Fineness, Rate},
        shop::pricing::{Charge, TaxTreatment, price},
    };

    fn inr(minor: i64) -> Money {
        Money::new(minor, Currency::INR).unwrap()
    }

    fn mg(mg: i64) -> Mass {
        Mass::new(mg).unwrap()
    }

    /// 10 g of 22 karat at ₹1,000 a gram.
    fn line() -> LineInput {
        let rate = Rate::new(inr(100_000), mg(1_000), Fineness::new(916_000).unwrap()).unwrap();
        LineInput::new(mg(10_000), rate, Ratio::from_ppm(30_000))
    }

    fn goods(line: LineInput) -> PricedLine {
        price_line(&line, Currency::INR).unwrap()
    }

    #[test]
    fn wastage_on_weight_is_charged_and_never_leaves_the_stock() {
        let line = goods(LineInput { wastage: Some(Wastage::OnMass(Ratio::from_ppm(80_000))), ..line() });
        assert_eq!((line.wastage_mass.mg(), line.chargeable.mg()), (800, 10_800));
        assert_eq!((line.metal.minor(), line.wastage.minor()), (1_080_000, 0));
        assert_eq!(line.fine.ng(), 10_000 * 916_000);
    }

    #[test]
    fn wastage_on_value_leaves_the_weight_alone() {
        let line = goods(LineInput { wastage: Some(Wastage::OnValue(Ratio::from_ppm(80_000))), ..line() });
        assert_eq!(line.chargeable.mg(), 10_000);
        assert_eq!(
            (line.metal.minor(), line.wastage.minor(), line.gross.minor()),
            (1_000_000, 80_000, 1_080_000)
        );
    }

    #[test]
    fn making_is_charged_on_the_base_that_the_line_names() {
        let making = |making| {
            let input = LineInput {
                gross: mg(11_000),
                less: mg(1_000),
                wastage: Some(Wastage::OnMass(Ratio::from_ppm(100_000))),
                making: Some(making),
                ..line()
            };
            goods(input).making.minor()
        };
        let by_weight = |base| making(Making::PerMass { amount: inr(50_000), per: mg(1_000), base });
        assert_eq!(by_weight(MakingMassBase::Net), 500_000);
        assert_eq!(by_weight(MakingMassBase::Chargeable), 550_000);
        assert_eq!(by_weight(MakingMassBase::Gross), 550_000);
        let by_value = |base| making(Making::PercentOfMetal { ratio: Ratio::from_ppm(100_000), base });
        assert_eq!(by_value(MakingMetalBase::WithoutWastage), 100_000);
        assert_eq!(by_value(MakingMetalBase::WithWastage), 110_000);
        assert_eq!(making(Making::PerPiece { amount: inr(2_500), pieces: 4 }), 10_000);
        assert_eq!(making(Making::Fixed { amount: inr(1) }), 1);
    }

    #[test]
    fn stones_and_other_charges_add_up() {
        let line = goods(LineInput {
            less: mg(28),
            stones: vec![
                Stone::PerCarat { mass: StoneMass::new(136).unwrap(), per_carat: inr(2_500_001) },
                Stone::PerPiece { count: 3, per_piece: inr(700) },
            ],
            other_charges: vec![Charge { amount: inr(4_500) }, Charge { amount: inr(500) }],
            ..line()
        });
        // 0.136 × 25,000.01 = 3,400.00136
        assert_eq!((line.stones.minor(), line.other.minor()), (340_000 + 2_100, 5_000));
    }

    #[test]
    fn every_fault_is_found_in_its_line_and_field() {
        let stone =
            |mct, minor| Stone::PerCarat { mass: StoneMass::new(mct).unwrap(), per_carat: inr(minor) };
        let dollar = Money::new(1, Currency::USD).unwrap();
        let by_weight = |per| Making::PerMass { amount: inr(1), per, base: MakingMassBase::Net };
        let most = crate::money::LARGEST_EXACT;
        for (input, pointer, problem) in [
            (LineInput { gross: mg(-1), ..line() }, "gross_mg", Problem::Negative),
            (LineInput { less: mg(-1), ..line() }, "less_mg", Problem::Negative),
            (LineInput { less: mg(10_001), ..line() }, "less_mg", Problem::ExceedsBase),
            (
                LineInput { less: mg(1), stones: vec![stone(6, 1)], ..line() },
                "less_mg",
                Problem::StonesOutweighLess,
            ),
            (LineInput { fineness: Fineness::PURE, ..line() }, "rate", Problem::FinenessDiffers),
            (LineInput { tax_rate: Ratio::from_ppm(-1), ..line() }, "tax_rate_ppm", Problem::Negative),
            (
                LineInput { tax_rate: Ratio::from_ppm(1_000_001), ..line() },
                "tax_rate_ppm",
                Problem::MoreThanWhole,
            ),
            (
                LineInput { wastage: Some(Wastage::OnMass(Ratio::from_ppm(-1))), ..line() },
                "wastage",
                Problem::Negative,
            ),
            (LineInput { making: Some(by_weight(mg(0))), ..line() }, "making", Problem::NotPositive),
            (
                LineInput { making: Some(Making::Fixed { amount: inr(-1) }), ..line() },
                "making",
                Problem::Negative,
            ),
            (
                LineInput { making: Some(Making::PerPiece { amount: inr(1), pieces: 0 }), ..line() },
                "making",
                Problem::NotPositive,
            ),
            (
                LineInput { making: Some(Making::Fixed { amount: dollar }), ..line() },
                "making",
                Problem::CurrencyDiffers,
            ),
            (LineInput { stones: vec![stone(0, 1)], ..line() }, "stones/0", Problem::NotPositive),
            (
                LineInput { less: mg(9), stones: vec![stone(1, 1), stone(1, -1)], ..line() },
                "stones/1",
                Problem::Negative,
            ),
            (
                LineInput { other_charges: vec![Charge { amount: dollar }], ..line() },
                "other_charges/0",
                Problem::CurrencyDiffers,
            ),
            (LineInput { discount: Some(inr(1_000_001)), ..line() }, "discount", Problem::ExceedsBase),
            (LineInput { discount: Some(inr(-1)), ..line() }, "discount", Problem::Negative),
            (LineInput { discount: Some(dollar), ..line() }, "discount", Problem::CurrencyDiffers),
            (LineInput { gross: mg(most), ..line() }, "rate", Problem::TooLarge),
        ] {
            let bill = BillInput::new(Currency::INR, TaxTreatment::IntraState, vec![line(), input]);
            let error = price(&bill).unwrap_err();
            assert_eq!((error.pointer(), error.problem), (format!("/lines/1/{pointer}"), problem));
        }
    }

    #[test]
    fn a_bill_has_one_to_five_hundred_lines() {
        let bill = |count| price(&BillInput::new(Currency::INR, TaxTreatment::Untaxed, vec![line(); count]));
        assert_eq!(bill(0), Err(PricingError::bill(Field::Lines, Problem::Missing)));
        assert_eq!(bill(501).unwrap_err().problem, Problem::TooMany { most: 500 });
        assert_eq!(bill(500).unwrap().lines.len(), 500);
    }
}
