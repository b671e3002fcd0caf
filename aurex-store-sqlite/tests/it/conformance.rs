//! What every backend keeps, kept here.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::conformance::Fixture;
use aurex_store_sqlite::{SqliteOptions, SqliteStore};

pub async fn fresh() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions { patience: Duration::from_secs(1), ..SqliteOptions::default() };
    let patience = options.patience;
    let (store, authority) = SqliteStore::open(folder.path(), options).await.unwrap();
    Fixture { store: Arc::new(store), authority, keep: Box::new(folder), patience }
}

aurex_core::conformance!(fresh);
