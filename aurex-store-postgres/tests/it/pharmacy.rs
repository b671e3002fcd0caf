//! A store in a database of its own, a clock that stands, and an embedder's action and table to write with.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use aurex_core::audit::{Change, Draft, Sealed, Subject};
use aurex_core::chance::Entropy;
use aurex_core::identity::actions::OpenWorkspace;
use aurex_core::rbac::Role;
use aurex_core::store::{Receipt, Store as _, StoreError};
use aurex_core::tenancy::{Entrances, MemberId, RequestFacts, Scope, Slug, TenantId};
use aurex_core::time::{Clock, Timestamp};
use aurex_store_postgres::{Guard, Policy, PostgresOptions, PostgresStore, guard_table};
use sqlx::{Connection as _, PgConnection};

use crate::relay::Relay;
use crate::world::{Database, connect, number, options, run};

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

impl Counting {
    pub const fn from(first: u64) -> Self {
        Self(AtomicU64::new(first))
    }
}

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (byte, n) in bytes.iter_mut().zip(n.iter().rev().cycle()) {
            *byte = *n;
        }
    }
}

/// A store, one workspace in it, and an embedder's table beside core's.
pub struct Pharmacy {
    pub store: PostgresStore,
    pub tenant: TenantId,
    pub entrances: Entrances,
    pub clock: Hands,
    pub chance: Counting,
    pub database: Database,
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

const NOON: i64 = 1_790_000_000_000_000;

const OWN_TABLES: &str = "CREATE SCHEMA pharmacy;
    CREATE TABLE pharmacy.medicine (
        tenant_id uuid NOT NULL, code text NOT NULL, pieces bigint NOT NULL, PRIMARY KEY (tenant_id, code)
    );
    CREATE TABLE pharmacy.sale (
        tenant_id uuid NOT NULL, number bigint NOT NULL, code text NOT NULL, PRIMARY KEY (tenant_id, number)
    );
    GRANT USAGE ON SCHEMA pharmacy TO aurex_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON pharmacy.medicine, pharmacy.sale TO aurex_app";

impl Pharmacy {
    /// With pools of one: whatever is left on a connection meets the next who comes.
    pub async fn with_pools_of_one() -> Self {
        Self::with(PostgresOptions { writers: 1, readers: 1, ..options(Policy::Filters) }).await
    }

    /// The same, with a relay before the server, which cuts what a test tells it to.
    pub async fn behind_a_relay() -> (Self, Relay) {
        let options = PostgresOptions { writers: 1, readers: 1, ..options(Policy::Filters) };
        let database = Database::migrated(options.policy).await;
        let relay = Relay::before(&database.url()).await;
        (Self::over(database, &relay.url, options).await, relay)
    }

    pub async fn with(options: PostgresOptions) -> Self {
        let database = Database::migrated(options.policy).await;
        let url = database.url();
        Self::over(database, &url, options).await
    }

    async fn over(database: Database, url: &str, options: PostgresOptions) -> Self {
        let mut conn = database.superuser().await;
        run(&mut conn, OWN_TABLES).await.unwrap();
        guard_table(&mut conn, "pharmacy.medicine", Guard::State).await.unwrap();
        guard_table(&mut conn, "pharmacy.sale", Guard::AppendOnly).await.unwrap();
        conn.close().await.unwrap();
        let (store, authority) = PostgresStore::open(url, options).await.unwrap();
        let (clock, chance) = (Hands(AtomicI64::new(NOON)), Counting::from(1));
        let tenant = TenantId::new(clock.now(), &chance);
        let pharmacy = Self { store, tenant, entrances: authority.split(), clock, chance, database };
        pharmacy.found(tenant, "asha-pharmacy").await.unwrap();
        pharmacy
    }

    pub async fn found(&self, tenant: TenantId, slug: &str) -> Result<Receipt, StoreError> {
        let owner = MemberId::new(self.clock.now(), &self.chance);
        let founder = self.entrances.trusted.founder(tenant, owner, RequestFacts::default());
        let founding = founder.permit::<OpenWorkspace>().unwrap().seal(Founded, &self.chance);
        self.store.found(&slug.parse::<Slug>().unwrap(), founding, &self.clock).await
    }

    pub fn new_tenant(&self) -> TenantId {
        TenantId::new(self.clock.now(), &self.chance)
    }

    /// Somebody whom the embedder vouches for.
    pub fn scope(&self) -> Scope {
        self.scope_in(self.tenant)
    }

    pub fn scope_in(&self, tenant: TenantId) -> Scope {
        let member = MemberId::new(self.clock.now(), &self.chance);
        self.entrances.trusted.vouch_for(tenant, member, Role::Owner, RequestFacts::default())
    }

    pub fn sealed(&self, scope: &Scope, code: &str, pieces: i64) -> Sealed {
        let medicine = Medicine { code: code.to_owned(), pieces };
        scope.permit::<Stock>().unwrap().seal(StockUp(medicine), &self.chance)
    }

    /// How many entries the tenant's log has; its head and its rows say the same.
    pub async fn entries(&self) -> u64 {
        let head = self.store.reader(&self.scope()).await.unwrap().head().await.unwrap();
        let counted =
            format!("SELECT count(*) FROM aurex.audit_entry WHERE tenant_id = '{}'", self.tenant.uuid());
        let rows = number(&mut self.database.superuser().await, &counted).await;
        assert_eq!(i64::try_from(head.frontier.size()).unwrap(), rows);
        head.frontier.size()
    }

    /// Takes a turn from beginning to end.
    pub async fn take_a_turn(&self, code: &str) -> Receipt {
        let scope = self.scope();
        let mut writer = self.store.writer(&scope, &self.clock).await.unwrap();
        let receipt = writer.apply(self.sealed(&scope, code, 1)).await.unwrap();
        writer.commit().await.unwrap();
        receipt
    }

    /// Takes a turn and gives it back.
    pub async fn turn_without_commit(&self) {
        let scope = self.scope();
        let mut writer = self.store.writer(&scope, &self.clock).await.unwrap();
        writer.apply(self.sealed(&scope, "B0", 1)).await.unwrap();
        writer.rollback().await;
    }

    /// A connection of an embedder's own, whose login may do what the application may.
    pub async fn embedder(&self) -> PgConnection {
        let login = self.database.login("").await;
        run(&mut self.database.superuser().await, &format!("GRANT aurex_app TO {login}")).await.unwrap();
        connect(&self.database.url_as(&login)).await
    }

    /// The setting that every statement of this tenant runs under.
    pub fn setting(&self) -> String {
        format!("SET LOCAL aurex.tenant_id = '{}'", self.tenant.uuid())
    }

    /// An embedder's statement that puts a medicine on the shelf.
    pub fn put(&self, code: &str, pieces: i64) -> String {
        format!("INSERT INTO pharmacy.medicine VALUES ('{}', '{code}', {pieces})", self.tenant.uuid())
    }
}
