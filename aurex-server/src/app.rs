//! The composition root: a store, its authority and the keys become an application. The only place that assembles
//! routes, and the only one that holds the authority.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use aurex_core::chance::Entropy;
use aurex_core::identity::keys::{KeyRing, Purpose};
use aurex_core::identity::password::{BreachedPasswords, Cost, HashPool, HashThreads, Peppers};
use aurex_core::identity::throttle::ThrottleKeys;
use aurex_core::rbac::Catalogue;
use aurex_core::service::access::{SendingMail, SignIn, SignInConfig};
use aurex_core::service::transparency::Publishing;
use aurex_core::service::{Exporting, Road, Secrets};
use aurex_core::store::Store;
use aurex_core::tenancy::{Authority, Cli, Job, Trusted};
use aurex_core::time::Clock;
use poem::http::Method;
use poem::{Endpoint, Response, Route};
use tokio_util::task::TaskTracker;

use crate::api::{self, App};
use crate::export::Desk;
use crate::http::cursor::CursorKey;
use crate::http::edge::{Edge, EdgeConfig, edge};
use crate::http::form::Paced;
use crate::http::headers::Hsts;
use crate::http::health::{self, Readiness};
use crate::http::limits::{Limits, Rates};
use crate::http::origin::Origins;
use crate::http::reports;
use crate::http::request::TrustedProxies;
use crate::http::strict::Methods;
use crate::ops::background::Jobs;
use crate::web;

/// What an application is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The right to make scopes for it.
    pub authority: Authority,
    /// The deployment's keys.
    pub ring: KeyRing,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub entropy: Arc<dyn Entropy>,
    /// How dear a password's hash is.
    pub cost: Cost,
    /// The threads that hash, where it is not to be those that the executor has for whatever blocks.
    pub hashing: Option<Arc<dyn HashThreads>>,
    /// A list of passwords that are refused because they are known from breaches.
    pub breached: Option<Arc<dyn BreachedPasswords>>,
    /// Limits of signing in.
    pub sign_in: SignInConfig,
    /// The names this server is reached by.
    pub origins: Origins,
    /// Whether anybody may open a workspace.
    pub opening: bool,
    /// How much one may ask.
    pub rates: Rates,
    /// The folder in which exports of the log wait to be fetched; made with the first.
    pub exports: PathBuf,
}

/// An application, and the entrances that its process keeps to itself.
pub struct Composed {
    /// What handlers are given.
    pub app: App,
    /// Where passwords are hashed.
    pub pool: Arc<HashPool>,
    /// What the background work may do.
    pub jobs: Jobs,
    /// The sender of mails.
    pub sender: Job<SendingMail>,
    /// What writes exports of the log down.
    pub exporter: Job<Exporting>,
    /// The publisher of the logs.
    pub publisher: Job<Publishing>,
    /// The keys, for what signs.
    pub ring: KeyRing,
    /// The operator's shell.
    pub cli: Cli,
    /// For what the process itself does on somebody's behalf: the demo.
    pub trusted: Trusted,
}

/// How many sign-ins may wait for a worker of the hashing pool.
const HASHES_WAITING: usize = 64;

/// How many hashes run at a time. One core is left to the till, however many sign in.
#[must_use]
pub fn hash_workers() -> NonZeroUsize {
    std::thread::available_parallelism()
        .ok()
        .and_then(|cores| NonZeroUsize::new(cores.get().saturating_sub(1)))
        .unwrap_or(NonZeroUsize::MIN)
}

/// Puts the parts together.
///
/// # Errors
/// When the keys hold no usable pepper.
pub fn compose(parts: Parts) -> Result<Composed, aurex_core::identity::keys::KeysError> {
    let Parts { store, authority, ring, clock, entropy, cost, hashing, .. } = parts;
    let Parts { breached, sign_in, origins, opening, rates, exports, .. } = parts;
    let entrances = authority.split();
    let road = Road { store, clock, entropy, secrets: Arc::new(Secrets::from_ring(&ring)) };
    let pool = HashPool::new(hash_workers(), HASHES_WAITING, Peppers::from_ring(&ring), cost);
    let pool = Arc::new(match hashing {
        Some(threads) => pool.on_threads(threads),
        None => pool,
    });
    let throttle = ThrottleKeys::from_ring(&ring);
    let mut sign_in = SignIn::new(entrances.sign_in, road.clone(), Arc::clone(&pool), throttle, sign_in);
    if let Some(list) = breached {
        sign_in = sign_in.with_breached(list);
    }
    let retired =
        ring.derive_all(Purpose::Deployment, "cursors").iter().skip(1).map(|key| **key).collect::<Vec<_>>();
    let app = App {
        sign_in: Arc::new(sign_in),
        catalogue: Arc::new(Catalogue::core()),
        limits: Limits::new(rates, *ring.derive(Purpose::Deployment, "limits"), Arc::clone(&road.clock)),
        cursors: CursorKey::with_retired(*ring.derive(Purpose::Deployment, "cursors"), &retired),
        road,
        origins,
        opening,
        exports: Desk::new(exports),
        recorded: Arc::new(entrances.jobs.job()),
    };
    let leave = &entrances.jobs;
    let jobs = Jobs {
        collecting: leave.job(),
        retiring: leave.job(),
        reminding: leave.job(),
        ending: leave.job(),
        digesting: leave.job(),
        contacts: leave.job(),
        expiring: leave.job(),
    };
    let (sender, exporter, publisher) = (leave.job(), leave.job(), leave.job());
    let (cli, trusted) = (entrances.cli, entrances.trusted);
    Ok(Composed { app, pool, jobs, sender, exporter, publisher, ring, cli, trusted })
}

/// What the edge is told beside the application.
pub struct Outside {
    /// The proxies whose word about a client's address counts.
    pub trusted_proxies: TrustedProxies,
    /// How far strict transport reaches.
    pub hsts: Hsts,
    /// Whether the process may be sent work.
    pub readiness: Readiness,
    /// Counts the requests that run.
    pub tracker: TaskTracker,
}

/// Every route there is, behind the edge.
///
/// # Errors
/// When the OpenAPI document cannot be printed.
pub fn routes(app: App, outside: Outside) -> Result<Edge<impl Endpoint + use<>>, serde_json::Error> {
    let entropy = Arc::clone(&app.road.entropy);
    let config = EdgeConfig {
        origins: app.origins.clone(),
        trusted_proxies: outside.trusted_proxies,
        hsts: outside.hsts,
        entropy: Arc::new(move |bytes| entropy.fill(bytes)),
        tracker: outside.tracker,
        limits: app.limits.clone(),
        witness: Some(Arc::new(app.clone())),
    };
    let limits = app.limits.clone();
    let document = serde_json::to_string(&api::document()?)?;
    let routes = Route::new()
        .at("/", Methods::get(web::front_page()))
        .at("/assets/page.css", Methods::get(web::style()))
        .at("/assets/bill.css", Methods::get(web::bill_style()))
        .at("/assets/call.js", Methods::get(web::calls()))
        .at("/assets/access.js", Methods::get(web::access()))
        .at("/assets/member.js", Methods::get(web::member()))
        .at("/w/:w/:page", Methods::get(web::workspace_page(limits.clone())))
        .at("/w/:w/recorded/:id/:leaf", Methods::get(web::recorded_page(app.clone())))
        .at("/:page", web::own_page(limits.clone()))
        .at("/healthz", Methods::get(health::alive()))
        .at("/readyz", Methods::get(outside.readiness.endpoint()))
        .at("/api/openapi.json", Methods::get(json(document)))
        .at(reports::PATH, Methods::default().and(Method::POST, reports::endpoint(app.limits.clone())))
        .nest(api::PREFIX, Paced::new(api::routes(app), limits));
    Ok(edge(routes, config))
}

fn json(document: String) -> impl Endpoint + 'static {
    poem::endpoint::make_sync(move |_| {
        Response::builder().content_type("application/json; charset=utf-8").body(document.clone())
    })
}
