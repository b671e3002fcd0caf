//! What the log's proof costs: a leaf and its place in the tree, beside the bare hashing of as many bytes.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its inputs must stop")]

use std::hint::black_box;

use aurex_core::audit::tree::{Frontier, leaf_hash};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sha2::{Digest as _, Sha256};

/// As long as the entry of a bill: header and commitments, the body apart.
const ENTRY: usize = 400;
const ENTRIES: usize = 10_000;

/// What a verifier does for leaves and tree: every entry once, in order, to the root.
fn verify(c: &mut Criterion) {
    let log: Vec<Vec<u8>> = (0..ENTRIES).map(|n| n.to_be_bytes().repeat(ENTRY / 8)).collect();
    let mut group = c.benchmark_group("verify 10,000 entries");
    group.throughput(Throughput::Elements(u64::try_from(ENTRIES).unwrap()));
    group.bench_function("leaves and tree", |bench| {
        bench.iter(|| {
            let mut tree = Frontier::default();
            for entry in black_box(&log) {
                tree.append(leaf_hash(entry));
            }
            tree.root()
        });
    });
    group.bench_function("bare SHA-256", |bench| {
        bench.iter(|| {
            for entry in black_box(&log) {
                black_box(Sha256::digest(entry));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, verify);
criterion_main!(benches);
