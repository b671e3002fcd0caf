//! What the pharmacy asks of a store, whichever it is: to read its tables where core's are read, and to write what was
//! sealed. Each store has its own SQL for it, checked against its own database.

use async_trait::async_trait;
use aurex_core::audit::Sealed;
use aurex_core::store::{Page, PageRequest, Read, Reader, Receipt, StoreError, Writer};
use aurex_core::tenancy::Scope;
use aurex_core::text::{Label, Name};
use aurex_core::time::Clock;

use crate::rows::{Batch, BatchId, Dispensing, DispensingId};

/// A store with the pharmacy's tables in it.
#[async_trait]
pub trait Shelf: Send + Sync {
    /// Opens a consistent snapshot of the scope's workspace.
    ///
    /// # Errors
    /// As [`Store::reader`](aurex_core::store::Store::reader).
    async fn snapshot(&self, scope: &Scope) -> Result<Box<dyn ShelfReads>, StoreError>;

    /// Waits for the workspace's turn and takes it.
    ///
    /// # Errors
    /// As [`Store::writer`](aurex_core::store::Store::writer).
    async fn turn(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn ShelfTurn>, StoreError>;
}

/// The pharmacy's tables in a snapshot or a turn. Like all reads they answer for one workspace: another one's id finds
/// nothing.
#[async_trait]
pub trait ShelfReads: Send {
    /// Core's own reads, of the same moment.
    fn core(&mut self) -> &mut dyn Reader;
    /// A batch.
    async fn batch(&mut self, id: BatchId) -> Read<Option<Batch>>;
    /// The batch of a medicine with the maker's number.
    async fn batch_numbered(&mut self, medicine: &Name, number: &Label) -> Read<Option<Batch>>;
    /// Batches, oldest first.
    async fn batches(&mut self, page: PageRequest<BatchId>) -> Read<Page<Batch, BatchId>>;
    /// A dispensing.
    async fn dispensing(&mut self, id: DispensingId) -> Read<Option<Dispensing>>;
    /// What was dispensed from a batch, oldest first.
    async fn dispensings(
        &mut self,
        of: BatchId,
        page: PageRequest<DispensingId>,
    ) -> Read<Page<Dispensing, DispensingId>>;
}

/// A workspace's turn. Dropped without commit, it rolls back.
#[async_trait]
pub trait ShelfTurn: ShelfReads {
    /// Core's own writer: its time and its keys.
    fn writer(&mut self) -> &mut dyn Writer;

    /// Applies what was sealed: the entry, the key, and the very rows that the entry commits to.
    ///
    /// # Errors
    /// As [`Writer::apply`].
    async fn put(&mut self, sealed: Sealed) -> Result<Receipt, StoreError>;

    /// Makes it true, durably.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
