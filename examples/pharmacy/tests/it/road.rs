//! The road: what commits commits together, what does not was never there.

use std::task::Poll;

use aurex_core::rbac::Role;
use aurex_core::service::ServiceError;
use aurex_core::store::PageRequest;
use aurex_pharmacy::dispense::NewDispensing;
use aurex_pharmacy::service::{dispense, dispensed_from, on_shelf, receive};

use crate::world::{World, asked, code, delivery, on_every_store};

async fn row_and_entry_commit_together(world: World) {
    let tenant = world.found("asha-pharmacy").await;
    let pharmacist = world.scope(tenant, Role::Manager);
    let batch = world.batch(&pharmacist, "AX-17").await;
    let done = dispense(&world.pharmacy, &pharmacist, None, asked(batch.id, 15)).await.unwrap();

    let (batches, dispensings) = world.state(&pharmacist).await;
    assert_eq!(batches.iter().map(|batch| (batch.on_hand, batch.version)).collect::<Vec<_>>(), [(25, 2)]);
    assert_eq!(dispensings, std::slice::from_ref(&done.value));
    let entries = world.entries(&pharmacist).await;
    let last = &entries.last().unwrap().entry;
    assert_eq!(last.action, "medicine.dispense");
    assert_eq!((last.subject_kind.as_str(), &last.subject_id), ("dispensing", &done.value.id.to_string()));
    let receipt = done.receipt.unwrap();
    assert_eq!((receipt.seq, receipt.at), (last.seq, done.value.dispensed_at));
    assert_eq!(receipt.leaf, entries.last().unwrap().leaf);
}

async fn what_is_refused_leaves_nothing(world: World) {
    let tenant = world.found("asha-pharmacy").await;
    let pharmacist = world.scope(tenant, Role::Manager);
    let batch = world.batch(&pharmacist, "AX-17").await;
    let (before, entries) = (world.state(&pharmacist).await, world.entries(&pharmacist).await.len());

    let too_many = dispense(&world.pharmacy, &pharmacist, None, asked(batch.id, 41)).await;
    assert_eq!(code(too_many), "dispensing.not_enough");
    let cashier = world.scope(tenant, Role::Cashier);
    let controlled = dispense(&world.pharmacy, &cashier, None, asked(batch.id, 1)).await;
    assert_eq!(code(controlled), "dispensing.controlled");
    let auditor = world.scope(tenant, Role::Auditor);
    let denied = dispense(&world.pharmacy, &auditor, None, asked(batch.id, 1)).await;
    assert_eq!(code(denied), "permission.denied");
    assert_eq!(code(receive(&world.pharmacy, &pharmacist, None, delivery("AX-17")).await), "batch.known");

    assert_eq!(world.state(&pharmacist).await, before);
    assert_eq!(world.entries(&pharmacist).await.len(), entries);
}

async fn a_key_gives_out_once(world: World) {
    let tenant = world.found("asha-pharmacy").await;
    let pharmacist = world.scope(tenant, Role::Manager);
    let batch = world.batch(&pharmacist, "AX-17").await;
    let (first, other) = (asked(batch.id, 10), asked(batch.id, 11));
    let key = first.presented("till-1/0001");

    let done = dispense(&world.pharmacy, &pharmacist, Some(&key), first.clone()).await.unwrap();
    let again = dispense(&world.pharmacy, &pharmacist, Some(&key), first).await.unwrap();
    assert!(!done.replayed && again.replayed);
    assert_eq!((again.value, again.receipt), (done.value, None));
    let reused = other.presented("till-1/0001");
    let refused = dispense(&world.pharmacy, &pharmacist, Some(&reused), other).await;
    assert!(
        matches!(&refused, Err(ServiceError::KeyReused { pointer }) if pointer == "/pieces"),
        "{refused:?}"
    );
    assert_eq!(world.state(&pharmacist).await.0.first().unwrap().on_hand, 30);
}

async fn another_workspace_sees_and_takes_nothing(world: World) {
    let (asha, ravi) = (world.found("asha-pharmacy").await, world.found("ravi-pharmacy").await);
    let (of_asha, of_ravi) = (world.scope(asha, Role::Owner), world.scope(ravi, Role::Owner));
    let batch = world.batch(&of_asha, "AX-17").await;
    dispense(&world.pharmacy, &of_asha, None, asked(batch.id, 1)).await.unwrap();
    let before = world.state(&of_asha).await;

    assert_eq!(on_shelf(&world.pharmacy, &of_ravi, PageRequest::first(9)).await.unwrap().items, []);
    let page = dispensed_from(&world.pharmacy, &of_ravi, batch.id, PageRequest::first(9)).await.unwrap();
    assert_eq!(page.items, []);
    let taken = dispense(&world.pharmacy, &of_ravi, None, asked(batch.id, 1)).await;
    assert!(matches!(taken, Err(ServiceError::NotFound("batch"))), "as an id that never was: {taken:?}");
    world.batch(&of_ravi, "AX-17").await;
    assert_eq!(world.state(&of_asha).await, before, "the same number in another workspace is another batch");
}

async fn lists_go_on_where_they_ended(world: World) {
    let tenant = world.found("asha-pharmacy").await;
    let owner = world.scope(tenant, Role::Owner);
    for number in ["AX-1", "AX-2", "AX-3"] {
        world.batch(&owner, number).await;
    }
    let first = on_shelf(&world.pharmacy, &owner, PageRequest::first(2)).await.unwrap();
    let numbers = |page: &aurex_core::store::Page<_, _>| -> Vec<String> {
        page.items.iter().map(|batch: &aurex_pharmacy::rows::Batch| batch.number.to_string()).collect()
    };
    assert_eq!(numbers(&first), ["AX-1", "AX-2"]);
    let rest = PageRequest { after: first.next, limit: 2 };
    let rest = on_shelf(&world.pharmacy, &owner, rest).await.unwrap();
    assert_eq!((numbers(&rest), rest.next), (vec!["AX-3".to_owned()], None));
}

/// The future is dropped after so many polls; how far it gets with them depends on the store's threads and round trips,
/// so every depth is tried several times. Whenever it was dropped, shelf, register and log agree.
async fn a_dispensing_cancelled_at_any_await_happened_whole_or_not_at_all(world: World) {
    let tenant = world.found("asha-pharmacy").await;
    let pharmacist = world.scope(tenant, Role::Manager);
    let batch = world.batch(&pharmacist, "AX-17").await;
    let entries_before = world.entries(&pharmacist).await.len();
    let mut cut_short = 0;
    for attempt in 0..60 {
        let depth = attempt % 20;
        let new = NewDispensing { patient: asked(batch.id, 1).patient, ..asked(batch.id, 1) };
        let mut change = Box::pin(dispense(&world.pharmacy, &pharmacist, None, new));
        let mut polls = 0;
        let ended = std::future::poll_fn(|context| match change.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if polls == depth => Poll::Ready(None),
            Poll::Pending => {
                polls += 1;
                Poll::Pending
            }
        })
        .await;
        drop(change);
        cut_short += usize::from(ended.is_none());

        let (batches, dispensings, entries) = world.everything(&pharmacist).await;
        let on_hand = batches.first().unwrap().on_hand;
        assert_eq!(usize::try_from(40 - on_hand).unwrap(), dispensings.len(), "attempt {attempt}");
        assert_eq!(entries.len() - entries_before, dispensings.len(), "attempt {attempt}");
        if on_hand < 5 {
            break;
        }
    }
    assert!(cut_short > 0, "no attempt was dropped half-way");
    dispense(&world.pharmacy, &pharmacist, None, asked(batch.id, 1)).await.expect("nothing is stuck");
}

on_every_store!(
    row_and_entry_commit_together,
    what_is_refused_leaves_nothing,
    a_key_gives_out_once,
    another_workspace_sees_and_takes_nothing,
    lists_go_on_where_they_ended,
    a_dispensing_cancelled_at_any_await_happened_whole_or_not_at_all,
);
