//! The server as `serve` puts it together, on a socket of the loopback network and an executor of its own: the same
//! pool for hashes, the same store, the same work in the background. And a bare handler of the same framework beside it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use aurex_core::chance::Entropy as _;
use aurex_core::identity::keys::KeyRing;
use aurex_core::identity::password::Cost;
use aurex_core::identity::throttle::SignInPolicies;
use aurex_core::service::access::{SignIn, SignInConfig};
use aurex_core::service::{Road, shop};
use aurex_core::tenancy::RequestFacts;
use aurex_core::time::Clock as _;
use aurex_server::app::{Composed, Outside, Parts, compose, hash_workers, routes};
use aurex_server::http::acceptor::{BoundedAcceptor, Deadlines};
use aurex_server::http::headers::Hsts;
use aurex_server::http::health::Readiness;
use aurex_server::http::limits::Rates;
use aurex_server::http::request::TrustedProxies;
use aurex_server::ops::background;
use aurex_server::ops::hashing::GivingWay;
use aurex_server::ops::machine::{OsEntropy, SystemClock};
use aurex_store_sqlite::{SqliteOptions, SqliteStore};
use poem::listener::TcpAcceptor;
use poem::{EndpointExt as _, Request, Response, Route, get, handler, web::Data};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::figures::measuring;

/// A server that runs, with its executor.
pub struct Server {
    pub address: SocketAddr,
    /// Where the bare handler listens.
    pub bare: SocketAddr,
    runtime: Runtime,
    road: Road,
}

impl Server {
    /// As `serve` starts one; or with other throttles; or with hashes on the threads that the executor has for whatever
    /// blocks, which are as urgent as any, to see what giving way is worth.
    pub fn start(folder: &Path, throttle: SignInPolicies, gives_way: bool) -> Self {
        let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
        let (address, bare, road) = runtime.block_on(serve(folder, throttle, gives_way));
        Self { address, bare, runtime, road }
    }

    pub fn stop(self) {
        self.runtime.block_on(self.road.store.close());
        self.runtime.shutdown_background();
    }
}

async fn listen() -> (SocketAddr, TcpAcceptor) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener.local_addr().unwrap(), TcpAcceptor::from_tokio(listener).unwrap())
}

async fn serve(folder: &Path, throttle: SignInPolicies, gives_way: bool) -> (SocketAddr, SocketAddr, Road) {
    let (store, authority) = SqliteStore::open(folder, SqliteOptions::default()).await.unwrap();
    let (address, acceptor) = listen().await;
    let ring = KeyRing::generate(SystemClock.now().micros(), &mut |bytes: &mut [u8]| OsEntropy.fill(bytes));
    let Composed { app, jobs, .. } = compose(Parts {
        store: Arc::new(store),
        authority,
        ring,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        // Where nothing is measured nobody has to wait for a hash.
        cost: if measuring() { Cost::MINIMUM } else { Cost::weak_for_tests_only(4) },
        hashing: gives_way.then(|| Arc::new(GivingWay::start(hash_workers()).unwrap()) as _),
        breached: None,
        sign_in: SignInConfig { throttle, ..SignInConfig::default() },
        origins: format!("http://{address}").parse().unwrap(),
        opening: true,
        // None of what is asked here is refused for being much: only the throttles of signing in stand in the way.
        rates: Rates::UNLIMITED,
        exports: folder.join("exports"),
    })
    .unwrap();
    let (road, sign_in) = (app.road.clone(), Arc::clone(&app.sign_in));
    let readiness = Readiness::default();
    tokio::spawn(background::run(road.clone(), jobs, readiness.clone(), Arc::new(Notify::new())));
    let outside = Outside {
        trusted_proxies: TrustedProxies::default(),
        hsts: Hsts::Off,
        readiness,
        tracker: TaskTracker::new(),
    };
    let acceptor = BoundedAcceptor::new(acceptor, 1024, Deadlines::default());
    tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(routes(app, outside).unwrap()));
    let (bare, acceptor) = listen().await;
    let reads = Reads { road: road.clone(), sign_in };
    let route = Route::new().at("/rates", get(bare_rates.data(reads)));
    tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(route));
    (address, bare, road)
}

/// What the bare handler reads with.
#[derive(Clone)]
struct Reads {
    road: Road,
    sign_in: Arc<SignIn>,
}

/// The same two reads, the session and the day's board, and the board as JSON; nothing of what stands around them.
#[handler]
async fn bare_rates(request: &Request, reads: Data<&Reads>) -> Response {
    let cookie = request.header("cookie").unwrap();
    let token = cookie.split_once('=').unwrap().1;
    let scope = reads.sign_in.session(super::work::SLUG, token, RequestFacts::default()).await.unwrap();
    let board = shop::rate_board(&reads.road, &scope, None).await.unwrap();
    let items: Vec<_> = board
        .iter()
        .map(|rate| {
            serde_json::json!({
                "id": rate.id.to_string(), "commodity": rate.metal.code(), "fineness_ppm": rate.fineness.ppm(),
                "kind": rate.kind.code(), "per_mg": rate.per.mg(), "amount": rate.amount.minor(),
                "effective_from": rate.effective_from.to_string(), "business_date": rate.business_date.to_string(),
            })
        })
        .collect();
    Response::builder().content_type("application/json").body(serde_json::to_string(&items).unwrap())
}
