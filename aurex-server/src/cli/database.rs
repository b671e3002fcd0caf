//! The one place that knows which stores there are.

use std::sync::Arc;

use aurex_core::store::Store;
use aurex_core::tenancy::Authority;
use aurex_store_postgres::{MigrateError, PostgresOptions, PostgresStore, Throwaway};
use aurex_store_sqlite::{SqliteOptions, SqliteStore};

use super::Failure;
use crate::config::{Config, Database, PostgresDatabase};

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// To serve from it.
    Serve,
    /// To do something beside the server that serves from it.
    Beside,
    /// To fill it, before anybody relies on it.
    Fill,
}

/// Opens the configured store.
pub async fn open(config: &Config, opening: Opening) -> Result<(Arc<dyn Store>, Authority), Failure> {
    match &config.database {
        Database::Sqlite(folder) => {
            let options = SqliteOptions {
                beside_a_server: opening == Opening::Beside,
                durable: opening != Opening::Fill,
                ..SqliteOptions::default()
            };
            let (store, authority) = SqliteStore::open(folder, options).await?;
            Ok((Arc::new(store), authority))
        }
        Database::Postgres(database) => {
            let options = PostgresOptions { durable: opening != Opening::Fill, ..options(database) };
            let (store, authority) = PostgresStore::open(database.url.expose(), options).await?;
            heed(store.warnings(), config.production)?;
            Ok((Arc::new(store), authority))
        }
    }
}

/// Makes or upgrades schema and roles, where that is a step of its own; answers what was done.
pub async fn migrate(config: &Config) -> Result<Option<String>, Failure> {
    let Database::Postgres(database) = &config.database else { return Ok(None) };
    let done = aurex_store_postgres::migrate(database.migrate_url.expose(), &options(database)).await?;
    Ok(Some(done.to_string()))
}

/// Makes schema and roles where there is no schema yet, to be removed again.
pub async fn make(database: &PostgresDatabase) -> Result<Throwaway, Failure> {
    if database.migrate_url != database.url {
        return Err(
            "the demo makes its schema and serves from it as one login: leave migrate_database_url out"
                .into(),
        );
    }
    Throwaway::make(database.url.expose(), &options(database)).await.map_err(|error| match error {
        MigrateError::Occupied => format!(
            "{} has a schema aurex already, which the demo leaves alone: name another database, or drop the schema if \
             nobody needs it",
            database.url
        )
        .into(),
        error => error.into(),
    })
}

fn options(database: &PostgresDatabase) -> PostgresOptions {
    PostgresOptions {
        role_prefix: database.role_prefix.clone(),
        writers: database.writers,
        readers: database.readers,
        ..PostgresOptions::default()
    }
}

/// Says what weakens the wall between tenants; in production it is a reason not to start.
fn heed(warnings: &[aurex_store_postgres::Warning], production: bool) -> Result<(), Failure> {
    for warning in warnings {
        if production {
            return Err(format!("{warning}; the profile is production, which refuses that").into());
        }
        tracing::warn!(target: "aurex", "{warning}");
    }
    Ok(())
}
