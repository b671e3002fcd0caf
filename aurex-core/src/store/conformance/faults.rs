//! A fault at any call of a use case: an error, a lost answer, a client that hung up.
//!
//! Whoever was not answered does not know what became of their command. The store must know: all of it, or nothing;
//! and sent again under its idempotency key, it is done once.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::faulty::{Fault, FaultyStore};
use super::log::log_is_sound;
use super::rebuild::log_and_tables_agree;
use super::till::*;
use super::{Shop, World, shop as scripted};
use crate::audit::{Observation, Observed, Outcome};
use crate::service::{Collecting, Road, collect_observations, shop as service};
use crate::shop::receipts::PaymentMode;
use crate::store::{AuditFilter, InvoiceFilter, PageRequest};
use crate::time::Clock as _;

/// The shop's road over a store that fails, and that store.
fn faulty(world: &World, shop: &Shop) -> (FaultyStore, Road) {
    let store = FaultyStore::around(Arc::clone(&world.store));
    let road = Road { store: Arc::new(store.clone()), ..shop.road.clone() };
    (store, road)
}

/// How many bills, receipts and entries there are.
async fn extent(shop: &Shop) -> (usize, usize, u64) {
    let mut reader = shop.reader().await;
    let bills = reader.invoices(InvoiceFilter::default(), PageRequest::first(1000)).await.unwrap().items;
    let receipts = reader.receipts(None, PageRequest::first(1000)).await.unwrap().items;
    (bills.len(), receipts.len(), reader.head().await.unwrap().frontier.size())
}

/// What a fault at the call of this name must leave behind: a change if the commit went through, else nothing.
fn grows(struck: Option<&str>, fault: Fault) -> u64 {
    u64::from(struck.is_none() || (struck == Some("commit") && fault.is_after()))
}

/// A bill whose store fails at any call is there as a whole or not at all, and its retry makes one bill.
pub async fn a_bill_that_fails_at_any_call_is_issued_once_when_it_is_sent_again(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let (store, road) = faulty(world, &shop);
    let mut struck_at = BTreeSet::new();
    for fault in Fault::ALL {
        for calls in 0.. {
            let item = shop.item(&format!("R-{fault:?}-{calls}")).await;
            let (bill, presented) = (bill_of(party.id, &[item.id]), key(item.tag.as_str(), &[("/n", "1")]));
            let (before, scope) = (extent(&shop).await, shop.owner().await);
            shop.tick();
            store.arm(calls, fault);
            let issuing = service::issue_invoice(&road, &scope, Some(&presented), &bill);
            let answer = store.until_it_hangs(issuing).await;
            let struck = store.disarm();
            assert_eq!(struck.is_none(), matches!(answer, Some(Ok(_))), "{struck:?}, {fault:?}");

            // The turn was handed on, and what was left is whole.
            shop.writer(&scope).await.unwrap().rollback().await;
            let (after, grown) = (extent(&shop).await, grows(struck, fault));
            assert_eq!(after.2 - before.2, grown, "{fault:?} at {struck:?}");
            assert_eq!(after.0 - before.0, usize::try_from(grown).unwrap());
            log_and_tables_agree(&shop).await;

            let again = service::issue_invoice(&shop.road, &scope, Some(&presented), &bill).await.unwrap();
            assert_eq!(again.replayed, grown == 1, "{fault:?} at {struck:?}");
            assert_eq!(extent(&shop).await, (before.0 + 1, before.1, before.2 + 1));
            let number = format!("INV/26-27/{:06}", before.0 + 1);
            assert_eq!(again.value.invoice.number.as_str(), number, "no number was used up");
            match struck {
                Some(call) => struck_at.insert(call),
                None => break,
            };
        }
    }
    assert!(
        ["writer", "known_for_bill", "apply", "commit"].iter().all(|call| struck_at.contains(call)),
        "{struck_at:?}"
    );
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;
}

/// The same of money that settles a bill: no paisa is taken twice, none is lost.
pub async fn a_receipt_that_fails_at_any_call_is_taken_once_when_it_is_sent_again(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let bill = shop.sell(party.id, "R-1").await;
    let owed = shop.owes(party.id).await;
    let (store, road) = faulty(world, &shop);
    let mut taken = 0;
    for fault in Fault::ALL {
        for calls in 0.. {
            let cash = money(party.id, PaymentMode::Cash, 100, &[(bill.invoice.id, 100)]);
            let presented = key(&format!("{fault:?}-{calls}"), &[("/amount", "100")]);
            let (before, scope) = (extent(&shop).await, shop.cashier().await);
            shop.tick();
            store.arm(calls, fault);
            let taking = service::record_receipt(&road, &scope, Some(&presented), &cash);
            drop(store.until_it_hangs(taking).await);
            let struck = store.disarm();
            let again = service::record_receipt(&shop.road, &scope, Some(&presented), &cash).await.unwrap();
            assert_eq!(again.replayed, grows(struck, fault) == 1, "{fault:?} at {struck:?}");
            assert_eq!(extent(&shop).await, (before.0, before.1 + 1, before.2 + 1));
            taken += 100;
            assert_eq!(shop.owes(party.id).await, owed - taken);
            if struck.is_none() {
                break;
            }
        }
    }
    assert!(taken > 1000, "the faults ended before they began");
    log_and_tables_agree(&shop).await;
}

/// Whatever becomes of the collector, each observation is in the log once.
pub async fn a_collector_that_fails_at_any_call_seals_each_observation_once(world: &World) {
    let shop = world.shop("meena").await;
    let (store, road) = faulty(world, &shop);
    let job = world.entrances.jobs.job::<Collecting>();
    let mut seen = 0;
    for fault in Fault::ALL {
        for calls in 0.. {
            for _ in 0..2 {
                seen += 1;
                let (who, what) = (Observed::anonymous(), ("account", format!("a{seen}")));
                let (now, facts) = (shop.clock.now(), scripted::facts("sign-in"));
                let why = "wrong_password";
                let one = Observation::new(now, who, &facts, "session.refused", what, Outcome::Refused, why);
                world.store.observe(shop.tenant, &one).await.unwrap();
            }
            shop.tick();
            store.arm(calls, fault);
            drop(store.until_it_hangs(collect_observations(&road, &job, shop.tenant, 100)).await);
            let struck = store.disarm();
            collect_observations(&shop.road, &job, shop.tenant, 100).await.unwrap();
            if struck.is_none() {
                break;
            }
        }
    }
    assert!(seen > 32, "the faults ended before they began");
    let filter = AuditFilter { action: Some("session.refused".to_owned()), ..AuditFilter::default() };
    let entries = shop.reader().await.entries(&filter, PageRequest::first(1000)).await.unwrap().items;
    let subjects: Vec<_> = entries.iter().rev().map(|stored| stored.entry.subject_id.clone()).collect();
    assert_eq!(subjects, (1..=seen).map(|n| format!("a{n}")).collect::<Vec<_>>());
    assert_eq!(world.store.observed_tenants().await.unwrap(), []);
    log_is_sound(&shop).await;
}

/// A workspace whose founder was not answered is there as a whole, or its slug is free.
pub async fn a_founding_that_fails_is_whole_or_nothing(world: &World) {
    let shop = world.shop("meena").await;
    for fault in Fault::ALL {
        let store = FaultyStore::around(Arc::clone(&world.store));
        let slug = format!("shop-{}", format!("{fault:?}").to_lowercase()).parse().unwrap();
        let (tenant, sealed) = super::directory::founding(world, &shop, &slug);
        store.arm(0, fault);
        drop(store.until_it_hangs(crate::store::Store::found(&store, &slug, sealed, &*shop.clock)).await);
        assert_eq!(store.disarm(), Some("found"));
        let door = world.store.door(&slug).await.unwrap();
        assert_eq!(door.map(|door| door.tenant), fault.is_after().then_some(tenant), "{fault:?}");
        let (_, again) = super::directory::founding(world, &shop, &slug);
        assert_eq!(world.store.found(&slug, again, &*shop.clock).await.is_ok(), !fault.is_after());
        assert!(world.store.door(&slug).await.unwrap().is_some());
    }
}
