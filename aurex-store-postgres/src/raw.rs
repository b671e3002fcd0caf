//! The few statements that no build can check because they read and write no table, or because they must share one
//! message: transactions' own words and the message that opens one. Everything else goes through sqlx's macros.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection};

/// Runs one fixed statement.
#[expect(clippy::disallowed_methods, reason = "a transaction's own words cannot be checked at build time")]
pub(crate) async fn run(conn: &mut PgConnection, statement: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(statement).execute(conn).await.map(drop)
}

/// Sends one message of several statements and answers the rows of all. Its moving parts are a tenant's UUID, numbers
/// and quoted identifiers, put in by the caller.
#[expect(
    clippy::disallowed_methods,
    reason = "only the simple protocol carries several statements in one message"
)]
pub(crate) async fn send(conn: &mut PgConnection, message: String) -> Result<Vec<PgRow>, sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(message)).fetch_all(conn).await
}

/// A statement about one of core's tables as it stands; its moving parts are names out of core's own list of tables and
/// of the table's own columns, put in by the caller.
#[expect(
    clippy::disallowed_methods,
    reason = "rows that are not believed are read column by column, for all tables by one statement"
)]
pub(crate) fn inspecting(
    statement: String,
) -> sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments> {
    sqlx::query(AssertSqlSafe(statement))
}
