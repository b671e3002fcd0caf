//! Reading an embedder's own tables, inside the snapshot or the turn in which everything else is read.
//!
//! No connection is handed out for it, because a connection also writes. Three things keep a read one: its type (a
//! statement that answers no rows is none), SQLite's `query_only` while it runs, and the guards on the tables.

use aurex_core::store::{Reader, StoreError};
use aurex_core::tenancy::TenantId;
use sqlx::query::Map;
use sqlx::sqlite::SqliteRow;
use sqlx::{IntoArguments, Sqlite};

use crate::held::Held;
use crate::raw;
use crate::rows;
use crate::turn::SqliteTurn;

/// A tenant's snapshot with an embedder's own tables in it, as
/// [`SqliteStore::open_reader`](crate::SqliteStore::open_reader) opens it.
pub struct SqliteReader {
    turn: SqliteTurn<'static>,
}

impl SqliteReader {
    pub(crate) const fn new(turn: SqliteTurn<'static>) -> Self {
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
/// look at the tenant of each row with [`OwnReads::owns`], as core's own reads do.
///
/// In a writer each costs two hops more, for `query_only`; whoever joined a transaction of their own holds its connection
/// anyway, and is not kept from anything.
///
/// ```no_run
/// # use aurex_core::store::StoreError;
/// # use aurex_store_sqlite::SqliteReader;
/// # async fn f(mut reader: SqliteReader) -> Result<(), StoreError> {
/// let mut own = reader.own();
/// let tenant = own.tenant().uuid();
/// # let medicines = sqlx::query("").bind(tenant).try_map(|_: sqlx::sqlite::SqliteRow| Ok(0_i64));
/// // `medicines` is `sqlx::query_as!(MedicineRow, "SELECT … FROM medicine WHERE tenant_id = ?", tenant)`.
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
    pub fn owns(&self, tenant_id: &[u8]) -> Result<(), StoreError> {
        rows::own(self.tenant, tenant_id)
    }

    /// At most one row.
    ///
    /// # Errors
    /// Of SQLite, a write among them; the turn or snapshot is spoiled after it.
    pub async fn optional<'q, O, F, A>(
        &mut self,
        select: Map<'q, Sqlite, F, A>,
    ) -> Result<Option<O>, StoreError>
    where
        F: FnMut(SqliteRow) -> Result<O, sqlx::Error> + Send,
        O: Send + Unpin,
        A: Send + IntoArguments<Sqlite> + 'q,
    {
        self.switch("PRAGMA query_only = ON").await?;
        let row = self.held.optional(select).await?;
        self.switch("PRAGMA query_only = OFF").await?;
        Ok(row)
    }

    /// All rows.
    ///
    /// # Errors
    /// As [`OwnReads::optional`].
    pub async fn all<'q, O, F, A>(&mut self, select: Map<'q, Sqlite, F, A>) -> Result<Vec<O>, StoreError>
    where
        F: FnMut(SqliteRow) -> Result<O, sqlx::Error> + Send,
        O: Send + Unpin,
        A: Send + IntoArguments<Sqlite> + 'q,
    {
        self.switch("PRAGMA query_only = ON").await?;
        let rows = self.held.all(select).await?;
        self.switch("PRAGMA query_only = OFF").await?;
        Ok(rows)
    }

    /// Closes a writer's connection to writing, or opens it again. A reader's is always closed. After an error in
    /// between it stays closed, and is given up.
    async fn switch(&mut self, to: &'static str) -> Result<(), StoreError> {
        if !self.held.is_writer() {
            return Ok(());
        }
        self.held.with(|conn| Box::pin(raw::run(conn, to))).await
    }
}
