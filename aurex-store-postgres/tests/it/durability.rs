//! Whether what was acknowledged is kept: what a connection asks of the server, and what it says of one that keeps nothing.

use std::sync::atomic::AtomicI64;

use aurex_core::rbac::Role;
use aurex_core::tenancy::{MemberId, RequestFacts, TenantId};
use aurex_core::time::Clock as _;
use aurex_store_postgres::{Policy, PostgresOptions, PostgresStore, Warning};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Map;
use sqlx::{Postgres, Row as _};

use crate::guards::{begin, entry};
use crate::pharmacy::{Counting, Hands};
use crate::world::{Database, options, rows, run};

/// What a store's connection runs with, in a database that is set so.
async fn runs_with(database_set_to: &str, durable: bool) -> Vec<String> {
    let database = Database::migrated(Policy::Filters).await;
    let (clock, chance) = (Hands(AtomicI64::new(0)), Counting::from(1));
    let tenant = TenantId::new(clock.now(), &chance);
    let mut superuser = database.superuser().await;
    let set = format!("ALTER DATABASE {} SET synchronous_commit = {database_set_to}", database.name);
    run(&mut superuser, &set).await.unwrap();
    let (id, entry) = (tenant.uuid(), entry(&tenant.uuid().to_string(), 0));
    let shop = format!(
        "{} SELECT aurex.open_workspace('{id}', 'meena-jewels'); {entry}
         INSERT INTO aurex.head VALUES ('{id}', '\\x010000000000000001' || sha256('0'), 0, 1, 0); COMMIT",
        begin(&id.to_string())
    );
    run(&mut superuser, &shop).await.unwrap();
    let options = PostgresOptions { durable, ..options(Policy::Filters) };
    let (store, authority) = PostgresStore::open(&database.url(), options).await.unwrap();
    let member = MemberId::new(clock.now(), &chance);
    let scope = authority.split().trusted.vouch_for(tenant, member, Role::Owner, RequestFacts::default());
    store.open_reader(&scope).await.unwrap().own().all(setting()).await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the macros would keep a test's statement with the crate's")]
fn setting() -> Map<'static, Postgres, impl FnMut(PgRow) -> Result<String, sqlx::Error> + Send, PgArguments> {
    sqlx::query("SELECT current_setting('synchronous_commit')").try_map(|row: PgRow| row.try_get(0))
}

#[tokio::test]
async fn a_commit_is_on_disk_before_it_is_acknowledged_and_what_is_more_stays_more() {
    assert_eq!(runs_with("off", true).await, ["on"]);
    assert_eq!(runs_with("remote_apply", true).await, ["remote_apply"]);
    assert_eq!(runs_with("on", false).await, ["off"], "where it was given up");
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_acknowledged_is_served_with_a_warning() {
    let database = Database::migrated(Policy::Filters).await;
    let off = "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY 1";
    let off: Vec<_> =
        rows(&mut database.superuser().await, off).await.into_iter().flatten().flatten().collect();
    let warned = |warnings: &[Warning]| {
        let settings = warnings.iter().filter_map(|warning| match warning {
            Warning::NotDurable { settings } => Some(settings.clone()),
            _ => None,
        });
        settings.flatten().collect::<Vec<_>>()
    };
    let (store, _) = PostgresStore::open(&database.url(), options(Policy::Filters)).await.unwrap();
    assert_eq!(warned(store.warnings()), off);
    // Whoever gave durability up is told nothing.
    let fleeting = PostgresOptions { durable: false, ..options(Policy::Filters) };
    let (store, _) = PostgresStore::open(&database.url(), fleeting).await.unwrap();
    assert_eq!(warned(store.warnings()), [""; 0]);
}
