//! The road on a connection of the embedder's own.

use aurex_core::store::{KeptKey, KeyHolder, LookupKey, Store as _, StoreError};
use aurex_core::tenancy::MemberId;
use aurex_core::time::Clock as _;
use aurex_store_postgres::NotJoined;

use crate::own::inside;
use crate::pharmacy::Pharmacy;
use crate::world::{connect, number, rows, run};

#[tokio::test]
async fn a_joined_change_is_true_when_the_embedder_commits() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    let mut conn = pharmacy.embedder().await;
    for end in ["ROLLBACK", "COMMIT"] {
        run(&mut conn, "BEGIN").await.unwrap();
        let mut joined = pharmacy.store.join(&mut conn, &scope, &pharmacy.clock).await.unwrap();
        assert_eq!(joined.reads().head().await.unwrap().frontier.size(), 1);
        let receipt = joined.apply(pharmacy.sealed(&scope, "B1", 4)).await.unwrap();
        drop(joined);
        run(&mut conn, &pharmacy.put("B1", 4)).await.unwrap();
        run(&mut conn, end).await.unwrap();
        assert_eq!(receipt.assume_committed().seq, 1);
        let entries = if end == "COMMIT" { 2 } else { 1 };
        assert_eq!(pharmacy.entries().await, entries);
        let shelf =
            number(&mut pharmacy.database.superuser().await, "SELECT count(*) FROM pharmacy.medicine").await;
        assert_eq!(shelf, if end == "COMMIT" { 1 } else { 0 });
    }
    let left = rows(&mut conn, "SELECT current_setting('aurex.tenant_id', true)").await;
    assert!(
        matches!(left[0][0].as_deref(), None | Some("")),
        "the tenant ended with the transaction: {left:?}"
    );
    assert_eq!(pharmacy.take_a_turn("B2").await.seq, 2);
}

#[tokio::test]
async fn own_rows_may_stand_before_the_entry_of_their_transaction() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    let mut conn = pharmacy.embedder().await;
    run(&mut conn, &format!("BEGIN; {}; {}", pharmacy.setting(), pharmacy.put("B1", 4))).await.unwrap();
    let mut joined = pharmacy.store.join(&mut conn, &scope, &pharmacy.clock).await.unwrap();
    let receipt = joined.apply(pharmacy.sealed(&scope, "B1", 4)).await.unwrap();
    drop(joined);
    run(&mut conn, "COMMIT").await.unwrap();
    assert_eq!(receipt.assume_committed().seq, 1);
    assert_eq!(pharmacy.entries().await, 2);
}

#[tokio::test]
async fn a_joined_transaction_runs_own_sql_beside_its_change() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    let mut conn = pharmacy.embedder().await;
    run(&mut conn, "BEGIN").await.unwrap();
    let mut joined = pharmacy.store.join(&mut conn, &scope, &pharmacy.clock).await.unwrap();
    let put = pharmacy.put("B1", 4);
    let done = joined
        .apply_with(pharmacy.sealed(&scope, "B1", 4), |conn| {
            Box::pin(async move { run(conn, &put).await.map_err(sqlx::Error::Protocol) })
        })
        .await
        .unwrap();
    assert_eq!(joined.now(), done.assume_committed().0.at);
    drop(joined);
    run(&mut conn, "COMMIT").await.unwrap();
    let shelf =
        number(&mut pharmacy.database.superuser().await, "SELECT pieces FROM pharmacy.medicine").await;
    assert_eq!(shelf, 4);
}

/// A key under which a change can be sent twice.
fn kept_key(pharmacy: &Pharmacy) -> KeptKey {
    let holder = KeyHolder::Member(MemberId::new(pharmacy.clock.now(), &pharmacy.chance));
    let lookup = LookupKey { holder, action: "medicine.stock", key: "once".to_owned() };
    KeptKey { lookup, fields: Vec::new(), resource: "B1".to_owned(), at: pharmacy.clock.now() }
}

#[tokio::test]
async fn a_joined_change_that_is_refused_cannot_be_committed() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let (scope, other) = (pharmacy.scope(), pharmacy.scope());
    let key = kept_key(&pharmacy);
    let keyed = |code: &str| pharmacy.sealed(&scope, code, 4).with_key(Some(key.clone()));
    let mut writer = pharmacy.store.writer(&scope, &pharmacy.clock).await.unwrap();
    writer.apply(keyed("B1")).await.unwrap();
    writer.commit().await.unwrap();

    let mut conn = pharmacy.embedder().await;
    run(&mut conn, "BEGIN").await.unwrap();
    let mut joined = pharmacy.store.join(&mut conn, &scope, &pharmacy.clock).await.unwrap();
    let refused = joined.apply(keyed("B2")).await.err();
    assert!(matches!(refused, Some(StoreError::Duplicate { table: "idempotency_key" })), "{refused:?}");
    drop(joined);
    // COMMIT answers well, and rolls back.
    run(&mut conn, "COMMIT").await.unwrap();
    assert_eq!(pharmacy.entries().await, 2);

    run(&mut conn, "BEGIN").await.unwrap();
    let mut joined = pharmacy.store.join(&mut conn, &scope, &pharmacy.clock).await.unwrap();
    let applied = joined.apply(pharmacy.sealed(&scope, "B2", 4)).await.unwrap();
    assert_eq!(applied.assume_committed().seq, 2);
    let refused = joined.apply(pharmacy.sealed(&other, "B3", 4)).await.err();
    assert!(matches!(refused, Some(StoreError::ForeignSeal)), "{refused:?}");
    drop(joined);
    run(&mut conn, "COMMIT").await.unwrap();
    assert_eq!(pharmacy.entries().await, 2);

    run(&mut conn, "BEGIN").await.unwrap();
    let mut joined = pharmacy.store.join(&mut conn, &scope, &pharmacy.clock).await.unwrap();
    let refused = joined
        .apply_with(pharmacy.sealed(&scope, "B2", 4), |_| {
            Box::pin(async { Err::<(), _>(sqlx::Error::RowNotFound) })
        })
        .await
        .err();
    assert!(matches!(refused, Some(StoreError::Failed(_))), "{refused:?}");
    drop(joined);
    run(&mut conn, "COMMIT").await.unwrap();
    assert_eq!(pharmacy.entries().await, 2);
    assert_eq!(pharmacy.take_a_turn("B2").await.seq, 2);
}

#[tokio::test]
async fn joining_needs_a_transaction() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let mut conn = pharmacy.embedder().await;
    let refused = pharmacy.store.join(&mut conn, &pharmacy.scope(), &pharmacy.clock).await.err();
    assert_eq!(inside::<NotJoined>(refused), NotJoined::NoTransaction);
    assert!(run(&mut conn, "SAVEPOINT s").await.is_err(), "asking has opened none");
}

#[tokio::test]
async fn joining_needs_a_transaction_that_is_read_committed() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let mut conn = pharmacy.embedder().await;
    for level in ["REPEATABLE READ", "SERIALIZABLE"] {
        run(&mut conn, &format!("BEGIN ISOLATION LEVEL {level}")).await.unwrap();
        let refused = pharmacy.store.join(&mut conn, &pharmacy.scope(), &pharmacy.clock).await.err();
        assert_eq!(inside::<NotJoined>(refused), NotJoined::NotReadCommitted);
        run(&mut conn, "ROLLBACK").await.unwrap();
    }
}

#[tokio::test]
async fn joining_where_nothing_can_be_written_is_for_another_time() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let mut conn = pharmacy.embedder().await;
    run(&mut conn, "BEGIN READ ONLY").await.unwrap();
    let refused = pharmacy.store.join(&mut conn, &pharmacy.scope(), &pharmacy.clock).await.err();
    assert!(matches!(refused, Some(StoreError::Unavailable(Some(_)))), "{refused:?}");
}

#[tokio::test]
async fn a_superusers_connection_is_not_joined() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let mut conn = pharmacy.database.superuser().await;
    run(&mut conn, "BEGIN").await.unwrap();
    let refused = pharmacy.store.join(&mut conn, &pharmacy.scope(), &pharmacy.clock).await.err();
    assert_eq!(inside::<NotJoined>(refused), NotJoined::Superuser);
    // What it is now counts: as the application it is held by the wall.
    run(&mut conn, "SET LOCAL ROLE aurex_app").await.unwrap();
    pharmacy.store.join(&mut conn, &pharmacy.scope(), &pharmacy.clock).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_bypasses_the_walls_is_not_joined() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let login = pharmacy.database.login("BYPASSRLS").await;
    run(&mut pharmacy.database.superuser().await, &format!("GRANT aurex_app TO {login}")).await.unwrap();
    let mut conn = connect(&pharmacy.database.url_as(&login)).await;
    run(&mut conn, "BEGIN").await.unwrap();
    let refused = pharmacy.store.join(&mut conn, &pharmacy.scope(), &pharmacy.clock).await.err();
    assert_eq!(inside::<NotJoined>(refused), NotJoined::BypassesWalls);
}

#[tokio::test]
async fn the_tables_owner_is_not_joined() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let login = pharmacy.database.login("").await;
    run(&mut pharmacy.database.superuser().await, &format!("GRANT aurex_owner TO {login}")).await.unwrap();
    let mut conn = connect(&pharmacy.database.url_as(&login)).await;
    run(&mut conn, "BEGIN").await.unwrap();
    let refused = pharmacy.store.join(&mut conn, &pharmacy.scope(), &pharmacy.clock).await.err();
    assert_eq!(inside::<NotJoined>(refused), NotJoined::OwnsTables);
}

#[tokio::test]
async fn a_transaction_of_another_tenant_is_not_joined() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let other = pharmacy.new_tenant();
    pharmacy.found(other, "other-shop").await.unwrap();
    let mut conn = pharmacy.embedder().await;
    run(&mut conn, &format!("BEGIN; {}", pharmacy.setting())).await.unwrap();
    let refused = pharmacy.store.join(&mut conn, &pharmacy.scope_in(other), &pharmacy.clock).await.err();
    assert!(matches!(refused, Some(StoreError::ForeignSeal)), "{refused:?}");
    run(&mut conn, "ROLLBACK; BEGIN; SET LOCAL aurex.tenant_id = 'nobody'").await.unwrap();
    let refused = pharmacy.store.join(&mut conn, &pharmacy.scope(), &pharmacy.clock).await.err();
    assert!(matches!(refused, Some(StoreError::ForeignSeal)), "{refused:?}");
    // What an earlier transaction carried is gone with it.
    run(&mut conn, "ROLLBACK; BEGIN").await.unwrap();
    pharmacy.store.join(&mut conn, &pharmacy.scope_in(other), &pharmacy.clock).await.unwrap();
}

#[tokio::test]
async fn another_stores_scope_is_not_joined() {
    let (pharmacy, other) = (Pharmacy::with_pools_of_one().await, Pharmacy::with_pools_of_one().await);
    let mut conn = pharmacy.embedder().await;
    run(&mut conn, "BEGIN").await.unwrap();
    let refused = pharmacy.store.join(&mut conn, &other.scope(), &pharmacy.clock).await.err();
    assert!(matches!(refused, Some(StoreError::ForeignScope)), "{refused:?}");
}
