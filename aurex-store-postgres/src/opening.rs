//! The message that opens a transaction, and what it answers.
//!
//! One message, because each costs a round trip: `BEGIN`, the tenant, the head, the workspace. The lock on the head is a
//! statement of its own in front of every read: under READ COMMITTED a statement that waits for a lock goes on with the
//! snapshot it began with, but the next one takes a new snapshot and so reads what the turn before left.
//!
//! A message of several statements is sent as text and would be planned each time, which costs the server more than
//! running it: connections of our own have the statements prepared ([`prepare`]).

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

const HEAD: &str = "SELECT tenant_id, frontier, last_at, epoch, observed FROM aurex.head WHERE tenant_id =";
const WORKSPACE: &str = "SELECT tenant_id, slug, name, currency, zone, created_at, version, magic_links, second_factor_for, access_rules, contacts, ends_at, plan, billing, books_locked_through, payee FROM aurex.workspace WHERE tenant_id =";
const LOCK: &str = "FOR NO KEY UPDATE";

/// What a connection of our own is told once.
pub(crate) fn prepare() -> String {
    format!(
        "PREPARE aurex_head (uuid) AS {HEAD} $1;
         PREPARE aurex_turn (uuid) AS {HEAD} $1 {LOCK};
         PREPARE aurex_workspace (uuid) AS {WORKSPACE} $1"
    )
}

/// As whom and for whom a transaction works from here on. The role, quoted as it comes, is set although the session has
/// it: whatever became of that, the transaction is behind the wall.
pub(crate) fn standing(tenant: TenantId, role: Option<&str>) -> String {
    let role = role.map_or_else(String::new, |role| format!("SET LOCAL ROLE {role}; "));
    format!("{role}SET LOCAL aurex.tenant_id = '{}'", tenant.uuid())
}

/// The message.
pub(crate) fn message(purpose: Purpose, tenant: TenantId, role: Option<&str>) -> String {
    const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    const CURRENT: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    let id = tenant.uuid();
    let of = standing(tenant, role);
    match purpose {
        Purpose::Read => {
            format!("{SNAPSHOT}; {of}; EXECUTE aurex_head ('{id}'); EXECUTE aurex_workspace ('{id}')")
        }
        Purpose::Write => {
            format!("{CURRENT}; {of}; EXECUTE aurex_turn ('{id}'); EXECUTE aurex_workspace ('{id}')")
        }
        Purpose::Keep => format!("{CURRENT}; {of}"),
        // Rows that arrive as JSON carry bytes in hexadecimal, whatever the embedder's session prefers.
        Purpose::Join => {
            format!("SET LOCAL bytea_output = hex; {of}; {HEAD} '{id}' {LOCK}; {WORKSPACE} '{id}'")
        }
    }
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
        magic_links: row.try_get("magic_links").map_err(failure)?,
        second_factor_for: row.try_get("second_factor_for").map_err(failure)?,
        access_rules: row.try_get("access_rules").map_err(failure)?,
        contacts: row.try_get("contacts").map_err(failure)?,
        ends_at: row.try_get("ends_at").map_err(failure)?,
        plan: row.try_get("plan").map_err(failure)?,
        billing: row.try_get("billing").map_err(failure)?,
        books_locked_through: row.try_get("books_locked_through").map_err(failure)?,
        payee: row.try_get("payee").map_err(failure)?,
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
