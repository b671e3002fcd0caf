//! An embedder's own tables in a tenant's file, behind the same walls.

use aurex_core::store::{StoreError, table_of};
use sqlx::SqliteConnection;

use crate::error::failure;
use crate::raw;

/// The name is no plain word, or a table of ours.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not the name of a table of your own")]
struct NotYours(String);

/// Installs the guards on an embedder's table: rows of the file's own tenant only, written only beside an entry of the
/// log ([`SqliteTurn::apply_with`](crate::SqliteTurn::apply_with)), never deleted. Run it in the migration that makes the table, which
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
            "CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} WHEN {closed}
             BEGIN SELECT RAISE(ABORT, '{with_an_entry}'); END;
             CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} WHEN {closed}
             BEGIN SELECT RAISE(ABORT, '{with_an_entry}'); END;
             CREATE TRIGGER {table}_delete BEFORE DELETE ON {table}
             BEGIN SELECT RAISE(ABORT, '{table} is never deleted from'); END;"
        ),
    )
    .await
    .map_err(failure)
}
