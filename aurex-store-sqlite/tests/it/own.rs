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

/// Puts one medicine on the shelf by the road.
async fn stock_up(world: &World, scope: &aurex_core::tenancy::Scope) {
    let mut writer = world.store.open_writer(scope, &world.clock).await.unwrap();
    let own = writer.apply_with(world.sealed(scope, "B1", 4), |conn| {
        Box::pin(async move { run(conn, PUT).await.map_err(sqlx::Error::Protocol) })
    });
    own.await.unwrap();
    Box::new(writer).commit().await.unwrap();
}

#[tokio::test]
async fn guards_that_were_taken_off_or_changed_are_noticed() {
    let (world, tenant) = pharmacy().await;
    stock_up(&world, &world.scope(tenant)).await;
    let mut conn = world.careless(tenant).await;
    guard_table(&mut conn, "medicine").await.expect("again, and all are there");
    let lenient = "CREATE TRIGGER medicine_update BEFORE UPDATE ON medicine BEGIN SELECT 1; END";
    for tampering in [
        "DROP TRIGGER medicine_insert",
        "DROP TRIGGER medicine_update",
        &format!("DROP TRIGGER medicine_update; {lenient}"),
        "DROP TRIGGER medicine_insert; DROP TRIGGER medicine_update; DROP TRIGGER medicine_delete",
    ] {
        run(&mut conn, &format!("BEGIN; {tampering}")).await.unwrap();
        let noticed = guard_table(&mut conn, "medicine").await;
        assert!(
            matches!(&noticed, Err(StoreError::Corrupt(what)) if what.contains("medicine")),
            "{tampering}"
        );
        run(&mut conn, "ROLLBACK").await.unwrap();
    }
}

#[tokio::test]
async fn rows_that_were_there_before_the_guards_are_not_taken_for_facts() {
    let world = World::new().await;
    let tenant = world.found("asha-pharmacy").await;
    let mut conn = world.careless(tenant).await;
    run(&mut conn, MEDICINE).await.unwrap();
    run(&mut conn, PUT).await.expect("nobody guards it yet");
    assert!(matches!(guard_table(&mut conn, "medicine").await, Err(StoreError::Corrupt(_))));
}

#[tokio::test]
async fn a_table_whose_keys_do_not_begin_with_the_tenant_is_not_guarded() {
    let world = World::new().await;
    let tenant = world.found("asha-pharmacy").await;
    let mut conn = world.careless(tenant).await;
    let sound = "tenant_id BLOB NOT NULL, code TEXT NOT NULL, PRIMARY KEY (tenant_id, code)";
    for (name, statements) in [
        ("lax", format!("CREATE TABLE lax ({sound})")),
        ("keyless", "CREATE TABLE keyless (tenant_id BLOB NOT NULL, code TEXT NOT NULL) STRICT".to_owned()),
        (
            "last",
            "CREATE TABLE last (code TEXT, tenant_id BLOB NOT NULL, PRIMARY KEY (code, tenant_id)) STRICT"
                .to_owned(),
        ),
        ("indexed", format!("CREATE TABLE indexed ({sound}) STRICT; CREATE INDEX by_code ON indexed (code)")),
        ("loose", format!("CREATE TABLE loose ({sound}, FOREIGN KEY (code) REFERENCES member (id)) STRICT")),
    ] {
        run(&mut conn, &statements).await.unwrap();
        assert!(matches!(guard_table(&mut conn, name).await, Err(StoreError::Failed(_))), "{name}");
    }
    run(&mut conn, &format!("CREATE TABLE sound ({sound}) STRICT")).await.unwrap();
    guard_table(&mut conn, "sound").await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "no build knows the table of a test")]
fn select(
    sql: &'static str,
) -> sqlx::query::Map<
    'static,
    sqlx::Sqlite,
    impl FnMut(sqlx::sqlite::SqliteRow) -> Result<i64, sqlx::Error> + Send,
    sqlx::sqlite::SqliteArguments,
> {
    use sqlx::Row as _;
    sqlx::query(sql).try_map(|row: sqlx::sqlite::SqliteRow| row.try_get(0))
}

const PIECES: &str = "SELECT pieces FROM medicine";

#[tokio::test]
async fn own_rows_are_read_in_the_snapshot_and_under_the_turn() {
    let (world, tenant) = pharmacy().await;
    let scope = world.scope(tenant);
    let mut before = world.store.open_reader(&scope).await.unwrap();
    stock_up(&world, &scope).await;
    assert_eq!(before.own().optional(select(PIECES)).await.unwrap(), None, "as it was");
    let mut after = world.store.open_reader(&scope).await.unwrap();
    assert_eq!(after.own().all(select(PIECES)).await.unwrap(), [4]);
    assert_eq!(after.reads().head().await.unwrap().frontier.size(), 2);

    let mut writer = world.store.open_writer(&scope, &world.clock).await.unwrap();
    assert_eq!(writer.own().optional(select(PIECES)).await.unwrap(), Some(4));
    writer.apply(world.sealed(&scope, "B2", 1)).await.expect("reading closes nothing for good");
    Box::new(writer).commit().await.unwrap();
}

#[tokio::test]
async fn a_read_that_writes_is_refused_and_spoils() {
    let (world, tenant) = pharmacy().await;
    let scope = world.scope(tenant);
    stock_up(&world, &scope).await;
    let open = "UPDATE head SET applying = 1, frontier = x'00' RETURNING applying";
    let mut writer = world.store.open_writer(&scope, &world.clock).await.unwrap();
    assert!(writer.own().optional(select(open)).await.is_err());
    assert!(matches!(Box::new(writer).commit().await, Err(StoreError::Spoiled)));
    let mut reader = world.store.open_reader(&scope).await.unwrap();
    assert!(reader.own().all(select(open)).await.is_err());
    let mut conn = world.careless(tenant).await;
    assert_eq!(number(&mut conn, "SELECT applying FROM head").await, 0);
}
