//! Overwriting what an erasure left in a tenant's files.
//!
//! Every connection overwrites what it deletes or replaces with zeros (`secure_delete`). Two places are left: the free part
//! of a page from which rows were once moved to another (SQLite does not clear what it moves), and the write-ahead log, which
//! holds whole pages as they were. `VACUUM` writes the file anew from its rows; a checkpoint that truncates empties the log.
//! What the disk itself keeps of blocks that were given back is beyond any program.

use aurex_core::store::{Scrub, StoreError};
use aurex_core::tenancy::TenantId;
use sqlx::SqliteConnection;

use crate::error::failure;
use crate::raw;
use crate::store::SqliteStore;

/// Up to this size a file is written anew while the shop waits: a fraction of a second.
const AT_ONCE_BYTES: i64 = 64 << 20;

impl SqliteStore {
    /// Scrubs the files of a tenant, in the tenant's turn.
    pub(crate) async fn scrub_files(&self, tenant: TenantId, how: Scrub) -> Result<bool, StoreError> {
        let turn = self.shared.turns.take(tenant).await?;
        let lease = self.lease(tenant).await?;
        let house = scrub(lease.house().await?.conn()?, Scrub::Whole).await;
        let mut conn = lease.writer().await?;
        let file = scrub(&mut conn, how).await;
        // A connection that failed is closed, not kept.
        let done = house? & file?;
        lease.keep_writer(conn);
        drop((lease, turn));
        if !done {
            tracing::warn!(
                target: "aurex",
                tenant = %tenant.uuid(),
                "a tenant's file may still hold traces of what was erased: run “aurex-server audit scrub” in quiet hours"
            );
        }
        Ok(done)
    }
}

async fn scrub(conn: &mut SqliteConnection, how: Scrub) -> Result<bool, StoreError> {
    let written_anew = how == Scrub::Whole || raw::bytes(conn).await.map_err(failure)? <= AT_ONCE_BYTES;
    if written_anew {
        // Beside the memory, which a large file would not fit into: the temporary file has only what stays.
        raw::run(conn, "PRAGMA temp_store = FILE").await.map_err(failure)?;
        let done = raw::run(conn, "VACUUM").await;
        raw::run(conn, "PRAGMA temp_store = MEMORY").await.map_err(failure)?;
        done.map_err(failure)?;
    }
    // A reader that is in the middle of something keeps the log from being emptied.
    Ok(raw::empty_the_log(conn).await.map_err(failure)? && written_anew)
}
