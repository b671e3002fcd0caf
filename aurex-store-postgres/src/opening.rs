//! The message that opens a transaction, and what it answers.
//!
//! One message, because each costs a round trip: `BEGIN`, the tenant, the head, the workspace. The lock on the head is a
//! statement of its own in front of every read: under READ COMMITTED a statement that waits for a lock goes on with the
//! snapshot it began with, but the next one takes a new snapshot and so reads what the turn before left.

use aurex_core::audit::{Head, tree::Frontier};
use aurex_core::store::StoreError;
use aurex_core::tenancy::{TenantId, Workspace};
use aurex_core::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::failure;
use crate::rows::{Stored as _, WorkspaceRow, own};

/// What a transaction is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// One consistent snapshot.
    Read,
    /// The tenant's turn: its head is locked.
    Write,
    /// Going on in a transaction of somebody else's, as a writer.
    Join,
    /// Single statements without a head: housekeeping, and opening a workspace.
    Keep,
}

/// The message.
pub(crate) fn message(purpose: Purpose, tenant: TenantId) -> String {
    let id = tenant.uuid();
    let begin = match purpose {
        Purpose::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;",
        Purpose::Write | Purpose::Keep => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;",
        // Rows that arrive as JSON carry bytes in hexadecimal, whatever the embedder's session prefers.
        Purpose::Join => "SET LOCAL bytea_output = hex;",
    };
    let lock = match purpose {
        Purpose::Read => "",
        Purpose::Write | Purpose::Join => " FOR NO KEY UPDATE",
        Purpose::Keep => return format!("{begin} SET LOCAL aurex.tenant_id = '{id}'"),
    };
    format!(
        "{begin} SET LOCAL aurex.tenant_id = '{id}';
         SELECT tenant_id, frontier, last_at, epoch, observed FROM aurex.head WHERE tenant_id = '{id}'{lock};
         SELECT tenant_id, slug, name, currency, zone, created_at, version
         FROM aurex.workspace WHERE tenant_id = '{id}'"
    )
}

/// What the message answered.
pub(crate) struct Opened {
    pub(crate) head: Head,
    /// None where an embedder's founding put no row of it.
    pub(crate) workspace: Option<Workspace>,
}

/// Reads the answer.
pub(crate) fn read(rows: Vec<PgRow>, tenant: TenantId) -> Result<Opened, StoreError> {
    let mut rows = rows.into_iter();
    let head = rows.next().ok_or(StoreError::NoSuchTenant)?;
    let workspace = rows.next().map(|row| read_workspace(&row, tenant)).transpose()?;
    Ok(Opened { head: read_head(&head, tenant)?, workspace })
}

fn read_workspace(row: &PgRow, tenant: TenantId) -> Result<Workspace, StoreError> {
    let workspace = WorkspaceRow {
        tenant_id: row.try_get("tenant_id").map_err(failure)?,
        slug: row.try_get("slug").map_err(failure)?,
        name: row.try_get("name").map_err(failure)?,
        currency: row.try_get("currency").map_err(failure)?,
        zone: row.try_get("zone").map_err(failure)?,
        created_at: row.try_get("created_at").map_err(failure)?,
        version: row.try_get("version").map_err(failure)?,
    };
    workspace.read(tenant)
}

fn read_head(row: &PgRow, tenant: TenantId) -> Result<Head, StoreError> {
    own(tenant, row.try_get("tenant_id").map_err(failure)?)?;
    let frontier: Vec<u8> = row.try_get("frontier").map_err(failure)?;
    let number = |column| {
        let n: i64 = row.try_get(column).map_err(failure)?;
        u64::try_from(n).map_err(|_| StoreError::corrupt("a counter is out of range"))
    };
    Ok(Head {
        frontier: Frontier::from_bytes(&frontier).map_err(|error| StoreError::corrupt(error.to_string()))?,
        last_at: Timestamp::from_micros(row.try_get("last_at").map_err(failure)?),
        epoch: number("epoch")?,
        observed: number("observed")?,
    })
}
