//! An embedder's own tables in a tenant's file, behind the same walls.

use std::pin::Pin;

use aurex_core::store::{StoreError, table_of};
use sqlx::SqliteConnection;

use crate::error::failure;
use crate::raw;

/// What an embedder does to every tenant's file when it is founded or opened: make tables that are not there yet, and
/// guard them with [`guard_table`]. It runs on each opening and must come to the same every time.
///
/// ```
/// use aurex_core::store::StoreError;
/// use aurex_store_sqlite::{OwnTables, SqliteOptions, guard_table};
///
/// const SHELF: OwnTables = |conn| {
///     Box::pin(async move {
///         // Your own migrations on `conn` first, then:
///         # if false {
///         guard_table(conn, "medicine").await?;
///         # }
///         Ok(())
///     })
/// };
/// let options = SqliteOptions { own_tables: Some(SHELF), ..SqliteOptions::default() };
/// # let _ = options;
/// ```
pub type OwnTables =
    for<'a> fn(&'a mut SqliteConnection) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// The name is no plain word, or a table of ours.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not the name of a table of your own")]
struct NotYours(String);

/// Installs the guards on an embedder's table: rows of the file's own tenant only, written only beside an entry of the
/// log ([`SqliteTurn::apply_with`](crate::SqliteTurn::apply_with)), never deleted. The table
/// must be `STRICT` and begin its primary key with `tenant_id BLOB NOT NULL`.
///
/// # Errors
/// [`StoreError::Failed`] when `table` is not a lower-case word with underscores, is one of core's, or has no
/// `tenant_id`.
pub async fn guard_table(conn: &mut SqliteConnection, table: &str) -> Result<(), StoreError> {
    let plain = table.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && table.starts_with(|c: char| c.is_ascii_lowercase());
    if !plain || table_of(table).is_some() || table == "tenant" {
        return Err(StoreError::failed(NotYours(table.to_owned())));
    }
    let closed = "NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)";
    let with_an_entry = format!("{table} is written with an entry of its own tenant");
    raw::define(
        conn,
        format!(
            "CREATE TRIGGER IF NOT EXISTS {table}_insert BEFORE INSERT ON {table} WHEN {closed}
             BEGIN SELECT RAISE(ABORT, '{with_an_entry}'); END;
             CREATE TRIGGER IF NOT EXISTS {table}_update BEFORE UPDATE ON {table} WHEN {closed}
             BEGIN SELECT RAISE(ABORT, '{with_an_entry}'); END;
             CREATE TRIGGER IF NOT EXISTS {table}_delete BEFORE DELETE ON {table}
             BEGIN SELECT RAISE(ABORT, '{table} is never deleted from'); END;"
        ),
    )
    .await
    .map_err(failure)
}
