//! A composed application in process: cheap hashing, a clock that moves when it is looked at, chance that repeats.

use std::any::Any;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use aurex_core::chance::Entropy;
use aurex_core::identity::keys::KeyRing;
use aurex_core::identity::password::{BreachedPasswords, Cost, HashPool};
use aurex_core::service::access::{Ending, Reminding, Retiring, SignIn, SignInConfig, TendingContacts};
use aurex_core::service::transparency::LogSigner;
use aurex_core::service::{Collecting, Digesting, Expiring, Exporting, Road, collect_observations};
use aurex_core::store::conformance::FaultyStore;
use aurex_core::store::{MemoryStore, Store};
use aurex_core::tenancy::{Authority, Cli, Job};
use aurex_core::time::{Clock, Timestamp};
use aurex_server::app::{Composed, Outside, Parts, compose, routes};
use aurex_server::export::Desk;
use aurex_server::http::headers::Hsts;
use aurex_server::http::health::Readiness;
use aurex_server::http::limits::Rates;
use aurex_server::http::request::TrustedProxies;
use aurex_server::mail::{Mailer, MemoryMailer, Message, Roots};
use aurex_server::ops::outbox::{MailFigures, Outbox};
use aurex_server::ops::publisher::{LogFigures, Publisher, Waiting, Witnesses};
use aurex_store_postgres::testing::TestDatabase;
use aurex_store_postgres::{Policy, PostgresStore};
use aurex_store_sqlite::{SqliteOptions, SqliteStore};
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint as _, EndpointExt as _, Request};
use tokio_util::task::TaskTracker;

use crate::client::Answer;

/// Time that passes when a test says so, and a millisecond at every look, so that ids are made in order.
pub struct ScriptedClock(AtomicI64);

impl ScriptedClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for ScriptedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1_000, Ordering::SeqCst))
    }
}

/// Chance that is the same in every run: a counter through splitmix64's finaliser, so that no two draws are equal.
#[derive(Default)]
struct ScriptedEntropy(AtomicU64);

impl Entropy for ScriptedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            part.copy_from_slice(&z.to_be_bytes()[..part.len()]);
        }
    }
}

/// The origin that the application is reached by.
pub const ORIGIN: &str = "http://127.0.0.1:8080";

/// How a deployment is reached.
pub struct Reached {
    /// A list, as the configuration takes it.
    pub origins: String,
    pub rates: Rates,
    pub proxies: TrustedProxies,
}

impl Default for Reached {
    fn default() -> Self {
        Self { origins: ORIGIN.to_owned(), rates: Rates::UNLIMITED, proxies: TrustedProxies::default() }
    }
}

/// A deployment.
pub struct World {
    app: Arc<BoxEndpoint<'static>>,
    pub clock: Arc<ScriptedClock>,
    road: Road,
    pub sign_in: Arc<SignIn>,
    pub pool: Arc<HashPool>,
    collector: Job<Collecting>,
    pub reminding: Job<Reminding>,
    pub ending: Job<Ending>,
    pub digesting: Job<Digesting>,
    pub contacts: Job<TendingContacts>,
    pub expiring: Job<Expiring>,
    pub retiring: Job<Retiring>,
    pub cli: Cli,
    exporter: Job<Exporting>,
    exports: Desk,
    pub mailer: Arc<MemoryMailer>,
    pub outbox: Outbox,
    pub mail_figures: MailFigures,
    pub publisher: Publisher,
    ring: KeyRing,
    pub log_figures: Arc<LogFigures>,
    // Removed when the world ends.
    _keep: Box<dyn Any + Send + Sync>,
}

impl World {
    /// On the reference store.
    pub async fn on_memory() -> Self {
        let (store, authority) = MemoryStore::open();
        Self::on(Arc::new(store), authority, Box::new(()), Reached::default())
    }

    /// On the reference store, and a hold on it that tells what is asked of it and keeps answers back.
    pub fn watched() -> (Self, FaultyStore) {
        let (store, authority) = MemoryStore::open();
        let watched = FaultyStore::around(Arc::new(store));
        let world = Self::on(Arc::new(watched.clone()), authority, Box::new(()), Reached::default());
        (world, watched)
    }

    /// On SQLite, in a folder of its own.
    pub async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, authority) = SqliteStore::open(folder.path(), SqliteOptions::default()).await.unwrap();
        Self::on(Arc::new(store), authority, Box::new(folder), Reached::default())
    }

    /// On Postgres, in a database of its own, under the policy that raises where a statement forgot its tenant.
    pub async fn on_postgres() -> Self {
        let database = TestDatabase::fresh(&server(), Policy::Raises).await.unwrap();
        let (store, authority) = PostgresStore::open(database.url(), database.options()).await.unwrap();
        Self::on(Arc::new(store), authority, Box::new(database), Reached::default())
    }

    /// On the reference store, reached by another origin.
    pub fn reached_by(origin: &str) -> Self {
        Self::reached(Reached { origins: origin.to_owned(), ..Reached::default() })
    }

    /// On the reference store, reached in another way.
    pub fn reached(reached: Reached) -> Self {
        let (store, authority) = MemoryStore::open();
        Self::on(Arc::new(store), authority, Box::new(()), reached)
    }

    /// On the reference store, refusing the passwords of this list.
    pub fn refusing(list: Arc<dyn BreachedPasswords>) -> Self {
        let (store, authority) = MemoryStore::open();
        Self::made(Arc::new(store), authority, Box::new(()), Reached::default(), None, Some(list))
    }

    /// On the SQLite store in a folder, with these keys.
    pub async fn reopened(folder: &Path, ring: KeyRing) -> Self {
        let (store, authority) = SqliteStore::open(folder, SqliteOptions::default()).await.unwrap();
        Self::made(Arc::new(store), authority, Box::new(()), Reached::default(), Some(ring), None)
    }

    /// Lets go of the store.
    pub async fn close(self) {
        let store = Arc::clone(&self.road.store);
        store.close().await;
        drop(self);
        // What works in the background lets go of it when it next has a turn.
        while Arc::strong_count(&store) > 1 {
            tokio::task::yield_now().await;
        }
    }

    /// The application's store, clock, chance and secrets.
    pub const fn road(&self) -> &Road {
        &self.road
    }

    fn on(
        store: Arc<dyn Store>,
        authority: Authority,
        keep: Box<dyn Any + Send + Sync>,
        reached: Reached,
    ) -> Self {
        Self::made(store, authority, keep, reached, None, None)
    }

    /// Ten in the morning in India on 23 November 2026, and nobody there.
    fn made(
        store: Arc<dyn Store>,
        authority: Authority,
        keep: Box<dyn Any + Send + Sync>,
        reached: Reached,
        ring: Option<KeyRing>,
        breached: Option<Arc<dyn BreachedPasswords>>,
    ) -> Self {
        let start = Timestamp::parse("2026-11-23T04:30:00Z").unwrap();
        let clock = Arc::new(ScriptedClock(AtomicI64::new(start.micros())));
        let entropy = Arc::new(ScriptedEntropy::default());
        let folder = tempfile::tempdir().unwrap();
        let Composed { app, jobs, sender, exporter, publisher, ring, cli, pool, .. } = compose(Parts {
            store,
            authority,
            ring: ring.unwrap_or_else(|| KeyRing::generate(0, &mut |bytes: &mut [u8]| entropy.fill(bytes))),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy,
            cost: Cost::weak_for_tests_only(4),
            hashing: None,
            breached,
            sign_in: SignInConfig::default(),
            origins: reached.origins.parse().unwrap(),
            opening: true,
            rates: reached.rates,
            exports: folder.path().join("exports"),
        })
        .unwrap();
        let (road, sign_in, mailer) =
            (app.road.clone(), Arc::clone(&app.sign_in), Arc::new(MemoryMailer::default()));
        let exports = app.exports.clone();
        let publisher = Publisher {
            road: road.clone(),
            job: publisher,
            signer: LogSigner::new(ring.clone(), "shops.example").unwrap(),
            publish_every: 5,
            confirm_every: 600,
            witnesses: Witnesses::new(Vec::new(), Roots::nobody()),
        };
        let outbox = Outbox {
            road: road.clone(),
            job: sender,
            mailer: Arc::clone(&mailer) as Arc<dyn Mailer>,
            from: "Aurex <mail@shop.example>".parse().unwrap(),
            origins: reached.origins.parse().unwrap(),
        };
        let outside = Outside {
            trusted_proxies: reached.proxies,
            hsts: Hsts::default(),
            readiness: Readiness::default(),
            tracker: TaskTracker::new(),
        };
        let app = Arc::new(routes(app, outside).unwrap().boxed());
        let mail_figures = MailFigures::default();
        let keep = Box::new((keep, folder));
        Self {
            app,
            clock,
            road,
            sign_in,
            pool,
            collector: jobs.collecting,
            reminding: jobs.reminding,
            ending: jobs.ending,
            digesting: jobs.digesting,
            contacts: jobs.contacts,
            expiring: jobs.expiring,
            retiring: jobs.retiring,
            cli,
            exporter,
            exports,
            mailer,
            outbox,
            mail_figures,
            publisher,
            ring,
            log_figures: Arc::default(),
            _keep: keep,
        }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request) -> Answer {
        let (parts, body) = self.app.get_response(request).await.into_parts();
        let bytes = body.into_vec().await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text, bytes }
    }

    /// What a browser is shown at a path outside the API.
    pub async fn page(&self, path: &str) -> Answer {
        self.page_at(ORIGIN.trim_start_matches("http://"), path).await
    }

    /// The same at another host.
    pub async fn page_at(&self, host: &str, path: &str) -> Answer {
        self.send(Request::builder().uri(path.parse().unwrap()).header("host", host).finish()).await
    }

    /// Sends what waits, as the background task does, and takes it from the mailbox.
    pub async fn mails(&self) -> Vec<Message> {
        self.sign_in.links_are_sent().await;
        while self.outbox.round(&self.mail_figures).await > 0 {}
        self.mailer.take()
    }

    /// Writes down the exports that were ordered, as the background task does; how many.
    pub async fn export(&self) -> usize {
        self.exports.work(&self.road, &self.exporter, &self.publisher.signer).await
    }

    /// The deployment's keys, for whoever has stolen them.
    pub fn ring(&self) -> KeyRing {
        self.ring.clone()
    }

    /// Publishes what is new in the logs, as the background task does.
    pub async fn publish(&self) {
        self.publisher.round(&mut Waiting::default(), &self.log_figures, true).await;
    }

    /// The same application, for a listener.
    pub fn app(&self) -> Arc<BoxEndpoint<'static>> {
        Arc::clone(&self.app)
    }

    /// Seals what was observed into the logs of all workspaces, as the background task does.
    pub async fn collect(&self) {
        self.sign_in.refusals_written().await;
        for (_, tenant) in self.road.store.tenants().await.unwrap() {
            while collect_observations(&self.road, &self.collector, tenant, 1000).await.unwrap() > 0 {}
        }
    }
}

/// The server of the tests' databases, as its superuser.
#[expect(clippy::disallowed_methods, reason = "which server tests run on is the environment's to say")]
pub fn server() -> String {
    std::env::var("AUREX_TEST_POSTGRES_URL").expect(
        "these tests need a PostgreSQL server: run scripts/test, or set AUREX_TEST_POSTGRES_URL to a superuser's URL",
    )
}

/// Makes a test a store of each walk: `memory::the_walk`, `sqlite::the_walk`, `postgres::the_walk`.
macro_rules! on_every_store {
    ($($walk:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $walk() {
                super::$walk(crate::world::World::on_memory().await).await;
            })*
        }
        mod sqlite {
            $(#[tokio::test]
            async fn $walk() {
                super::$walk(crate::world::World::on_sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $walk() {
                super::$walk(crate::world::World::on_postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_every_store;
