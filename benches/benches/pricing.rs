//! What pricing a bill costs, by its number of lines, and what the figure bargained at the counter costs.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its inputs must stop")]

use std::hint::black_box;

use aurex_benches::{bill, rupees};
use aurex_core::shop::pricing::{price, price_for_target};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn bills(c: &mut Criterion) {
    let mut group = c.benchmark_group("price a bill");
    for lines in [1, 10, 100, 500] {
        let bill = bill(lines).unwrap();
        group.bench_with_input(BenchmarkId::from_parameter(lines), &bill, |bench, bill| {
            bench.iter(|| price(black_box(bill)));
        });
    }
    group.finish();
}

fn bargains(c: &mut Criterion) {
    let bill = bill(10).unwrap();
    let target = rupees(60_000_000).unwrap();
    c.bench_function("target payable, 10 lines", |bench| {
        bench.iter(|| price_for_target(black_box(&bill), black_box(target)));
    });
}

criterion_group!(benches, bills, bargains);
criterion_main!(benches);
