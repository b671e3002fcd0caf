//! The directory, which the application sees only through the functions of its owner: which slug is which tenant.
//!
//! These are single statements outside any transaction, and need no tenant.

use aurex_core::store::StoreError;
use aurex_core::tenancy::{Slug, TenantId};
use tokio::time::timeout;
use uuid::Uuid;

use crate::connect::{Limits, Pool, SIGN_OF_LIFE};
use crate::error::{Silent, failure, is_stale};

/// The operator's own tenant, in which stands what precedes every tenant: check values of keys, throttles, and who has
/// observations waiting. No workspace ever has it.
pub(crate) const fn operator() -> TenantId {
    TenantId::from_directory_row(Uuid::nil())
}

/// Asks again on another connection where one turns out to be dead: the server was restarted since, and nothing was
/// written. One that goes on being silent is closed.
macro_rules! on_a_live_connection {
    ($pool:expr, $conn:ident => $ask:expr) => {{
        let mut dead = 0;
        loop {
            let mut $conn = $pool.acquire().await.map_err(failure)?;
            let answer = Limits::within($pool.limits.statement, $ask).await;
            if answer.is_err() {
                $conn.close_on_drop();
            }
            match answer {
                Err(error) if is_stale(&error) && dead <= $pool.options().get_max_connections() => dead += 1,
                answer => break answer.map_err(failure)?,
            }
        }
    }};
}

/// The open workspace of this name.
pub(crate) async fn tenant_of(readers: &Pool, slug: &Slug) -> Result<Option<TenantId>, StoreError> {
    let slug = slug.as_str();
    let found = on_a_live_connection!(readers, conn => {
        sqlx::query_scalar!("SELECT aurex.door($1)", slug).fetch_one(&mut *conn)
    });
    Ok(found.map(TenantId::from_directory_row))
}

/// The open workspaces by name.
pub(crate) async fn open_tenants(readers: &Pool) -> Result<Vec<(Slug, TenantId)>, StoreError> {
    let rows = on_a_live_connection!(readers, conn => {
        sqlx::query!(
            r#"SELECT slug AS "slug!", tenant_id AS "id!" FROM aurex.workspaces() ORDER BY slug COLLATE "C""#
        )
        .fetch_all(&mut *conn)
    });
    rows.into_iter()
        .map(|row| {
            let slug = row.slug.parse().map_err(|_| StoreError::corrupt("a name that is none"))?;
            Ok((slug, TenantId::from_directory_row(row.id)))
        })
        .collect()
}

/// Whether the database answers soon, and takes changes.
pub(crate) async fn ready(readers: &Pool) -> Result<(), StoreError> {
    let answer = timeout(SIGN_OF_LIFE, is_standby(readers)).await;
    if answer.unwrap_or_else(|_| Err(failure(Silent::error())))? {
        return Err(StoreError::Unavailable(Some(Box::new(Standby))));
    }
    Ok(())
}

async fn is_standby(readers: &Pool) -> Result<bool, StoreError> {
    Ok(on_a_live_connection!(readers, conn => {
        sqlx::query_scalar!(r#"SELECT pg_is_in_recovery() AS "standby!""#).fetch_one(&mut *conn)
    }))
}

/// The server follows another one and takes no changes until it is promoted.
#[derive(Debug, thiserror::Error)]
#[error("the database is a standby")]
struct Standby;
