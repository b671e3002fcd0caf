//! What the safety of amounts costs: beside the bare machine arithmetic that it wraps, and beside a peer.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its inputs must stop")]

use std::hint::black_box;

use aurex_core::{
    measure::{Fineness, Mass, Rate},
    money::{Currency, Money, Rounding, allocate},
};
use criterion::{Criterion, criterion_group, criterion_main};
use rusty_money::{FastMoney, Money as PeerMoney, iso};

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR).unwrap()
}

fn add(c: &mut Criterion) {
    let mut group = c.benchmark_group("add");
    let (a, b) = (inr(4_339_200), inr(694_272));
    group.bench_function("money", |bench| bench.iter(|| black_box(a).checked_add(black_box(b))));
    group.bench_function("bare i64", |bench| {
        bench.iter(|| black_box(a.minor()).checked_add(black_box(b.minor())));
    });
    let (a, b) = (FastMoney::from_minor(4_339_200, iso::INR), FastMoney::from_minor(694_272, iso::INR));
    group.bench_function("rusty-money fast", |bench| bench.iter(|| black_box(a).add(black_box(b))));
    let (a, b) = (PeerMoney::from_minor(4_339_200, iso::INR), PeerMoney::from_minor(694_272, iso::INR));
    group.bench_function("rusty-money", |bench| bench.iter(|| black_box(a).add(black_box(b))));
    group.finish();
}

/// A thousand amounts, because a single addition is mostly the measuring itself.
fn sum(c: &mut Criterion) {
    let mut group = c.benchmark_group("sum of 1000");
    let minors: Vec<i64> = (0..1_000).map(|n| n * 7_919).collect();
    let amounts: Vec<Money> = minors.iter().map(|&minor| inr(minor)).collect();
    group.bench_function("money", |bench| {
        bench.iter(|| Money::try_sum(Currency::INR, black_box(&amounts).iter().copied()));
    });
    group.bench_function("bare i64", |bench| {
        bench.iter(|| black_box(&minors).iter().try_fold(0_i64, |sum, minor| sum.checked_add(*minor)));
    });
    group.finish();
}

fn price_of_weight(c: &mut Criterion) {
    let mut group = c.benchmark_group("weight × rate");
    let rate = Rate::new(inr(1_280_000), Mass::new(1_000).unwrap(), Fineness::new(916_000).unwrap()).unwrap();
    let mass = Mass::new(3_390).unwrap();
    group.bench_function("rate", |bench| {
        bench.iter(|| black_box(rate).price_of(black_box(mass), Rounding::HalfAwayFromZero));
    });
    // The same half away from zero for positive numbers, with no check but the last.
    group.bench_function("bare i128", |bench| {
        bench.iter(|| {
            let (mass, amount, per) =
                (black_box(3_390_i128), black_box(1_280_000_i128), black_box(1_000_i128));
            i64::try_from((mass * amount + per / 2) / per)
        });
    });
    group.finish();
}

fn shares(c: &mut Criterion) {
    let mut group = c.benchmark_group("allocate over 3");
    group.bench_function("allocate", |bench| {
        bench.iter(|| allocate(black_box(100_000), black_box(&[50, 30, 21])))
    });
    let amount = inr(100_000);
    group
        .bench_function("money", |bench| bench.iter(|| black_box(amount).allocate(black_box(&[50, 30, 21]))));
    let peer = PeerMoney::from_minor(100_000, iso::INR);
    group.bench_function("rusty-money", |bench| {
        bench.iter(|| black_box(peer).allocate(black_box(vec![50, 30, 21])));
    });
    group.finish();
}

criterion_group!(benches, add, sum, price_of_weight, shares);
criterion_main!(benches);
