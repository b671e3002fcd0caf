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
    /// Whether an acknowledged commit survives a power cut. Turned off, the operating system may write a tenant's file
    /// in any order and at its leisure: a cut can lose what was acknowledged and leave a file that is damaged. Only for
    /// filling a store that is thrown away when that does not end well, and opened anew, durable, before it serves.
    pub durable: bool,
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
            durable: true,
            open_files: 64,
            readers: 4,
            places: 64,
            patience: Duration::from_secs(3),
            own_tables: None,
        }
    }
}
