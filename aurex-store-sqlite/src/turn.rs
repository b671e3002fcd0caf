//! A reader or a writer of one tenant, opened for one scope.

use async_trait::async_trait;
use aurex_core::audit::{Head, Sealed};
use aurex_core::store::{Access, AccessReads, MemberReads as _, Reader, Receipt, StoreError, Turn, Writer};
use aurex_core::tenancy::{Scope, Standing, TenantId, Workspace};
use aurex_core::time::{Clock, Timestamp};
use sqlx::SqliteConnection;

use crate::apply;
use crate::error::failure;
use crate::held::Held;
use crate::own_reads::OwnReads;
use crate::reads::read_head;
use crate::tenants::Lease;

/// An embedder's SQL beside a change: a boxed future over the connection.
pub type OwnSql<'a, T> = std::pin::Pin<Box<dyn Future<Output = Result<T, sqlx::Error>> + Send + 'a>>;

/// A tenant's snapshot, or its turn. As [`SqliteWriter`] it can also write; dropped without commit, it rolls back.
pub struct SqliteTurn<'c> {
    pub(crate) held: Held<'c>,
    pub(crate) scope: Scope,
    pub(crate) tenant: TenantId,
    head: Head,
    now: Timestamp,
    /// The workspace as it was last read, until something is written: a bill reads it among its needs, and the gate
    /// before the write asks again.
    pub(crate) workspace: Option<Workspace>,
}

/// A tenant's turn, as [`SqliteStore::open_writer`](crate::SqliteStore::open_writer) opens it.
pub type SqliteWriter = SqliteTurn<'static>;

impl<'c> SqliteTurn<'c> {
    /// Opens a snapshot: `BEGIN` and the head, two hops.
    pub(crate) async fn reader(
        lease: Lease,
        scope: &Scope,
        patience: std::time::Duration,
    ) -> Result<Self, StoreError> {
        let (conn, place) = lease.reader(patience).await?;
        let held = Held::read(conn, lease, place).await?;
        Self::opened(held, scope).await
    }

    /// Takes the turn's transaction: `BEGIN IMMEDIATE` and the head, two hops; more only where somebody's access has
    /// changed since the scope was made.
    pub(crate) async fn writer(
        lease: Lease,
        turn: Turn,
        scope: &Scope,
        clock: &dyn Clock,
    ) -> Result<Self, StoreError> {
        let conn = lease.writer().await?;
        let held = Held::write(conn, lease, turn).await?;
        Self::opened(held, scope).await?.admitted(clock).await
    }

    /// Goes on in a transaction of somebody else's.
    pub(crate) async fn joined(
        conn: &'c mut SqliteConnection,
        scope: &Scope,
        clock: &dyn Clock,
    ) -> Result<Self, StoreError> {
        Self::opened(Held::join(conn), scope).await?.admitted(clock).await
    }

    async fn opened(mut held: Held<'c>, scope: &Scope) -> Result<Self, StoreError> {
        let tenant = scope.tenant();
        let head = read_head(&mut held, tenant).await?;
        let now = head.last_at;
        Ok(Self { held, scope: scope.clone(), tenant, head, now, workspace: None })
    }

    async fn admitted(mut self, clock: &dyn Clock) -> Result<Self, StoreError> {
        if self.head.epoch != self.scope.epoch() && !self.access().await?.still_admits(&self.scope) {
            return Err(StoreError::Withdrawn);
        }
        self.now = self.head.moment(clock.now());
        Ok(self)
    }

    async fn access(&mut self) -> Result<Access, StoreError> {
        let (member, carrier_is_open) = match self.scope.standing() {
            Standing::Vouched => return Ok(Access::default()),
            Standing::Verified(member) => (member, true),
            Standing::Session(session, member) => {
                let session = self.session(session).await?;
                (member, session.is_some_and(|session| session.closed_at.is_none()))
            }
            Standing::Token(token, member) => {
                let token = self.api_token(token).await?;
                (member, token.is_some_and(|token| token.revoked_at.is_none()))
            }
        };
        let member = self.member(member).await?.filter(|member| !member.disabled);
        let custom_role = match member.as_ref().and_then(|member| member.custom_role) {
            None => None,
            Some(role) => self.custom_role(role).await?.map(|role| (role.id, role.version)),
        };
        Ok(Access { role: member.map(|member| member.role), custom_role, carrier_is_open })
    }

    /// The head, as of the last entry.
    pub(crate) const fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) async fn write(&mut self, sealed: &Sealed, stays_open: bool) -> Result<Receipt, StoreError> {
        if !self.held.is_sound() {
            return Err(StoreError::Spoiled);
        }
        if !self.scope.is(sealed.scope()) {
            self.held.spoil();
            return Err(StoreError::ForeignSeal);
        }
        self.workspace = None;
        let written =
            apply::apply(&mut self.held, &mut self.head, self.tenant, self.now, sealed, stays_open).await;
        if written.is_err() {
            // Also where no statement failed: a row that could not be written down.
            self.held.spoil();
        }
        written
    }

    /// Reads of the embedder's own tables, as everything else in this turn is read.
    pub fn own(&mut self) -> OwnReads<'_, 'c> {
        OwnReads::new(&mut self.held, self.tenant)
    }

    /// Applies a change and, right after its entry is appended, runs the embedder's own SQL in the same transaction,
    /// on tables guarded by [`guard_table`](crate::guard_table).
    ///
    /// ```no_run
    /// # use aurex_core::{audit::Sealed, store::StoreError};
    /// # use aurex_store_sqlite::SqliteWriter;
    /// # async fn f(writer: &mut SqliteWriter, sealed: Sealed) -> Result<(), StoreError> {
    /// let (receipt, ()) = writer
    ///     .apply_with(sealed, |conn| {
    ///         Box::pin(async move {
    ///             // Your own checked queries on `conn`.
    /// #           let _ = conn;
    ///             Ok(())
    ///         })
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Writer::apply`]; any error of the embedder's SQL spoils the writer too. So does ending the transaction on
    /// the connection, which is not the embedder's to end: what was committed by it then stays, with its entry.
    pub async fn apply_with<T>(
        &mut self,
        sealed: Sealed,
        own: impl for<'a> FnOnce(&'a mut SqliteConnection) -> OwnSql<'a, T>,
    ) -> Result<(Receipt, T), StoreError> {
        if !self.held.may_apply() {
            self.held.spoil();
            return Err(StoreError::Spoiled);
        }
        let receipt = self.write(&sealed, true).await?;
        // Whoever ends the transaction ends the savepoint with it, and releasing it then fails.
        self.held.with(|conn| Box::pin(crate::raw::run(conn, "SAVEPOINT aurex_own"))).await?;
        let done = self.held.with(own).await?;
        self.held.with(|conn| Box::pin(crate::raw::run(conn, "RELEASE aurex_own"))).await?;
        apply::close(&mut self.held, self.tenant).await?;
        Ok((receipt, done))
    }
}

impl Reader for SqliteTurn<'_> {
    fn tenant(&self) -> TenantId {
        self.tenant
    }
}

#[async_trait]
impl Writer for SqliteWriter {
    fn now(&self) -> Timestamp {
        self.now
    }

    async fn apply(&mut self, sealed: Sealed) -> Result<Receipt, StoreError> {
        if !self.held.is_writer() {
            return Err(StoreError::Spoiled);
        }
        self.write(&sealed, false).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.held.commit().await
    }

    async fn rollback(self: Box<Self>) {
        self.held.rollback().await;
    }
}

impl SqliteTurn<'_> {
    /// The time of every change of this turn.
    pub(crate) const fn moment(&self) -> Timestamp {
        self.now
    }
}

/// Checks that a connection is inside a transaction, without a statement that would open one.
pub(crate) async fn is_in_transaction(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    // BEGIN is refused inside a transaction, and its refusal changes nothing.
    match crate::raw::run(conn, "BEGIN").await {
        Ok(()) => crate::raw::run(conn, "ROLLBACK").await.map_err(failure).map(|()| false),
        Err(_) => Ok(true),
    }
}
