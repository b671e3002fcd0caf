//! What every backend keeps, kept here, under the policy that raises.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::conformance::Fixture;
use aurex_store_postgres::{Policy, PostgresOptions, PostgresStore};

use crate::world::{Database, options};

pub async fn fresh() -> Fixture {
    let database = Database::migrated(Policy::Raises).await;
    let patience = Duration::from_secs(1);
    let options = PostgresOptions { patience, ..options(Policy::Raises) };
    let (store, authority) = PostgresStore::open(&database.url(), options).await.unwrap();
    Fixture { store: Arc::new(store), authority, keep: Box::new(database), patience }
}

aurex_core::conformance!(fresh);
