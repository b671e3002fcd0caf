//! How a store is opened.

use std::time::Duration;

use crate::own_tables::OwnTables;

/// How a store is opened.
///
/// ```
/// use aurex_store_sqlite::SqliteOptions;
///
/// let options = SqliteOptions { beside_a_server: true, ..SqliteOptions::default() };
/// assert_eq!(options.open_files, 64);
/// ```
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// For a command that runs beside the server: the lock is left to it. Writers of both still exclude one another,
    /// by `BEGIN IMMEDIATE`.
    pub beside_a_server: bool,
    /// How many tenants' files are open at once. Each costs a writer's thread and those of its readers in use.
    pub open_files: usize,
    /// How many readers of one tenant are open at once.
    pub readers: usize,
    /// How many writers of one tenant wait at most.
    pub places: usize,
    /// How long anybody waits for a turn, a reader or an open file.
    pub patience: Duration,
    /// What makes an embedder's own tables in every tenant's file.
    pub own_tables: Option<OwnTables>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            beside_a_server: false,
            open_files: 64,
            readers: 4,
            places: 64,
            patience: Duration::from_secs(3),
            own_tables: None,
        }
    }
}
