//! The embedder's doors: SQL of their own beside a change, and the road on a connection of their own.

use aurex_core::store::{StoreError, Writer as _};
use aurex_store_postgres::{Guard, NotGuarded, NotJoined, Policy, guard_table};

use crate::pharmacy::Pharmacy;
use crate::world::{connect, number, options, rows, run};

/// What stands inside a failure.
fn inside<E: std::error::Error + Clone + 'static>(error: Option<StoreError>) -> E {
    let Some(StoreError::Failed(source)) = error else { panic!("{error:?}") };
    source.downcast_ref::<E>().unwrap_or_else(|| panic!("{source:?}")).clone()
}

#[tokio::test]
async fn own_rows_commit_with_their_entry() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    let mut writer = pharmacy.store.open_writer(&scope, &pharmacy.clock).await.unwrap();
    let put = pharmacy.put("B1", 4);
    let (receipt, ()) = writer
        .apply_with(pharmacy.sealed(&scope, "B1", 4), |conn| {
            Box::pin(async move { run(conn, &put).await.map_err(sqlx::Error::Protocol) })
        })
        .await
        .unwrap();
    assert_eq!(receipt.seq, 1);
    Box::new(writer).commit().await.unwrap();
    let mut conn = pharmacy.database.superuser().await;
    assert_eq!(number(&mut conn, "SELECT pieces FROM pharmacy.medicine").await, 4);
    assert_eq!(pharmacy.entries().await, 2);
}

#[tokio::test]
async fn own_sql_that_ends_the_transaction_spoils_the_writer() {
    for end in ["ROLLBACK", "COMMIT"] {
        let pharmacy = Pharmacy::with_pools_of_one().await;
        let scope = pharmacy.scope();
        let mut writer = pharmacy.store.open_writer(&scope, &pharmacy.clock).await.unwrap();
        let ended = writer
            .apply_with(pharmacy.sealed(&scope, "B1", 4), |conn| {
                Box::pin(async move { run(conn, end).await.map_err(sqlx::Error::Protocol) })
            })
            .await;
        assert!(matches!(ended, Err(StoreError::Failed(_))), "{ended:?}");
        assert!(matches!(Box::new(writer).commit().await, Err(StoreError::Spoiled)));
        assert_eq!(pharmacy.entries().await, if end == "COMMIT" { 2 } else { 1 });
        pharmacy.take_a_turn("B2").await;
    }
}

#[tokio::test]
async fn rows_without_an_entry_are_refused_at_commit() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let mut conn = pharmacy.database.app().await;
    let party = format!(
        "INSERT INTO aurex.party (tenant_id, id, kind, name, created_at, version)
         VALUES ('{}', gen_random_uuid(), 'customer', 'Asha', 1, 1)",
        pharmacy.tenant.uuid()
    );
    for put in [pharmacy.put("B1", 4), party] {
        run(&mut conn, &format!("BEGIN; {}; {put}", pharmacy.setting())).await.unwrap();
        let refused = run(&mut conn, "COMMIT").await.unwrap_err();
        assert!(refused.starts_with("AX001") && refused.contains("written with an entry"), "{refused}");
    }
    for table in ["pharmacy.medicine", "aurex.party"] {
        assert_eq!(
            number(&mut pharmacy.database.superuser().await, &format!("SELECT count(*) FROM {table}")).await,
            0
        );
    }
}

#[tokio::test]
async fn an_entry_of_an_earlier_transaction_covers_nothing() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    pharmacy.take_a_turn("B1").await;
    let mut conn = pharmacy.database.app().await;
    run(&mut conn, &format!("BEGIN; {}; {}", pharmacy.setting(), pharmacy.put("B1", 4))).await.unwrap();
    assert!(run(&mut conn, "COMMIT").await.unwrap_err().starts_with("AX001"));
    let forged = "INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, tx)
        SELECT tenant_id, 9, bytes, leaf, at, actor_id, action, subject_id, tx FROM aurex.audit_entry LIMIT 1";
    run(&mut conn, &format!("ROLLBACK; BEGIN; {}", pharmacy.setting())).await.unwrap();
    let refused = run(&mut conn, forged).await.unwrap_err();
    assert!(refused.starts_with("42501"), "the application does not say whose transaction it was: {refused}");
}

#[tokio::test]
async fn a_guard_reads_one_entry_however_long_the_log() {
    // What the raising policy asks of a row is opaque to the planner, which then thinks worst of the log.
    let pharmacy = Pharmacy::with(options(Policy::Raises)).await;
    let tenant = pharmacy.tenant.uuid();
    let mut conn = pharmacy.database.app().await;
    let setting = pharmacy.setting();
    let entries = |first: u32, last: u32| {
        format!(
            "INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id)
             SELECT '{tenant}', n, '', decode(repeat('00', 32), 'hex'), 1, '', '', '' FROM generate_series({first}, {last}) AS n"
        )
    };
    // The connection has planned the guard's look at the log when that was short.
    let first = pharmacy.put("B1", 1);
    run(&mut conn, &format!("BEGIN; {setting}; {}; {first}; COMMIT", entries(1, 1))).await.unwrap();
    run(&mut conn, &format!("BEGIN; {setting}; {}; COMMIT", entries(2, 500))).await.unwrap();
    let rows = format!(
        "INSERT INTO pharmacy.medicine SELECT '{tenant}', 'C' || n, 1 FROM generate_series(1, 99) AS n"
    );
    run(&mut conn, &format!("BEGIN; {setting}; {}; {rows}", entries(501, 501))).await.unwrap();
    // By index, by way of a bitmap of it, or by going through all.
    let read = "SELECT sum(pg_stat_get_xact_tuples_fetched(oid))
            + sum(pg_stat_get_xact_tuples_returned(oid)) FILTER (WHERE relkind = 'r')
        FROM pg_class WHERE relnamespace = 'aurex'::regnamespace AND starts_with(relname, 'audit_entry')";
    let before = number(&mut conn, read).await;
    run(&mut conn, "SET CONSTRAINTS ALL IMMEDIATE").await.unwrap();
    let read = number(&mut conn, read).await - before;
    assert_eq!(read, 100, "entries read for a hundred guarded rows");
}

#[tokio::test]
async fn own_rows_are_never_deleted_and_append_only_ones_never_changed() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    let mut writer = pharmacy.store.open_writer(&scope, &pharmacy.clock).await.unwrap();
    let sale = format!("INSERT INTO pharmacy.sale VALUES ('{}', 1, 'B1')", pharmacy.tenant.uuid());
    let put = format!("{}; {sale}", pharmacy.put("B1", 4));
    writer
        .apply_with(pharmacy.sealed(&scope, "B1", 4), |conn| {
            Box::pin(async move { run(conn, &put).await.map_err(sqlx::Error::Protocol) })
        })
        .await
        .unwrap();
    Box::new(writer).commit().await.unwrap();
    let mut conn = pharmacy.database.superuser().await;
    for refused in [
        "DELETE FROM pharmacy.medicine",
        "TRUNCATE pharmacy.medicine",
        "DELETE FROM pharmacy.sale",
        "UPDATE pharmacy.sale SET code = 'B2'",
    ] {
        let said = run(&mut conn, refused).await.unwrap_err();
        assert!(said.starts_with("AX002"), "{refused}: {said}");
    }
}

#[tokio::test]
async fn another_tenants_own_rows_are_behind_the_wall() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    let mut writer = pharmacy.store.open_writer(&scope, &pharmacy.clock).await.unwrap();
    let put = pharmacy.put("B1", 4);
    writer
        .apply_with(pharmacy.sealed(&scope, "B1", 4), |conn| {
            Box::pin(async move { run(conn, &put).await.map_err(sqlx::Error::Protocol) })
        })
        .await
        .unwrap();
    Box::new(writer).commit().await.unwrap();
    let mut conn = pharmacy.database.app().await;
    let count = "SELECT count(*) FROM pharmacy.medicine";
    assert_eq!(number(&mut conn, count).await, 0, "without a tenant there is nothing");
    run(&mut conn, &format!("BEGIN; {}", pharmacy.setting())).await.unwrap();
    assert_eq!(number(&mut conn, count).await, 1);
    let elsewhere = pharmacy.new_tenant().uuid();
    run(&mut conn, &format!("SET LOCAL aurex.tenant_id = '{elsewhere}'")).await.unwrap();
    assert_eq!(number(&mut conn, count).await, 0);
    let refused = run(&mut conn, &pharmacy.put("B2", 1)).await.unwrap_err();
    assert!(refused.starts_with("42501"), "{refused}");
}

#[tokio::test]
async fn only_own_tables_that_begin_with_their_tenant_are_guarded() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let mut conn = pharmacy.database.superuser().await;
    run(&mut conn, "CREATE TABLE pharmacy.lost (id uuid PRIMARY KEY, tenant_id uuid NOT NULL)")
        .await
        .unwrap();
    run(&mut conn, "CREATE TABLE pharmacy.text (tenant_id text PRIMARY KEY)").await.unwrap();
    for name in
        ["aurex.member", "pharmacy.nothing", "pharmacy", "x; DROP TABLE pharmacy.medicine", "", "a.b.c.d"]
    {
        let refused = guard_table(&mut conn, name, Guard::State).await.err();
        match refused {
            Some(StoreError::Failed(_)) => {}
            other => panic!("{name}: {other:?}"),
        }
    }
    for name in ["pharmacy.lost", "pharmacy.text"] {
        let refused: NotGuarded = inside(guard_table(&mut conn, name, Guard::State).await.err());
        assert_eq!(refused, NotGuarded::NoTenant(name.to_owned()));
    }
    assert_eq!(number(&mut conn, "SELECT count(*) FROM pharmacy.medicine").await, 0, "it is still there");
}

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
