//! How a store is opened.

use std::time::Duration;

use crate::own_tables::Guard;

/// What the policy does to rows of another tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// They are not there: the canonical policy, and the only one for production.
    #[default]
    Filters,
    /// A statement that would have come upon one fails. For tests: it shows the statement that forgot its tenant,
    /// which a filter would hide ([`raise_on_foreign_rows`](crate::raise_on_foreign_rows)).
    Raises,
}

/// How a store is opened.
///
/// ```
/// use aurex_store_postgres::PostgresOptions;
///
/// let options = PostgresOptions { writers: 4, ..PostgresOptions::default() };
/// assert_eq!(options.role_prefix, "aurex");
/// ```
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// The roles are `<prefix>_owner`, which the tables belong to, and `<prefix>_app`, as which every statement runs.
    /// Lower-case letters, digits and underscores.
    pub role_prefix: String,
    /// Whether an acknowledged commit survives a crash of the server (`synchronous_commit`). Turned off, a crash can lose
    /// the last moments, but damages nothing. Only for filling a store that is thrown away when that does not end well.
    pub durable: bool,
    /// How many connections writers have between them.
    pub writers: u32,
    /// How many connections readers, sign-in and housekeeping have between them.
    pub readers: u32,
    /// How many writers of one tenant wait at most.
    pub places: usize,
    /// How long anybody waits: for a turn, for a connection, for another server's lock.
    pub patience: Duration,
    /// How long one statement, and an idle transaction, may last.
    pub deadline: Duration,
    /// The policy that the start-up audit expects.
    pub policy: Policy,
    /// An embedder's own tables, by schema and name, as [`guard_table`](crate::guard_table) left them. The audit looks
    /// after every table that carries a guard; only with this list does it miss one that carries none any more.
    pub own_tables: &'static [(&'static str, Guard)],
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            role_prefix: "aurex".to_owned(),
            durable: true,
            writers: 8,
            readers: 8,
            places: 64,
            patience: Duration::from_secs(3),
            deadline: Duration::from_secs(30),
            policy: Policy::default(),
            own_tables: &[],
        }
    }
}
