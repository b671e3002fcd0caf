//! Overwriting what erasures left in the tables' files.
//!
//! PostgreSQL keeps a row that was replaced until it is vacuumed, and its bytes in the page until something else is written
//! over them. `VACUUM (FULL)` writes a table and its indexes anew from the rows that there are. Only the tables' owner may,
//! and it locks each table while it lasts: so it is a command for quiet hours, and not something the application does.
//!
//! It reaches the tables. The write-ahead log, an archive of it, replicas and backups age out as they are set to. The
//! planner's statistics never hold a personal value: their columns are not sampled (migration 0006).

use std::collections::BTreeSet;

use aurex_core::erasure::PERSONAL;

use crate::migrate::{MigrateError, rewrite};
use crate::options::PostgresOptions;

/// Writes every table anew that holds or held personal values. Run by the login that migrates; answers which tables.
///
/// # Errors
/// [`MigrateError::InUse`] where a table was in use for longer than [`patience`](PostgresOptions::patience): what came
/// before it is done, and it may be run again. [`MigrateError::OldTransaction`] where one of the server's lasts for longer
/// than a minute. [`MigrateError::NotTheOwner`], and what connecting can answer.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use aurex_store_postgres::{PostgresOptions, scrub};
///
/// scrub("postgres://aurex_owner@localhost/shops", &PostgresOptions::default()).await?;
/// # Ok(())
/// # }
/// ```
pub async fn scrub(url: &str, options: &PostgresOptions) -> Result<Vec<&'static str>, MigrateError> {
    let tables: BTreeSet<_> = PERSONAL.iter().map(|field| field.table).chain(["audit_opening"]).collect();
    let tables: Vec<_> = tables.into_iter().collect();
    rewrite(url, options, &tables).await?;
    Ok(tables)
}
