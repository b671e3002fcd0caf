//! PostgreSQL's failures, in terms of what the caller should do: come again, or not.

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
        // What an operator puts right while the server goes on: a password that was changed, a database that is being
        // restored, and of class 53 a full disk and memory that is used up.
        "28P01" | "28000" | "3D000" | "53000" | "53100" | "53200" | "53400" => {
            return StoreError::Unavailable(Some(Box::new(error)));
        }
        _ => None,
    }
    .unwrap_or_else(|| StoreError::failed(error))
}

/// The same of a message that opens a transaction.
///
/// In it, what is not supported is a transaction that may write on a server in recovery, or a statement that was
/// prepared before a migration; and nothing but such a server, or an embedder's transaction on one, is read-only. The
/// connection is closed, and the next one may lead to the server that took over.
pub(crate) fn failure_to_open(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|of_postgres| of_postgres.code());
    if code.is_some_and(|code| matches!(&*code, "0A000" | "25006")) {
        return StoreError::Unavailable(Some(Box::new(error)));
    }
    failure(error)
}

/// No answer came in time. Whatever was asked may have been done.
#[derive(Debug, thiserror::Error)]
#[error("the database did not answer in time")]
pub(crate) struct Silent;

impl Silent {
    pub(crate) fn error() -> sqlx::Error {
        sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, Self))
    }

    fn is(error: &sqlx::Error) -> bool {
        let sqlx::Error::Io(error) = error else { return false };
        error.get_ref().is_some_and(|source| source.is::<Self>())
    }
}

fn duplicate(error: &dyn sqlx::error::DatabaseError) -> Option<StoreError> {
    let table = error.try_downcast_ref::<PgDatabaseError>()?.table()?;
    table_of(table).map(|table| StoreError::Duplicate { table: table.name })
}

/// Whether to ask at once on another connection, because this one was closed since it was used last. Where the network
/// swallows answers, the other one would be waited for as long.
pub(crate) fn is_stale(error: &sqlx::Error) -> bool {
    is_gone(error) && !Silent::is(error)
}

/// Whether the connection, or the server behind it, is no more.
pub(crate) fn is_gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        // Connection exceptions, no slot left, the server stopping, crashing or starting.
        sqlx::Error::Database(of_postgres) => of_postgres.code().is_some_and(|code| {
            code.starts_with("08")
                || matches!(&*code, "53300" | "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03")
        }),
        _ => false,
    }
}
