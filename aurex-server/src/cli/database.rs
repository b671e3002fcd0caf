//! The one place that knows which stores there are.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use aurex_core::store::Store;
use aurex_core::tenancy::Authority;
use aurex_store_postgres::{MigrateError, PostgresOptions, PostgresStore, Throwaway, Warning};
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

/// Opens the configured store beside a server, to look at it: what weakens it is answered, not refused. `None` where
/// there is no store yet; looking makes none.
pub async fn look(config: &Config) -> Result<Option<(Arc<dyn Store>, Authority, Vec<Warning>)>, Failure> {
    match &config.database {
        Database::Sqlite(folder) if is_empty(folder) => Ok(None),
        Database::Sqlite(_) => {
            let (store, authority) = open(config, Opening::Beside).await?;
            Ok(Some((store, authority, Vec::new())))
        }
        Database::Postgres(database) => {
            let (store, authority) = PostgresStore::open(database.url.expose(), options(database)).await?;
            let warnings = store.warnings().to_vec();
            Ok(Some((Arc::new(store), authority, warnings)))
        }
    }
}

/// Whether there is no such folder, or nothing in it. A store that lost a file of its own is one all the same.
fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder)
        .map_or_else(|error| error.kind() == ErrorKind::NotFound, |mut files| files.next().is_none())
}

/// Makes or upgrades schema and roles, where that is a step of its own; answers what was done.
pub async fn migrate(config: &Config) -> Result<Option<String>, Failure> {
    let Database::Postgres(database) = &config.database else { return Ok(None) };
    let done = aurex_store_postgres::migrate(database.migrate_url.expose(), &options(database)).await?;
    Ok(Some(done.to_string()))
}

/// Writes every table anew in which something was erased, as their owner; answers which.
pub async fn scrub(database: &PostgresDatabase) -> Result<Vec<&'static str>, Failure> {
    Ok(aurex_store_postgres::scrub(database.migrate_url.expose(), &options(database)).await?)
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
fn heed(warnings: &[Warning], production: bool) -> Result<(), Failure> {
    for warning in warnings {
        if production {
            return Err(format!("{warning}; the profile is production, which refuses that").into());
        }
        tracing::warn!(target: "aurex", "{warning}");
    }
    Ok(())
}
