//! `serve`: from a configuration to a server that stops in order.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use aurex_core::service::transparency::LogSigner;
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
use crate::mail::{Roots, RootsError};
use crate::ops::machine::SystemClock;
use crate::ops::memory::no_core_dumps;
use crate::ops::outbox::{MailFigures, Outbox};
use crate::ops::publisher::{LogFigures, Publisher, Witnesses};
use crate::ops::{background, calibration, metrics, tls};

/// How long a process that stops waits until failed sign-ins are written down.
const REFUSALS_WITHIN: Duration = Duration::from_secs(5);

/// How long a process that stops waits until the last entries are published.
const PUBLISHED_WITHIN: Duration = Duration::from_secs(10);

/// How long a process that stops waits for the mails that are being handed over.
const MAIL_WITHIN: Duration = Duration::from_secs(10);

/// Serves until the process is asked to stop.
pub async fn serve(config: Config, migrate: bool) -> Result<(), Failure> {
    log_to_stderr(&config)?;
    no_core_dumps();
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
    let Composed { app, jobs, sender, exporter, publisher, ring, pool, .. } = composed;
    let outbox = config.mail.mailer()?.map(|mailer| Outbox {
        road: app.road.clone(),
        job: sender,
        mailer,
        from: config.mail.from.clone(),
        origins: config.origins.clone(),
    });
    let mail_figures = Arc::new(MailFigures::default());
    let signer = LogSigner::new(ring, &config.logs.name)?;
    let publisher = Publisher {
        road: app.road.clone(),
        job: publisher,
        signer: signer.clone(),
        publish_every: config.logs.publish_every,
        confirm_every: config.logs.confirm_every,
        witnesses: Witnesses::new(config.logs.witnesses.clone(), witness_roots(&config)?),
    };
    let log_figures = Arc::new(LogFigures::default());
    let (store, road) = (Arc::clone(&app.road.store), app.road.clone());
    let sign_in = Arc::clone(&app.sign_in);
    let limits = app.limits.clone();
    let (readiness, tracker) = (Readiness::default(), TaskTracker::new());
    readiness.set_store(store.ready().await.is_ok());
    let outside = Outside {
        trusted_proxies: config.trusted_proxies.clone(),
        hsts: config.hsts,
        readiness: readiness.clone(),
        tracker: tracker.clone(),
    };
    let entropy = Arc::clone(&road.entropy);
    let exports = app.exports.clone();
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
    let stop_exports = Arc::new(Notify::new());
    let exporting = tokio::spawn(supervised(
        tokio::spawn(exports.run(road.clone(), exporter, signer, Arc::clone(&stop_exports))),
        readiness.clone(),
    ));
    let stop_background = Arc::new(Notify::new());
    let background = tokio::spawn(supervised(
        tokio::spawn(background::run(road, jobs, readiness.clone(), Arc::clone(&stop_background))),
        readiness.clone(),
    ));
    let stop_publishing = Arc::new(Notify::new());
    let publishing = {
        let (figures, stop) = (Arc::clone(&log_figures), Arc::clone(&stop_publishing));
        tokio::spawn(supervised(
            tokio::spawn(async move { publisher.run(&figures, &stop).await }),
            readiness.clone(),
        ))
    };
    let stop_mail = Arc::new(Notify::new());
    let sending = outbox.map(|outbox| {
        let (figures, stop) = (Arc::clone(&mail_figures), Arc::clone(&stop_mail));
        tokio::spawn(supervised(
            tokio::spawn(async move { outbox.run(&figures, &stop).await }),
            readiness.clone(),
        ))
    });
    let figures = match config.metrics_listen {
        Some(address) => {
            let (store, readiness) = (Arc::clone(&store), readiness.clone());
            Some(metrics::serve(address, store, mail_figures, log_figures, readiness, limits).await?)
        }
        None => None,
    };
    tracing::debug!(target: "aurex", address, "listening");
    ready(&config.origin);
    let cost_file = calibration::file(&config.data_dir);
    match config.password_cost {
        Some(cost) => tracing::info!(target: "aurex", cost = cost.get(), "the cost of passwords is given"),
        None if calibration::kept(&cost_file).is_some() => {}
        None => calibration::begin(cost_file, pool),
    }
    shutdown::serve(acceptor, endpoint, readiness, tracker, Patience::default(), asked_to_stop()?).await?;
    if tokio::time::timeout(REFUSALS_WITHIN, sign_in.links_are_sent()).await.is_err() {
        tracing::error!(target: "aurex", "the store takes nothing: mails that were asked for last are not sent");
    }
    stop_mail.notify_one();
    if let Some(sending) = sending
        && tokio::time::timeout(MAIL_WITHIN, sending).await.is_err()
    {
        tracing::warn!(target: "aurex", "the mail server is slow: what is on its way now is sent again after the next start");
    }
    // Before the last round of collecting, which seals them.
    if tokio::time::timeout(REFUSALS_WITHIN, sign_in.refusals_written()).await.is_err() {
        tracing::error!(target: "aurex", "the store takes no notes of failed sign-ins: the last ones are lost");
    }
    // What is being written down goes on after the next start.
    stop_exports.notify_one();
    exporting.await?;
    stop_background.notify_one();
    background.await?;
    // After the last entries: what is published of them now is not waited for by whoever keeps a receipt.
    stop_publishing.notify_one();
    if tokio::time::timeout(PUBLISHED_WITHIN, publishing).await.is_err() {
        tracing::warn!(target: "aurex", "the last entries of some logs are published after the next start");
    }
    for beside in [figures, plain, renewing].into_iter().flatten() {
        beside.abort();
    }
    store.close().await;
    tracing::info!(target: "aurex", "stopped");
    Ok(())
}

/// Whom to believe that a witness is the one it says; nobody where none speaks TLS.
fn witness_roots(config: &Config) -> Result<Roots, RootsError> {
    let tls = config.logs.witnesses.iter().any(|witness| witness.url.tls);
    if tls { Roots::of_the_machine() } else { Ok(Roots::nobody()) }
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
