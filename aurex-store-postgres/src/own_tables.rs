//! An embedder's own tables, behind the same walls.

use aurex_core::store::StoreError;
use sqlx::PgConnection;

use crate::error::failure;
use crate::raw;

/// What an embedder's table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Rows that later changes replace.
    State,
    /// Rows that are never changed.
    AppendOnly,
}

/// Why a table cannot be guarded. It comes inside [`StoreError::Failed`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotGuarded {
    /// There is no such table, or it is one of core's.
    #[error("{0} is not the name of a table of your own")]
    NotYours(String),
    /// Its rows are those of other tables too, at which they are read and written without a look at its policy.
    #[error("{0} is partitioned, or has a parent or children by inheritance")]
    InParts(String),
    /// Its rows do not say whose they are.
    #[error("the primary key of {0} does not begin with tenant_id uuid")]
    NoTenant(String),
    /// It has row-level security of its own, or what is left of guards that somebody has taken off.
    #[error("{0} has row-level security already, and is not under guard")]
    HasPolicies(String),
    /// Of rows that were there before nobody can tell who put them there: bring them in by a change, once it is guarded.
    #[error("{0} has rows already, which have no entry in the log")]
    HasRows(String),
}

/// Puts an embedder's table behind the walls: forced row-level security with the canonical policy, rows written only
/// beside an entry of the log ([`PostgresTurn::apply_with`](crate::PostgresTurn::apply_with)), never deleted before their
/// workspace ends (and then deleted with everything of it, for which `<prefix>_owner` needs `DELETE`), and with
/// [`Guard::AppendOnly`] never changed. The table's primary key must begin with `tenant_id uuid`,
/// and the table stand alone: neither partitioned nor inheriting.
///
/// It runs in the embedder's own migration, on a connection whose role owns the table and is a member of
/// `<prefix>_owner`. It grants nothing: what `<prefix>_app` may do with the table is granted there too. Called again it
/// leaves a table alone that is under guard: whether its guards are whole is looked at whenever a store is opened, which
/// should be told of the table ([`own_tables`](crate::PostgresOptions::own_tables)).
///
/// ```no_run
/// # use aurex_core::store::StoreError;
/// use aurex_store_postgres::{Guard, guard_table};
///
/// # async fn f(conn: &mut sqlx::PgConnection) -> Result<(), StoreError> {
/// // CREATE TABLE pharmacy.medicine (tenant_id uuid NOT NULL, …, PRIMARY KEY (tenant_id, code));
/// // GRANT SELECT, INSERT, UPDATE ON pharmacy.medicine TO aurex_app;
/// guard_table(conn, "pharmacy.medicine", Guard::State).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`NotGuarded`], and whatever PostgreSQL refuses, inside [`StoreError::Failed`].
pub async fn guard_table(conn: &mut PgConnection, table: &str, guard: Guard) -> Result<(), StoreError> {
    let found = sqlx::query!(
        r#"SELECT
            c.relnamespace = 'aurex'::pg_catalog.regnamespace AS "is_ours!",
            EXISTS (
                SELECT 1
                FROM pg_catalog.pg_index AS i
                JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = c.oid AND i.indisprimary AND a.attname = 'tenant_id'
                    AND a.atttypid = 'pg_catalog.uuid'::pg_catalog.regtype
            ) AS "has_tenant!",
            EXISTS (
                SELECT 1 FROM pg_catalog.pg_trigger AS g
                WHERE g.tgrelid = c.oid AND g.tgname = 'with_an_entry'
                    AND g.tgfoid = 'aurex.with_an_entry()'::pg_catalog.regprocedure
            ) AS "is_guarded!",
            c.relkind = 'p' OR EXISTS (
                SELECT 1 FROM pg_catalog.pg_inherits AS h WHERE c.oid IN (h.inhrelid, h.inhparent)
            ) AS "is_in_parts!",
            c.relrowsecurity OR EXISTS (SELECT 1 FROM pg_catalog.pg_policy AS p WHERE p.polrelid = c.oid) AS "has_policies!",
            pg_catalog.format('%s', c.oid::pg_catalog.regclass) AS "name!"
        FROM pg_catalog.pg_class AS c
        WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind IN ('r', 'p')"#,
        table
    )
    .fetch_optional(&mut *conn)
    .await
    .map_err(failure)?;
    let found = found.filter(|found| !found.is_ours);
    let found = found.ok_or_else(|| StoreError::failed(NotGuarded::NotYours(table.to_owned())))?;
    if found.is_in_parts {
        return Err(StoreError::failed(NotGuarded::InParts(table.to_owned())));
    }
    if !found.has_tenant {
        return Err(StoreError::failed(NotGuarded::NoTenant(table.to_owned())));
    }
    if found.is_guarded {
        return Ok(());
    }
    // What a policy hides would not be counted.
    if found.has_policies {
        return Err(StoreError::failed(NotGuarded::HasPolicies(table.to_owned())));
    }
    let any = format!("SELECT 1 FROM {} LIMIT 1", found.name);
    if !raw::send(conn, any).await.map_err(failure)?.is_empty() {
        return Err(StoreError::failed(NotGuarded::HasRows(table.to_owned())));
    }
    sqlx::query!("CALL aurex.guard(pg_catalog.to_regclass($1), $2)", table, guard == Guard::AppendOnly)
        .execute(conn)
        .await
        .map_err(failure)?;
    Ok(())
}
