//! A reader or a writer of one tenant, opened for one scope.

use async_trait::async_trait;
use aurex_core::audit::{Head, Sealed};
use aurex_core::store::{Access, MemberReads as _, Reader, Receipt, StoreError, Turn, Writer};
use aurex_core::tenancy::{MemberId, Scope, Standing, TenantId, Workspace};
use aurex_core::time::{Clock, Timestamp};
use sqlx::{PgConnection, PgPool};

use crate::apply;
use crate::held::Held;
use crate::joined;
use crate::opening::{self, Opened, Purpose};
use crate::own_reads::OwnReads;
use crate::raw;

/// An embedder's SQL beside a change: a boxed future over the connection.
pub type OwnSql<'a, T> = std::pin::Pin<Box<dyn Future<Output = Result<T, sqlx::Error>> + Send + 'a>>;

/// A tenant's snapshot, or its turn. As [`PostgresWriter`] it can also write; dropped without commit, it rolls back.
pub struct PostgresTurn<'c> {
    pub(crate) held: Held<'c>,
    pub(crate) scope: Scope,
    pub(crate) tenant: TenantId,
    /// As the opening message read it, or as the last change applied here put it.
    pub(crate) workspace: Option<Workspace>,
    head: Head,
    now: Timestamp,
}

/// A tenant's turn, as [`PostgresStore::open_writer`](crate::PostgresStore::open_writer) opens it.
pub type PostgresWriter = PostgresTurn<'static>;

impl<'c> PostgresTurn<'c> {
    /// Opens a snapshot: one round trip.
    pub(crate) async fn reader(pool: &PgPool, scope: &Scope) -> Result<Self, StoreError> {
        let message = opening::message(Purpose::Read, scope.tenant());
        let (held, rows) = Held::begin(pool, None, &message).await?;
        Self::opened(held, opening::read(rows, scope.tenant())?, scope)
    }

    /// Takes the tenant's head: one round trip; more only where somebody's access has changed since the scope was made.
    pub(crate) async fn writer(
        pool: &PgPool,
        turn: Turn,
        scope: &Scope,
        clock: &dyn Clock,
    ) -> Result<Self, StoreError> {
        let message = opening::message(Purpose::Write, scope.tenant());
        let (held, rows) = Held::begin(pool, Some(turn), &message).await?;
        Self::opened(held, opening::read(rows, scope.tenant())?, scope)?.admitted(clock).await
    }

    /// Goes on in a transaction of somebody else's: three round trips, two of them to see that it may.
    pub(crate) async fn joined(
        conn: &'c mut PgConnection,
        scope: &Scope,
        clock: &dyn Clock,
    ) -> Result<Self, StoreError> {
        joined::check(conn, scope.tenant()).await?;
        let mut held = Held::join(conn);
        let rows = held.send(opening::message(Purpose::Join, scope.tenant())).await?;
        Self::opened(held, opening::read(rows, scope.tenant())?, scope)?.admitted(clock).await
    }

    fn opened(held: Held<'c>, opened: Opened, scope: &Scope) -> Result<Self, StoreError> {
        let Opened { head, workspace } = opened;
        let now = head.last_at;
        Ok(Self { held, scope: scope.clone(), tenant: scope.tenant(), workspace, head, now })
    }

    async fn admitted(mut self, clock: &dyn Clock) -> Result<Self, StoreError> {
        if self.head.epoch != self.scope.epoch() && !self.access().await?.still_admits(&self.scope) {
            return Err(StoreError::Withdrawn);
        }
        self.now = self.head.moment(clock.now());
        Ok(self)
    }

    async fn access(&mut self) -> Result<Access, StoreError> {
        Ok(match self.scope.standing() {
            Standing::Vouched => Access::default(),
            Standing::Verified(member) => Access { role: self.role_of(member).await?, carrier_is_open: true },
            Standing::Session(session, member) => Access {
                role: self.role_of(member).await?,
                carrier_is_open: self
                    .session(session)
                    .await?
                    .is_some_and(|session| session.closed_at.is_none()),
            },
            Standing::Token(token, member) => Access {
                role: self.role_of(member).await?,
                carrier_is_open: self.api_token(token).await?.is_some_and(|token| token.revoked_at.is_none()),
            },
        })
    }

    async fn role_of(&mut self, member: MemberId) -> Result<Option<aurex_core::rbac::Role>, StoreError> {
        Ok(self.member(member).await?.filter(|member| !member.disabled).map(|member| member.role))
    }

    /// Reads an embedder's own tables, as of the same moment as everything else here.
    pub fn own(&mut self) -> OwnReads<'_, 'c> {
        OwnReads::new(&mut self.held, self.tenant)
    }

    /// The head, as of the last entry.
    pub(crate) const fn head(&self) -> &Head {
        &self.head
    }

    /// The time of every change of this turn.
    pub(crate) const fn moment(&self) -> Timestamp {
        self.now
    }

    pub(crate) async fn write(&mut self, sealed: &Sealed) -> Result<Receipt, StoreError> {
        if !self.held.is_sound() || !self.held.may_apply() {
            self.held.spoil();
            return Err(StoreError::Spoiled);
        }
        if !self.scope.is(sealed.scope()) {
            self.held.spoil();
            return Err(StoreError::ForeignSeal);
        }
        let written = apply::apply(&mut self.held, &mut self.head, self.tenant, self.now, sealed).await;
        match &written {
            Ok(_) => self.workspace = apply::workspace_after(sealed).or_else(|| self.workspace.take()),
            // Also where no statement failed: a row that could not be written down.
            Err(_) => self.held.spoil(),
        }
        written
    }

    /// Applies a change and, right after its entry is appended, runs the embedder's own SQL in the same transaction,
    /// on tables guarded by [`guard_table`](crate::guard_table).
    ///
    /// ```no_run
    /// # use aurex_core::{audit::Sealed, store::StoreError};
    /// # use aurex_store_postgres::PostgresWriter;
    /// # async fn f(writer: &mut PostgresWriter, sealed: Sealed) -> Result<(), StoreError> {
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
        own: impl for<'a> FnOnce(&'a mut PgConnection) -> OwnSql<'a, T>,
    ) -> Result<(Receipt, T), StoreError> {
        let receipt = self.write(&sealed).await?;
        // Whoever ends the transaction ends the savepoint with it, and releasing it then fails.
        self.held.with(|conn| Box::pin(raw::run(conn, "SAVEPOINT aurex_own"))).await?;
        let done = self.held.with(own).await?;
        self.held.with(|conn| Box::pin(raw::run(conn, "RELEASE SAVEPOINT aurex_own"))).await?;
        Ok((receipt, done))
    }
}

impl Reader for PostgresTurn<'_> {
    fn tenant(&self) -> TenantId {
        self.tenant
    }
}

#[async_trait]
impl Writer for PostgresWriter {
    fn now(&self) -> Timestamp {
        self.now
    }

    async fn apply(&mut self, sealed: Sealed) -> Result<Receipt, StoreError> {
        self.write(&sealed).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.held.commit().await
    }

    async fn rollback(self: Box<Self>) {
        self.held.rollback().await;
    }
}
