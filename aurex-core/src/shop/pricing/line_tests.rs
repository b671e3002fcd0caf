//! What a line is worth, step by step, and how a faulty one is refused.

use super::{
    BillInput, Charge, Field, LineInput, Lock, Making, MakingMassBase, MakingMetalBase, PricedLine,
    PricingError, Problem, Stone, TaxTreatment, Wastage, faults, price,
};
use crate::{
    measure::{Fineness, Mass, Rate, Ratio, StoneMass},
    money::{Currency, LARGEST_EXACT, Money},
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
    price(&BillInput::new(Currency::INR, TaxTreatment::Untaxed, vec![line])).unwrap().lines[0]
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
    let stone = |mct, minor| Stone::PerCarat { mass: StoneMass::new(mct).unwrap(), per_carat: inr(minor) };
    let dollar = Money::new(1, Currency::USD).unwrap();
    let by_weight = |per| Making::PerMass { amount: inr(1), per, base: MakingMassBase::Net };
    let most = LARGEST_EXACT;
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

#[test]
fn every_faulty_line_is_named_at_once() {
    let less = LineInput { less: mg(10_001), ..line() };
    let discount = LineInput { discount: Some(inr(-1)), ..line() };
    let bill = BillInput::new(Currency::INR, TaxTreatment::IntraState, vec![less, line(), discount]);
    let pointers: Vec<String> = faults(&bill).iter().map(PricingError::pointer).collect();
    assert_eq!(pointers, ["/lines/0/less_mg", "/lines/2/discount"]);
    assert_eq!(price(&bill).unwrap_err(), faults(&bill)[0]);

    let sound = BillInput {
        discount: Some(inr(1_000_001)),
        ..BillInput::new(Currency::INR, TaxTreatment::Untaxed, vec![line()])
    };
    assert_eq!(faults(&sound), [PricingError::bill(Field::Discount, Problem::ExceedsBase)]);
    assert_eq!(faults(&BillInput { discount: None, ..sound }), []);
}

/// A lock prices what it covers as a line of its rate is priced, and the rest as if it were not there.
#[test]
fn a_locked_rate_takes_the_first_of_the_weight() {
    let per_gram = |minor, ppm| Rate::new(inr(minor), mg(1_000), Fineness::new(ppm).unwrap()).unwrap();
    let dear = LineInput::new(mg(3_391), per_gram(1_300_007, 916_000), Ratio::from_ppm(30_000));
    let locked = per_gram(1_280_003, 916_000);
    let making =
        Making::PercentOfMetal { ratio: Ratio::from_ppm(160_000), base: MakingMetalBase::WithoutWastage };
    let wastage = Some(Wastage::OnMass(Ratio::from_ppm(80_000)));
    let dear = LineInput { making: Some(making), wastage, ..dear };
    let with = |most| LineInput { lock: Some(Lock { rate: locked, most: mg(most) }), ..dear.clone() };
    let money = |line: &PricedLine| (line.metal, line.making, line.taxable);
    let cheap = goods(LineInput { rate: locked, ..dear.clone() });
    assert_eq!(money(&goods(with(3_662))), money(&cheap), "all of it: 3.391 g and 8 %");
    assert_eq!(money(&goods(with(1_000_000))), money(&cheap));
    assert_eq!(money(&goods(with(0))), money(&goods(dear.clone())));
    let split = goods(with(2_001));
    let part = split.locked.unwrap();
    assert_eq!((part.mass, part.value), (mg(2_001), inr(2_561_286)));
    // 2.001 g × ₹12,800.03 and 1.661 g × ₹13,000.07; making 16 % of 2.001 g and 1.390 g.
    assert_eq!((split.metal, split.making), (inr(2_561_286 + 2_159_312), inr(698_927)));
    let other = LineInput { lock: Some(Lock { rate: per_gram(1, 750_000), most: mg(1) }), ..dear };
    let faults = faults(&BillInput::new(Currency::INR, TaxTreatment::IntraState, vec![other]));
    assert_eq!(faults.first().map(|fault| &fault.problem), Some(&Problem::FinenessDiffers));
}
