//! A reader or a writer of one tenant, opened for one scope.

use async_trait::async_trait;
use aurex_core::audit::{Head, Sealed};
use aurex_core::store::{Access, AccessReads, MemberReads as _, Reader, Receipt, StoreError, Turn, Writer};
use aurex_core::tenancy::{Scope, Standing, TenantId, Workspace};
use aurex_core::time::{Clock, Timestamp};
use sqlx::PgConnection;

use crate::apply;
use crate::connect::Pool;
use crate::held::Held;
use crate::joined;
use crate::opening::{self, Opened, Purpose};
use crate::own_reads::OwnReads;

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
    /// Whether a change was sent to the server, so that committing now would keep it.
    wrote: bool,
}

/// A tenant's turn, as [`PostgresStore::open_writer`](crate::PostgresStore::open_writer) opens it.
pub type PostgresWriter = PostgresTurn<'static>;

impl<'c> PostgresTurn<'c> {
    /// Opens a snapshot: one round trip.
    pub(crate) async fn reader(pool: &Pool, scope: &Scope) -> Result<Self, StoreError> {
        let (held, rows) = Held::begin(pool, None, Purpose::Read, scope.tenant()).await?;
        Self::opened(held, opening::read(rows, scope.tenant())?, scope)
    }

    /// Takes the tenant's head: one round trip; more only where somebody's access has changed since the scope was made.
    pub(crate) async fn writer(
        pool: &Pool,
        turn: Turn,
        scope: &Scope,
        clock: &dyn Clock,
    ) -> Result<Self, StoreError> {
        let (held, rows) = Held::begin(pool, Some(turn), Purpose::Write, scope.tenant()).await?;
        Self::opened(held, opening::read(rows, scope.tenant())?, scope)?.admitted(clock).await
    }

    /// Goes on in a transaction of somebody else's: three round trips, two of them to see that it may.
    pub(crate) async fn joined(
        conn: &'c mut PgConnection,
        scope: &Scope,
        clock: &dyn Clock,
    ) -> Result<Self, StoreError> {
        joined::check(conn, scope.tenant()).await?;
        let (held, rows) = Held::join(conn, scope.tenant()).await?;
        Self::opened(held, opening::read(rows, scope.tenant())?, scope)?.admitted(clock).await
    }

    fn opened(held: Held<'c>, opened: Opened, scope: &Scope) -> Result<Self, StoreError> {
        let Opened { head, workspace } = opened;
        let now = head.last_at;
        Ok(Self { held, scope: scope.clone(), tenant: scope.tenant(), workspace, head, now, wrote: false })
    }

    async fn admitted(mut self, clock: &dyn Clock) -> Result<Self, StoreError> {
        if self.head.epoch != self.scope.epoch()
            && (self.is_left().await? || !self.access().await?.still_admits(&self.scope))
        {
            return Err(StoreError::Withdrawn);
        }
        self.now = self.head.moment(clock.now());
        Ok(self)
    }

    /// Whether the workspace was closed, which raises the epoch: whoever waited for this turn meanwhile has nothing to write
    /// to any more.
    async fn is_left(&mut self) -> Result<bool, StoreError> {
        if self.scope.standing() == Standing::Vouched {
            return Ok(false);
        }
        let open = sqlx::query!(r#"SELECT aurex.is_open($1) AS "is_open!""#, self.tenant.uuid());
        Ok(!self.held.optional(open).await?.is_some_and(|row| row.is_open))
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
        let written = self.try_to_write(sealed).await;
        if written.is_err() {
            self.give_up().await;
        }
        written
    }

    async fn try_to_write(&mut self, sealed: &Sealed) -> Result<Receipt, StoreError> {
        if !self.held.is_sound() || !self.held.may_apply() {
            return Err(StoreError::Spoiled);
        }
        if !self.scope.is(sealed.scope()) {
            return Err(StoreError::ForeignSeal);
        }
        self.wrote = true;
        let receipt = apply::apply(&mut self.held, &mut self.head, self.tenant, self.now, sealed).await?;
        self.workspace = apply::workspace_after(sealed).or_else(|| self.workspace.take());
        Ok(receipt)
    }

    /// Nothing that was written here may be committed. Also where no statement failed: a key that is kept already, a row
    /// that could not be written down. Who joined could commit it all the same, and would keep a change that was refused,
    /// or one without the next.
    async fn give_up(&mut self) {
        if self.wrote { self.held.doom().await } else { self.held.spoil() }
    }

    /// Applies a change and, right after its entry is appended, runs the embedder's own SQL in the same transaction,
    /// on tables guarded by [`guard_table`](crate::guard_table).
    ///
    /// The connection is closed when the turn ends, because what a session keeps beyond a transaction would meet the next
    /// who comes. The SQL is given as much time as a single statement has.
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
        let done = self.held.lend(self.tenant, own).await;
        if done.is_err() {
            self.give_up().await;
        }
        Ok((receipt, done?))
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

    async fn hold_for_long(&mut self) -> Result<(), StoreError> {
        // LOCAL: the connection goes back with the limit that it had.
        self.held.say("SET LOCAL idle_in_transaction_session_timeout = 0").await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.held.commit().await
    }

    async fn rollback(self: Box<Self>) {
        self.held.rollback().await;
    }
}
