//! PostgreSQL's failures, in terms of what the caller should do.

use aurex_core::store::{StoreError, table_of};
use sqlx::postgres::PgDatabaseError;

/// What a failed statement means (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
pub(crate) fn failure(error: sqlx::Error) -> StoreError {
    if is_gone(&error) {
        return StoreError::Unavailable(Some(Box::new(error)));
    }
    let of_postgres = match &error {
        sqlx::Error::Database(of_postgres) => of_postgres,
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
            return StoreError::Unavailable(Some(Box::new(error)));
        }
        sqlx::Error::ColumnDecode { .. } => return StoreError::corrupt("a column of another type"),
        _ => return StoreError::failed(error),
    };
    match of_postgres.code().as_deref().unwrap_or_default() {
        "23505" => duplicate(&**of_postgres),
        "23514" | "23502" | "22003" => Some(StoreError::corrupt("a value or a kept sum is out of range")),
        // A lock, a statement's deadline, a deadlock, a conflict between snapshots.
        "55P03" | "57014" | "40P01" | "40001" => {
            return StoreError::Unavailable(Some(Box::new(error)));
        }
        _ => None,
    }
    .unwrap_or_else(|| StoreError::failed(error))
}

fn duplicate(error: &dyn sqlx::error::DatabaseError) -> Option<StoreError> {
    let table = error.try_downcast_ref::<PgDatabaseError>()?.table()?;
    table_of(table).map(|table| StoreError::Duplicate { table: table.name })
}

/// Whether the connection, or the server behind it, is no more: another connection may do better.
pub(crate) fn is_gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        // Connection exceptions, no slot left, the server stopping, crashing or starting.
        sqlx::Error::Database(of_postgres) => of_postgres.code().is_some_and(|code| {
            code.starts_with("08")
                || matches!(&*code, "53300" | "57P01" | "57P02" | "57P03" | "57P05" | "25P03")
        }),
        _ => false,
    }
}
