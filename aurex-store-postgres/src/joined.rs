//! The road on a connection that is not ours.

use aurex_core::audit::Sealed;
use aurex_core::store::{Reader, Receipt, StoreError, Uncommitted};
use aurex_core::tenancy::TenantId;
use aurex_core::time::Timestamp;
use sqlx::PgConnection;

use crate::error::failure;
use crate::own_reads::OwnReads;
use crate::raw;
use crate::turn::{OwnSql, PostgresTurn};

/// A tenant's turn inside an embedder's own transaction. It neither commits nor rolls back: the embedder does, and
/// after any error here must roll back.
pub struct Joined<'c> {
    pub(crate) turn: PostgresTurn<'c>,
}

impl<'c> Joined<'c> {
    /// Reads, as of now in the transaction.
    pub fn reads(&mut self) -> &mut dyn Reader {
        &mut self.turn
    }

    /// Reads of the embedder's own tables, as of now in the transaction.
    pub fn own(&mut self) -> OwnReads<'_, 'c> {
        self.turn.own()
    }

    /// The time of every change made here.
    pub const fn now(&self) -> Timestamp {
        self.turn.moment()
    }

    /// Applies one sealed change; it becomes true when the embedder commits.
    ///
    /// # Errors
    /// As [`Writer::apply`](aurex_core::store::Writer::apply).
    pub async fn apply(&mut self, sealed: Sealed) -> Result<Uncommitted<Receipt>, StoreError> {
        self.turn.write(&sealed).await.map(Uncommitted::new)
    }

    /// Applies one sealed change and the embedder's own SQL with it, on guarded tables.
    ///
    /// # Errors
    /// As [`PostgresTurn::apply_with`].
    pub async fn apply_with<T>(
        &mut self,
        sealed: Sealed,
        own: impl for<'a> FnOnce(&'a mut PgConnection) -> OwnSql<'a, T>,
    ) -> Result<Uncommitted<(Receipt, T)>, StoreError> {
        self.turn.apply_with(sealed, own).await.map(Uncommitted::new)
    }
}

/// Why a connection cannot be joined. It comes inside [`StoreError::Failed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotJoined {
    /// Every statement would be a transaction of its own.
    #[error("the connection to join is in no transaction")]
    NoTransaction,
    /// A snapshot from before the turn would hide what the turn before left.
    #[error("the transaction to join is not READ COMMITTED")]
    NotReadCommitted,
    /// Row-level security would not hold.
    #[error("the role of the connection to join is a superuser")]
    Superuser,
    /// Row-level security would not hold.
    #[error("the role of the connection to join bypasses row-level security")]
    BypassesWalls,
    /// It could take the walls down.
    #[error("the role of the connection to join owns the tables, or is a member of the role that does")]
    OwnsTables,
}

impl From<NotJoined> for StoreError {
    fn from(refused: NotJoined) -> Self {
        Self::failed(refused)
    }
}

/// Checks that a connection may be joined for `tenant`, in one round trip and without changing anything on it.
pub(crate) async fn check(conn: &mut PgConnection, tenant: TenantId) -> Result<(), StoreError> {
    // Only inside a transaction is there a savepoint to make.
    match raw::run(conn, "SAVEPOINT aurex_join; RELEASE SAVEPOINT aurex_join").await {
        Ok(()) => {}
        Err(sqlx::Error::Database(refused)) if refused.code().as_deref() == Some("25P01") => {
            return Err(NotJoined::NoTransaction.into());
        }
        Err(error) => return Err(failure(error)),
    }
    let found = sqlx::query!(
        r#"SELECT
            pg_catalog.current_setting('transaction_isolation') AS "isolation!",
            pg_catalog.current_setting('aurex.tenant_id', true) AS tenant_id,
            r.rolsuper AS "is_superuser!", r.rolbypassrls AS "bypasses!",
            pg_catalog.pg_has_role(current_user, c.relowner, 'MEMBER') AS "owns!"
        FROM pg_catalog.pg_roles AS r, pg_catalog.pg_class AS c
        WHERE r.rolname = current_user AND c.oid = 'aurex.head'::pg_catalog.regclass"#
    )
    .fetch_one(conn)
    .await
    .map_err(failure)?;
    if found.isolation != "read committed" {
        return Err(NotJoined::NotReadCommitted.into());
    }
    if found.is_superuser {
        return Err(NotJoined::Superuser.into());
    }
    if found.bypasses {
        return Err(NotJoined::BypassesWalls.into());
    }
    if found.owns {
        return Err(NotJoined::OwnsTables.into());
    }
    // A setting that was local to an earlier transaction leaves an empty text behind.
    let carried = found.tenant_id.filter(|carried| !carried.is_empty());
    if carried.is_some_and(|carried| carried.parse() != Ok(tenant.uuid())) {
        return Err(StoreError::ForeignSeal);
    }
    Ok(())
}
