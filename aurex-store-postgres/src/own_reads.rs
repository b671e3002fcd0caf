//! Reading an embedder's own tables, inside the snapshot or the turn in which everything else is read.
//!
//! No connection is handed out for it, because a connection also writes. Three things keep a read one: its type (a
//! statement that answers no rows is none), PostgreSQL's `transaction_read_only` while it runs, and the guards on the
//! tables.
//!
//! A snapshot is READ ONLY from beginning to end. A turn is not, so that each read in it runs in a savepoint that is:
//! inside one PostgreSQL lets nobody turn the setting off again, and rolling back to it puts it back as it was.

use aurex_core::store::{Reader, StoreError};
use aurex_core::tenancy::TenantId;
use sqlx::postgres::PgRow;
use sqlx::query::Map;
use sqlx::{IntoArguments, Postgres};
use uuid::Uuid;

use crate::held::Held;
use crate::rows;
use crate::turn::PostgresTurn;

/// A tenant's snapshot with an embedder's own tables in it, as
/// [`PostgresStore::open_reader`](crate::PostgresStore::open_reader) opens it.
pub struct PostgresReader {
    turn: PostgresTurn<'static>,
}

impl PostgresReader {
    pub(crate) const fn new(turn: PostgresTurn<'static>) -> Self {
        Self { turn }
    }

    /// Reads core's tables.
    pub fn reads(&mut self) -> &mut dyn Reader {
        &mut self.turn
    }

    /// Reads the embedder's own.
    pub fn own(&mut self) -> OwnReads<'_, 'static> {
        self.turn.own()
    }
}

/// Reads of an embedder's own tables. Statements are what sqlx's macros make of a `SELECT`; name the tenant in each, and
/// look at the tenant of each row with [`OwnReads::owns`], as core's own reads do. The search path is empty: name the
/// schema too.
///
/// In a reader each costs one round trip. In a writer it costs three, for the savepoint around it, which takes no lock
/// and leaves nothing (a `SELECT … FOR UPDATE` is refused; the turn is lock enough). Whoever joined a transaction of
/// their own holds its connection anyway, and is not kept from anything.
///
/// ```no_run
/// # use aurex_core::store::StoreError;
/// # use aurex_store_postgres::PostgresReader;
/// # async fn f(mut reader: PostgresReader) -> Result<(), StoreError> {
/// let mut own = reader.own();
/// let tenant = own.tenant().uuid();
/// # let medicines = sqlx::query("").bind(tenant).try_map(|_: sqlx::postgres::PgRow| Ok(0_i64));
/// // `medicines` is `sqlx::query_as!(MedicineRow, "SELECT … FROM pharmacy.medicine WHERE tenant_id = $1", tenant)`.
/// let rows = own.all(medicines).await?;
/// # Ok(())
/// # }
/// ```
pub struct OwnReads<'t, 'c> {
    held: &'t mut Held<'c>,
    tenant: TenantId,
}

impl<'t, 'c> OwnReads<'t, 'c> {
    pub(crate) const fn new(held: &'t mut Held<'c>, tenant: TenantId) -> Self {
        Self { held, tenant }
    }

    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Whether a row is this tenant's, by its column.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is another's, which is an error and never an answer.
    pub fn owns(&self, tenant_id: Uuid) -> Result<(), StoreError> {
        rows::own(self.tenant, tenant_id)
    }

    /// At most one row.
    ///
    /// # Errors
    /// Of PostgreSQL, a write among them; the turn or snapshot is spoiled after it.
    pub async fn optional<'q, O, F, A>(
        &mut self,
        select: Map<'q, Postgres, F, A>,
    ) -> Result<Option<O>, StoreError>
    where
        F: FnMut(PgRow) -> Result<O, sqlx::Error> + Send,
        O: Send + Unpin,
        A: Send + IntoArguments<Postgres> + 'q,
    {
        self.close().await?;
        let row = self.held.optional(select).await?;
        self.reopen().await?;
        Ok(row)
    }

    /// All rows.
    ///
    /// # Errors
    /// As [`OwnReads::optional`].
    pub async fn all<'q, O, F, A>(&mut self, select: Map<'q, Postgres, F, A>) -> Result<Vec<O>, StoreError>
    where
        F: FnMut(PgRow) -> Result<O, sqlx::Error> + Send,
        O: Send + Unpin,
        A: Send + IntoArguments<Postgres> + 'q,
    {
        self.close().await?;
        let rows = self.held.all(select).await?;
        self.reopen().await?;
        Ok(rows)
    }

    /// Closes a writer to writing. A reader always is.
    async fn close(&mut self) -> Result<(), StoreError> {
        self.say("SAVEPOINT aurex_read; SET LOCAL transaction_read_only = on").await
    }

    /// Opens it again. After an error in between it stays closed, and is given up.
    async fn reopen(&mut self) -> Result<(), StoreError> {
        self.say("ROLLBACK TO SAVEPOINT aurex_read; RELEASE SAVEPOINT aurex_read").await
    }

    async fn say(&mut self, message: &'static str) -> Result<(), StoreError> {
        if self.held.is_writer() { self.held.say(message).await } else { Ok(()) }
    }
}
