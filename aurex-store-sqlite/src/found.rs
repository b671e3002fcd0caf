//! Opening a workspace: everything in a file of its own, then its row in the directory, or nothing.
//!
//! The file is built under another name, made durable, renamed, and the folder made durable; the row in the directory
//! is what makes the workspace exist. Whatever dies in between leaves a file without a row, which the next start removes.

use std::path::Path;

use aurex_core::audit::{Head, Sealed};
use aurex_core::store::{Receipt, StoreError};
use aurex_core::tenancy::Slug;
use aurex_core::time::Clock;
use sqlx::Connection as _;

use crate::apply::apply;
use crate::connect::{Use, connect};
use crate::error::{failure, io};
use crate::folder::{remove_database, sync_folder};
use crate::held::Held;
use crate::raw;
use crate::schema::TENANT;
use crate::store::Shared;

/// Opens the workspace of `founding`'s scope under `slug`.
pub(crate) async fn found(
    shared: &Shared,
    slug: &Slug,
    founding: &Sealed,
    clock: &dyn Clock,
) -> Result<Receipt, StoreError> {
    let tenant = founding.scope().tenant();
    // One founding of one tenant at a time; another tenant of the same name is told apart by the directory.
    let _turn = shared.turns.take(tenant).await?;
    if shared.directory.is_taken(slug, tenant).await? {
        return Err(StoreError::SlugTaken);
    }
    let new = shared.folder.founding(tenant);
    remove_database(&new)?;
    TENANT.create(&new).await?;
    let receipt = match fill(shared, &new, founding, clock).await {
        Ok(receipt) => receipt,
        Err(error) => {
            remove_database(&new)?;
            return Err(error);
        }
    };
    let path = shared.folder.tenant(tenant);
    std::fs::File::open(&new).and_then(|file| file.sync_all()).map_err(io)?;
    std::fs::rename(&new, &path).map_err(io)?;
    sync_folder(&shared.folder.tenants())?;
    match shared.directory.enter(slug, tenant).await {
        Ok(()) => Ok(receipt),
        Err(StoreError::Failed(error)) if is_taken(&*error) => {
            remove_database(&path)?;
            Err(StoreError::SlugTaken)
        }
        Err(error) => Err(error),
    }
}

/// Writes the tenant, an empty head and the founding change, and leaves one whole file.
async fn fill(
    shared: &Shared,
    new: &Path,
    founding: &Sealed,
    clock: &dyn Clock,
) -> Result<Receipt, StoreError> {
    let tenant = founding.scope().tenant();
    let mut conn = connect(new, Use::Write).await?;
    if let Some(make) = shared.options.own_tables {
        make(&mut conn).await?;
    }
    let mut head = Head::empty();
    let now = head.moment(clock.now());
    let id = tenant.uuid();
    let frontier = head.frontier.to_bytes();
    let last_at = head.last_at.micros();
    raw::run(&mut conn, "BEGIN IMMEDIATE").await.map_err(failure)?;
    sqlx::query!("INSERT INTO tenant (tenant_id) VALUES (?)", id)
        .execute(&mut conn)
        .await
        .map_err(failure)?;
    sqlx::query!(
        "INSERT INTO head (tenant_id, frontier, last_at, epoch, observed) VALUES (?, ?, ?, 1, 0)",
        id,
        frontier,
        last_at
    )
    .execute(&mut conn)
    .await
    .map_err(failure)?;
    let receipt = apply(&mut Held::join(&mut conn), &mut head, tenant, now, founding, false).await?;
    raw::run(&mut conn, "COMMIT").await.map_err(failure)?;
    raw::run(&mut conn, "PRAGMA wal_checkpoint(TRUNCATE)").await.map_err(failure)?;
    conn.close().await.map_err(failure)?;
    Ok(receipt)
}

/// Somebody was quicker: the directory's own guard or unique index says so.
pub(crate) fn is_taken(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let of_sqlite = error.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    of_sqlite.is_some_and(|error| error.message().contains("directory"))
}
