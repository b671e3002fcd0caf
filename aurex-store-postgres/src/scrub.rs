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
use aurex_core::store::{TABLES, TableKind};
use sqlx::PgConnection;

use crate::migrate::{MigrateError, Stop, as_owner};
use crate::options::PostgresOptions;
use crate::raw;

/// Writes every table anew that holds or held personal values, an embedder's [own](PostgresOptions::own_tables) among them.
/// Run by the login that migrates; answers which tables.
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
    let indexes = TABLES.iter().filter(|table| table.kind == TableKind::Index).map(|table| table.name);
    let tables: BTreeSet<_> =
        PERSONAL.iter().map(|field| field.table).chain(indexes).chain(["audit_opening"]).collect();
    let ours = tables.iter().map(|table| format!("aurex.{table}"));
    let yours = options.own_tables.iter().map(|(table, _)| *table);
    let names: Vec<_> = ours.chain(yours.clone().map(str::to_owned)).collect();
    as_owner(url, options, async |conn| rewrite(conn, &names).await).await?;
    Ok(tables.into_iter().chain(yours).collect())
}

async fn rewrite(conn: &mut PgConnection, tables: &[String]) -> Result<(), Stop> {
    outlive_transactions(conn).await?;
    for table in tables {
        // PostgreSQL warns whoever may not, and leaves the table alone: that is an error here.
        let Some(name) = owned(conn, table).await? else {
            return Err(Stop::NotTheOwner);
        };
        raw::send(conn, format!("VACUUM (FULL) {name}")).await?;
    }
    Ok(())
}

/// How often, and how many times, it is looked whether somebody's transaction is over.
const LOOKS: (u16, std::time::Duration) = (600, std::time::Duration::from_millis(100));

/// Waits until every transaction of the server that is open now is over, of whatever database. While one lasts, rows that
/// were replaced since it began are kept, also by a table that is written anew.
async fn outlive_transactions(conn: &mut PgConnection) -> Result<(), Stop> {
    let open = sqlx::query_scalar!(
        r#"SELECT coalesce(virtualxid, transactionid::text) AS "transaction!" FROM pg_locks
           WHERE locktype IN ('virtualxid', 'transactionid') AND mode = 'ExclusiveLock' AND granted
               AND pid IS DISTINCT FROM pg_backend_pid()"#
    );
    let open = open.fetch_all(&mut *conn).await?;
    for _ in 0..LOOKS.0 {
        let last = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                   SELECT FROM pg_locks
                   WHERE locktype IN ('virtualxid', 'transactionid') AND mode = 'ExclusiveLock' AND granted
                       AND coalesce(virtualxid, transactionid::text) = ANY($1)
               ) AS "last!""#,
            &open
        );
        if !last.fetch_one(&mut *conn).await? {
            return Ok(());
        }
        tokio::time::sleep(LOOKS.1).await;
    }
    Err(Stop::Outlived)
}

/// The table's name as a statement takes it, where the role that is taken on has the rights of its owner.
async fn owned(conn: &mut PgConnection, table: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT format('%I.%I', nspname, relname) AS "name!" FROM pg_class
           JOIN pg_namespace ON pg_namespace.oid = relnamespace
           WHERE concat(nspname, '.', relname) = $1 AND pg_has_role(current_user, relowner, 'USAGE')"#,
        table
    )
    .fetch_optional(conn)
    .await
}
