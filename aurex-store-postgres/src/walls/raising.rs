//! A policy for tests, under which a statement that forgot its tenant fails instead of finding nothing.

use sqlx::PgConnection;

use crate::raw;

/// Replaces every canonical policy by one that raises an error where a row is another tenant's
/// ([`Policy::Raises`](crate::Policy::Raises)). Only for tests: it needs a superuser, and slows every statement down.
///
/// Statements that spell their tenant do not notice. `tenant_id = $1` is a leakproof comparison, which PostgreSQL may
/// apply before a policy, and as the cheapest one it does: the policy is asked only about rows that passed.
///
/// # Errors
/// What PostgreSQL says where the database is not migrated or the connection is not a superuser's.
pub async fn raise_on_foreign_rows(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    raw::run(conn, include_str!("raising.sql")).await
}
