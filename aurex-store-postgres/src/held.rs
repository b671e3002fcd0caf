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

use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::{StoreError, Turn};
use aurex_core::tenancy::TenantId;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::{Map, Query};
use sqlx::{IntoArguments, PgConnection, Postgres};
use tokio::runtime::Handle;

use crate::connect::{Limits, Pool};
use crate::error::{failure, failure_to_open, is_stale};
use crate::opening::{self, Purpose};
use crate::raw;
use crate::turn::OwnSql;

/// After a failed statement `COMMIT` rolls back. Words of PL/pgSQL's own, which no search path changes.
const DOOM: &str = "DO $$ BEGIN
    RAISE EXCEPTION 'a change of this transaction was refused, so that all of it has to be rolled back'
        USING ERRCODE = 'AX003';
END $$";

/// A connection in a transaction.
pub(crate) struct Held<'c> {
    conn: Conn<'c>,
    sound: bool,
    /// How long an answer may take. On an embedder's connection that is the embedder's to bound.
    limit: Duration,
}

enum Conn<'c> {
    Own(Option<Owned>),
    Joined(&'c mut PgConnection),
}

/// A connection out of a pool. A writer's comes with the tenant's turn, which ends after it.
struct Owned {
    conn: PoolConnection<Postgres>,
    turn: Option<Turn>,
    /// As whom it works when nobody else has set anything.
    role: Option<Arc<str>>,
    /// Whether it was in somebody else's hands. What they left on it, a role, settings, temporary tables, locks, outlives
    /// the transaction: then the connection does not.
    lent: bool,
}

impl Owned {
    /// Back to the pool only when the transaction is known to have ended.
    async fn rollback(mut self, limit: Duration) {
        match Limits::within(limit, raw::run(&mut self.conn, "ROLLBACK")).await {
            Ok(()) => self.give_back(),
            Err(_) => drop(self.close()),
        }
    }

    /// Back to the pool, where that is safe.
    fn give_back(self) {
        if self.lent {
            drop(self.close());
        }
    }

    /// Closes the connection, whatever is open on it, and gives the turn back.
    fn close(mut self) -> Option<Turn> {
        self.conn.close_on_drop();
        self.turn.take()
    }
}

impl<'c> Held<'c> {
    /// Sends the message that opens a transaction, on a connection out of `pool`, and answers its rows. The transaction
    /// is a writer's when it comes with a turn.
    ///
    /// A connection that turns out to be dead (the server was restarted since) makes room for another: nothing has
    /// happened yet that could happen twice.
    pub(crate) async fn begin(
        pool: &Pool,
        turn: Option<Turn>,
        purpose: Purpose,
        tenant: TenantId,
    ) -> Result<(Self, Vec<PgRow>), StoreError> {
        let message = opening::message(purpose, tenant, pool.role.as_deref());
        let mut turn = turn;
        let mut dead = 0;
        loop {
            let conn = pool.acquire().await.map_err(failure)?;
            let owned = Owned { conn, turn: turn.take(), role: pool.role.clone(), lent: false };
            let mut held = Self { conn: Conn::Own(Some(owned)), sound: true, limit: pool.limits.statement };
            let opened = raw::send(held.start()?, message.clone());
            match Limits::within(pool.limits.opening, opened).await {
                Ok(rows) => {
                    held.sound = true;
                    return Ok((held, rows));
                }
                Err(error) if is_stale(&error) && dead <= pool.options().get_max_connections() => {
                    dead += 1;
                    turn = held.take().and_then(Owned::close);
                }
                Err(error) => return Err(failure_to_open(error)),
            }
        }
    }

    /// An embedder's own, in a transaction that the embedder ends.
    pub(crate) async fn join(
        conn: &'c mut PgConnection,
        tenant: TenantId,
    ) -> Result<(Self, Vec<PgRow>), StoreError> {
        let message = opening::message(Purpose::Join, tenant, None);
        let rows = raw::send(conn, message).await.map_err(failure_to_open)?;
        Ok((Self { conn: Conn::Joined(conn), sound: true, limit: Duration::MAX }, rows))
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
        let limit = self.limit;
        let row = Limits::within(limit, query.fetch_optional(self.start()?)).await;
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
        let limit = self.limit;
        let rows = Limits::within(limit, query.fetch_all(self.start()?)).await;
        self.settle(rows)
    }

    /// A statement without rows; answers how many rows it wrote.
    pub(crate) async fn execute(
        &mut self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<u64, StoreError> {
        let limit = self.limit;
        let done = Limits::within(limit, query.execute(self.start()?)).await;
        self.settle(done).map(|done| done.rows_affected())
    }

    /// A message of several statements; answers the rows of all.
    pub(crate) async fn send(&mut self, message: String) -> Result<Vec<PgRow>, StoreError> {
        let limit = self.limit;
        let rows = Limits::within(limit, raw::send(self.start()?, message)).await;
        self.settle(rows)
    }

    /// A fixed statement without rows.
    pub(crate) async fn say(&mut self, statement: &'static str) -> Result<(), StoreError> {
        let limit = self.limit;
        let done = Limits::within(limit, raw::run(self.start()?, statement)).await;
        self.settle(done)
    }

    /// Lends the connection for something of the embedder's, which may take as long as a statement. A pool never sees it
    /// again.
    pub(crate) async fn lend<T>(
        &mut self,
        tenant: TenantId,
        own: impl for<'a> FnOnce(&'a mut PgConnection) -> OwnSql<'a, T>,
    ) -> Result<T, StoreError> {
        // Whoever ends the transaction ends the savepoint with it, and releasing it then fails.
        self.say("SAVEPOINT aurex_own").await?;
        let role = match &mut self.conn {
            Conn::Own(Some(owned)) => {
                owned.lent = true;
                owned.role.clone()
            }
            _ => None,
        };
        let limit = self.limit;
        let done = Limits::within(limit, own(self.start()?)).await;
        let done = self.settle(done)?;
        let standing = opening::standing(tenant, role.as_deref());
        self.send(format!("RELEASE SAVEPOINT aurex_own; {standing}")).await?;
        Ok(done)
    }

    /// Whether nothing went wrong so far.
    pub(crate) const fn is_sound(&self) -> bool {
        self.sound
    }

    /// Marks the transaction as one that may not be committed.
    pub(crate) const fn spoil(&mut self) {
        self.sound = false;
    }

    /// Marks it, and where somebody else could commit it, has the server refuse that.
    pub(crate) async fn doom(&mut self) {
        self.spoil();
        if let Conn::Joined(conn) = &mut self.conn {
            // It is meant to fail; where it cannot even be sent, nothing is committed either.
            let _ = raw::run(conn, DOOM).await;
        }
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
        self.say("COMMIT").await?;
        if let Some(owned) = self.take() {
            owned.give_back();
        }
        Ok(())
    }

    /// Rolls back, and waits for it.
    pub(crate) async fn rollback(mut self) {
        if self.sound
            && let Some(owned) = self.take()
        {
            owned.rollback(self.limit).await;
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
        let (sound, limit) = (self.sound, self.limit);
        let Some(owned) = self.take() else { return };
        match Handle::try_current() {
            Ok(runtime) if sound => drop(runtime.spawn(owned.rollback(limit))),
            // In the middle of something: the connection is closed, and what was open on it ends.
            _ => drop(owned.close()),
        }
    }
}
