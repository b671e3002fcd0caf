//! SQLite's failures, in terms of what the caller should do.

use aurex_core::store::{StoreError, table_of};

/// Extended result codes (<https://sqlite.org/rescode.html>).
mod code {
    pub(super) const CHECK: u32 = 275;
    pub(super) const DATATYPE: u32 = 3091;
    pub(super) const PRIMARY_KEY: u32 = 1555;
    pub(super) const UNIQUE: u32 = 2067;
    pub(super) const TRIGGER: u32 = 1811;
    /// The low byte of every busy, locked, full, unreadable and damaged file.
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const CANNOT_OPEN: u32 = 14;
    pub(super) const NOT_A_DATABASE: u32 = 26;
}

/// What a failed statement means.
pub(crate) fn failure(error: sqlx::Error) -> StoreError {
    let sqlx::Error::Database(of_sqlite) = &error else {
        return match error {
            sqlx::Error::ColumnDecode { .. } => StoreError::corrupt("a column of another type"),
            error => StoreError::failed(error),
        };
    };
    let code = of_sqlite.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or(0);
    let message = of_sqlite.message();
    match code {
        code::PRIMARY_KEY | code::UNIQUE => duplicate(message.rsplit(": ").next().unwrap_or_default()),
        code::TRIGGER => message.strip_prefix("a row of ").and_then(duplicate),
        code::CHECK | code::DATATYPE => Some(StoreError::corrupt("a value or a kept sum is out of range")),
        code => match code & 0xff {
            code::BUSY | code::LOCKED | code::CANNOT_OPEN => {
                return StoreError::Unavailable(Some(Box::new(error)));
            }
            code::CORRUPT | code::NOT_A_DATABASE => Some(StoreError::corrupt("the file is damaged")),
            _ => None,
        },
    }
    .unwrap_or_else(|| StoreError::failed(error))
}

/// `table.column, …` or `table is already there`: the first word is the table.
fn duplicate(rest: &str) -> Option<StoreError> {
    let name = rest.split(['.', ' ']).next()?;
    table_of(name).map(|table| StoreError::Duplicate { table: table.name })
}

/// A failure of the file system.
pub(crate) fn io(error: std::io::Error) -> StoreError {
    StoreError::failed(error)
}
