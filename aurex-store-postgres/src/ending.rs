//! A workspace ends: one transaction, so that it is there whole or not at all.

use aurex_core::store::StoreError;
use aurex_core::tenancy::TenantId;
use aurex_core::time::Timestamp;
use sqlx::Connection as _;

use crate::error::failure;
use crate::opening;
use crate::raw;
use crate::store::Shared;

/// Deletes every row of a workspace that ends by `at`, on a connection out of the pool for good: a shop's rows may take
/// longer than any statement of a server's that serves.
pub(crate) async fn end(shared: &Shared, tenant: TenantId, at: Timestamp) -> Result<(), StoreError> {
    let _turn = shared.turns.take(tenant).await?;
    let pool = &shared.writers;
    let mut conn = pool.acquire().await.map_err(failure)?.detach();
    let of = opening::standing(tenant, pool.role.as_deref());
    let message = format!(
        "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
         BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {of};"
    );
    raw::send(&mut conn, message).await.map_err(failure)?;
    let ended = sqlx::query_scalar!(
        r#"SELECT aurex.end_workspace($1, $2) AS "is_ended!""#,
        tenant.uuid(),
        at.micros()
    );
    // Whatever fails here ends the connection, and with it the transaction.
    let ended = ended.fetch_one(&mut conn).await.map_err(failure)?;
    raw::run(&mut conn, "COMMIT").await.map_err(failure)?;
    if let Err(error) = conn.close().await {
        tracing::warn!(%error, "a connection did not end in order");
    }
    if ended { Ok(()) } else { Err(StoreError::NoSuchTenant) }
}
