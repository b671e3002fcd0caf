//! The store, asked for a connection to write with.

use aurex_core::tenancy::Scope;
use aurex_store_postgres::PostgresStore;
use sqlx::PgConnection;

async fn connection(store: &PostgresStore, scope: &Scope) -> PgConnection {
    store.connection(scope).await
}

fn main() {}
