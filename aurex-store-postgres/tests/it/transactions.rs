//! Turns, snapshots, and what is left of a writer that ends early. The pools hold one connection each: whatever is left
//! on it meets the next who comes.

use std::time::Duration;

use aurex_core::store::{PageRequest, Store as _, StoreError, Writer as _};
use aurex_store_postgres::PostgresOptions;
use sqlx::PgConnection;

use crate::pharmacy::Pharmacy;
use crate::relay::Fault;
use crate::world::{number, options, run};

/// Comes back when somebody else's statement in this database waits for a lock.
async fn until_somebody_waits(conn: &mut PgConnection) {
    let waiting = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'";
    while number(conn, waiting).await == 0 {
        tokio::task::yield_now().await;
    }
}

/// Takes the tenant's head as another server would.
async fn lock_the_head(pharmacy: &Pharmacy) -> PgConnection {
    let mut outside = pharmacy.database.superuser().await;
    run(&mut outside, "BEGIN; SELECT FROM aurex.head FOR UPDATE").await.unwrap();
    outside
}

#[tokio::test]
async fn what_is_not_committed_never_was() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    for round in 0..3 {
        let mut writer = pharmacy.store.writer(&scope, &pharmacy.clock).await.unwrap();
        writer.apply(pharmacy.sealed(&scope, "B1", 1)).await.unwrap();
        if round == 0 {
            writer.rollback().await;
        } else {
            drop(writer);
        }
    }
    assert_eq!(pharmacy.entries().await, 1);
    assert_eq!(pharmacy.take_a_turn("B1").await.seq, 1);
}

#[tokio::test]
async fn a_reader_keeps_the_moment_it_began() {
    let pharmacy = Pharmacy::with(options(Default::default())).await;
    let scope = pharmacy.scope();
    let mut before = pharmacy.store.reader(&scope).await.unwrap();
    pharmacy.take_a_turn("B1").await;
    let mut after = pharmacy.store.reader(&scope).await.unwrap();
    for (reader, entries) in [(&mut before, 1), (&mut after, 2)] {
        let seen = reader.entries(&Default::default(), PageRequest::first(9)).await.unwrap();
        assert_eq!(seen.items.len(), entries);
    }
}

#[tokio::test]
async fn a_lock_timeout_in_the_opening_message_leaves_the_pool_clean() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let mut outside = lock_the_head(&pharmacy).await;
    let scope = pharmacy.scope();
    let waited = pharmacy.store.writer(&scope, &pharmacy.clock).await.err();
    assert!(matches!(waited, Some(StoreError::Unavailable(Some(_)))), "{waited:?}");
    run(&mut outside, "ROLLBACK").await.unwrap();
    assert_eq!(pharmacy.take_a_turn("B1").await.seq, 1);
    assert_eq!(pharmacy.entries().await, 2);
}

#[tokio::test]
async fn a_cancellation_while_waiting_for_the_lock_leaves_the_pool_clean() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let mut outside = lock_the_head(&pharmacy).await;
    let scope = pharmacy.scope();
    tokio::select! {
        opened = pharmacy.store.writer(&scope, &pharmacy.clock) => panic!("it was locked: {:?}", opened.err()),
        () = until_somebody_waits(&mut outside) => {}
    }
    run(&mut outside, "ROLLBACK").await.unwrap();
    assert_eq!(pharmacy.take_a_turn("B1").await.seq, 1);
    assert_eq!(pharmacy.entries().await, 2);
}

#[tokio::test]
async fn a_writer_cancelled_while_it_opens_leaves_the_pool_clean() {
    let (pharmacy, relay) = Pharmacy::behind_a_relay().await;
    let scope = pharmacy.scope();
    let mut cut_short = 0;
    // On a connection that has to be made first as on one that is there.
    for round in 0..2 {
        for request in 1.. {
            let opening = pharmacy.store.open_writer(&scope, &pharmacy.clock);
            let opened = relay.until(request, Fault::AnswerHeld, opening).await;
            if let Some(writer) = opened {
                Box::new(writer.unwrap()).rollback().await;
                break;
            }
            cut_short += 1;
            if round == 1 {
                pharmacy.turn_without_commit().await;
            }
        }
        pharmacy.turn_without_commit().await;
    }
    assert!(cut_short >= 3, "the settings, and the opening message twice: {cut_short}");
    assert_eq!(pharmacy.entries().await, 1);
    assert_eq!(pharmacy.take_a_turn("B1").await.seq, 1);
}

#[tokio::test]
async fn a_reader_cancelled_while_it_opens_leaves_the_pool_clean() {
    let (pharmacy, relay) = Pharmacy::behind_a_relay().await;
    let scope = pharmacy.scope();
    for _ in 0..3 {
        let opened = relay.until(1, Fault::AnswerHeld, pharmacy.store.reader(&scope)).await;
        assert!(opened.is_none());
        let mut reader = pharmacy.store.reader(&scope).await.unwrap();
        assert_eq!(reader.head().await.unwrap().frontier.size(), 1);
    }
}

#[tokio::test]
async fn a_change_cancelled_at_any_request_leaves_nothing_behind() {
    let (pharmacy, relay) = Pharmacy::behind_a_relay().await;
    let scope = pharmacy.scope();
    let mut requests = 1;
    loop {
        let mut writer = pharmacy.store.open_writer(&scope, &pharmacy.clock).await.unwrap();
        let change = writer.apply(pharmacy.sealed(&scope, "B1", 1));
        let applied = relay.until(requests, Fault::AnswerHeld, change).await;
        if let Some(applied) = applied {
            assert_eq!(applied.unwrap().seq, 1);
            break;
        }
        let refused = Box::new(writer).commit().await;
        assert!(matches!(refused, Err(StoreError::Spoiled)), "{refused:?}");
        assert_eq!(pharmacy.entries().await, 1);
        requests += 1;
    }
    assert!(requests > 1, "a change is at least one request");
    assert_eq!(pharmacy.take_a_turn("B1").await.seq, 1);
}

#[tokio::test]
async fn what_becomes_of_a_commit_nobody_waited_for_is_all_or_nothing() {
    let (pharmacy, relay) = Pharmacy::behind_a_relay().await;
    let scope = pharmacy.scope();
    let mut entries = 1;
    for fault in
        [Fault::AnswerHeld, Fault::RequestLost, Fault::AnswerLost, Fault::RequestLost, Fault::AnswerHeld]
    {
        let mut writer = pharmacy.store.writer(&scope, &pharmacy.clock).await.unwrap();
        let receipt = writer.apply(pharmacy.sealed(&scope, "B1", 1)).await.unwrap();
        assert_eq!(receipt.seq, entries);
        let committed = relay.until(1, fault, writer.commit()).await;
        match (fault, committed) {
            (Fault::AnswerHeld, None) => {}
            (Fault::RequestLost | Fault::AnswerLost, Some(Err(StoreError::Unavailable(_)))) => {}
            (fault, committed) => panic!("{fault:?}: {committed:?}"),
        }
        if fault != Fault::RequestLost {
            entries += 1;
        }
        // The next turn sees what became of it.
        let mut next = pharmacy.store.writer(&scope, &pharmacy.clock).await.unwrap();
        assert_eq!(next.head().await.unwrap().frontier.size(), entries, "{fault:?}");
        drop(next);
    }
    assert_eq!(pharmacy.entries().await, entries);
    assert_eq!(pharmacy.take_a_turn("B2").await.seq, entries);
}

#[tokio::test]
async fn an_answer_that_never_comes_ends_the_wait_and_the_connection() {
    let (pharmacy, relay) = Pharmacy::behind_a_relay().await;
    let (scope, store) = (pharmacy.scope(), &pharmacy.store);
    pharmacy.turn_without_commit().await;

    let unheard = relay.swallow(1, store.writer(&scope, &pharmacy.clock)).await.err();
    assert!(matches!(unheard, Some(StoreError::Unavailable(Some(_)))), "{unheard:?}");
    let mut writer = store.writer(&scope, &pharmacy.clock).await.unwrap();
    let unheard = relay.swallow(1, writer.apply(pharmacy.sealed(&scope, "B1", 1))).await;
    assert!(matches!(unheard, Err(StoreError::Unavailable(Some(_)))), "{unheard:?}");
    assert!(matches!(writer.commit().await, Err(StoreError::Spoiled)));
    assert_eq!(pharmacy.entries().await, 1);

    let mut writer = store.writer(&scope, &pharmacy.clock).await.unwrap();
    writer.apply(pharmacy.sealed(&scope, "B1", 1)).await.unwrap();
    let unheard = relay.swallow(1, writer.commit()).await;
    assert!(matches!(unheard, Err(StoreError::Unavailable(Some(_)))), "{unheard:?}");
    let mut writer = store.writer(&scope, &pharmacy.clock).await.unwrap();
    writer.apply(pharmacy.sealed(&scope, "B2", 1)).await.unwrap();
    relay.swallow(1, writer.rollback()).await;
    pharmacy.turn_without_commit().await;
    assert_eq!(pharmacy.entries().await, 2, "the change whose COMMIT arrived");

    let unheard = relay.swallow(1, store.reader(&scope)).await.err();
    assert!(matches!(unheard, Some(StoreError::Unavailable(Some(_)))), "{unheard:?}");
    store.tenants().await.unwrap();
    let unheard = relay.swallow(1, store.tenants()).await;
    assert!(matches!(unheard, Err(StoreError::Unavailable(Some(_)))), "{unheard:?}");
    store.ready().await.unwrap();
    let unheard = relay.swallow(1, store.ready()).await;
    assert!(matches!(unheard, Err(StoreError::Unavailable(Some(_)))), "{unheard:?}");
    store.ready().await.unwrap();
    assert_eq!(pharmacy.entries().await, 2);
}

#[tokio::test]
async fn a_connection_that_falls_silent_on_its_way_back_keeps_no_place_in_the_pool() {
    let (pharmacy, relay) = Pharmacy::behind_a_relay().await;
    let scope = pharmacy.scope();
    let writer = pharmacy.store.writer(&scope, &pharmacy.clock).await.unwrap();
    let mut happened = relay.plan(2, Fault::AnswerHeld);
    writer.commit().await.unwrap();
    happened.changed().await.unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(3)).await;
    tokio::time::resume();
    // Its answers are still held.
    pharmacy.turn_without_commit().await;
}

#[tokio::test]
async fn a_connection_cut_while_it_opens_is_replaced_unseen() {
    let (pharmacy, relay) = Pharmacy::behind_a_relay().await;
    let scope = pharmacy.scope();
    for fault in [Fault::RequestLost, Fault::AnswerLost] {
        let opened = relay.until(1, fault, pharmacy.store.writer(&scope, &pharmacy.clock)).await;
        let mut writer = opened.expect("it was not dropped").unwrap();
        writer.apply(pharmacy.sealed(&scope, "B1", 1)).await.unwrap();
        writer.rollback().await;
        let opened = relay.until(1, fault, pharmacy.store.reader(&scope)).await;
        assert_eq!(opened.unwrap().unwrap().head().await.unwrap().frontier.size(), 1);
    }
}

#[tokio::test]
async fn a_connection_cut_in_a_turn_ends_the_turn() {
    let (pharmacy, relay) = Pharmacy::behind_a_relay().await;
    let scope = pharmacy.scope();
    for fault in [Fault::RequestLost, Fault::AnswerLost] {
        let mut writer = pharmacy.store.writer(&scope, &pharmacy.clock).await.unwrap();
        let cut = relay.until(1, fault, writer.apply(pharmacy.sealed(&scope, "B1", 1))).await;
        assert!(matches!(cut, Some(Err(StoreError::Unavailable(_)))), "{cut:?}");
        assert!(matches!(writer.commit().await, Err(StoreError::Spoiled)));
        pharmacy.turn_without_commit().await;
    }
    assert_eq!(pharmacy.entries().await, 1);
}

#[tokio::test]
async fn a_failed_statement_cannot_be_committed() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    let mut writer = pharmacy.store.open_writer(&scope, &pharmacy.clock).await.unwrap();
    let failed = writer
        .apply_with(pharmacy.sealed(&scope, "B1", 1), |conn| {
            Box::pin(async move {
                run(conn, "INSERT INTO pharmacy.no_such_table VALUES (1)")
                    .await
                    .map_err(sqlx::Error::Protocol)
            })
        })
        .await;
    assert!(failed.is_err());
    let again = writer.apply(pharmacy.sealed(&scope, "B2", 1)).await;
    assert!(matches!(again, Err(StoreError::Spoiled)), "{again:?}");
    assert!(matches!(Box::new(writer).commit().await, Err(StoreError::Spoiled)));
    assert_eq!(pharmacy.entries().await, 1);
    assert_eq!(pharmacy.take_a_turn("B1").await.seq, 1);
}

#[tokio::test]
async fn asvs_v16_5_3_a_commit_that_a_guard_refuses_is_an_error_and_stores_nothing() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    let other = pharmacy.new_tenant();
    pharmacy.found(other, "other-shop").await.unwrap();
    let elsewhere = format!(
        "SET LOCAL aurex.tenant_id = '{0}'; INSERT INTO pharmacy.medicine VALUES ('{0}', 'B1', 4)",
        other.uuid()
    );
    let mut writer = pharmacy.store.open_writer(&scope, &pharmacy.clock).await.unwrap();
    let sealed = pharmacy.sealed(&scope, "B1", 4);
    writer
        .apply_with(sealed, |conn| {
            Box::pin(async move { run(conn, &elsewhere).await.map_err(sqlx::Error::Protocol) })
        })
        .await
        .unwrap();
    let refused = Box::new(writer).commit().await;
    assert!(matches!(refused, Err(StoreError::Failed(_))), "{refused:?}");
    assert_eq!(pharmacy.entries().await, 1);
    assert_eq!(pharmacy.take_a_turn("B1").await.seq, 1);
    let rows =
        number(&mut pharmacy.database.superuser().await, "SELECT count(*) FROM pharmacy.medicine").await;
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn connections_that_died_between_two_uses_are_replaced() {
    let pharmacy =
        Pharmacy::with(PostgresOptions { writers: 2, readers: 2, ..options(Default::default()) }).await;
    let other = pharmacy.new_tenant();
    pharmacy.found(other, "other-shop").await.unwrap();
    let (scope, elsewhere) = (pharmacy.scope(), pharmacy.scope_in(other));
    for _ in 0..3 {
        // Both connections of both pools are in use at once, so that all four have been opened.
        let store = &pharmacy.store;
        let readers = tokio::try_join!(store.reader(&scope), store.reader(&elsewhere)).unwrap();
        let (one, two) = tokio::try_join!(
            store.writer(&scope, &pharmacy.clock),
            store.writer(&elsewhere, &pharmacy.clock)
        )
        .unwrap();
        drop(readers);
        one.rollback().await;
        two.rollback().await;

        let mut outside = pharmacy.database.superuser().await;
        let of_the_store =
            "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let ended =
            number(&mut outside, &format!("SELECT count(pg_terminate_backend(pid)) {of_the_store}")).await;
        assert!(ended >= 4, "{ended}");
        while number(&mut outside, &format!("SELECT count(*) {of_the_store}")).await > 0 {
            tokio::task::yield_now().await;
        }
        pharmacy.take_a_turn("B1").await;
        pharmacy.store.reader(&scope).await.unwrap();
        pharmacy.store.ready().await.unwrap();
    }
    assert_eq!(pharmacy.entries().await, 4);
}

#[tokio::test]
async fn a_seal_of_another_scope_spoils_the_writer() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let (scope, other) = (pharmacy.scope(), pharmacy.scope());
    let mut writer = pharmacy.store.writer(&scope, &pharmacy.clock).await.unwrap();
    let refused = writer.apply(pharmacy.sealed(&other, "B1", 1)).await;
    assert!(matches!(refused, Err(StoreError::ForeignSeal)));
    assert!(matches!(writer.apply(pharmacy.sealed(&scope, "B1", 1)).await, Err(StoreError::Spoiled)));
    assert!(matches!(writer.commit().await, Err(StoreError::Spoiled)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_of_two_servers_take_turns_and_no_number_is_missing() {
    let pharmacy = Pharmacy::with(options(Default::default())).await;
    let (second, authority) =
        aurex_store_postgres::PostgresStore::open(&pharmacy.database.url(), options(Default::default()))
            .await
            .unwrap();
    let second = Pharmacy {
        store: second,
        tenant: pharmacy.tenant,
        entrances: authority.split(),
        clock: crate::pharmacy::Hands(std::sync::atomic::AtomicI64::new(0)),
        chance: crate::pharmacy::Counting::from(1 << 32),
        database: crate::world::Database::empty().await,
    };
    let turns = |server: &'static str| {
        let pharmacy = if server == "one" { &pharmacy } else { &second };
        async move {
            let mut seqs = Vec::new();
            for n in 0..10 {
                seqs.push(pharmacy.take_a_turn(&format!("{server}-{n}")).await.seq);
            }
            seqs
        }
    };
    let (mut one, two) = tokio::join!(turns("one"), turns("two"));
    one.extend(two);
    one.sort_unstable();
    assert_eq!(one, (1..=20).collect::<Vec<_>>());
}
