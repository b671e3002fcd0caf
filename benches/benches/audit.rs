//! What the log's proof costs: a leaf and its place in the tree, beside the bare hashing of as many bytes; and the whole
//! verifier over entries as they are, with and without opening what they commit to.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its inputs must stop")]

use std::hint::black_box;

use aurex_core::audit::bundle::Field;
use aurex_core::audit::policy::Policy;
use aurex_core::audit::tree::{Frontier, leaf_hash};
use aurex_core::audit::verifier::LogVerifier;
use aurex_core::audit::{Appended, Change, Draft, Head, Subject};
use aurex_core::chance::Entropy;
use aurex_core::rbac::Role;
use aurex_core::tenancy::{Authority, Id as _, MemberId, RequestFacts, TenantId};
use aurex_core::time::Timestamp;
use aurex_core::uuid::Uuid;
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

    let log = entries();
    let fields: Vec<Vec<Field<'_>>> =
        log.iter().map(|entry| entry.openings.iter().map(Field::from).collect()).collect();
    let through = |with_fields: bool| {
        let mut verifier = LogVerifier::new(&[], &[], &Policy::none());
        for (entry, fields) in black_box(&log).iter().zip(&fields) {
            verifier.entry(&entry.bytes, None, with_fields.then_some(fields.as_slice()));
        }
        let verdict = verifier.finish();
        // Nothing was signed; apart from that, everything has to fit, or this measures the wrong thing.
        assert_eq!(verdict.findings.count(), 1);
        verdict
    };
    group.bench_function("verifier, entries alone", |bench| bench.iter(|| through(false)));
    group.bench_function("verifier, commitments opened", |bench| bench.iter(|| through(true)));
    group.finish();
}

aurex_core::record! {
    /// A sale.
    struct Sale in "sale" {
        /// Its number.
        number: u64 = 1 [key],
        /// To whom.
        customer: String = 2 [personal],
        /// What.
        what: String = 3,
    }
}

aurex_core::action! {
    /// Sell.
    struct Sell = "sale.sell"; owner
}

struct Sold(Sale);

impl Change for Sold {
    type By = Sell;

    fn subject(&self) -> Subject {
        Subject::new("sale", self.0.number)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert_own(&self.0);
    }
}

/// What they are does not change what hashing them costs.
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// A log with four commitments an entry: body, customer, address and client.
fn entries() -> Vec<Appended> {
    let tenant = TenantId::from_directory_row(Uuid::from_u128(1));
    let facts = RequestFacts {
        ip: Some([203, 0, 113, 7].into()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned()),
        request_id: "01930000-0000-7000-8000-000000000001".to_owned(),
    };
    let member = MemberId::from_uuid(Uuid::from_u128(2));
    let scope = Authority::establish().0.split().trusted.vouch_for(tenant, member, Role::Owner, facts);
    let mut head = Head::empty();
    let mut append = |number: u64| {
        let what = "Ring, 22K, 4.210 g, making 12 %, hallmarked".to_owned();
        let sale = Sale { number, customer: "Asha Deshpande".to_owned(), what };
        let sealed = scope.permit::<Sell>().unwrap().seal(Sold(sale), &Sevens);
        head.append(tenant, Timestamp::from_micros(i64::try_from(number).unwrap()), &sealed).unwrap()
    };
    (0..u64::try_from(ENTRIES).unwrap()).map(&mut append).collect()
}

criterion_group!(benches, verify);
criterion_main!(benches);
