//! Laws that hold for every bill, whatever is on it.

use proptest::prelude::*;

use super::{
    BillInput, Charge, LineInput, Making, MakingMassBase, MakingMetalBase, Priced, Stone, TaxTreatment,
    Wastage, price, price_for_target,
};
use crate::{
    measure::{Fineness, Mass, Rate, Ratio, StoneMass},
    money::{Currency, Money, Rounding, mul_div},
};

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR).unwrap()
}

fn mg(mg: i64) -> Mass {
    Mass::new(mg).unwrap()
}

fn treatments() -> impl Strategy<Value = TaxTreatment> {
    prop_oneof![Just(TaxTreatment::IntraState), Just(TaxTreatment::InterState), Just(TaxTreatment::Untaxed)]
}

fn wastages() -> impl Strategy<Value = Option<Wastage>> {
    let ratio = || (0..200_000).prop_map(Ratio::from_ppm);
    prop_oneof![
        Just(None),
        ratio().prop_map(|ratio| Some(Wastage::OnMass(ratio))),
        ratio().prop_map(|ratio| Some(Wastage::OnValue(ratio))),
    ]
}

fn makings() -> impl Strategy<Value = Option<Making>> {
    let mass_bases = proptest::sample::select(vec![
        MakingMassBase::Net,
        MakingMassBase::Chargeable,
        MakingMassBase::Gross,
    ]);
    let metal_bases =
        proptest::sample::select(vec![MakingMetalBase::WithoutWastage, MakingMetalBase::WithWastage]);
    let amounts = || (0..10_000_000_i64).prop_map(inr);
    prop_oneof![
        Just(None),
        (0..400_000, metal_bases)
            .prop_map(|(ppm, base)| { Some(Making::PercentOfMetal { ratio: Ratio::from_ppm(ppm), base }) }),
        (amounts(), 1..10_000_i64, mass_bases).prop_map(|(amount, per, base)| Some(Making::PerMass {
            amount,
            per: mg(per),
            base
        })),
        (amounts(), 1..10_u32).prop_map(|(amount, pieces)| Some(Making::PerPiece { amount, pieces })),
        amounts().prop_map(|amount| Some(Making::Fixed { amount })),
    ]
}

fn stones() -> impl Strategy<Value = Vec<Stone>> {
    let stone = prop_oneof![
        (1..1_000_i64, 0..10_000_000_i64).prop_map(|(mct, minor)| Stone::PerCarat {
            mass: StoneMass::new(mct).unwrap(),
            per_carat: inr(minor)
        }),
        (1..20_u32, 0..1_000_000_i64)
            .prop_map(|(count, minor)| Stone::PerPiece { count, per_piece: inr(minor) }),
    ];
    proptest::collection::vec(stone, 0..3)
}

prop_compose! {
    /// A line as a shop could write it: less covers the stones, the discount is part of the metal's value.
    fn lines()(
        net in 0..200_000_i64,
        rate in 1..20_000_000_i64,
        fineness in 1_u32..=1_000_000,
        tax in proptest::sample::select(vec![0, 2_500, 15_000, 30_000, 30_001, 50_000]),
        wastage in wastages(),
        making in makings(),
        stones in stones(),
        charges in proptest::collection::vec(0..100_000_i64, 0..3),
        discount_share in proptest::option::of(0..=1_000_000_i64),
    ) -> LineInput {
        let rate = Rate::new(inr(rate), mg(1_000), Fineness::new(fineness).unwrap()).unwrap();
        let metal = rate.price_of(mg(net), Rounding::Floor).unwrap();
        LineInput {
            gross: mg(net + 600),
            less: mg(600),
            wastage,
            making,
            stones,
            other_charges: charges.into_iter().map(|minor| Charge { amount: inr(minor) }).collect(),
            discount: discount_share.map(|share| metal.mul_div(share, 1_000_000, Rounding::Floor).unwrap()),
            ..LineInput::new(mg(net), rate, Ratio::from_ppm(tax))
        }
    }
}

prop_compose! {
    /// A bill as a shop could write it; its discount is any share of what it may be taken from.
    fn bills()(
        treatment in treatments(),
        lines in proptest::collection::vec(lines(), 1..6),
        share in proptest::option::of(0..=1_000_000_i64),
    ) -> BillInput {
        let mut bill = BillInput::new(Currency::INR, treatment, lines);
        if let Some(share) = share {
            let value = price(&bill).unwrap().totals.taxable;
            bill.discount = Some(value.mul_div(share, 1_000_000, Rounding::Floor).unwrap());
        }
        bill
    }
}

fn sum(bill: &Priced, part: impl Fn(&super::PricedLine) -> Money) -> i64 {
    bill.lines.iter().map(|line| part(line).minor()).sum()
}

proptest! {
    #[test]
    fn the_lines_and_the_round_off_make_the_payable(input in bills()) {
        let bill = price(&input).unwrap();
        let totals = bill.totals;
        let lines = sum(&bill, |line| line.taxable) + sum(&bill, |l| l.cgst) + sum(&bill, |l| l.sgst) + sum(&bill, |l| l.igst);
        prop_assert_eq!(lines + totals.round_off.minor(), totals.payable.minor());
        prop_assert_eq!(totals.payable.minor() % 100, 0);
        prop_assert!((-49..=50).contains(&totals.round_off.minor()));
        prop_assert_eq!(totals.gross.minor() - totals.discount.minor(), totals.taxable.minor());
    }

    #[test]
    fn a_line_is_the_sum_of_its_parts(input in bills()) {
        for line in price(&input).unwrap().lines {
            let parts = [line.metal, line.wastage, line.making, line.stones, line.other].map(Money::minor);
            prop_assert_eq!(parts.iter().sum::<i64>(), line.gross.minor());
            prop_assert_eq!(
                line.gross.minor() - line.discount.minor() - line.bill_discount.minor(),
                line.taxable.minor()
            );
            prop_assert_eq!(line.net.mg() + line.wastage_mass.mg(), line.chargeable.mg());
        }
    }

    #[test]
    fn a_discount_is_spread_whole_and_never_makes_a_line_negative(input in bills()) {
        let bill = price(&input).unwrap();
        prop_assert_eq!(sum(&bill, |line| line.bill_discount), input.discount.map_or(0, Money::minor));
        prop_assert_eq!(bill.totals.bill_discount.minor(), input.discount.map_or(0, Money::minor));
        for line in &bill.lines {
            prop_assert!(!line.taxable.is_negative());
        }
    }

    #[test]
    fn central_and_state_tax_are_equal_and_heads_do_not_mix(input in bills()) {
        let bill = price(&input).unwrap();
        for line in &bill.lines {
            prop_assert_eq!(line.cgst, line.sgst);
            match input.treatment {
                TaxTreatment::IntraState => prop_assert!(line.igst.is_zero()),
                TaxTreatment::InterState => prop_assert!(line.cgst.is_zero()),
                TaxTreatment::Untaxed => prop_assert!(line.igst.is_zero() && line.cgst.is_zero()),
            }
        }
    }

    #[test]
    fn the_tax_of_a_class_is_its_rate_rounded_once_and_its_lines_make_it_up(input in bills()) {
        let bill = price(&input).unwrap();
        for group in &bill.tax_groups {
            let of_class = |part: fn(&super::PricedLine) -> Money| -> i64 {
                bill.lines.iter().filter(|line| line.tax_rate == group.rate).map(|line| part(line).minor()).sum()
            };
            prop_assert_eq!(of_class(|line| line.taxable), group.taxable.minor());
            prop_assert_eq!(of_class(|line| line.cgst), group.cgst.minor());
            prop_assert_eq!(of_class(|line| line.sgst), group.sgst.minor());
            prop_assert_eq!(of_class(|line| line.igst), group.igst.minor());
            let (charged, divisor) = match input.treatment {
                TaxTreatment::IntraState => (group.cgst, 2_000_000),
                _ => (group.igst, 1_000_000),
            };
            let expected = mul_div(group.taxable.minor(), i64::from(group.rate.ppm()), divisor, Rounding::HalfAwayFromZero);
            prop_assert_eq!(Ok(charged.minor()), expected);
        }
        let classed: i64 = bill.tax_groups.iter().map(|group| group.taxable.minor()).sum();
        let expected = if input.treatment == TaxTreatment::Untaxed { 0 } else { bill.totals.taxable.minor() };
        prop_assert_eq!(classed, expected);
    }

    #[test]
    fn stock_gives_the_fine_weight_of_the_net_and_nothing_for_wastage(input in bills()) {
        for (line, written) in price(&input).unwrap().lines.iter().zip(&input.lines) {
            let net = written.gross.mg() - written.less.mg();
            prop_assert_eq!(line.fine.ng(), net * i64::from(written.fineness.ppm()));
        }
    }

    #[test]
    fn a_target_within_reach_in_whole_rupees_is_reached(input in bills(), share in 0..=1_000_000_i64) {
        let full = price(&BillInput { discount: None, ..input.clone() }).unwrap().totals.payable;
        let target = full.mul_div(share, 1_000_000, Rounding::Floor).unwrap().round_to_multiple(100, Rounding::Floor).unwrap();
        let bill = price_for_target(&input, target).unwrap();
        prop_assert_eq!(bill.totals.payable, target);
        // and it is the bill that this discount gives
        let again = BillInput { discount: Some(bill.totals.bill_discount), ..input };
        prop_assert_eq!(price(&again).unwrap(), bill);
    }
}

/// Against trying every discount, on bills small enough for that.
#[test]
fn the_target_search_finds_the_nearest_payable_with_the_smallest_discount() {
    for treatment in [TaxTreatment::IntraState, TaxTreatment::InterState, TaxTreatment::Untaxed] {
        let rate = Rate::new(inr(317), mg(1_000), Fineness::PURE).unwrap();
        let line = LineInput::new(mg(2_100), rate, Ratio::from_ppm(30_000));
        let bill = BillInput::new(Currency::INR, treatment, vec![line.clone(), line]);
        let value = price(&bill).unwrap().totals.taxable.minor();
        let payables: Vec<i64> = (0..=value)
            .map(|minor| {
                price(&BillInput { discount: Some(inr(minor)), ..bill.clone() })
                    .unwrap()
                    .totals
                    .payable
                    .minor()
            })
            .collect();
        for target in 0..2_000 {
            let nearest = payables.iter().map(|payable| (payable - target).abs()).min().unwrap();
            let first = payables.iter().position(|payable| (payable - target).abs() == nearest).unwrap();
            let found = price_for_target(&bill, inr(target)).unwrap();
            assert_eq!(
                found.totals.bill_discount.minor(),
                i64::try_from(first).unwrap(),
                "{treatment:?} {target}"
            );
        }
    }
}

proptest! {
    #[test]
    fn no_input_panics(
        treatment in treatments(),
        masses in proptest::array::uniform4(any::<i64>()),
        amounts in proptest::array::uniform8(any::<i64>()),
        ratios in proptest::array::uniform3(any::<i32>()),
        fineness in 1_u32..=1_000_000,
        counts: (u32, u32),
        shift in 0_u32..60,
        kinds: (bool, u8),
        copies in 1_usize..4,
    ) {
        // Shifted, so that all magnitudes occur and not only absurd ones.
        let mass = |index: usize| Mass::new(masses[index] >> shift).unwrap_or(mg(1));
        let amount = |index: usize| Money::new(amounts[index] >> shift, Currency::INR).unwrap_or(inr(1));
        let ratio = |index: usize| Ratio::from_ppm(ratios[index] >> (shift / 2));
        let positive = |money: Money| if money.minor() > 0 { money } else { inr(1) };
        let per = if mass(3).mg() > 0 { mass(3) } else { mg(1) };
        let rate = Rate::new(positive(amount(0)), per, Fineness::new(fineness).unwrap()).unwrap();
        let line = LineInput {
            less: mass(1),
            wastage: Some(if kinds.0 { Wastage::OnMass(ratio(0)) } else { Wastage::OnValue(ratio(0)) }),
            making: match kinds.1 % 4 {
                0 => Some(Making::PercentOfMetal { ratio: ratio(1), base: MakingMetalBase::WithWastage }),
                1 => Some(Making::PerMass { amount: amount(1), per: mass(2), base: MakingMassBase::Gross }),
                2 => Some(Making::PerPiece { amount: amount(1), pieces: counts.0 }),
                _ => Some(Making::Fixed { amount: amount(1) }),
            },
            stones: vec![
                Stone::PerCarat { mass: StoneMass::new(masses[2] >> shift).unwrap_or(StoneMass::ZERO), per_carat: amount(2) },
                Stone::PerPiece { count: counts.1, per_piece: amount(3) },
            ],
            other_charges: vec![Charge { amount: amount(4) }],
            discount: Some(amount(5)),
            ..LineInput::new(mass(0), rate, ratio(2))
        };
        let bill = BillInput { discount: Some(amount(6)), ..BillInput::new(Currency::INR, treatment, vec![line; copies]) };
        if let Err(error) = price(&bill) {
            prop_assert!(error.pointer().is_empty() || error.pointer().starts_with('/'));
        }
        let _ = price_for_target(&bill, amount(7));
    }
}
