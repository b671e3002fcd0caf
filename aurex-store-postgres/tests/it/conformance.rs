//! What every backend keeps, kept here, under the policy that raises.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::Store;
use aurex_core::store::conformance::{Fixture, Reopen};
use aurex_core::tenancy::Authority;
use aurex_store_postgres::{Policy, PostgresOptions, PostgresStore};

use crate::world::{Database, options};

async fn open(url: &str, options: PostgresOptions) -> (Arc<dyn Store>, Authority) {
    let (store, authority) = PostgresStore::open(url, options).await.unwrap();
    (Arc::new(store), authority)
}

pub async fn fresh() -> Fixture {
    let database = Database::migrated(Policy::Raises).await;
    let patience = Duration::from_secs(1);
    let options = PostgresOptions { patience, ..options(Policy::Raises) };
    let (places, url) = (options.places, database.url());
    let (store, authority) = open(&url, options.clone()).await;
    let reopen = Reopen::by(move || {
        let (url, options) = (url.clone(), options.clone());
        async move { open(&url, options).await }
    });
    Fixture { store, authority, keep: Box::new(database), patience, places, reopen: Some(reopen) }
}

aurex_core::conformance!(fresh);
aurex_core::conformance_durable!(fresh);
