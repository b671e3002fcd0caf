//! Turns, snapshots, and what is left of a writer that ends early.

use std::time::Duration;

use aurex_core::store::{AuditReads as _, Store as _, StoreError, Writer as _};

use crate::world::{World, number, run};

#[tokio::test]
async fn what_is_not_committed_never_was() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let scope = world.scope(tenant);
    for round in 0..3 {
        let mut writer = world.store.writer(&scope, &world.clock).await.unwrap();
        writer.apply(world.sealed(&scope, "B1", 1)).await.unwrap();
        if round == 0 {
            writer.rollback().await;
        } else {
            drop(writer);
        }
    }
    let mut reader = world.store.reader(&scope).await.unwrap();
    assert_eq!(reader.head().await.unwrap().frontier.size(), 1);
}

#[tokio::test]
async fn a_reader_keeps_the_moment_it_began() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let scope = world.scope(tenant);
    let mut before = world.store.reader(&scope).await.unwrap();
    let mut writer = world.store.writer(&scope, &world.clock).await.unwrap();
    writer.apply(world.sealed(&scope, "B1", 1)).await.unwrap();
    writer.commit().await.unwrap();
    let seen = before.entries(&Default::default(), aurex_core::store::PageRequest::first(9)).await.unwrap();
    assert_eq!(seen.items.len(), 1);
    let mut after = world.store.reader(&scope).await.unwrap();
    let seen = after.entries(&Default::default(), aurex_core::store::PageRequest::first(9)).await.unwrap();
    assert_eq!(seen.items.len(), 2);
}

#[tokio::test]
async fn a_seal_of_another_scope_spoils_the_writer() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let (scope, other) = (world.scope(tenant), world.scope(tenant));
    let mut writer = world.store.writer(&scope, &world.clock).await.unwrap();
    let refused = writer.apply(world.sealed(&other, "B1", 1)).await;
    assert!(matches!(refused, Err(StoreError::ForeignSeal)));
    assert!(matches!(writer.apply(world.sealed(&scope, "B1", 1)).await, Err(StoreError::Spoiled)));
    assert!(matches!(writer.commit().await, Err(StoreError::Spoiled)));
}

#[tokio::test]
async fn another_stores_scope_is_not_admitted() {
    let (world, other) = (World::new().await, World::new().await);
    let tenant = world.found("meena-jewels").await;
    let foreign = other.scope(tenant);
    assert!(matches!(world.store.reader(&foreign).await, Err(StoreError::ForeignScope)));
    assert!(matches!(world.store.writer(&foreign, &world.clock).await, Err(StoreError::ForeignScope)));
    let nobody = world.scope(world.new_tenant());
    assert!(matches!(world.store.reader(&nobody).await, Err(StoreError::NoSuchTenant)));
}

#[tokio::test]
async fn time_never_goes_back() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let scope = world.scope(tenant);
    world.clock.0.fetch_sub(3_600_000_000, std::sync::atomic::Ordering::Relaxed);
    let mut writer = world.store.writer(&scope, &world.clock).await.unwrap();
    assert_eq!(writer.now().micros(), crate::world::NOON + 1, "after the founding, by the least there is");
    let receipt = writer.apply(world.sealed(&scope, "B1", 1)).await.unwrap();
    assert_eq!(receipt.at, writer.now());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_take_turns_and_no_number_is_missing() {
    let world = std::sync::Arc::new(World::new().await);
    let tenant = world.found("meena-jewels").await;
    let mut tasks = Vec::new();
    for n in 0..20 {
        let world = std::sync::Arc::clone(&world);
        tasks.push(tokio::spawn(async move {
            let scope = world.scope(tenant);
            let mut writer = world.store.writer(&scope, &world.clock).await.unwrap();
            let receipt = writer.apply(world.sealed(&scope, &format!("B{n}"), n)).await.unwrap();
            writer.commit().await.unwrap();
            receipt.seq
        }));
    }
    let mut seqs = Vec::new();
    for task in tasks {
        seqs.push(task.await.unwrap());
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_writer_cancelled_at_any_await_leaves_nothing_behind() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let scope = world.scope(tenant);
    // The future is dropped after so many polls. How far it gets with them depends on SQLite's own threads, so every
    // depth is tried several times.
    let mut cut_short = 0;
    for attempt in 0..48 {
        let depth = attempt % 8;
        let change = async {
            let mut writer = world.store.open_writer(&scope, &world.clock).await.unwrap();
            writer.apply(world.sealed(&scope, "B1", 1)).await.unwrap();
            Box::new(writer).rollback().await;
        };
        let mut change = Box::pin(change);
        let mut polls = 0;
        let ended = std::future::poll_fn(|context| {
            use std::task::Poll;
            match change.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(true),
                Poll::Pending if polls == depth => Poll::Ready(false),
                Poll::Pending => {
                    polls += 1;
                    Poll::Pending
                }
            }
        })
        .await;
        drop(change);
        let mut reader = world.store.reader(&scope).await.unwrap();
        assert_eq!(reader.head().await.unwrap().frontier.size(), 1, "attempt {attempt}");
        drop(reader);
        cut_short += usize::from(!ended);
    }
    assert!(cut_short > 0, "no attempt was dropped half-way");
    let mut writer = world.store.open_writer(&scope, &world.clock).await.unwrap();
    writer.apply(world.sealed(&scope, "B1", 1)).await.unwrap();
    Box::new(writer).commit().await.unwrap();
}

#[tokio::test]
async fn a_failed_statement_cannot_be_committed() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let scope = world.scope(tenant);
    let mut writer = world.store.open_writer(&scope, &world.clock).await.unwrap();
    let failed = writer
        .apply_with(world.sealed(&scope, "B1", 1), |conn| {
            Box::pin(async move {
                run(conn, "INSERT INTO no_such_table VALUES (1)").await.map_err(sqlx::Error::Protocol)
            })
        })
        .await;
    assert!(failed.is_err());
    assert!(matches!(Box::new(writer).commit().await, Err(StoreError::Spoiled)));
    let mut conn = world.careless(tenant).await;
    assert_eq!(number(&mut conn, "SELECT count(*) FROM audit_entry").await, 1);
}

#[tokio::test]
async fn a_read_after_a_failure_does_not_make_the_writer_sound_again() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let scope = world.scope(tenant);
    let mut writer = world.store.open_writer(&scope, &world.clock).await.unwrap();
    let failed = writer
        .apply_with(world.sealed(&scope, "B1", 1), |_| {
            Box::pin(async { Err::<(), _>(sqlx::Error::RowNotFound) })
        })
        .await;
    assert!(failed.is_err());
    let read = writer.entries(&Default::default(), aurex_core::store::PageRequest::first(9)).await;
    assert!(matches!(read, Err(StoreError::Spoiled)), "{read:?}");
    assert!(matches!(Box::new(writer).commit().await, Err(StoreError::Spoiled)));
    let mut conn = world.careless(tenant).await;
    assert_eq!(number(&mut conn, "SELECT count(*) FROM audit_entry").await, 1, "no entry without its row");
}

#[tokio::test]
async fn a_locked_file_is_unavailable_and_heals() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let scope = world.scope(tenant);
    let mut outside = world.careless(tenant).await;
    run(&mut outside, "BEGIN IMMEDIATE").await.unwrap();
    let waiting =
        tokio::time::timeout(Duration::from_millis(50), world.store.writer(&scope, &world.clock)).await;
    assert!(waiting.is_err(), "a writer waits for SQLite's own lock");
    run(&mut outside, "ROLLBACK").await.unwrap();
    let mut writer = world.store.writer(&scope, &world.clock).await.unwrap();
    writer.apply(world.sealed(&scope, "B1", 1)).await.unwrap();
    writer.commit().await.unwrap();
}
