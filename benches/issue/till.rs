//! A till that has enough to sell.

use std::time::{Duration, Instant};

use aurex_core::rbac::Role;
use aurex_core::service::shop::{issue_invoice, record_item};
use aurex_core::shop::invoices::NewBill;
use aurex_core::store::conformance::{Shop, World, bill_of, key, piece};
use aurex_core::tenancy::Scope;

/// How many pieces stand on a bill.
pub const LINES: usize = 3;

/// A shop with a rate, a customer and pieces in stock, and a cashier who has signed in.
pub struct Till {
    pub shop: Shop,
    cashier: Scope,
    bills: Vec<NewBill>,
    issued: usize,
}

impl Till {
    /// Opens a shop and takes in the pieces of `bills` bills.
    pub async fn open(world: &World, slug: &str, bills: usize) -> Self {
        let shop = world.shop(slug).await;
        shop.rate(1_280_000).await;
        let customer = shop.customer("Asha").await.id;
        let owner = shop.owner().await;
        let cashier = shop.scope(Role::Cashier).await;
        let mut till = Self { shop, cashier, bills: Vec::new(), issued: 0 };
        for bill in 0..bills {
            let mut pieces = Vec::new();
            for line in 0..LINES {
                till.shop.tick();
                let piece = piece(&format!("P-{bill}-{line}"));
                pieces.push(record_item(&till.shop.road, &owner, None, piece).await.unwrap().value.item.id);
            }
            till.bills.push(bill_of(customer, &pieces));
        }
        till
    }

    /// Issues the next bill as the service does it for a request: with its idempotency key, durably.
    pub async fn issue(&mut self) -> Duration {
        let bill = self.bills.pop().unwrap();
        self.issued += 1;
        let presented =
            key(&format!("bill-{}", self.issued), &[("/customer", "asha"), ("/lines/0", "piece")]);
        self.shop.tick();
        let started = Instant::now();
        let done = issue_invoice(&self.shop.road, &self.cashier, Some(&presented), &bill).await.unwrap();
        let taken = started.elapsed();
        assert!(!done.replayed && done.value.lines.len() == LINES);
        taken
    }

    /// Issues `bills` bills one after the other.
    pub async fn issue_many(&mut self, bills: usize) -> Vec<Duration> {
        let mut taken = Vec::with_capacity(bills);
        for _ in 0..bills {
            taken.push(self.issue().await);
        }
        taken
    }
}
