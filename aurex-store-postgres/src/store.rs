//! The store: the database opened, and the ways into it.

use std::sync::Arc;

use async_trait::async_trait;
use aurex_core::audit::Sealed;
use aurex_core::store::{
    Arrival, PoolFigures, Reader, Receipt, Scratch, Store, StoreError, StoreFigures, Turns, Writer,
};
use aurex_core::tenancy::{Authority, House, Scope, Slug, TenantId};
use aurex_core::time::{Clock, Timestamp};
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::arrival::PostgresArrival;
use crate::connect::{Limits, Pool, Session};
use crate::error::failure;
use crate::held::Held;
use crate::inspect::PostgresScratch;
use crate::joined::Joined;
use crate::opening::Purpose;
use crate::options::PostgresOptions;
use crate::own_reads::PostgresReader;
use crate::roles::Warning;
use crate::turn::{PostgresTurn, PostgresWriter};

/// A PostgreSQL database that holds many tenants. Cheap to clone: a counted reference.
#[derive(Clone)]
pub struct PostgresStore {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    /// For turns alone: whoever holds one never asks for a second connection, so that turns end whatever else waits.
    pub(crate) writers: Pool,
    /// For readers, sign-in and housekeeping.
    pub(crate) readers: Pool,
    pub(crate) turns: Turns,
    pub(crate) identity: House,
    warnings: Vec<Warning>,
}

impl PostgresStore {
    /// Opens the store in a database that [`migrate`](crate::migrate) has prepared, and gives the authority over it.
    ///
    /// ```no_run
    /// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
    /// use aurex_core::store::Store;
    /// use aurex_store_postgres::{PostgresOptions, PostgresStore};
    ///
    /// let url = "postgres://aurex@localhost/shops";
    /// let (store, _authority) = PostgresStore::open(url, PostgresOptions::default()).await?;
    /// store.ready().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be reached; [`StoreError::Failed`] with
    /// [`Findings`](crate::Findings) inside when the live schema, its roles or the server are not what this build needs,
    /// with everything that differs.
    pub async fn open(url: &str, options: PostgresOptions) -> Result<(Self, Authority), StoreError> {
        let (session, mut conn) = Session::open(url, &options).await?;
        let mut warnings = session.audited(&mut conn, &options).await?;
        warnings.extend(session.unproven());
        Limits::at_once(conn.close()).await.map_err(failure)?;
        let (authority, identity) = Authority::establish();
        let shared = Shared {
            writers: session.pool(options.writers, options.patience),
            readers: session.pool(options.readers, options.patience),
            turns: Turns::new(options.places, options.patience),
            identity,
            warnings,
        };
        Ok((Self { shared: Arc::new(shared) }, authority))
    }

    /// What opening found that weakens the wall between tenants and is no reason not to serve on a developer's machine.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.shared.warnings
    }

    fn admit(&self, scope: &Scope) -> Result<(), StoreError> {
        if self.shared.identity.admits(scope) { Ok(()) } else { Err(StoreError::ForeignScope) }
    }

    /// As [`Store::reader`], with the concrete type, which also reads the embedder's own tables.
    ///
    /// # Errors
    /// As [`Store::reader`].
    pub async fn open_reader(&self, scope: &Scope) -> Result<PostgresReader, StoreError> {
        self.snapshot(scope).await.map(PostgresReader::new)
    }

    async fn snapshot(&self, scope: &Scope) -> Result<PostgresTurn<'static>, StoreError> {
        self.admit(scope)?;
        PostgresTurn::reader(&self.shared.readers, scope).await
    }

    /// As [`Store::writer`], with the concrete type, which also has [`PostgresTurn::apply_with`].
    ///
    /// # Errors
    /// As [`Store::writer`].
    pub async fn open_writer(&self, scope: &Scope, clock: &dyn Clock) -> Result<PostgresWriter, StoreError> {
        self.admit(scope)?;
        let turn = self.shared.turns.take(scope.tenant()).await?;
        PostgresTurn::writer(&self.shared.writers, turn, scope, clock).await
    }

    /// Runs the road on a connection of the embedder's own, inside a transaction that the embedder has begun, READ
    /// COMMITTED, and ends.
    ///
    /// It takes no place in the tenant's queue: the lock on the tenant's head keeps writers apart.
    ///
    /// The connection's login is its own, granted `<prefix>_app` and nothing above it: a role that row-level security
    /// does not hold is refused.
    ///
    /// # Errors
    /// [`StoreError::ForeignSeal`] when the transaction carries another tenant; [`NotJoined`](crate::NotJoined) inside
    /// [`StoreError::Failed`]; otherwise as [`Store::writer`].
    pub async fn join<'c>(
        &self,
        conn: &'c mut PgConnection,
        scope: &Scope,
        clock: &dyn Clock,
    ) -> Result<Joined<'c>, StoreError> {
        self.admit(scope)?;
        let turn = PostgresTurn::joined(conn, scope, clock).await?;
        Ok(Joined { turn })
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn house(&self) -> House {
        self.shared.identity
    }

    async fn reader(&self, scope: &Scope) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(self.snapshot(scope).await?))
    }

    async fn writer(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(self.open_writer(scope, clock).await?))
    }

    async fn found(&self, slug: &Slug, founding: Sealed, clock: &dyn Clock) -> Result<Receipt, StoreError> {
        self.admit(founding.scope())?;
        if !founding.is_founding() {
            return Err(StoreError::ForeignSeal);
        }
        crate::found::found(&self.shared, slug, &founding, clock).await
    }

    async fn scratch(&self, scope: &Scope) -> Result<Box<dyn Scratch>, StoreError> {
        self.admit(scope)?;
        Ok(Box::new(PostgresScratch::of(&self.shared.readers, scope.tenant()).await?))
    }

    async fn arrival(&self, scope: &Scope, slug: &Slug) -> Result<Box<dyn Arrival>, StoreError> {
        self.admit(scope)?;
        Ok(Box::new(PostgresArrival::begin(self.clone(), scope.tenant(), slug).await?))
    }

    async fn close_workspace(&self, scope: &Scope) -> Result<(), StoreError> {
        self.admit(scope)?;
        let tenant = scope.tenant();
        let (mut held, _) = Held::begin(&self.shared.readers, None, Purpose::Keep, tenant).await?;
        let closed = sqlx::query!(r#"SELECT aurex.close_workspace($1) AS "is_closed!""#, tenant.uuid());
        let closed = held.optional(closed).await?;
        held.end().await?;
        if closed.is_some_and(|row| row.is_closed) { Ok(()) } else { Err(StoreError::NoSuchTenant) }
    }

    async fn end_workspace(&self, scope: &Scope, at: Timestamp) -> Result<(), StoreError> {
        self.admit(scope)?;
        crate::ending::end(&self.shared, scope.tenant(), at).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        crate::directory::ready(&self.shared.readers).await
    }

    async fn tenants(&self) -> Result<Vec<(Slug, TenantId)>, StoreError> {
        crate::directory::open_tenants(&self.shared.readers).await
    }

    fn figures(&self) -> StoreFigures {
        let pool = |name, pool: &PgPool| {
            let (open, idle) = (usize::try_from(pool.size()).unwrap_or(usize::MAX), pool.num_idle());
            let most = usize::try_from(pool.options().get_max_connections()).unwrap_or(usize::MAX);
            PoolFigures { name, used: open.saturating_sub(idle), idle, most }
        };
        StoreFigures {
            turns: self.shared.turns.figures(),
            pools: vec![pool("writers", &self.shared.writers), pool("readers", &self.shared.readers)],
        }
    }

    async fn close(&self) {
        self.shared.writers.close().await;
        self.shared.readers.close().await;
    }
}
