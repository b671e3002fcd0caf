//! Bills whose outcome is published: price cards, bills and tables of the trade.

use super::{BillInput, LineInput, Making, Priced, Stone, TaxTreatment, price};
use crate::{
    measure::{Fineness, Mass, Rate, RateBasis, Ratio, StoneMass},
    money::{Currency, Grouping, Label, Money},
};

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR).unwrap()
}

fn mg(mg: i64) -> Mass {
    Mass::new(mg).unwrap()
}

fn per_gram(minor: i64, ppm: u32) -> Rate {
    Rate::new(inr(minor), mg(1_000), Fineness::new(ppm).unwrap()).unwrap()
}

fn gst(ppm: i32) -> Ratio {
    Ratio::from_ppm(ppm)
}

fn bill(treatment: TaxTreatment, line: LineInput) -> Priced {
    price(&BillInput::new(Currency::INR, treatment, vec![line])).unwrap()
}

/// A published price card: 22 karat, 3.39 g at ₹12,800 a gram, making 16 %, GST 3 %: ₹51,845.
fn price_card() -> LineInput {
    let making = Making::PercentOfMetal { ratio: Ratio::from_ppm(160_000), base: Default::default() };
    LineInput { making: Some(making), ..LineInput::new(mg(3_390), per_gram(1_280_000, 916_000), gst(30_000)) }
}

#[test]
fn the_price_card_comes_out_to_the_paisa_and_the_nanogram() {
    let bill = bill(TaxTreatment::IntraState, price_card());
    let line = bill.lines[0];
    assert_eq!((line.net.mg(), line.wastage_mass.mg(), line.chargeable.mg()), (3_390, 0, 3_390));
    assert_eq!(line.fine.ng(), 3_105_240_000);
    assert_eq!(line.metal.minor(), 4_339_200);
    assert_eq!(line.making.minor(), 694_272);
    assert_eq!((line.wastage, line.stones, line.other), (inr(0), inr(0), inr(0)));
    assert_eq!((line.gross.minor(), line.taxable.minor()), (5_033_472, 5_033_472));
    assert_eq!((line.cgst.minor(), line.sgst.minor(), line.igst.minor()), (75_502, 75_502, 0));
    let totals = bill.totals;
    assert_eq!((totals.total.minor(), totals.round_off.minor()), (5_184_476, 24));
    assert_eq!(totals.payable.format(Grouping::Indian, Label::Symbol), "₹51,845.00");
    assert_eq!(totals.amount_in_words(), "Rupees Fifty One Thousand Eight Hundred Forty Five Only");
}

#[test]
fn between_states_the_whole_rate_is_rounded_once() {
    let bill = bill(TaxTreatment::InterState, price_card());
    // 5 033 472 × 3 % = 151 004.16
    assert_eq!(
        (bill.totals.igst.minor(), bill.totals.cgst.minor(), bill.totals.sgst.minor()),
        (151_004, 0, 0)
    );
    assert_eq!(bill.lines[0].igst.minor(), 151_004);
}

#[test]
fn a_bill_of_supply_has_no_tax() {
    let bill = bill(TaxTreatment::Untaxed, price_card());
    assert_eq!((bill.totals.total.minor(), bill.totals.payable.minor()), (5_033_472, 5_033_500));
    assert!(bill.tax_groups.is_empty());
}

/// 14 karat, 2.980 g at ₹5,200, 0.200 ct at ₹25,000, making ₹800 a gram: 22,880.00, tax 343.20 twice, ₹23,566.40.
#[test]
fn a_diamond_ring_comes_to_its_published_price() {
    let stones = vec![Stone::PerCarat { mass: StoneMass::new(200).unwrap(), per_carat: inr(2_500_000) }];
    let line = LineInput {
        less: mg(40),
        making: Some(Making::PerMass { amount: inr(80_000), per: mg(1_000), base: Default::default() }),
        stones,
        ..LineInput::new(mg(3_020), per_gram(520_000, 585_000), gst(30_000))
    };
    let bill = bill(TaxTreatment::IntraState, line);
    assert_eq!(bill.lines[0].net.mg(), 2_980);
    assert_eq!(bill.totals.taxable.minor(), 2_288_000);
    assert_eq!((bill.totals.cgst.minor(), bill.totals.sgst.minor()), (34_320, 34_320));
    assert_eq!(bill.totals.total.minor(), 2_356_640);
    assert_eq!((bill.totals.round_off.minor(), bill.totals.payable.minor()), (-40, 2_356_600));
}

/// ₹28,000 of gold and ₹2,000 of making are one composite supply at 3 %: tax 900.
#[test]
fn making_is_taxed_at_the_rate_of_the_goods() {
    let line = LineInput {
        making: Some(Making::Fixed { amount: inr(200_000) }),
        ..LineInput::new(mg(10_000), per_gram(280_000, 750_000), gst(30_000))
    };
    let bill = bill(TaxTreatment::InterState, line);
    assert_eq!((bill.lines[0].metal.minor(), bill.totals.igst.minor()), (2_800_000, 90_000));
}

/// 10.5 g of 22 karat at ₹6,200 a gram of fine gold: ₹59,675.00 by karat, ₹59,631.60 by fineness.
#[test]
fn a_derived_rate_prices_without_a_rounding_of_its_own() {
    for (basis, metal) in [(RateBasis::Karat, 5_967_500), (RateBasis::Millesimal, 5_963_160)] {
        let rate = per_gram(620_000, 999_000).derive_exact(Fineness::new(916_000).unwrap(), basis).unwrap();
        let bill = bill(TaxTreatment::IntraState, LineInput::new(mg(10_500), rate, gst(30_000)));
        assert_eq!(bill.lines[0].metal.minor(), metal, "{basis:?}");
    }
}
