//! The storage ports: what a backend must do, said as traits, and nothing about how.
//!
//! A [`Store`] opens a [`Reader`] (one consistent snapshot) or a [`Writer`] (the tenant's turn) for one
//! [`Scope`](crate::tenancy::Scope). A writer is a reader that can also apply sealed changes. Both are dyn-safe, so
//! that one binary serves any backend. The conformance kit (feature `conformance`) holds every behaviour stated here
//! as a named test.
//!
//! What a backend must keep:
//!
//! - **One tenant, one writer at a time; tenants in parallel.** [`Store::writer`] waits in a bounded, fair queue
//!   ([`Turns`]) and then holds the tenant's head. Everything read through it is current. No retry loop is needed,
//!   numbering has no gap, audit order is commit order.
//! - **All or nothing.** Rows, audit entry, head and idempotency key of every applied change commit together, or none.
//!   A writer dropped without commit rolls back.
//! - **One tenant.** A row that does not carry the scope's tenant is [`StoreError::Corrupt`], never an answer.
//! - **The seal is checked.** [`Writer::apply`] refuses what was sealed in another scope; [`Store::writer`] refuses
//!   a scope whose member, role, session or token has changed.

mod around;
mod arrival;
#[cfg(feature = "shop")]
mod booking_reads;
#[cfg(feature = "shop")]
mod books_reads;
#[cfg(feature = "conformance")]
pub mod conformance;
mod door;
mod error;
mod facts;
mod figures;
mod housekeeping;
mod idempotency;
mod inspect;
mod memory;
#[cfg(feature = "shop")]
mod note_reads;
mod page;
mod reads;
#[cfg(feature = "shop")]
mod shop_reads;
mod transparency;
mod turns;
mod writer;

pub use arrival::{Arrival, arriving_tables};
/// What the ports are declared with: their implementations need the same.
pub use async_trait::async_trait;
#[cfg(feature = "shop")]
pub use booking_reads::*;
#[cfg(feature = "shop")]
pub use books_reads::*;
pub use door::{Door, Doorkeeper, KnownLink, KnownMember, KnownPin, KnownSession, KnownToken, MemberRules};
pub use error::StoreError;
pub use facts::{Fact, Row, TABLES, Table, TableKind, field_name, table_of};
pub use figures::{PoolFigures, StoreFigures};
pub use housekeeping::{BucketKey, BucketSwap, ClaimedMail, Housekeeping, MailOutcome, Scrub};
pub use idempotency::{KEY_LIFETIME_SECONDS, KeptKey, KeyHolder, LookupKey};
pub use inspect::{Cell, InspectReads, RawRow, Scratch, key_columns};
pub use memory::MemoryStore;
#[cfg(feature = "shop")]
pub use note_reads::*;
pub use page::{Page, PageRequest};
pub use reads::*;
#[cfg(feature = "shop")]
pub use shop_reads::*;
pub use transparency::{
    Advance, Cosignature, FullTile, LogEdge, NewCheckpoint, RecordedId, StoredCheckpoint, TileRoots,
    Transparency,
};
pub use turns::{Turn, TurnFigures, Turns};
pub use writer::{Access, DomainReads, Reader, Receipt, Store, Uncommitted, Writer};
