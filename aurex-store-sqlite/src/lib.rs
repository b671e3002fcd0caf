//! Aurex's storage ports on SQLite: one database file a tenant.
//!
//! The second wall between tenants is physical here: each has its own file, named by its id, in a folder that one
//! server at a time holds. Everything else is as on any backend: every row carries its tenant, every key begins with
//! it, every statement names it, and what reads a row looks at it again.
//!
//! | room | what is in it |
//! |---|---|
//! | `folder` | the files, who may own them, the lock, what an unfinished founding left |
//! | `schema` | migrations, the template for new files, the check of opened ones |
//! | `tenants` | the files that are open |
//! | `held` | a connection in a transaction, safe against errors and cancellation |
//! | `turn`, `joined` | readers, writers, and the road on an embedder's own connection |
//! | `own_tables`, `own_reads` | an embedder's own tables: their guards, and reading them |
//! | `apply` | one sealed change as one message |
//! | `rows`, `reads` | rows as records, and every read of the ports |
//! | `arrival` | a workspace on its way in from another store |
//! | `inspect` | rows as they stand, and a copy of them to drill on |
//! | `directory`, `door`, `house`, `found` | slugs, credentials, housekeeping, opening a workspace |
//! | `transparency` | what is published of the logs: tiles, checkpoints, cosignatures |
//!
//! All SQL is checked at build time against the committed `.sqlx`; `scripts/sqlx-prepare` makes it anew.

#![deny(missing_docs)]

mod apply;
mod arrival;
mod connect;
mod directory;
mod door;
mod ending;
mod error;
mod folder;
mod found;
mod held;
mod house;
mod inspect;
mod joined;
mod options;
mod outbox;
mod own_reads;
mod own_tables;
mod raw;
mod reads;
mod rows;
mod schema;
mod scrub;
mod store;
mod tenants;
mod transparency;
mod turn;

pub use joined::Joined;
pub use options::SqliteOptions;
pub use own_reads::{OwnReads, SqliteReader};
pub use own_tables::{OwnTables, guard_table, migrate_own};
pub use store::SqliteStore;
pub use turn::{OwnSql, SqliteTurn, SqliteWriter};
