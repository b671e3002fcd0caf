//! `serve`: from a configuration to a server that stops in order.

use std::io::IsTerminal as _;
use std::sync::Arc;

use aurex_core::time::Clock as _;
use poem::Server;
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use tracing_subscriber::EnvFilter;

use super::database::Opening;
use super::{Failure, database, start};
use crate::app::{Composed, Outside, routes};
use crate::config::Config;
use crate::http::acceptor::{BoundedAcceptor, Deadlines};
use crate::http::health::Readiness;
use crate::http::plain::Plain;
use crate::http::shutdown::{self, Patience};
use crate::ops::machine::SystemClock;
use crate::ops::{background, metrics, tls};

/// Serves until the process is asked to stop.
pub async fn serve(config: Config, migrate: bool) -> Result<(), Failure> {
    log_to_stderr(&config)?;
    // Before anything else is touched: a file of authorities that cannot be read is no reason to find out later.
    if config.mail.mailer()?.is_none() && config.production {
        tracing::warn!(target: "aurex", "mail is off: nobody can be invited or set a new password by mail; set AUREX_MAIL");
    }
    if migrate && let Some(done) = database::migrate(&config).await? {
        tracing::info!(target: "aurex", "{done}");
    }
    let composed = start::composed(&config, start::open(&config, Opening::Serve).await?)?;
    run(config, composed, |origin| tracing::info!(target: "aurex", origin, "serving")).await
}

/// Serves a composed application; `ready` is told the origin once the address is taken.
pub async fn run(config: Config, composed: Composed, ready: impl FnOnce(&str)) -> Result<(), Failure> {
    quiet_panics();
    let Composed { app, collector, .. } = composed;
    let (store, road) = (Arc::clone(&app.road.store), app.road.clone());
    let (readiness, tracker) = (Readiness::default(), TaskTracker::new());
    readiness.set_store(store.ready().await.is_ok());
    let outside = Outside {
        trusted_proxies: config.trusted_proxies.clone(),
        hsts: config.hsts,
        readiness: readiness.clone(),
        tracker: tracker.clone(),
    };
    let entropy = Arc::clone(&road.entropy);
    let endpoint = routes(app, outside)?;
    // A certificate that cannot be used is said before an address is taken.
    let own = tls::open(&config.tls, &config.data_dir, SystemClock.now())?;
    let tcp = TcpListener::bind(config.listen).into_acceptor().await?;
    let address = tcp.local_addr().first().map_or_else(String::new, ToString::to_string);
    let bounded = |tcp, most: usize| {
        BoundedAcceptor::new(tcp, most, Deadlines::default())
            .per_client(config.max_connections_per_client, config.uncounted_peers.clone())
    };
    let (acceptor, renewal) = match own {
        None => (bounded(tcp, config.max_connections), None),
        Some(tls::Own { certificate, renewal }) => {
            (bounded(tcp, config.max_connections).over_tls(certificate), renewal)
        }
    };
    let renewing = renewal.map(|renewal| tokio::spawn(renewal.run(SystemClock)));
    let plain = match config.http_listen {
        None => None,
        Some(address) => {
            // Places of its own: a flood in the clear takes none from those who come over TLS.
            let most = config.max_connections.div_ceil(4);
            let acceptor = bounded(TcpListener::bind(address).into_acceptor().await?, most);
            let plain = Plain {
                origins: config.origins.clone(),
                ports: config.https_ports.clone(),
                acme_webroot: config.acme_webroot.clone(),
                trusted_proxies: config.trusted_proxies.clone(),
                entropy: Arc::new(move |bytes| entropy.fill(bytes)),
            };
            Some(tokio::spawn(Server::new_with_acceptor(acceptor).run(plain)))
        }
    };
    let stop_background = Arc::new(Notify::new());
    let background = tokio::spawn(supervised(
        tokio::spawn(background::run(road, collector, readiness.clone(), Arc::clone(&stop_background))),
        readiness.clone(),
    ));
    let figures = match config.metrics_listen {
        Some(address) => Some(metrics::serve(address, Arc::clone(&store), readiness.clone()).await?),
        None => None,
    };
    tracing::debug!(target: "aurex", address, "listening");
    ready(&config.origin);
    shutdown::serve(acceptor, endpoint, readiness, tracker, Patience::default(), asked_to_stop()?).await?;
    stop_background.notify_one();
    background.await?;
    for beside in [figures, plain, renewing].into_iter().flatten() {
        beside.abort();
    }
    store.close().await;
    tracing::info!(target: "aurex", "stopped");
    Ok(())
}

/// Background work that ends by a panic is said, and no more work is asked for: a log that is not kept up is no log.
async fn supervised(work: JoinHandle<()>, readiness: Readiness) {
    if let Err(error) = work.await {
        tracing::error!(target: "aurex", %error, "background work broke; the process wants a restart");
        readiness.drain();
    }
}

/// Ctrl-C, or what a supervisor sends.
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// The edge logs a handler's panic once, with its request; the standard hook would print it again without.
fn quiet_panics() {
    let standard = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let in_handler = tokio::runtime::Handle::try_current().is_ok();
        if !in_handler {
            standard(info);
        }
    }));
}

/// Logs to standard error: text for people, JSON for machines.
pub fn log_to_stderr(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log_filter)?;
    let json = config.json_log.unwrap_or_else(|| !std::io::stderr().is_terminal());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json { builder.json().flatten_event(true).try_init() } else { builder.try_init() }
}
