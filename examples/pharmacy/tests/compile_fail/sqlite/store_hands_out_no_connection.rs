//! The store, asked for a connection to write with.

use aurex_core::tenancy::Scope;
use aurex_store_sqlite::SqliteStore;
use sqlx::SqliteConnection;

async fn connection(store: &SqliteStore, scope: &Scope) -> SqliteConnection {
    store.connection(scope).await
}

fn main() {}
