//! PostgreSQL and what stands beside it.
//!
//! | room | what is in it |
//! |---|---|
//! | `server` | the store in a database of its own, and PostgreSQL's own programs: psql, pgbench |
//! | `copy.sql` | the store's tables once more, without row-level security and triggers |
//! | `floor.sql` | the rows of a bill, written by one function that knows what they say |

pub mod server;
