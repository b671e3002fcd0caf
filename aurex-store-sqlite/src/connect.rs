//! Opening one connection.

use std::path::Path;
use std::time::Duration;

use aurex_core::store::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};

use crate::error::failure;
use crate::folder::sound_file;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Facts: an acknowledged commit survives a power cut.
    Write,
    /// Facts of a store that is only being filled: nothing is waited for, nothing survives a power cut.
    Fill,
    /// Facts, read only.
    Read,
    /// Housekeeping: the last moments before a power cut may be lost, nothing is damaged.
    House,
}

/// Opens a connection to a file that is there.
///
/// Foreign keys hold; nothing written in a file's schema runs but our own (`trusted_schema`); what REPLACE deletes is
/// seen by the delete guards (`recursive_triggers`), on top of the guards that do not depend on the connection. What is
/// replaced or deleted is overwritten with zeros (`secure_delete`); what that does not reach, see `scrub`.
pub(crate) async fn connect(path: &Path, of: Use) -> Result<SqliteConnection, StoreError> {
    sound_file(path)?;
    let synchronous = match of {
        Use::Write | Use::Read => SqliteSynchronous::Full,
        Use::Fill => SqliteSynchronous::Off,
        Use::House => SqliteSynchronous::Normal,
    };
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .busy_timeout(Duration::from_secs(5))
        .pragma("recursive_triggers", "ON")
        .pragma("trusted_schema", "OFF")
        .pragma("temp_store", "MEMORY")
        .pragma("secure_delete", "ON")
        .statement_cache_capacity(128)
        .disable_statement_logging();
    if of == Use::Read {
        options = options.pragma("query_only", "ON");
    }
    options.connect().await.map_err(failure)
}
