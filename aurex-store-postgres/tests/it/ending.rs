//! A workspace ends: not before its time by the server's own clock, whatever the application says, and then in every table
//! that the catalogue knows.

use std::collections::BTreeSet;

use aurex_core::identity::actions::DeleteWorkspace;
use aurex_core::identity::deletion::decide_delete;
use aurex_core::store::conformance::Shop;
use aurex_core::store::conformance::ending::a_workspace_that_has_ended_is_nowhere_and_another_is_as_it_was;
use aurex_core::store::{Store as _, StoreError};
use aurex_core::time::Timestamp;
use aurex_store_postgres::Policy;

use crate::conformance::fixture_of;
use crate::world::{Database, number, rows, run};

/// Sets an end that no decision would set, as whoever took the application over may.
async fn end_is_forged(shop: &Shop, end: Timestamp) {
    let owner = shop.owner().await;
    let mut turn = shop.writer(&owner).await.unwrap();
    let mut workspace = turn.workspace().await.unwrap();
    workspace.ends_at = None;
    let (name, now) = (workspace.name.to_string(), turn.now());
    let mut change = decide_delete(workspace, &name, true, now).unwrap();
    change.after.ends_at = Some(end);
    let permit = owner.permit::<DeleteWorkspace>().unwrap();
    turn.apply(permit.seal(change, &*shop.road.entropy)).await.unwrap();
    turn.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_workspace_ends_before_its_time_whatever_the_application_says() {
    let database = Database::migrated(Policy::Filters).await;
    let mut superuser = database.superuser().await;
    run(&mut superuser, "DROP SCHEMA aurex_test_clock").await.unwrap();
    let (world, _store) = fixture_of(&database, Policy::Filters).await;
    let shop = world.shop("meena").await;
    let (owner, never) = (shop.owner().await, Timestamp::from_micros(i64::MAX));
    let ends = || world.store.end_workspace(&owner, never);
    let refused = |ended: Result<(), StoreError>| matches!(ended, Err(StoreError::Failed(_)));

    end_is_forged(&shop, Timestamp::from_micros(1)).await;
    assert!(refused(ends().await), "it was set a moment ago");
    let mut app = database.app().await;
    let tenant = shop.tenant.uuid();
    let of = format!("SET aurex.tenant_id = '{tenant}'");
    run(&mut app, &of).await.unwrap();
    for (sql, code) in [
        (format!("SELECT aurex.end_workspace('{tenant}', 9223372036854775807)"), "AX002"),
        ("CREATE SCHEMA aurex_test_clock".to_owned(), "42501"),
        ("UPDATE aurex.directory SET end_set_at = 1".to_owned(), "42501"),
        ("UPDATE aurex.directory SET status = 'ended', ended_at = 1".to_owned(), "42501"),
        ("DELETE FROM aurex.audit_entry".to_owned(), "42501"),
        (
            "CREATE TEMP TABLE t (tenant_id uuid); CREATE TRIGGER t BEFORE DELETE ON t FOR EACH ROW \
             EXECUTE FUNCTION aurex.until_the_end()"
                .to_owned(),
            "42501",
        ),
    ] {
        let answer = run(&mut app, &sql).await.unwrap_err();
        assert!(answer.starts_with(code), "{sql}: {answer}");
    }
    let another = shop.tenant.uuid().as_u128().wrapping_add(1);
    let another = format!("SELECT aurex.end_workspace('{another:032x}', 1)");
    assert!(run(&mut app, &another).await.unwrap_err().starts_with("AX001"));

    // A week passes for the server alone; the row says that the end is still to come.
    let a_week_ago = "UPDATE aurex.directory SET end_set_at = end_set_at - 7 * 86400 * 1000000::bigint";
    end_is_forged(&shop, Timestamp::from_micros(i64::MAX - 1)).await;
    run(&mut superuser, a_week_ago).await.unwrap();
    assert!(refused(ends().await), "its end has not come by the server's clock");
    assert_eq!(number(&mut superuser, "SELECT count(*) FROM aurex.workspace").await, 1);

    end_is_forged(&shop, Timestamp::from_micros(1)).await;
    assert!(refused(ends().await), "an end that is set anew begins a week of its own");
    run(&mut superuser, a_week_ago).await.unwrap();
    ends().await.unwrap();
    assert_eq!(number(&mut superuser, "SELECT count(*) FROM aurex.workspace").await, 0);
}

/// The table and column of every place in the database that could name a tenant, with how often it names this one.
async fn places_of(database: &Database, tenant: &str) -> BTreeSet<(String, i64)> {
    let mut conn = database.superuser().await;
    let places = rows(
        &mut conn,
        "SELECT c.oid::regclass::text, a.attname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
         WHERE c.relkind IN ('r', 'p') AND a.atttypid = 'uuid'::regtype AND a.attnum > 0 AND NOT a.attisdropped
         AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')",
    )
    .await;
    assert!(places.len() > 100, "{}", places.len());
    let mut found = BTreeSet::new();
    for place in places {
        let (table, column) = (place[0].as_ref().unwrap(), place[1].as_ref().unwrap());
        let count = format!("SELECT count(*) FROM {table} WHERE {column} = '{tenant}'");
        let count = number(&mut conn, &count).await;
        if count > 0 {
            found.insert((format!("{table}.{column}"), count));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_workspace_is_in_no_table_that_the_catalogue_knows() {
    let database = Database::migrated(Policy::Raises).await;
    let (world, store) = fixture_of(&database, Policy::Raises).await;
    a_workspace_that_has_ended_is_nowhere_and_another_is_as_it_was(&world).await;
    let mut conn = database.superuser().await;
    let ended = rows(&mut conn, "SELECT tenant_id::text FROM aurex.directory WHERE status = 'ended'").await;
    let ended = ended[0][0].clone().unwrap();
    let left = places_of(&database, &ended).await;
    assert_eq!(left, BTreeSet::from([("aurex.directory.tenant_id".to_owned(), 1)]));
    let kept = "SELECT last_size > 3 AND length(last_root) = 32 AND ended_at > 0 FROM aurex.directory WHERE status = 'ended'";
    assert_eq!(rows(&mut conn, kept).await[0][0].as_deref(), Some("t"), "and what was last signed of it");

    // The shop beside it, which was as busy, is in every table of facts: the search above had something to find.
    let open = store.tenants().await.unwrap();
    let other = places_of(&database, &open[0].1.uuid().to_string()).await;
    let tables: BTreeSet<_> = other.iter().map(|(place, _)| place.split('.').nth(1).unwrap()).collect();
    let missing: Vec<_> =
        aurex_core::store::arriving_tables().filter(|table| !tables.contains(table)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
