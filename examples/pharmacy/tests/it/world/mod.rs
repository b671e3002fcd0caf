//! A store of the test's own, scripted time and chance, and people whom the pharmacy's own sign-in vouches for.

mod postgres;
mod sqlite;

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
use aurex_core::store::{PageRequest, Store, StoredEntry};
use aurex_core::tenancy::{Authority, MemberId, RequestFacts, Scope, TenantId, Trusted};
use aurex_core::text::{Email, Label, Name};
use aurex_core::time::{Clock, Timestamp, Zone, parse_date};
use aurex_pharmacy::dispense::NewDispensing;
use aurex_pharmacy::receive::NewBatch;
use aurex_pharmacy::rows::{Batch, BatchId, Dispensing};
use aurex_pharmacy::service::{Pharmacy, receive};
use aurex_pharmacy::shelf::{Shelf, ShelfReads};

pub use self::postgres::{Postgres, run as in_postgres};
pub use self::sqlite::{Sqlite, run as in_sqlite};

/// Makes a test of each of these, on every store.
macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::world::Sqlite::world().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::world::Postgres::world().await).await;
            })+
        }
    };
}
pub(crate) use on_every_store;

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

pub struct World<K = Box<dyn Keeps>> {
    pub pharmacy: Pharmacy,
    /// The folder or the database, and the ways around the road into it.
    pub kept: K,
    sign_in: SignIn,
    trusted: Trusted,
}

/// Whatever a store's data lie in, which ends with the test.
pub trait Keeps {}
impl<K> Keeps for K {}

impl<K> World<K> {
    /// Ten in the morning in India on 23 November 2026.
    pub fn on<S: Store + Shelf + Clone + 'static>(store: S, authority: Authority, kept: K) -> Self {
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
        Self { pharmacy, kept, sign_in, trusted: entrances.trusted }
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

    /// What is on the shelf, what was dispensed and the log, oldest entry first: all of it, as of one moment.
    pub async fn everything(&self, scope: &Scope) -> (Vec<Batch>, Vec<Dispensing>, Vec<StoredEntry>) {
        let mut reads = self.pharmacy.shelf.snapshot(scope).await.unwrap();
        let (batches, dispensings) = tables(&mut *reads).await;
        let page = reads.core().entries(&Default::default(), PageRequest::first(1000)).await.unwrap();
        (batches, dispensings, page.items.into_iter().rev().collect())
    }

    /// What is on the shelf and what was dispensed.
    pub async fn state(&self, scope: &Scope) -> (Vec<Batch>, Vec<Dispensing>) {
        tables(&mut *self.pharmacy.shelf.snapshot(scope).await.unwrap()).await
    }

    /// The log, oldest entry first.
    pub async fn entries(&self, scope: &Scope) -> Vec<StoredEntry> {
        self.everything(scope).await.2
    }
}

async fn tables(reads: &mut dyn ShelfReads) -> (Vec<Batch>, Vec<Dispensing>) {
    let batches = reads.batches(PageRequest::first(100)).await.unwrap().items;
    let mut dispensings = Vec::new();
    for batch in &batches {
        dispensings.extend(reads.dispensings(batch.id, PageRequest::first(100)).await.unwrap().items);
    }
    (batches, dispensings)
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
