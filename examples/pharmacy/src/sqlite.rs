//! The shelf on SQLite.
//!
//! The SQL is checked at build time against the committed `.sqlx`; `examples/scripts/sqlx-prepare` makes it anew.

mod read;
mod row;

use async_trait::async_trait;
use aurex_core::audit::Sealed;
use aurex_core::store::{Reader, Receipt, StoreError, Writer};
use aurex_core::tenancy::{Id as _, Scope, TenantId};
use aurex_core::time::Clock;
use aurex_store_sqlite::{
    OwnReads, OwnTables, SqliteOptions, SqliteReader, SqliteStore, SqliteWriter, guard_table, migrate_own,
};
use sqlx::SqliteConnection;
use sqlx::migrate::Migrator;

use self::read::{Own, Shelved};
use crate::rows::{Batch, Dispensing};
use crate::shelf::{Shelf, ShelfReads, ShelfTurn};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// What is done to every workspace's file when it is founded or opened: our tables, and the guards on them. Where
/// somebody has taken a guard off, the file is not opened.
const TABLES: OwnTables = |conn| {
    Box::pin(async move {
        migrate_own(conn, &MIGRATIONS).await?;
        guard_table(conn, "medicine_batch").await?;
        guard_table(conn, "dispensing").await
    })
};

/// How a store with the pharmacy's tables is opened.
pub fn options() -> SqliteOptions {
    SqliteOptions { own_tables: Some(TABLES), ..SqliteOptions::default() }
}

#[async_trait]
impl Shelf for SqliteStore {
    async fn snapshot(&self, scope: &Scope) -> Result<Box<dyn ShelfReads>, StoreError> {
        Ok(Box::new(Shelved(self.open_reader(scope).await?)))
    }

    async fn turn(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn ShelfTurn>, StoreError> {
        Ok(Box::new(Shelved(self.open_writer(scope, clock).await?)))
    }
}

impl Own for SqliteReader {
    fn own(&mut self) -> OwnReads<'_, 'static> {
        self.own()
    }

    fn core(&mut self) -> &mut dyn Reader {
        self.reads()
    }
}

impl Own for SqliteWriter {
    fn own(&mut self) -> OwnReads<'_, 'static> {
        self.own()
    }

    fn core(&mut self) -> &mut dyn Reader {
        self
    }
}

#[async_trait]
impl ShelfTurn for Shelved<SqliteWriter> {
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
async fn put_batch(conn: &mut SqliteConnection, tenant: TenantId, batch: &Batch) -> Result<(), sqlx::Error> {
    let (tenant, id) = (tenant.uuid(), batch.id.uuid());
    let (medicine, number, expires) =
        (batch.medicine.as_str(), batch.number.as_str(), batch.expires.to_string());
    let (on_hand, version, received_at) = (batch.on_hand, batch.version, batch.received_at.micros());
    sqlx::query!(
        "INSERT INTO medicine_batch
             (tenant_id, id, medicine, number, expires, controlled, on_hand, received_at, version)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant_id, id) DO UPDATE SET on_hand = excluded.on_hand, version = excluded.version",
        tenant,
        id,
        medicine,
        number,
        expires,
        batch.controlled,
        on_hand,
        received_at,
        version
    )
    .execute(conn)
    .await
    .map(drop)
}

async fn insert_dispensing(
    conn: &mut SqliteConnection,
    tenant: TenantId,
    dispensing: &Dispensing,
) -> Result<(), sqlx::Error> {
    let (tenant, id, batch) = (tenant.uuid(), dispensing.id.uuid(), dispensing.batch.uuid());
    let (medicine, patient) = (dispensing.medicine.as_str(), dispensing.patient.as_str());
    let prescriber = dispensing.prescriber.as_ref().map(|name| name.as_str());
    let dispensed_at = dispensing.dispensed_at.micros();
    sqlx::query!(
        "INSERT INTO dispensing (tenant_id, id, batch, medicine, pieces, patient, prescriber, dispensed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        tenant,
        id,
        batch,
        medicine,
        dispensing.pieces,
        patient,
        prescriber,
        dispensed_at
    )
    .execute(conn)
    .await
    .map(drop)
}
