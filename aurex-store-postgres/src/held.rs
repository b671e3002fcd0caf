//! A connection in a transaction, owned by one reader or writer until it ends.
//!
//! Every statement goes through [`Held::optional`], [`Held::all`] or [`Held::execute`], which note that something is
//! under way before they start and that all is well after they end. So whatever cuts a statement short, an error or a
//! cancelled future, leaves the mark, and then nothing can be committed and the connection is closed with what was open
//! on it. A transaction that was merely dropped is rolled back by a task of its own, which takes the turn along: who
//! comes next finds a clean connection.
//!
//! sqlx's own `Transaction` is not used. After a failed statement its `commit()` answers `Ok` with nothing stored, and
//! cancelled or failed while it opens, it leaves an open transaction in the pool (transact-rs/sqlx#4385, #4393).

use aurex_core::store::{StoreError, Turn};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::{Map, Query};
use sqlx::{IntoArguments, PgConnection, PgPool, Postgres};
use tokio::runtime::Handle;

use crate::error::{failure, is_gone};
use crate::raw;

/// A connection in a transaction.
pub(crate) struct Held<'c> {
    conn: Conn<'c>,
    sound: bool,
}

enum Conn<'c> {
    Own(Option<Owned>),
    Joined(&'c mut PgConnection),
}

/// A connection out of a pool. A writer's comes with the tenant's turn, which ends after it.
struct Owned {
    conn: PoolConnection<Postgres>,
    turn: Option<Turn>,
}

impl Owned {
    /// Back to the pool only when the transaction is known to have ended.
    async fn rollback(mut self) {
        if raw::run(&mut self.conn, "ROLLBACK").await.is_err() {
            self.conn.close_on_drop();
        }
    }
}

impl<'c> Held<'c> {
    /// Sends the message that opens a transaction, on a connection out of `pool`, and answers its rows. The transaction
    /// is a writer's when it comes with a turn.
    ///
    /// A connection that turns out to be dead (the server was restarted since) makes room for another: nothing has
    /// happened yet that could happen twice.
    pub(crate) async fn begin(
        pool: &PgPool,
        turn: Option<Turn>,
        message: &str,
    ) -> Result<(Self, Vec<PgRow>), StoreError> {
        let mut turn = turn;
        let mut dead = 0;
        loop {
            let conn = pool.acquire().await.map_err(failure)?;
            let mut held = Self { conn: Conn::Own(Some(Owned { conn, turn: turn.take() })), sound: true };
            match raw::send(held.start()?, message.to_owned()).await {
                Ok(rows) => {
                    held.sound = true;
                    return Ok((held, rows));
                }
                Err(error) if is_gone(&error) && dead <= pool.options().get_max_connections() => {
                    dead += 1;
                    turn = held.take().and_then(Owned::close);
                }
                Err(error) => return Err(failure(error)),
            }
        }
    }

    /// An embedder's own, in a transaction that the embedder ends.
    pub(crate) fn join(conn: &'c mut PgConnection) -> Self {
        Self { conn: Conn::Joined(conn), sound: true }
    }

    /// The connection, marked as under way. What is marked already stays so: a read that went well after a write that
    /// did not would else make half a change look whole.
    fn start(&mut self) -> Result<&mut PgConnection, StoreError> {
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
        query: Map<'q, Postgres, F, A>,
    ) -> Result<Option<O>, StoreError>
    where
        F: FnMut(PgRow) -> Result<O, sqlx::Error> + Send,
        O: Send + Unpin,
        A: Send + IntoArguments<Postgres> + 'q,
    {
        let row = query.fetch_optional(self.start()?).await;
        self.settle(row)
    }

    /// All rows.
    pub(crate) async fn all<'q, O, F, A>(
        &mut self,
        query: Map<'q, Postgres, F, A>,
    ) -> Result<Vec<O>, StoreError>
    where
        F: FnMut(PgRow) -> Result<O, sqlx::Error> + Send,
        O: Send + Unpin,
        A: Send + IntoArguments<Postgres> + 'q,
    {
        let rows = query.fetch_all(self.start()?).await;
        self.settle(rows)
    }

    /// A statement without rows; answers how many rows it wrote.
    pub(crate) async fn execute(
        &mut self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<u64, StoreError> {
        let done = query.execute(self.start()?).await;
        self.settle(done).map(|done| done.rows_affected())
    }

    /// A message of several statements; answers the rows of all.
    pub(crate) async fn send(&mut self, message: String) -> Result<Vec<PgRow>, StoreError> {
        let rows = raw::send(self.start()?, message).await;
        self.settle(rows)
    }

    /// Something of the embedder's, on the connection itself.
    pub(crate) async fn with<T>(
        &mut self,
        own: impl for<'a> FnOnce(&'a mut PgConnection) -> crate::OwnSql<'a, T>,
    ) -> Result<T, StoreError> {
        let done = own(self.start()?).await;
        self.settle(done)
    }

    /// Whether nothing went wrong so far.
    pub(crate) const fn is_sound(&self) -> bool {
        self.sound
    }

    /// Marks the transaction as one that may not be committed.
    pub(crate) const fn spoil(&mut self) {
        self.sound = false;
    }

    /// Whether this may write and commit.
    pub(crate) const fn is_writer(&self) -> bool {
        matches!(self.conn, Conn::Own(Some(Owned { turn: Some(_), .. })))
    }

    /// Whether changes may be applied here: in a writer, or in a transaction that was joined.
    pub(crate) const fn may_apply(&self) -> bool {
        self.is_writer() || matches!(self.conn, Conn::Joined(_))
    }

    /// Commits. When the answer does not come, nobody knows whether it is stored: the next turn will see.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if !self.sound || !self.is_writer() {
            return Err(StoreError::Spoiled);
        }
        self.end().await
    }

    /// Ends a transaction that is known to be sound and lets the connection go back.
    pub(crate) async fn end(&mut self) -> Result<(), StoreError> {
        let committed = raw::run(self.start()?, "COMMIT").await;
        self.settle(committed)?;
        drop(self.take());
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

impl Owned {
    /// Closes the connection, whatever is open on it, and gives the turn back.
    fn close(mut self) -> Option<Turn> {
        self.conn.close_on_drop();
        self.turn.take()
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let sound = self.sound;
        let Some(owned) = self.take() else { return };
        match Handle::try_current() {
            Ok(runtime) if sound => drop(runtime.spawn(owned.rollback())),
            // In the middle of something: the connection is closed, and what was open on it ends.
            _ => drop(owned.close()),
        }
    }
}
