//! What every backend keeps, kept here, under the policy that raises.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::Store;
use aurex_core::store::conformance::{Fixture, Reopen, World};
use aurex_core::tenancy::Authority;
use aurex_store_postgres::{Policy, PostgresOptions, PostgresStore};

use crate::world::{Database, options};

fn patient() -> PostgresOptions {
    PostgresOptions { patience: Duration::from_secs(1), ..options(Policy::Raises) }
}

async fn open(url: &str) -> (Arc<dyn Store>, Authority) {
    let (store, authority) = PostgresStore::open(url, patient()).await.unwrap();
    (Arc::new(store), authority)
}

pub async fn fresh() -> Fixture {
    let database = Database::migrated(Policy::Raises).await;
    let (store, authority) = open(&database.url()).await;
    let PostgresOptions { patience, places, .. } = patient();
    let url = database.url();
    let reopen = Reopen::by(move || {
        let url = url.clone();
        async move { open(&url).await }
    });
    Fixture { store, authority, keep: Box::new(database), patience, places, reopen: Some(reopen) }
}

/// The kit's world in a database of the test's own, which looks into it besides.
pub async fn fixture_of(database: &Database, policy: Policy) -> (World, PostgresStore) {
    let options = PostgresOptions { policy, ..patient() };
    let (store, authority) = PostgresStore::open(&database.url(), options.clone()).await.unwrap();
    let fixture = Fixture {
        store: Arc::new(store.clone()),
        authority,
        keep: Box::new(()),
        patience: options.patience,
        places: options.places,
        reopen: None,
    };
    (World::of(fixture), store)
}

aurex_core::conformance!(fresh);
aurex_core::conformance_durable!(fresh);
