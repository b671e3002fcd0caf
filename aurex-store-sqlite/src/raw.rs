//! The few statements that no build can check because they read and write no table: pragmas, transactions' own words
//! and the guards of an embedder's table; and statements put together of ones that were checked. Everything else goes through sqlx's macros.

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, SqliteConnection};

/// A message of statements that the build has checked, each for itself.
#[expect(
    clippy::disallowed_methods,
    reason = "what is put together here was checked as a whole before it was taken apart"
)]
pub(crate) fn message(statements: String) -> sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments> {
    sqlx::query(AssertSqlSafe(statements))
}

/// Runs one fixed statement.
#[expect(clippy::disallowed_methods, reason = "pragmas cannot be checked at build time")]
pub(crate) async fn run(conn: &mut SqliteConnection, statement: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(statement).execute(conn).await.map(drop)
}

/// Runs statements whose only moving part is a table's name, checked to be a plain word by the caller.
#[expect(
    clippy::disallowed_methods,
    reason = "the guards' table is an embedder's, which no build of ours knows"
)]
pub(crate) async fn define(conn: &mut SqliteConnection, statements: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(conn).await.map(drop)
}

/// Whether an embedder's table holds no row; its name is checked to be a plain word by the caller.
#[expect(clippy::disallowed_methods, reason = "the table is an embedder's, which no build of ours knows")]
pub(crate) async fn is_empty(conn: &mut SqliteConnection, table: &str) -> Result<bool, sqlx::Error> {
    let row = format!("SELECT 1 FROM {table} LIMIT 1");
    sqlx::query(AssertSqlSafe(row)).fetch_optional(conn).await.map(|row| row.is_none())
}

/// A statement about one of core's tables as it stands; its moving parts are names out of core's own list of tables and
/// of the table's own columns, put in by the caller.
#[expect(
    clippy::disallowed_methods,
    reason = "rows that are not believed are read column by column, for all tables by one statement"
)]
pub(crate) fn inspecting(statement: String) -> sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments> {
    sqlx::query(AssertSqlSafe(statement))
}

/// How large a file is.
#[expect(clippy::disallowed_methods, reason = "pragmas cannot be checked at build time")]
pub(crate) async fn bytes(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    sqlx::query_scalar(size).fetch_one(conn).await
}

/// Writes the whole write-ahead log into the file and empties it; false where somebody's snapshot needs it.
#[expect(clippy::disallowed_methods, reason = "pragmas cannot be checked at build time")]
pub(crate) async fn empty_the_log(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let (busy, _, _): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(conn).await?;
    Ok(busy == 0)
}
