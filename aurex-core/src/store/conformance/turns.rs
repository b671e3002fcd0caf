//! The tenant's turn: one at a time, in order of arrival, tenants beside each other.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Instant;

use super::admission::bare_lot;
use super::forge::insert;
use super::till::*;
use super::world::refusal;
use super::{Shop, World};
use crate::service::shop as service;
use crate::shop::accounts::For;
use crate::shop::actions::RecordLot;
use crate::shop::receipts::PaymentMode;
use crate::store::{InvoiceFilter, PageRequest, StoreError};
use crate::tenancy::Scope;

/// Lets `future` begin and take its place in the queue. It is driven on by whoever awaits it.
pub(super) fn begun<F: Future + Send + 'static>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    future
}

/// While one shop's turn is held, another shop's bills go out.
pub async fn other_tenants_do_not_wait(world: &World) {
    let (busy, quiet) = (world.shop("busy").await, world.shop("quiet").await);
    let scope = busy.owner().await;
    let held = busy.writer(&scope).await.unwrap();
    quiet.rate(1_280_000).await;
    let party = quiet.customer("Asha").await;
    assert_eq!(quiet.sell(party.id, "R-1").await.invoice.number.as_str(), "INV/26-27/000001");
    drop(held);
}

/// Readers and housekeeping never take the turn.
pub async fn readers_and_housekeeping_do_not_wait_for_the_turn(world: &World) {
    let shop = world.shop("meena").await;
    let scope = shop.owner().await;
    let mut held = shop.writer(&scope).await.unwrap();
    held.apply(insert::<RecordLot>(&scope, &*shop.entropy, vec![bare_lot(&shop).into()])).await.unwrap();
    assert!(shop.reader().await.lots(PageRequest::first(9)).await.unwrap().items.is_empty());
    let session = shop.session(crate::rbac::Role::Owner);
    world.store.touch_session(shop.tenant, session.id, held.now()).await.unwrap();
    let known = world.store.known_session(shop.tenant, &session.token_hash).await.unwrap().unwrap();
    assert_eq!(known.used_at, Some(held.now()));
    held.commit().await.unwrap();
}

/// Whoever waits longer than the store's patience is told to come back, and holds nothing up.
pub async fn a_waiter_is_sent_away_when_patience_runs_out(world: &World) {
    let shop = world.shop("meena").await;
    let scope = shop.owner().await;
    let held = shop.writer(&scope).await.unwrap();
    let began = Instant::now();
    let sent_away = refusal(shop.writer(&scope).await);
    assert!(matches!(sent_away, StoreError::Unavailable(_)) && sent_away.is_retryable());
    // Timers tick in milliseconds.
    assert!(began.elapsed() + std::time::Duration::from_millis(2) >= world.patience);
    held.rollback().await;
    assert!(shop.writer(&scope).await.is_ok());
}

/// A full queue takes nobody in: whoever comes too late is told at once, and those who stand in it lose nothing.
pub async fn a_full_queue_refuses_at_once(world: &World) {
    let (shop, quiet) = (world.shop("meena").await, world.shop("quiet").await);
    let (scope, elsewhere) = (shop.owner().await, quiet.owner().await);
    let held = shop.writer(&scope).await.unwrap();
    let mut queue = Vec::new();
    for _ in 1..world.places {
        let (till, scope) = (shop.clone(), scope.clone());
        queue.push(tokio::spawn(begun(async move {
            till.writer(&scope).await?.rollback().await;
            Ok::<_, StoreError>(())
        })));
    }
    let refused = refusal(shop.writer(&scope).await);
    assert!(matches!(refused, StoreError::Unavailable(_)) && refused.is_retryable());
    // Whoever had waited would have been overtaken by the patience of those who came before.
    assert!(!queue.iter().any(tokio::task::JoinHandle::is_finished), "the refusal took somebody's patience");
    assert!(quiet.writer(&elsewhere).await.is_ok(), "another shop's queue is its own");
    held.rollback().await;
    for waiter in queue {
        waiter.await.unwrap().unwrap();
    }
    assert!(shop.writer(&scope).await.is_ok());
}

/// Turns are handed on in order of arrival: nobody at the till is overtaken.
pub async fn turns_are_handed_on_in_order_of_arrival(world: &World) {
    async fn stamp(shop: Shop, scope: Scope) -> u64 {
        let mut turn = shop.writer(&scope).await.unwrap();
        let sealed = insert::<RecordLot>(&scope, &*shop.entropy, vec![bare_lot(&shop).into()]);
        let receipt = turn.apply(sealed).await.unwrap();
        turn.commit().await.unwrap();
        receipt.seq
    }
    let shop = world.shop("meena").await;
    let scope = shop.owner().await;
    let held = shop.writer(&scope).await.unwrap();
    let mut waiters = Vec::new();
    for _ in 0..8 {
        waiters.push(tokio::spawn(begun(stamp(shop.clone(), shop.owner().await))));
    }
    held.rollback().await;
    let mut order = Vec::new();
    for waiter in waiters {
        order.push(waiter.await.unwrap());
    }
    let first = order.first().copied().unwrap();
    assert_eq!(order, (first..first + 8).collect::<Vec<_>>());
}

/// A waiter reads the world as the turn before left it, not as it was when the waiting began.
pub async fn what_a_waiter_reads_is_current(world: &World) {
    let shop = world.shop("meena").await;
    let (scope, waiting) = (shop.owner().await, shop.owner().await);
    let mut held = shop.writer(&scope).await.unwrap();
    let lot = bare_lot(&shop);
    let (id, till) = (lot.id, shop.clone());
    let waiter = tokio::spawn(begun(async move {
        let mut turn = till.writer(&waiting).await.unwrap();
        (turn.lot(id).await.unwrap().is_some(), turn.head().await.unwrap().frontier.size())
    }));
    let receipt = held.apply(insert::<RecordLot>(&scope, &*shop.entropy, vec![lot.into()])).await.unwrap();
    held.commit().await.unwrap();
    assert_eq!(waiter.await.unwrap(), (true, receipt.seq + 1));
}

/// Not the row alone: the sums that the turn before moved, the lists it lengthened, and the log's head, all of one moment.
///
/// A statement that waits for the lock and reads in one breath may see the new head beside the old balances.
pub async fn a_waiter_reads_sums_lists_and_head_as_the_turn_before_left_them(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let (party, lot) = (shop.customer("Asha").await, shop.lot(1000).await);
    let account = shop.receivable(party.id).await;
    let gate = shop.owner().await;
    // The queue, in order of arrival: this turn, a bill of the lot, a reader of everything, a bill, a reader...
    let held = shop.writer(&gate).await.unwrap();
    let (mut bills, mut waiters) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        let (till, scope, bill) = (shop.clone(), shop.owner().await, bill_of_lot(party.id, lot.id, 100));
        bills.push(tokio::spawn(begun(async move {
            service::issue_invoice(&till.road, &scope, None, &bill).await.unwrap()
        })));
        let (till, scope, lot) = (shop.clone(), shop.owner().await, lot.id);
        waiters.push(tokio::spawn(begun(async move {
            let mut turn = till.writer(&scope).await.unwrap();
            let owed = turn.balances(&[account]).await.unwrap().first().map_or(0, |kept| kept.net());
            let all = turn.all_balances().await.unwrap();
            let summed = all.iter().find(|kept| kept.account == account).map_or(0, |kept| kept.net());
            let on_hand = turn.lot(lot).await.unwrap().unwrap().1.mass.mg();
            let listed =
                turn.invoices(InvoiceFilter::default(), PageRequest::first(100)).await.unwrap().items.len();
            (owed, summed, on_hand, listed, turn.head().await.unwrap().frontier.size())
        })));
    }
    held.rollback().await;
    let (mut owed, mut listed, mut on_hand) = (0, 0, 1000);
    for (bill, waiter) in bills.into_iter().zip(waiters) {
        let bill = bill.await.unwrap();
        owed += bill.value.invoice.payable.minor();
        listed += 1;
        on_hand -= 100;
        let size = bill.receipt.unwrap().seq + 1;
        assert_eq!(waiter.await.unwrap(), (owed, owed, on_hand, listed, size));
    }
}

/// Sixteen tills of one shop contend while another shop goes about its day: each of its commands goes through.
pub async fn a_crowd_at_one_shops_till_holds_up_no_other_shop(world: &World) {
    let (busy, quiet) = (world.shop("busy").await, world.shop("quiet").await);
    busy.rate(1_280_000).await;
    let (party, lot) = (busy.customer("Asha").await, busy.lot(1600).await);
    let scope = busy.owner().await;
    // Nobody in the crowd gets on before the quiet shop is through: whoever needs one of them to end would wait in vain.
    let held = busy.writer(&scope).await.unwrap();
    let mut crowd = Vec::new();
    for _ in 0..16 {
        let (till, scope) = (busy.clone(), busy.cashier().await);
        let bill = bill_of_lot(party.id, lot.id, 100);
        crowd.push(tokio::spawn(begun(async move {
            service::issue_invoice(&till.road, &scope, None, &bill).await
        })));
    }
    quiet.rate(1_290_000).await;
    let customer = quiet.customer("Bina").await;
    for n in 1..=3 {
        let bill = quiet.sell(customer.id, &format!("Q-{n}")).await;
        assert_eq!(bill.invoice.number.as_str(), format!("INV/26-27/{n:06}"));
    }
    held.rollback().await;
    for till in crowd {
        let answer = till.await.unwrap();
        // On a slow machine patience may have run out; what a store must not do is anything in between.
        assert!(matches!(code(answer), "done" | "store"));
    }
    super::rebuild::log_and_tables_agree(&busy).await;
    super::rebuild::log_and_tables_agree(&quiet).await;
}

/// Many tills at once: every number is used once, none is left out, and no sum loses an addend.
pub async fn contended_documents_are_numbered_without_a_gap(world: &World) {
    const TILLS: i64 = 16;
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let lot = shop.lot(TILLS * 100).await;
    let mut tills = Vec::new();
    for _ in 0..TILLS {
        let (shop, cashier) = (shop.clone(), shop.cashier().await);
        let bill = bill_of_lot(party.id, lot.id, 100);
        tills.push(tokio::spawn(async move {
            let bill = service::issue_invoice(&shop.road, &cashier, None, &bill).await.unwrap().value;
            let payable = bill.invoice.payable.minor();
            let cash = money(party.id, PaymentMode::Cash, payable, &[(bill.invoice.id, payable)]);
            let receipt = service::record_receipt(&shop.road, &cashier, None, &cash).await.unwrap().value;
            (bill.invoice.number, receipt.receipt.number, payable)
        }));
    }
    let (mut bills, mut receipts, mut taken) = (BTreeSet::new(), BTreeSet::new(), 0);
    for till in tills {
        let (bill, receipt, payable) = till.await.unwrap();
        bills.insert(bill.to_string());
        receipts.insert(receipt.to_string());
        taken += payable;
    }
    let series =
        |prefix: &str| (1..=TILLS).map(|n| format!("{prefix}/26-27/{n:06}")).collect::<BTreeSet<_>>();
    assert_eq!(bills, series("INV"));
    assert_eq!(receipts, series("RCT"));
    assert_eq!(shop.holds(For::Cash).await, taken);
    assert_eq!(shop.owes(party.id).await, 0);
    assert!(shop.reader().await.lot(lot.id).await.unwrap().unwrap().1.mass.is_zero());
    super::rebuild::log_and_tables_agree(&shop).await;
}

/// A piece that many tills reach for is sold once.
pub async fn one_piece_is_sold_once(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let item = shop.item("R-1").await;
    let mut tills = Vec::new();
    for _ in 0..8 {
        let (shop, cashier) = (shop.clone(), shop.cashier().await);
        let bill = bill_of(party.id, &[item.id]);
        tills.push(tokio::spawn(async move {
            code(service::issue_invoice(&shop.road, &cashier, None, &bill).await)
        }));
    }
    let mut answers = Vec::new();
    for till in tills {
        answers.push(till.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers.first(), Some(&"done"));
    assert!(answers.iter().skip(1).all(|answer| *answer == "item.not_in_stock"), "{answers:?}");
}
