//! What pricing a bill costs, by its number of lines, and what the figure bargained at the counter costs.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its inputs must stop")]

use std::hint::black_box;

use aurex_core::{
    measure::{Fineness, Mass, Rate, Ratio, StoneMass},
    money::{Currency, Money},
    shop::pricing::{
        BillInput, Charge, LineInput, Making, Stone, TaxTreatment, Wastage, price, price_for_target,
    },
};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR).unwrap()
}

/// A line with everything on it: wastage, making, stones, hallmarking.
fn line(number: i64) -> LineInput {
    let gram = Mass::new(1_000).unwrap();
    let rate = Rate::new(inr(1_280_000), gram, Fineness::new(916_000).unwrap()).unwrap();
    LineInput {
        less: Mass::new(40).unwrap(),
        wastage: Some(Wastage::OnMass(Ratio::from_ppm(30_000))),
        making: Some(Making::PercentOfMetal { ratio: Ratio::from_ppm(160_000), base: Default::default() }),
        stones: vec![Stone::PerCarat { mass: StoneMass::new(136).unwrap(), per_carat: inr(2_500_000) }],
        other_charges: vec![Charge { amount: inr(5_300) }],
        ..LineInput::new(Mass::new(3_390 + number * 137).unwrap(), rate, Ratio::from_ppm(30_000))
    }
}

fn bill(lines: i64) -> BillInput {
    let lines = (0..lines).map(line).collect();
    BillInput {
        discount: Some(inr(123_457)),
        ..BillInput::new(Currency::INR, TaxTreatment::IntraState, lines)
    }
}

fn bills(c: &mut Criterion) {
    let mut group = c.benchmark_group("price a bill");
    for lines in [1, 10, 100, 500] {
        let bill = bill(lines);
        group.bench_with_input(BenchmarkId::from_parameter(lines), &bill, |bench, bill| {
            bench.iter(|| price(black_box(bill)));
        });
    }
    group.finish();
}

fn bargains(c: &mut Criterion) {
    let bill = bill(10);
    let target = inr(60_000_000);
    c.bench_function("target payable, 10 lines", |bench| {
        bench.iter(|| price_for_target(black_box(&bill), black_box(target)));
    });
}

criterion_group!(benches, bills, bargains);
criterion_main!(benches);
