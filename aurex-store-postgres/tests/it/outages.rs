//! What an operator puts right while the server goes on: whoever calls meanwhile is asked to come again.

use aurex_core::store::{Store as _, StoreError};
use aurex_store_postgres::PostgresStore;

use crate::pharmacy::Pharmacy;
use crate::world::{options, rows, run};

#[tokio::test]
async fn a_database_that_lets_nobody_in_is_unavailable_until_it_does() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let login = pharmacy.database.login("").await;
    let mut outside = pharmacy.database.superuser().await;
    run(&mut outside, &format!("GRANT aurex_app TO {login}")).await.unwrap();
    let url = pharmacy.database.url_as(&login);
    let (store, _authority) = PostgresStore::open(&url, options(Default::default())).await.unwrap();
    let database = &pharmacy.database.name;
    for (obstacle, remedy) in [
        (format!("ALTER ROLE {login} NOLOGIN"), format!("ALTER ROLE {login} LOGIN")),
        (format!("ALTER ROLE {login} PASSWORD 'other'"), format!("ALTER ROLE {login} PASSWORD '{login}'")),
        (
            format!("ALTER DATABASE {database} CONNECTION LIMIT 0"),
            format!("ALTER DATABASE {database} CONNECTION LIMIT -1"),
        ),
    ] {
        store.tenants().await.unwrap();
        run(&mut outside, &obstacle).await.unwrap();
        let ended = format!(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = '{login}'"
        );
        run(&mut outside, &ended).await.unwrap();
        let refused = store.tenants().await;
        assert!(matches!(refused, Err(StoreError::Unavailable(Some(_)))), "{obstacle}: {refused:?}");
        let refused = store.ready().await;
        assert!(matches!(refused, Err(StoreError::Unavailable(Some(_)))), "{obstacle}: {refused:?}");
        run(&mut outside, &remedy).await.unwrap();
        store.ready().await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_cannot_encrypt_is_not_talked_to_where_encryption_is_required() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    let mut outside = pharmacy.database.superuser().await;
    let encrypts = rows(&mut outside, "SHOW ssl").await[0][0].as_deref() == Some("on");
    let url = pharmacy.database.url();
    let mark = if url.contains('?') { '&' } else { '?' };
    let required = format!("{url}{mark}sslmode=require");
    match PostgresStore::open(&required, options(Default::default())).await {
        Ok(_) => assert!(encrypts),
        Err(StoreError::Failed(source)) => {
            assert!(!encrypts);
            assert!(source.to_string().contains("server does not support TLS"), "{source}");
        }
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_connection_from_before_a_migration_makes_room_for_another() {
    let pharmacy = Pharmacy::with_pools_of_one().await;
    pharmacy.take_a_turn("B1").await;
    let changed = "ALTER TABLE aurex.workspace ALTER COLUMN name TYPE varchar";
    run(&mut pharmacy.database.superuser().await, changed).await.unwrap();
    let refused = pharmacy.store.writer(&pharmacy.scope(), &pharmacy.clock).await.err();
    assert!(matches!(refused, Some(StoreError::Unavailable(Some(_)))), "{refused:?}");
    pharmacy.take_a_turn("B2").await;
}
