//! Aurex's storage ports on PostgreSQL: many tenants in one database, behind two walls.
//!
//! The first wall is the same as on any backend: every row carries its tenant, every key begins with it, every statement
//! names it, and what reads a row looks at it again. The second is row-level security, forced on every table with one
//! canonical policy, for a role that owns nothing; the store refuses to serve when the live schema is not exactly that.
//!
//! | room | what is in it |
//! |---|---|
//! | `migrate`, `roles`, `walls` | making the schema and its roles; the audit of the live ones at every start |
//! | `connect`, `held`, `opening` | connections, transactions safe against errors and cancellation, the opening message |
//! | `turn`, `joined` | readers, writers, and the road on an embedder's own connection |
//! | `own_tables`, `own_reads` | an embedder's own tables: behind the same walls, read in the same snapshot |
//! | `apply` | one sealed change as one statement |
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
mod found;
mod held;
mod house;
mod inspect;
mod joined;
mod migrate;
mod opening;
mod options;
mod outbox;
mod own_reads;
mod own_tables;
mod raw;
mod reads;
mod roles;
mod rows;
mod scrub;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod throwaway;
mod transparency;
mod turn;
mod walls;

pub use joined::{Joined, NotJoined};
pub use migrate::{MigrateError, Migrated, migrate};
pub use options::{Policy, PostgresOptions};
pub use own_reads::{OwnReads, PostgresReader};
pub use own_tables::{Guard, NotGuarded, guard_table};
pub use roles::Warning;
pub use scrub::scrub;
pub use store::PostgresStore;
pub use throwaway::Throwaway;
pub use turn::{OwnSql, PostgresTurn, PostgresWriter};
pub use walls::{Findings, raise_on_foreign_rows};
