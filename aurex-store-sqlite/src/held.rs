//! A connection in a transaction, owned by one reader or writer until it ends.
//!
//! Every statement goes through [`Held::optional`], [`Held::all`] or [`Held::execute`], which note that something is
//! under way before they start and that all is well after they end. So whatever cuts a statement short, an error or
//! a cancelled future, leaves the mark, and then nothing can be read, written or committed and the connection is closed
//! with what was open on it. A transaction that was merely dropped is rolled back by a task of its own, which takes connection, turn
//! and lease along: who comes next finds a clean connection, and a reader that is gone keeps no snapshot open.
//!
//! sqlx's own `Transaction` is not used: it borrows its connection, and commits after a failed statement.

use aurex_core::store::{StoreError, Turn};
use sqlx::query::{Map, Query};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{IntoArguments, Sqlite, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use crate::error::failure;
use crate::raw;
use crate::tenants::Lease;

/// A connection in a transaction.
pub(crate) struct Held<'c> {
    conn: Conn<'c>,
    sound: bool,
}

enum Conn<'c> {
    Own(Option<Owned>),
    Joined(&'c mut SqliteConnection),
}

/// A connection out of a tenant's file, and what it may be used by.
struct Owned {
    conn: SqliteConnection,
    by: By,
    lease: Lease,
}

enum By {
    Reader { _place: OwnedSemaphorePermit },
    Writer { _turn: Turn },
}

impl Owned {
    /// Gives the connection back to its file; place, turn and lease end after it.
    fn hand_back(self) {
        let Self { conn, by, lease } = self;
        match &by {
            By::Reader { .. } => lease.keep_reader(conn),
            By::Writer { .. } => lease.keep_writer(conn),
        }
    }

    async fn rollback(mut self) {
        if raw::run(&mut self.conn, "ROLLBACK").await.is_ok() {
            self.hand_back();
        }
    }
}

impl<'c> Held<'c> {
    /// A reader's: one snapshot from its first read on.
    pub(crate) async fn read(
        conn: SqliteConnection,
        lease: Lease,
        place: OwnedSemaphorePermit,
    ) -> Result<Self, StoreError> {
        Self::begin(Owned { conn, by: By::Reader { _place: place }, lease }, "BEGIN").await
    }

    /// A writer's: the file's write lock, at once or after SQLite's own patience.
    pub(crate) async fn write(conn: SqliteConnection, lease: Lease, turn: Turn) -> Result<Self, StoreError> {
        Self::begin(Owned { conn, by: By::Writer { _turn: turn }, lease }, "BEGIN IMMEDIATE").await
    }

    /// An embedder's own, in a transaction that the embedder ends.
    pub(crate) fn join(conn: &'c mut SqliteConnection) -> Self {
        Self { conn: Conn::Joined(conn), sound: true }
    }

    async fn begin(mut owned: Owned, statement: &'static str) -> Result<Self, StoreError> {
        raw::run(&mut owned.conn, statement).await.map_err(failure)?;
        Ok(Self { conn: Conn::Own(Some(owned)), sound: true })
    }

    /// The connection, marked as under way. What is marked already stays so: a read that went well after a write that
    /// did not would else make half a change look whole.
    fn start(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        if !self.sound {
            return Err(StoreError::Spoiled);
        }
        self.sound = false;
        match &mut self.conn {
            Conn::Own(Some(owned)) => Ok(&mut owned.conn),
            Conn::Own(None) => Err(StoreError::Spoiled),
            Conn::Joined(conn) => Ok(conn),
        }
    }

    fn settle<T>(&mut self, done: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        let done = done.map_err(failure)?;
        self.sound = true;
        Ok(done)
    }

    /// At most one row.
    pub(crate) async fn optional<'q, O, F, A>(
        &mut self,
        query: Map<'q, Sqlite, F, A>,
    ) -> Result<Option<O>, StoreError>
    where
        F: FnMut(SqliteRow) -> Result<O, sqlx::Error> + Send,
        O: Send + Unpin,
        A: Send + IntoArguments<Sqlite> + 'q,
    {
        let row = query.fetch_optional(self.start()?).await;
        self.settle(row)
    }

    /// All rows.
    pub(crate) async fn all<'q, O, F, A>(
        &mut self,
        query: Map<'q, Sqlite, F, A>,
    ) -> Result<Vec<O>, StoreError>
    where
        F: FnMut(SqliteRow) -> Result<O, sqlx::Error> + Send,
        O: Send + Unpin,
        A: Send + IntoArguments<Sqlite> + 'q,
    {
        let rows = query.fetch_all(self.start()?).await;
        self.settle(rows)
    }

    /// Statements without rows; answers how many rows they wrote.
    pub(crate) async fn execute(
        &mut self,
        query: Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<u64, StoreError> {
        let done = query.execute(self.start()?).await;
        self.settle(done).map(|done| done.rows_affected())
    }

    /// Something of the embedder's, on the connection itself.
    pub(crate) async fn with<T>(
        &mut self,
        own: impl for<'a> FnOnce(&'a mut SqliteConnection) -> crate::OwnSql<'a, T>,
    ) -> Result<T, StoreError> {
        let done = own(self.start()?).await;
        self.settle(done)
    }

    /// Whether nothing went wrong so far.
    pub(crate) const fn is_sound(&self) -> bool {
        self.sound
    }

    /// Whether changes may be applied here: in a writer, or in a transaction that was joined.
    pub(crate) const fn may_apply(&self) -> bool {
        self.is_writer() || matches!(self.conn, Conn::Joined(_))
    }

    /// Marks the transaction as one that may not be committed.
    pub(crate) const fn spoil(&mut self) {
        self.sound = false;
    }

    /// Whether this may write and commit.
    pub(crate) const fn is_writer(&self) -> bool {
        matches!(self.conn, Conn::Own(Some(Owned { by: By::Writer { .. }, .. })))
    }

    /// Commits.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if !self.sound || !self.is_writer() {
            return Err(StoreError::Spoiled);
        }
        raw::run(self.start()?, "COMMIT").await.map_err(failure)?;
        if let Some(owned) = self.take() {
            owned.hand_back();
        }
        Ok(())
    }

    /// Rolls back, and waits for it.
    pub(crate) async fn rollback(mut self) {
        if self.sound
            && let Some(owned) = self.take()
        {
            owned.rollback().await;
        }
    }

    fn take(&mut self) -> Option<Owned> {
        match &mut self.conn {
            Conn::Own(owned) => owned.take(),
            Conn::Joined(_) => None,
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Without a runtime, or in the middle of something, the connection is closed, and what was open on it ends.
        if let Some(owned) = self.take()
            && self.sound
            && let Ok(runtime) = Handle::try_current()
        {
            drop(runtime.spawn(owned.rollback()));
        }
    }
}
