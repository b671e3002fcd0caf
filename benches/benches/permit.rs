//! What asking for leave costs, beside two policy engines that hold the same matrix.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its inputs must stop")]

#[path = "../oracles/mod.rs"]
mod oracles;

use std::hint::black_box;

use aurex_core::rbac::{Catalogue, Role};
use aurex_core::shop::actions::{CancelInvoice, IssueInvoice};
use aurex_core::tenancy::{
    Assurance, Authority, Entrances, Id as _, MemberId, Proof, Reach, RequestFacts, Scope, TenantId,
};
use aurex_core::uuid::Uuid;
use criterion::{Criterion, criterion_group, criterion_main};
use oracles::{Asker, Casbin, Cedar, rules};

const TENANT: TenantId = TenantId::from_directory_row(Uuid::from_u128(1));
/// What a till's program would be granted.
const GRANTED: [&str; 6] =
    ["customer.read", "customer.record", "rate.read", "stock.read", "invoice.preview", "invoice.issue"];

fn vouched(entrances: &Entrances, role: Role) -> Scope {
    let member = MemberId::from_uuid(Uuid::from_u128(2));
    entrances.trusted.vouch_for(TENANT, member, role, RequestFacts::default())
}

fn engines(c: &mut Criterion, group: &str, asker: &Asker, code: &str, expected: bool) {
    let rules = rules(&Catalogue::core());
    let mut group = c.benchmark_group(group);
    let cedar = Cedar::of(&rules);
    let question = Cedar::question(asker, code);
    assert_eq!(cedar.answer(&question), expected);
    group.bench_function("cedar", |bench| bench.iter(|| cedar.answer(black_box(&question))));
    let casbin = Casbin::of(&rules, asker);
    assert_eq!(casbin.answer(code), expected);
    group.bench_function("casbin", |bench| bench.iter(|| casbin.answer(black_box(code))));
    group.finish();
}

fn allow(c: &mut Criterion) {
    let scope = vouched(&Authority::establish().0.split(), Role::Cashier);
    assert!(scope.permit::<IssueInvoice>().is_ok());
    c.benchmark_group("permit, allowed")
        .bench_function("permit", |bench| bench.iter(|| black_box(&scope).permit::<IssueInvoice>()));
    engines(c, "permit, allowed", &Asker::person(Role::Cashier, false), "invoice.issue", true);
}

fn deny(c: &mut Criterion) {
    let scope = vouched(&Authority::establish().0.split(), Role::Cashier);
    assert!(scope.permit::<CancelInvoice>().is_err());
    c.benchmark_group("permit, denied")
        .bench_function("permit", |bench| bench.iter(|| black_box(&scope).permit::<CancelInvoice>()));
    engines(c, "permit, denied", &Asker::person(Role::Cashier, false), "invoice.cancel", false);
}

/// The narrowed reaches: a token's grants by the policy itself, because only a sign-in makes a token's scope, and the
/// shell's through a scope of its own.
fn narrowed(c: &mut Criterion) {
    let granted = Reach::Granted(GRANTED.iter().map(|code| (*code).to_owned()).collect());
    let catalogue = Catalogue::core();
    let issue = catalogue.iter().find(|action| action.code == "invoice.issue").unwrap();
    assert!(issue.answer(Role::Cashier, &granted, Proof::standing(Assurance::Token)).is_ok());
    let shell = Authority::establish().0.split().cli.scope(TENANT, &GRANTED, RequestFacts::default());
    assert!(shell.permit::<IssueInvoice>().is_ok());

    let mut group = c.benchmark_group("permit, token of six grants");
    group.bench_function("policy", |bench| {
        bench.iter(|| {
            issue.answer(black_box(Role::Cashier), black_box(&granted), Proof::standing(Assurance::Token))
        });
    });
    group.bench_function("permit, shell", |bench| {
        bench.iter(|| black_box(&shell).permit::<IssueInvoice>());
    });
    group.finish();
    let asker = Asker::token(Role::Cashier, &GRANTED);
    engines(c, "permit, token of six grants", &asker, "invoice.issue", true);
}

criterion_group!(benches, allow, deny, narrowed);
criterion_main!(benches);
