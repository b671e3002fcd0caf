//! A store in a temporary folder, scripted time and chance, and people whom the pharmacy's own sign-in vouches for.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use aurex_core::chance::Entropy;
use aurex_core::identity::founding::{NewFounding, NewOwner};
use aurex_core::identity::keys::KeyRing;
use aurex_core::identity::password::{Cost, HashPool, Password, Peppers};
use aurex_core::identity::throttle::ThrottleKeys;
use aurex_core::money::Currency;
use aurex_core::rbac::Role;
use aurex_core::service::access::{SignIn, SignInConfig, found_workspace};
use aurex_core::service::{Road, Secrets, ServiceError};
use aurex_core::store::{PageRequest, StoredEntry};
use aurex_core::tenancy::{MemberId, RequestFacts, Scope, TenantId, Trusted};
use aurex_core::text::{Email, Label, Name};
use aurex_core::time::{Clock, Timestamp, Zone, parse_date};
use aurex_pharmacy::dispense::NewDispensing;
use aurex_pharmacy::receive::NewBatch;
use aurex_pharmacy::rows::{Batch, BatchId, Dispensing};
use aurex_pharmacy::service::{Pharmacy, receive};
use aurex_pharmacy::sqlite;
use aurex_store_sqlite::{SqliteOptions, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};
use tempfile::TempDir;

/// A clock that passes a second whenever it is asked.
struct Seconds(AtomicI64);

impl Clock for Seconds {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1_000_000, Ordering::Relaxed))
    }
}

/// Bytes that count, so that no two draws are equal.
#[derive(Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (byte, n) in bytes.iter_mut().zip(n.iter().rev().cycle()) {
            *byte = *n;
        }
    }
}

pub struct World {
    pub pharmacy: Pharmacy,
    pub folder: TempDir,
    sign_in: SignIn,
    trusted: Trusted,
}

impl World {
    /// Ten in the morning in India on 23 November 2026.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, authority) = SqliteStore::open(folder.path(), sqlite::options()).await.unwrap();
        let start = Timestamp::parse("2026-11-23T04:30:00Z").unwrap();
        let entropy = Arc::new(Counting::default());
        let ring = KeyRing::generate(0, &mut |bytes: &mut [u8]| entropy.fill(bytes));
        let road = Road {
            store: Arc::new(store.clone()),
            clock: Arc::new(Seconds(AtomicI64::new(start.micros()))),
            entropy,
            secrets: Arc::new(Secrets::from_ring(&ring)),
        };
        let pharmacy = Pharmacy { road: road.clone(), shelf: Arc::new(store) };
        let one = std::num::NonZeroUsize::MIN;
        let pool = HashPool::new(one, 8, Peppers::from_ring(&ring), Cost::weak_for_tests_only(4));
        let entrances = authority.split();
        let keys = ThrottleKeys::from_ring(&ring);
        let sign_in = SignIn::new(entrances.sign_in, road, Arc::new(pool), keys, SignInConfig::default());
        Self { pharmacy, folder, sign_in, trusted: entrances.trusted }
    }

    pub async fn found(&self, slug: &str) -> TenantId {
        let owner = NewOwner {
            name: Name::new("Asha").unwrap(),
            email: Email::new("asha@pharmacy.example").unwrap(),
            password: Password::new("lotus on a quiet pond"),
        };
        let new = NewFounding {
            slug: slug.parse().unwrap(),
            name: Name::new("The Pharmacy").unwrap(),
            currency: Currency::INR,
            zone: Zone::INDIA,
            owner,
        };
        found_workspace(&self.sign_in, new, RequestFacts::default()).await.unwrap().value.id
    }

    pub fn scope(&self, tenant: TenantId, role: Role) -> Scope {
        let road = &self.pharmacy.road;
        let member = MemberId::new(road.clock.now(), &*road.entropy);
        self.trusted.vouch_for(tenant, member, role, RequestFacts::default())
    }

    /// A batch of 40 pieces of this number, good until the end of November.
    pub async fn batch(&self, scope: &Scope, number: &str) -> Batch {
        receive(&self.pharmacy, scope, None, delivery(number)).await.unwrap().value
    }

    /// What is on the shelf and what was dispensed, all of it.
    pub async fn state(&self, scope: &Scope) -> (Vec<Batch>, Vec<Dispensing>) {
        let mut reads = self.pharmacy.shelf.snapshot(scope).await.unwrap();
        let batches = reads.batches(PageRequest::first(100)).await.unwrap().items;
        let mut dispensings = Vec::new();
        for batch in &batches {
            dispensings.extend(reads.dispensings(batch.id, PageRequest::first(100)).await.unwrap().items);
        }
        (batches, dispensings)
    }

    /// The log, oldest entry first.
    pub async fn entries(&self, scope: &Scope) -> Vec<StoredEntry> {
        let mut reads = self.pharmacy.shelf.snapshot(scope).await.unwrap();
        let page = reads.core().entries(&Default::default(), PageRequest::first(1000)).await.unwrap();
        page.items.into_iter().rev().collect()
    }

    /// The store as another program beside this one would open it.
    pub async fn reopened(&self) -> SqliteStore {
        let options = SqliteOptions { beside_a_server: true, ..sqlite::options() };
        SqliteStore::open(self.folder.path(), options).await.unwrap().0
    }

    pub fn file(&self, tenant: TenantId) -> PathBuf {
        self.folder.path().join("tenants").join(format!("{}.db", tenant.uuid()))
    }

    /// A plain connection, with not one setting of ours.
    pub async fn plain(&self, tenant: TenantId) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file(tenant)).connect().await.unwrap()
    }
}

pub fn delivery(number: &str) -> NewBatch {
    NewBatch {
        medicine: Name::new("Amoxicillin 500 mg").unwrap(),
        number: Label::new(number).unwrap(),
        expires: parse_date("2026-11-30").unwrap(),
        controlled: true,
        pieces: 40,
    }
}

pub fn asked(batch: BatchId, pieces: u32) -> NewDispensing {
    NewDispensing {
        batch,
        pieces,
        patient: Name::new("Ravi Kumar").unwrap(),
        prescriber: Some(Name::new("Dr Rao").unwrap()),
    }
}

/// The stable code of a refusal.
#[track_caller]
pub fn code<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> &'static str {
    answer.unwrap_err().code().unwrap()
}

/// What somebody might type who has the file.
#[expect(clippy::disallowed_methods, reason = "a test tries statements that no macro would pass")]
pub async fn run(conn: &mut SqliteConnection, sql: &str) -> Result<(), String> {
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(conn).await;
    done.map(drop).map_err(|error| error.to_string())
}
