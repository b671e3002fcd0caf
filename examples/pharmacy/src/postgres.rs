//! The shelf on PostgreSQL.
//!
//! The SQL is checked at build time against the committed `.sqlx`; `examples/scripts/sqlx-prepare` makes it anew.

mod migrate;
mod read;
mod row;

use async_trait::async_trait;
use aurex_core::audit::Sealed;
use aurex_core::store::{Reader, Receipt, StoreError, Writer};
use aurex_core::tenancy::{Id as _, Scope, TenantId};
use aurex_core::time::Clock;
use aurex_store_postgres::{Guard, OwnReads, PostgresOptions, PostgresReader, PostgresStore, PostgresWriter};
use sqlx::PgConnection;

use self::read::{Own, Shelved};
use crate::rows::{Batch, Dispensing};
use crate::shelf::{Shelf, ShelfReads, ShelfTurn};

pub use self::migrate::migrate;

/// Our tables, and how each is guarded. Where somebody has taken a guard off, the store is not opened.
const TABLES: &[(&str, Guard)] =
    &[("pharmacy.medicine_batch", Guard::State), ("pharmacy.dispensing", Guard::AppendOnly)];

/// How a store with the pharmacy's tables is opened.
pub fn options() -> PostgresOptions {
    PostgresOptions { own_tables: TABLES, ..PostgresOptions::default() }
}

#[async_trait]
impl Shelf for PostgresStore {
    async fn snapshot(&self, scope: &Scope) -> Result<Box<dyn ShelfReads>, StoreError> {
        Ok(Box::new(Shelved(self.open_reader(scope).await?)))
    }

    async fn turn(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn ShelfTurn>, StoreError> {
        Ok(Box::new(Shelved(self.open_writer(scope, clock).await?)))
    }
}

impl Own for PostgresReader {
    fn own(&mut self) -> OwnReads<'_, 'static> {
        self.own()
    }

    fn core(&mut self) -> &mut dyn Reader {
        self.reads()
    }
}

impl Own for PostgresWriter {
    fn own(&mut self) -> OwnReads<'_, 'static> {
        self.own()
    }

    fn core(&mut self) -> &mut dyn Reader {
        self
    }
}

#[async_trait]
impl ShelfTurn for Shelved<PostgresWriter> {
    fn writer(&mut self) -> &mut dyn Writer {
        &mut self.0
    }

    async fn put(&mut self, sealed: Sealed) -> Result<Receipt, StoreError> {
        // What the entry commits to, and nothing else.
        let batches: Vec<Batch> = sealed.own_rows().cloned().collect();
        let dispensings: Vec<Dispensing> = sealed.own_rows().cloned().collect();
        let tenant = sealed.scope().tenant();
        let (receipt, ()) = self
            .0
            .apply_with(sealed, move |conn| {
                Box::pin(async move {
                    for batch in &batches {
                        put_batch(conn, tenant, batch).await?;
                    }
                    for dispensing in &dispensings {
                        insert_dispensing(conn, tenant, dispensing).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        Ok(receipt)
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Box::new(self.0).commit().await
    }
}

/// New, or in place of the row with the same id.
async fn put_batch(conn: &mut PgConnection, tenant: TenantId, batch: &Batch) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO pharmacy.medicine_batch
             (tenant_id, id, medicine, number, expires, controlled, on_hand, received_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant_id, id) DO UPDATE SET on_hand = excluded.on_hand, version = excluded.version",
        tenant.uuid(),
        batch.id.uuid(),
        batch.medicine.as_str(),
        batch.number.as_str(),
        batch.expires,
        batch.controlled,
        i64::from(batch.on_hand),
        batch.received_at.micros(),
        i64::from(batch.version)
    )
    .execute(conn)
    .await
    .map(drop)
}

async fn insert_dispensing(
    conn: &mut PgConnection,
    tenant: TenantId,
    dispensing: &Dispensing,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO pharmacy.dispensing
             (tenant_id, id, batch, medicine, pieces, patient, prescriber, dispensed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant.uuid(),
        dispensing.id.uuid(),
        dispensing.batch.uuid(),
        dispensing.medicine.as_str(),
        i64::from(dispensing.pieces),
        dispensing.patient.as_str(),
        dispensing.prescriber.as_ref().map(|name| name.as_str()),
        dispensing.dispensed_at.micros()
    )
    .execute(conn)
    .await
    .map(drop)
}
