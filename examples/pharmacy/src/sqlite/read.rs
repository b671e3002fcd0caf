//! Every read of the shelf, in a snapshot and under the turn alike. Each statement names the workspace, although the file
//! holds no other.

use async_trait::async_trait;
use aurex_core::store::{Page, PageRequest, Read, Reader};
use aurex_core::tenancy::Id as _;
use aurex_core::text::{Label, Name};
use aurex_core::uuid::Uuid;
use aurex_store_sqlite::OwnReads;

use super::row::{BatchRow, DispensingRow, Stored as _};
use crate::rows::{Batch, BatchId, Dispensing, DispensingId};
use crate::shelf::ShelfReads;

/// A snapshot or a turn of the store, as the shelf knows it.
pub(super) struct Shelved<T>(pub(super) T);

/// What a snapshot and a turn have in common.
pub(super) trait Own: Send {
    fn own(&mut self) -> OwnReads<'_, 'static>;
    fn core(&mut self) -> &mut dyn Reader;
}

/// The columns stand here once; a read adds what it filters and orders by.
macro_rules! batches {
    ($which:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            BatchRow,
            "SELECT tenant_id, id, medicine, number, expires, controlled, on_hand, received_at, version
             FROM medicine_batch WHERE tenant_id = ? " + $which,
            $($argument),*
        )
    };
}

macro_rules! dispensings {
    ($which:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            DispensingRow,
            "SELECT tenant_id, id, batch, medicine, pieces, patient, prescriber, dispensed_at
             FROM dispensing WHERE tenant_id = ? " + $which,
            $($argument),*
        )
    };
}

#[async_trait]
impl<T: Own> ShelfReads for Shelved<T> {
    fn core(&mut self) -> &mut dyn Reader {
        self.0.core()
    }

    async fn batch(&mut self, id: BatchId) -> Read<Option<Batch>> {
        let mut own = self.0.own();
        let (tenant, id) = (own.tenant().uuid(), id.uuid());
        let row = own.optional(batches!("AND id = ?", tenant, id)).await?;
        row.map(|row| row.read(&own)).transpose()
    }

    async fn batch_numbered(&mut self, medicine: &Name, number: &Label) -> Read<Option<Batch>> {
        let mut own = self.0.own();
        let (tenant, medicine, number) = (own.tenant().uuid(), medicine.as_str(), number.as_str());
        let row = own.optional(batches!("AND medicine = ? AND number = ?", tenant, medicine, number)).await?;
        row.map(|row| row.read(&own)).transpose()
    }

    async fn batches(&mut self, page: PageRequest<BatchId>) -> Read<Page<Batch, BatchId>> {
        let mut own = self.0.own();
        let (tenant, fetch) = (own.tenant().uuid(), page.fetch());
        let after = page.after.map_or(Uuid::nil(), |id| id.uuid());
        let rows = own.all(batches!("AND id > ? ORDER BY id LIMIT ?", tenant, after, fetch)).await?;
        let batches = rows.into_iter().map(|row| row.read(&own)).collect::<Read<_>>()?;
        Ok(Page::of(batches, page.limit, |batch| batch.id))
    }

    async fn dispensing(&mut self, id: DispensingId) -> Read<Option<Dispensing>> {
        let mut own = self.0.own();
        let (tenant, id) = (own.tenant().uuid(), id.uuid());
        let row = own.optional(dispensings!("AND id = ?", tenant, id)).await?;
        row.map(|row| row.read(&own)).transpose()
    }

    async fn dispensings(
        &mut self,
        of: BatchId,
        page: PageRequest<DispensingId>,
    ) -> Read<Page<Dispensing, DispensingId>> {
        let mut own = self.0.own();
        let (tenant, of, fetch) = (own.tenant().uuid(), of.uuid(), page.fetch());
        let after = page.after.map_or(Uuid::nil(), |id| id.uuid());
        let of_batch = dispensings!("AND batch = ? AND id > ? ORDER BY id LIMIT ?", tenant, of, after, fetch);
        let rows = own.all(of_batch).await?;
        let dispensings = rows.into_iter().map(|row| row.read(&own)).collect::<Read<_>>()?;
        Ok(Page::of(dispensings, page.limit, |dispensing| dispensing.id))
    }
}
