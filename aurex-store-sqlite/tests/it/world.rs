//! A store in a temporary folder, a clock that stands, and an embedder's action to write with.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use aurex_core::audit::{Change, Draft, Sealed, Subject};
use aurex_core::chance::Entropy;
use aurex_core::identity::actions::OpenWorkspace;
use aurex_core::rbac::Role;
use aurex_core::store::{Receipt, Store as _, StoreError};
use aurex_core::tenancy::{Entrances, MemberId, RequestFacts, Scope, Slug, TenantId};
use aurex_core::time::{Clock, Timestamp};
use aurex_store_sqlite::{SqliteOptions, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};
use tempfile::TempDir;

aurex_core::action! {
    /// Put a medicine on the shelf.
    pub struct Stock = "medicine.stock";
    owner, cashier
}

aurex_core::record! {
    /// A medicine on the shelf.
    pub struct Medicine in "medicine" {
        /// Its code.
        code: String = 1 [key],
        /// Pieces on hand.
        pieces: i64 = 2,
    }
}

/// An embedder's change: one medicine.
pub struct StockUp(pub Medicine);

impl Change for StockUp {
    type By = Stock;
    fn subject(&self) -> Subject {
        Subject::new("medicine", &self.0.code)
    }
    fn record(self, draft: &mut Draft) {
        draft.insert_own(&self.0);
    }
}

/// A clock that is set by hand.
pub struct Hands(pub AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Bytes that count, so that no two draws are equal.
pub struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (byte, n) in bytes.iter_mut().zip(n.iter().rev().cycle()) {
            *byte = *n;
        }
    }
}

/// The least that opens a workspace.
struct Founded;

impl Change for Founded {
    type By = OpenWorkspace;

    fn subject(&self) -> Subject {
        Subject::new("workspace", "pharmacy")
    }

    fn record(self, draft: &mut Draft) {
        draft.insert_own(&Medicine { code: "A0".to_owned(), pieces: 1 });
    }
}

/// A store and what its tests need.
pub struct World {
    pub folder: TempDir,
    pub store: SqliteStore,
    pub entrances: Entrances,
    pub clock: Hands,
    pub chance: Counting,
}

pub const NOON: i64 = 1_790_000_000_000_000;

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, authority) = SqliteStore::open(folder.path(), SqliteOptions::default()).await.unwrap();
        Self {
            folder,
            store,
            entrances: authority.split(),
            clock: Hands(AtomicI64::new(NOON)),
            chance: Counting(AtomicU64::new(1)),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn new_tenant(&self) -> TenantId {
        TenantId::new(self.clock.now(), &self.chance)
    }

    /// Somebody whom the embedder vouches for.
    pub fn scope(&self, tenant: TenantId) -> Scope {
        let member = MemberId::new(self.clock.now(), &self.chance);
        self.entrances.trusted.vouch_for(tenant, member, Role::Owner, RequestFacts::default())
    }

    pub fn sealed(&self, scope: &Scope, code: &str, pieces: i64) -> Sealed {
        let medicine = Medicine { code: code.to_owned(), pieces };
        scope.permit::<Stock>().unwrap().seal(StockUp(medicine), &self.chance)
    }

    pub async fn try_found(&self, slug: &str) -> Result<(TenantId, Receipt), StoreError> {
        let tenant = self.new_tenant();
        let owner = MemberId::new(self.clock.now(), &self.chance);
        let founder = self.entrances.trusted.founder(tenant, owner, RequestFacts::default());
        let founding = founder.permit::<OpenWorkspace>().unwrap().seal(Founded, &self.chance);
        let receipt = self.store.found(&slug.parse::<Slug>().unwrap(), founding, &self.clock).await?;
        Ok((tenant, receipt))
    }

    pub async fn found(&self, slug: &str) -> TenantId {
        self.try_found(slug).await.unwrap().0
    }

    pub fn file(&self, tenant: TenantId) -> PathBuf {
        self.path().join("tenants").join(format!("{}.db", tenant.uuid()))
    }

    /// A connection as a careless program would open it: not one of our settings.
    pub async fn careless(&self, tenant: TenantId) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file(tenant)).connect().await.unwrap()
    }

    /// The same, to the file of the tenant's housekeeping.
    pub async fn careless_in_the_house(&self, tenant: TenantId) -> SqliteConnection {
        let house = self.file(tenant).with_extension("house.db");
        SqliteConnectOptions::new().filename(house).connect().await.unwrap()
    }
}

/// What a shop's neighbour might type.
#[expect(clippy::disallowed_methods, reason = "a test tries statements that no macro would pass")]
pub async fn run(conn: &mut SqliteConnection, sql: &str) -> Result<(), String> {
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(conn).await;
    done.map(drop).map_err(|error| error.to_string())
}

/// The one number that a statement answers.
#[expect(clippy::disallowed_methods, reason = "a test looks into files with statements of its own")]
pub async fn number(conn: &mut SqliteConnection, sql: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(conn).await.unwrap()
}

/// How SQLite would go about a statement.
#[expect(clippy::disallowed_methods, reason = "a test asks for plans, which no macro can")]
pub async fn plan_of(conn: &mut SqliteConnection, sql: &str) -> String {
    let plan = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(plan).fetch_all(conn).await.unwrap();
    steps.into_iter().map(|(.., step)| step).collect::<Vec<_>>().join("; ")
}
