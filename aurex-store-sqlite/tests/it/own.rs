//! The embedder's doors: SQL of their own beside a change, and the road on a connection of their own.

use aurex_core::store::{Doorkeeper as _, StoreError, Writer as _};
use aurex_store_sqlite::{OwnTables, SqliteOptions, SqliteStore, guard_table};

use crate::world::{World, number, run};

const MEDICINE: &str = "CREATE TABLE medicine (
    tenant_id BLOB NOT NULL, code TEXT NOT NULL, pieces INTEGER NOT NULL, PRIMARY KEY (tenant_id, code)
) STRICT";
const PUT: &str = "INSERT INTO medicine SELECT tenant_id, 'B1', 4 FROM head";

async fn pharmacy() -> (World, aurex_core::tenancy::TenantId) {
    let world = World::new().await;
    let tenant = world.found("asha-pharmacy").await;
    let mut conn = world.careless(tenant).await;
    run(&mut conn, MEDICINE).await.unwrap();
    guard_table(&mut conn, "medicine").await.unwrap();
    (world, tenant)
}

#[tokio::test]
async fn own_rows_commit_with_their_entry() {
    let (world, tenant) = pharmacy().await;
    let scope = world.scope(tenant);
    let mut writer = world.store.open_writer(&scope, &world.clock).await.unwrap();
    let sealed = world.sealed(&scope, "B1", 4);
    let (receipt, ()) = writer
        .apply_with(sealed, |conn| {
            Box::pin(async move { run(conn, PUT).await.map_err(sqlx::Error::Protocol) })
        })
        .await
        .unwrap();
    assert_eq!(receipt.seq, 1);
    Box::new(writer).commit().await.unwrap();
    let mut conn = world.careless(tenant).await;
    assert_eq!(number(&mut conn, "SELECT pieces FROM medicine").await, 4);
    assert_eq!(number(&mut conn, "SELECT applying FROM head").await, 0);
}

#[tokio::test]
async fn own_tables_are_closed_without_an_entry() {
    let (world, tenant) = pharmacy().await;
    let mut conn = world.careless(tenant).await;
    assert!(run(&mut conn, PUT).await.unwrap_err().contains("written with an entry"));
    assert!(run(&mut conn, "DELETE FROM medicine").await.is_ok(), "of nothing");
}

#[tokio::test]
async fn only_own_tables_are_guarded() {
    let (world, tenant) = pharmacy().await;
    let mut conn = world.careless(tenant).await;
    for name in ["member", "tenant", "x; DROP TABLE medicine", "", "Medicine"] {
        assert!(matches!(guard_table(&mut conn, name).await, Err(StoreError::Failed(_))), "{name}");
    }
}

#[tokio::test]
async fn a_joined_change_is_true_when_the_embedder_commits() {
    let (world, tenant) = pharmacy().await;
    let scope = world.scope(tenant);
    let mut conn = world.careless(tenant).await;
    for end in ["ROLLBACK", "COMMIT"] {
        run(&mut conn, "BEGIN IMMEDIATE").await.unwrap();
        let mut joined = world.store.join(&mut conn, &scope, &world.clock).await.unwrap();
        assert_eq!(joined.reads().head().await.unwrap().frontier.size(), 1);
        let receipt = joined.apply(world.sealed(&scope, "B1", 4)).await.unwrap();
        drop(joined);
        run(&mut conn, end).await.unwrap();
        assert_eq!(receipt.assume_committed().seq, 1);
        let entries = if end == "COMMIT" { 2 } else { 1 };
        assert_eq!(number(&mut conn, "SELECT count(*) FROM audit_entry").await, entries);
    }
}

#[tokio::test]
async fn joining_needs_a_transaction_on_the_tenants_own_file() {
    let (world, tenant) = pharmacy().await;
    let other = world.found("other-shop").await;
    let scope = world.scope(tenant);
    let mut conn = world.careless(tenant).await;
    assert!(matches!(
        world.store.join(&mut conn, &scope, &world.clock).await.err(),
        Some(StoreError::Failed(_))
    ));
    assert!(run(&mut conn, "BEGIN").await.is_ok(), "asking has opened none");
    let mut conn = world.careless(other).await;
    run(&mut conn, "BEGIN IMMEDIATE").await.unwrap();
    assert!(matches!(
        world.store.join(&mut conn, &scope, &world.clock).await.err(),
        Some(StoreError::ForeignSeal)
    ));
}

#[tokio::test]
async fn own_tables_are_in_every_file_from_its_founding() {
    const SHELF: OwnTables = |conn| {
        Box::pin(async move {
            let made = MEDICINE.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS");
            run(conn, &made).await.map_err(StoreError::failed)?;
            guard_table(conn, "medicine").await
        })
    };
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions { own_tables: Some(SHELF), ..SqliteOptions::default() };
    let (store, authority) = SqliteStore::open(folder.path(), options.clone()).await.unwrap();
    let world = World { store, folder, entrances: authority.split(), ..World::new().await };
    let tenant = world.found("asha-pharmacy").await;
    let mut conn = world.careless(tenant).await;
    assert!(run(&mut conn, PUT).await.unwrap_err().contains("written with an entry"));

    let beside = SqliteOptions { beside_a_server: true, ..options };
    let (again, _) = SqliteStore::open(world.path(), beside).await.unwrap();
    assert!(again.known_token(tenant, &[0; 32]).await.unwrap().is_none(), "opening it once more is no harm");
}
