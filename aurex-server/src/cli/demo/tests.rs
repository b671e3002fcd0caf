//! A short story in memory, over the end of a financial year.

use std::collections::BTreeMap;
use std::sync::Arc;

use aurex_core::identity::keys::KeyRing;
use aurex_core::identity::password::Cost;
use aurex_core::rbac::Role;
use aurex_core::service::access::SignInConfig;
use aurex_core::service::shop::{invoices, items, receipts, trial_balance};
use aurex_core::shop::invoices::{Invoice, InvoiceState};
use aurex_core::shop::receipts::{PaymentReceipt, ReceiptState};
use aurex_core::shop::stock::ItemState;
use aurex_core::store::{InvoiceFilter, MemoryStore, PageRequest};
use aurex_core::time::parse_date;

use super::chance::Chance;
use super::clock::StoryClock;
use super::people::{MAIN, People, Staff, open_shops};
use super::shop::{Plan, Story, Year, live};
use super::told::Progress;
use crate::app::{Composed, Parts, compose};
use crate::http::limits::Rates;
use crate::ops::machine::OsEntropy;

mod walk;

/// Where the server is reached by.
const HOME: &str = "http://127.0.0.1:8080";

struct Made {
    composed: Composed,
    people: People,
    year: Year,
}

async fn made(seed: u64) -> Made {
    let (store, authority) = MemoryStore::open();
    let plan = Plan::short(parse_date("2026-03-15").unwrap());
    let clock = Arc::new(StoryClock::before(plan.first_day()));
    let bytes = Chance::new(7);
    let composed = compose(Parts {
        store: Arc::new(store),
        authority,
        ring: KeyRing::generate(0, &mut |to: &mut [u8]| aurex_core::chance::Entropy::fill(&bytes, to)),
        clock: Arc::clone(&clock) as _,
        entropy: Arc::new(OsEntropy),
        cost: Cost::weak_for_tests_only(4),
        hashing: None,
        breached: None,
        sign_in: SignInConfig::default(),
        origins: HOME.parse().unwrap(),
        opening: true,
        rates: Rates::UNLIMITED,
        exports: std::path::PathBuf::from("never-made"),
    })
    .unwrap();
    let people = open_shops(&composed.app.sign_in, &composed.trusted, &OsEntropy).await.unwrap();
    let story = Story { road: &composed.app.road, trusted: &composed.trusted, clock, people: &people, seed };
    let (_, year) = live(story, &plan, &mut Progress::silent()).await.unwrap();
    Made { composed, people, year }
}

impl Made {
    fn staff(&self) -> Staff<'_> {
        Staff::new(&self.composed.trusted, self.people.main, &self.people.members)
    }

    /// Bills, oldest first, each with what is settled of it.
    async fn bills(&self) -> Vec<(Invoice, i64)> {
        let owner = self.staff().scope(Role::Owner, 0).unwrap();
        let page = PageRequest::first(1000);
        let page = invoices(&self.composed.app.road, &owner, InvoiceFilter::default(), page).await.unwrap();
        page.items.into_iter().rev().map(|(bill, settled)| (bill, settled.minor())).collect()
    }

    async fn receipts(&self) -> Vec<PaymentReceipt> {
        let owner = self.staff().scope(Role::Owner, 0).unwrap();
        let page = PageRequest::first(1000);
        receipts(&self.composed.app.road, &owner, None, page).await.unwrap().items
    }

    /// Debits and credits of every account, by its code and commodity.
    async fn books(&self) -> Vec<(String, String, i64, i64)> {
        let owner = self.staff().scope(Role::Owner, 0).unwrap();
        let rows = trial_balance(&self.composed.app.road, &owner, None).await.unwrap();
        rows.into_iter()
            .map(|(account, b)| (account.code.to_string(), format!("{:?}", b.commodity), b.debit, b.credit))
            .collect()
    }
}

#[tokio::test]
async fn the_books_balance_and_every_state_occurs() {
    let made = made(916).await;

    let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for (_, commodity, debit, credit) in made.books().await {
        let sum = sums.entry(commodity).or_default();
        (sum.0, sum.1) = (sum.0 + debit, sum.1 + credit);
    }
    assert_eq!(sums.len(), 4, "money and three metals: {sums:?}");
    for (commodity, (debit, credit)) in sums {
        assert!(debit > 0, "{commodity}");
        assert_eq!(debit, credit, "{commodity}");
    }

    let bills = made.bills().await;
    assert_eq!((bills.len(), made.year.bills), (33, 33), "thirty who walked in, and three of the episodes");
    let states = [
        bills.iter().filter(|(bill, _)| bill.state == InvoiceState::Cancelled).count(),
        bills.iter().filter(|(bill, settled)| bill.state == InvoiceState::Issued && *settled == 0).count(),
        bills.iter().filter(|(bill, settled)| *settled > 0 && *settled < bill.payable.minor()).count(),
        bills.iter().filter(|(bill, settled)| *settled == bill.payable.minor()).count(),
        bills.iter().filter(|(bill, _)| bill.igst.minor() > 0).count(),
        bills.iter().filter(|(bill, _)| bill.cgst.minor() > 0).count(),
    ];
    assert!(
        states.iter().all(|count| *count > 0),
        "cancelled, open, part, full, between, within: {states:?}"
    );
    let receipts = made.receipts().await;
    assert!(receipts.iter().any(|receipt| receipt.state == ReceiptState::Reversed));

    let owner = made.staff().scope(Role::Owner, 0).unwrap();
    let pieces = items(&made.composed.app.road, &owner, None, PageRequest::first(1000)).await.unwrap().items;
    let in_stock = pieces.iter().filter(|piece| piece.item.state == ItemState::InStock).count();
    assert_eq!((pieces.len(), in_stock), (made.year.pieces, made.year.on_shelf));
    assert!(in_stock * 4 >= pieces.len(), "{in_stock} of {}", pieces.len());
}

#[tokio::test]
async fn numbers_have_no_gaps() {
    let made = made(916).await;
    let bills = made.bills().await.into_iter().map(|(bill, _)| bill.number.to_string());
    let receipts = made.receipts().await.into_iter().map(|receipt| receipt.number.to_string());
    let mut series: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for number in bills.chain(receipts) {
        let (prefix, count) = number.rsplit_once('/').unwrap();
        series.entry(prefix.to_owned()).or_default().push(count.parse().unwrap());
    }
    assert_eq!(series.len(), 4, "bills and receipts of two financial years: {series:?}");
    for (prefix, mut counts) in series {
        counts.sort_unstable();
        assert_eq!(counts, (1..).take(counts.len()).collect::<Vec<u32>>(), "{prefix}");
    }
}

#[tokio::test]
async fn one_seed_is_one_shop() {
    let (first, second, other) = (made(1).await, made(1).await, made(2).await);
    assert_eq!(first.year, second.year);
    assert_eq!(first.bills().await, second.bills().await);
    assert_eq!(first.receipts().await, second.receipts().await);
    assert_eq!(first.books().await, second.books().await);
    assert_ne!(first.books().await, other.books().await);
}

#[tokio::test]
async fn everybody_signs_in_with_the_password_that_is_shown() {
    let made = made(916).await;
    assert_eq!(made.people.members.len(), 7);
    for person in &made.people.members {
        let facts = aurex_core::tenancy::RequestFacts::default();
        let sign_in = &made.composed.app.sign_in;
        let signed_in =
            sign_in.password(MAIN, &person.email, person.password.expose(), None, facts).await.unwrap();
        assert_eq!(signed_in.member.role, person.role);
        assert!(signed_in.scope.permit::<aurex_core::shop::actions::ReadRates>().is_ok());
    }
}
