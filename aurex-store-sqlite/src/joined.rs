//! The road on a connection that is not ours.

use aurex_core::audit::Sealed;
use aurex_core::store::{Reader, Receipt, StoreError, Uncommitted};
use aurex_core::time::Timestamp;
use sqlx::SqliteConnection;

use crate::own_reads::OwnReads;
use crate::turn::{OwnSql, SqliteTurn};

/// A tenant's turn inside an embedder's own transaction. It neither commits nor rolls back: the embedder does, and
/// after any error here must roll back.
pub struct Joined<'c> {
    pub(crate) turn: SqliteTurn<'c>,
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
        self.turn.write(&sealed, false).await.map(Uncommitted::new)
    }

    /// Applies one sealed change and the embedder's own SQL with it, on guarded tables.
    ///
    /// # Errors
    /// As [`SqliteTurn::apply_with`].
    pub async fn apply_with<T>(
        &mut self,
        sealed: Sealed,
        own: impl for<'a> FnOnce(&'a mut SqliteConnection) -> OwnSql<'a, T>,
    ) -> Result<Uncommitted<(Receipt, T)>, StoreError> {
        self.turn.apply_with(sealed, own).await.map(Uncommitted::new)
    }
}
