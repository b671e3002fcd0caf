//! A till that has enough to sell.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aurex_core::rbac::Role;
use aurex_core::service::shop::{issue_invoice, record_item};
use aurex_core::shop::invoices::NewBill;
use aurex_core::store::conformance::{Shop, bill_of, key, piece};
use aurex_core::tenancy::Scope;

use super::figures::Side;

/// How many pieces stand on a bill.
pub const LINES: usize = 3;

/// A shop with a rate, a customer and pieces in stock, and a cashier who has signed in.
pub struct Till {
    pub shop: Shop,
    cashier: Scope,
    bills: Mutex<Vec<NewBill>>,
}

impl Till {
    /// Opens a till in a new shop and takes in the pieces of `bills` bills.
    pub async fn open(shop: Shop, bills: usize) -> Self {
        shop.rate(1_280_000).await;
        let customer = shop.customer("Asha").await.id;
        let owner = shop.owner().await;
        let mut made = Vec::new();
        for bill in 0..bills {
            let mut pieces = Vec::new();
            for line in 0..LINES {
                shop.tick();
                let piece = piece(&format!("P-{bill}-{line}"));
                pieces.push(record_item(&shop.road, &owner, None, piece).await.unwrap().value.item.id);
            }
            made.push(bill_of(customer, &pieces));
        }
        let cashier = shop.scope(Role::Cashier).await;
        Self { shop, cashier, bills: Mutex::new(made) }
    }

    /// Issues the next bill as the service does it for a request: with its idempotency key, durably.
    pub async fn issue(&self) -> Duration {
        let (bill, left) = {
            let mut bills = self.bills.lock().unwrap();
            (bills.pop().unwrap(), bills.len())
        };
        let presented = key(&format!("bill-{left}"), &[("/customer", "asha"), ("/lines/0", "piece")]);
        self.shop.tick();
        let started = Instant::now();
        let done = issue_invoice(&self.shop.road, &self.cashier, Some(&presented), &bill).await.unwrap();
        let taken = started.elapsed();
        assert!(!done.replayed && done.value.lines.len() == LINES);
        taken
    }
}

/// A client and the tills it goes round.
pub type Client = Vec<Arc<Till>>;

/// All clients issue so many bills each at once, one after the other, going round their tills.
pub async fn issue_all(clients: &[Client], bills: usize, side: &mut Side) {
    let started = Instant::now();
    let tasks: Vec<_> = clients.iter().map(|tills| tokio::spawn(issue_round(tills.clone(), bills))).collect();
    for task in tasks {
        side.each.extend(task.await.unwrap());
    }
    side.rounds.push(started.elapsed());
}

async fn issue_round(tills: Client, bills: usize) -> Vec<Duration> {
    let mut taken = Vec::with_capacity(bills);
    for till in tills.iter().cycle().take(bills) {
        taken.push(till.issue().await);
    }
    taken
}
