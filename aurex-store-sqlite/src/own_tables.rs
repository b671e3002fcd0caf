//! An embedder's own tables in a tenant's file, behind the same walls.

use std::pin::Pin;

use aurex_core::store::{StoreError, table_of};
use sqlx::SqliteConnection;
use sqlx::migrate::Migrator;

use crate::error::failure;
use crate::raw;

/// What an embedder does to every tenant's file when it is founded or opened: make tables that are not there yet, and
/// guard them with [`guard_table`]. It runs on each opening and must come to the same every time.
///
/// ```
/// use aurex_core::store::StoreError;
/// use aurex_store_sqlite::{OwnTables, SqliteOptions, guard_table, migrate_own};
///
/// const SHELF: OwnTables = |conn| {
///     Box::pin(async move {
///         # if false {
///         migrate_own(conn, &sqlx::migrate::Migrator::DEFAULT).await?; // `sqlx::migrate!("migrations")`
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

/// Runs an embedder's own migrations (`sqlx::migrate!`) on a tenant's file, as the first thing in [`OwnTables`]. Give them
/// a table of their own in `sqlx.toml` (`[migrate] table-name`): ours is `aurex_migration`.
///
/// # Errors
/// [`StoreError::Failed`] when one fails, or was changed after it had run.
pub async fn migrate_own(conn: &mut SqliteConnection, migrations: &Migrator) -> Result<(), StoreError> {
    // `run_direct` and not `run`: the future of the latter is not `Send` for every lifetime of a borrowed connection.
    migrations.run_direct(None, conn, false).await.map_err(StoreError::failed)
}

/// Why a table is not guarded.
#[derive(Debug, thiserror::Error)]
enum NotGuarded {
    /// The name is no plain word, or a table of ours.
    #[error("{0} is not the name of a table of your own")]
    NotYours(String),
    /// Not the shape that keeps tenants apart.
    #[error(
        "{table} is not STRICT with tenant_id BLOB NOT NULL leading its primary key, indexes and foreign keys"
    )]
    Shape {
        /// The table.
        table: String,
    },
}

/// Installs the guards on an embedder's table: rows of the file's own tenant only, written only beside an entry of the
/// log ([`SqliteTurn::apply_with`](crate::SqliteTurn::apply_with)), never deleted. The table must be `STRICT` and lead
/// its primary key, indexes and foreign keys with `tenant_id BLOB NOT NULL`.
///
/// Called again, as [`OwnTables`] does at each opening, it looks whether the guards are still there, word for word. It
/// installs them on an empty table only: of rows that are in an unguarded one nobody can tell who put them there.
///
/// # Errors
/// [`StoreError::Failed`] when `table` is not a lower-case word with underscores, is one of core's, or is not of this
/// shape. [`StoreError::Corrupt`] when rows or other guards are already there: somebody has taken the guards off.
pub async fn guard_table(conn: &mut SqliteConnection, table: &str) -> Result<(), StoreError> {
    let plain = table.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && table.starts_with(|c: char| c.is_ascii_lowercase());
    if !plain || table_of(table).is_some() || table == "tenant" {
        return Err(StoreError::failed(NotGuarded::NotYours(table.to_owned())));
    }
    if !has_the_shape(conn, table).await? {
        return Err(StoreError::failed(NotGuarded::Shape { table: table.to_owned() }));
    }
    let guards = guards(table);
    let live = sqlx::query!(
        r#"SELECT name AS "name!", sql AS "sql!" FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"#,
        table
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(failure)?;
    let found = |name: &str| live.iter().find(|trigger| trigger.name == name).map(|trigger| &trigger.sql);
    if guards.iter().all(|(name, sql)| found(name) == Some(sql)) {
        return Ok(());
    }
    let untouched = guards.iter().all(|(name, _)| found(name).is_none());
    if !untouched || !raw::is_empty(conn, table).await.map_err(failure)? {
        return Err(StoreError::corrupt(format!("the guards on {table} are not as they were installed")));
    }
    // As one, so that a command beside the server never sees some of them.
    let install: String = guards.map(|(_, sql)| sql + ";\n").concat();
    raw::define(conn, format!("SAVEPOINT aurex_guards;\n{install}RELEASE aurex_guards;"))
        .await
        .map_err(failure)
}

/// The guards: each one's name, and its statement as SQLite keeps it.
fn guards(table: &str) -> [(String, String); 3] {
    let beside_an_entry = format!(
        "WHEN NOT EXISTS (SELECT 1 FROM head WHERE tenant_id = NEW.tenant_id AND applying = 1)
BEGIN SELECT RAISE(ABORT, '{table} is written with an entry of its own tenant'); END"
    );
    let never = format!("BEGIN SELECT RAISE(ABORT, '{table} is never deleted from'); END");
    [("insert", &beside_an_entry), ("update", &beside_an_entry), ("delete", &never)].map(|(event, body)| {
        let name = format!("{table}_{event}");
        let sql = format!("CREATE TRIGGER {name} BEFORE {} ON {table} {body}", event.to_uppercase());
        (name, sql)
    })
}

async fn has_the_shape(conn: &mut SqliteConnection, table: &str) -> Result<bool, StoreError> {
    let shape = sqlx::query!(
        r#"SELECT
            (SELECT count(*) FROM pragma_table_list(?) WHERE schema = 'main' AND type = 'table' AND strict)
                AS "strict!: i64",
            (SELECT count(*) FROM pragma_table_info(?)
                WHERE pk = 1 AND name = 'tenant_id' AND type = 'BLOB' AND "notnull") AS "keyed!: i64",
            (SELECT count(*) FROM pragma_index_list(?) AS i, pragma_index_info(i.name) AS c
                WHERE c.seqno = 0 AND c.name IS NOT 'tenant_id') AS "other_indexes!: i64",
            (SELECT count(*) FROM pragma_foreign_key_list(?)
                WHERE seq = 0 AND ("from" IS NOT 'tenant_id' OR coalesce("to", 'tenant_id') <> 'tenant_id'))
                AS "other_references!: i64""#,
        table,
        table,
        table,
        table
    )
    .fetch_one(conn)
    .await
    .map_err(failure)?;
    Ok(shape.strict == 1 && shape.keyed == 1 && shape.other_indexes == 0 && shape.other_references == 0)
}
