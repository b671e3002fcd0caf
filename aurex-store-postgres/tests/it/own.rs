//! The embedder's SQL beside a change, on tables of their own.

use aurex_core::audit::Sealed;
use aurex_core::store::{StoreError, Writer as _};
use aurex_store_postgres::{Guard, NotGuarded, Policy, PostgresWriter, guard_table};

use crate::pharmacy::Pharmacy;
use crate::world::{number, options, rows, run};

/// What stands inside a failure.
pub fn inside<E: std::error::Error + Clone + 'static>(error: Option<StoreError>) -> E {
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
async fn what_own_sql_leaves_on_a_connection_ends_with_the_turn() {
    const LEFT: &str =
        "RESET ROLE; SET statement_timeout = 0; SET aurex.tenant_id = 'nobody'; SET search_path = public;
        CREATE TEMP TABLE kept (x int); SELECT pg_advisory_lock(1)";
    const FOUND: &str =
        "SELECT current_user, current_setting('statement_timeout'), current_setting('search_path'),
        to_regclass('pg_temp.kept')::text,
        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())";
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let scope = pharmacy.scope();
    for end in ["commit", "rollback", "drop"] {
        let mut writer = pharmacy.store.open_writer(&scope, &pharmacy.clock).await.unwrap();
        let (_, clean) = writer
            .apply_with(pharmacy.sealed(&scope, "B1", 4), |conn| {
                Box::pin(async move {
                    let clean = rows(conn, FOUND).await;
                    run(conn, LEFT).await.map_err(sqlx::Error::Protocol)?;
                    assert_ne!(rows(conn, FOUND).await, clean);
                    Ok(clean)
                })
            })
            .await
            .unwrap();
        let texts: Vec<_> = clean[0].iter().map(Option::as_deref).collect();
        assert_eq!(texts, [Some("aurex_app"), Some("30s"), Some("\"\""), None, Some("0")], "before {end}");
        run_as_the_application(&mut writer, pharmacy.sealed(&scope, "B2", 4)).await;
        match end {
            "commit" => Box::new(writer).commit().await.unwrap(),
            "rollback" => Box::new(writer).rollback().await,
            _ => drop(writer),
        }
    }
    pharmacy.take_a_turn("B3").await;
}

/// Applies a change, and sees that own SQL beside it is behind the wall.
async fn run_as_the_application(writer: &mut PostgresWriter, sealed: Sealed) {
    let asked = writer
        .apply_with(sealed, |conn| Box::pin(async move { Ok(rows(conn, "SELECT current_user").await) }));
    assert_eq!(asked.await.unwrap().1[0][0].as_deref(), Some("aurex_app"));
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
    let forged = "INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome, tx)
        SELECT tenant_id, 9, bytes, leaf, at, actor_id, action, subject_id, outcome, tx FROM aurex.audit_entry LIMIT 1";
    run(&mut conn, &format!("ROLLBACK; BEGIN; {}", pharmacy.setting())).await.unwrap();
    let refused = run(&mut conn, forged).await.unwrap_err();
    assert!(refused.starts_with("42501"), "the application does not say whose transaction it was: {refused}");
}

#[tokio::test]
async fn a_guard_reads_one_entry_however_long_the_log_and_however_many_the_rows() {
    // What the raising policy asks of a row is opaque to the planner, which then thinks worst of the log.
    let pharmacy = Pharmacy::with(options(Policy::Raises)).await;
    let tenant = pharmacy.tenant.uuid();
    let mut conn = pharmacy.database.app().await;
    let setting = pharmacy.setting();
    let entries = |first: u32, last: u32| {
        format!(
            "INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome)
             SELECT '{tenant}', n, '', decode(repeat('00', 32), 'hex'), 1, '', '', '', 'done' FROM generate_series({first}, {last}) AS n"
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
    assert_eq!(read, 1, "entries read for a hundred guarded rows");
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
