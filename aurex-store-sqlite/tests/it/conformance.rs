//! What every backend keeps, kept here.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::Store;
use aurex_core::store::conformance::{Fixture, Reopen};
use aurex_core::tenancy::Authority;
use aurex_store_sqlite::{SqliteOptions, SqliteStore};

fn options() -> SqliteOptions {
    SqliteOptions { patience: Duration::from_secs(1), places: 24, ..SqliteOptions::default() }
}

async fn open(folder: &std::path::Path) -> (Arc<dyn Store>, Authority) {
    let (store, authority) = SqliteStore::open(folder, options()).await.unwrap();
    (Arc::new(store), authority)
}

pub async fn fresh() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let (store, authority) = open(folder.path()).await;
    let SqliteOptions { patience, places, .. } = options();
    let again = folder.path().to_owned();
    let reopen = Reopen::by(move || {
        let again = again.clone();
        async move { open(&again).await }
    });
    Fixture { store, authority, keep: Box::new(folder), patience, places, reopen: Some(reopen) }
}

aurex_core::conformance!(fresh);
aurex_core::conformance_durable!(fresh);
