//! What is made for a while is removed by whoever made it, and nothing else is.

use aurex_store_postgres::{MigrateError, Policy, Throwaway, migrate};

use crate::world::{Database, number, options, run};

const SCHEMAS: &str = "SELECT count(*) FROM pg_namespace WHERE nspname = 'aurex'";

#[tokio::test]
async fn a_schema_made_for_a_while_is_removed_with_what_is_in_it() {
    let database = Database::empty().await;
    let made = Throwaway::make(&database.url(), &options(Policy::Filters)).await.unwrap();
    let mut conn = database.superuser().await;
    assert_eq!(number(&mut conn, SCHEMAS).await, 1);
    assert!(made.remove().await.unwrap());
    assert_eq!(number(&mut conn, SCHEMAS).await, 0);
    assert!(!made.remove().await.unwrap(), "there is nothing left to remove");
}

#[tokio::test]
async fn a_schema_that_is_there_is_left_alone() {
    let database = Database::migrated(Policy::Filters).await;
    let refused = Throwaway::make(&database.url(), &options(Policy::Filters)).await;
    assert!(matches!(refused, Err(MigrateError::Occupied)), "{refused:?}");
    assert_eq!(number(&mut database.superuser().await, SCHEMAS).await, 1);
}

#[tokio::test]
async fn a_schema_that_somebody_made_in_its_place_is_not_removed() {
    let database = Database::empty().await;
    let made = Throwaway::make(&database.url(), &options(Policy::Filters)).await.unwrap();
    let mut conn = database.superuser().await;
    run(&mut conn, "DROP SCHEMA aurex CASCADE").await.unwrap();
    migrate(&database.url(), &options(Policy::Filters)).await.unwrap();
    assert!(!made.remove().await.unwrap());
    assert_eq!(number(&mut conn, SCHEMAS).await, 1);
}

#[tokio::test]
async fn of_two_who_make_one_at_once_one_has_it() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), options(Policy::Filters));
    let (one, two) = tokio::join!(Throwaway::make(&url, &options), migrate(&url, &options));
    two.unwrap();
    // Whoever was first: a schema that `migrate` made is never taken for ours.
    if let Err(error) = one {
        assert!(matches!(error, MigrateError::Occupied), "{error:?}");
    }
}
