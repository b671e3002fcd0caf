//! Figures for the machine's own collector, in the text form that Prometheus reads.
//!
//! They stand on an address of their own, which the configuration keeps on loopback, because nobody signs in for them and
//! because how busy the shops are is nobody else's business. They name no tenant.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use aurex_core::store::{Store, StoreFigures};
use poem::http::{Method, StatusCode, header};
use poem::listener::{Listener as _, TcpListener};
use poem::{Request, Response, Server, endpoint::make_sync};
use tokio::task::JoinHandle;

use super::outbox::MailFigures;
use super::publisher::LogFigures;
use crate::http::health::{self, Readiness};
use crate::http::limits::{LimitFigures, Limits, Meter};

/// Serves `GET /metrics` until the task is ended, and `GET /healthz` and `/readyz` for a supervisor on this machine: where
/// clients must show a certificate, it has none to show.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(
    address: SocketAddr,
    store: Arc<dyn Store>,
    mail: Arc<MailFigures>,
    logs: Arc<LogFigures>,
    readiness: Readiness,
    limits: Limits,
) -> std::io::Result<JoinHandle<std::io::Result<()>>> {
    let acceptor = TcpListener::bind(address).into_acceptor().await?;
    let endpoint = make_sync(move |request: Request| -> Response {
        if request.method() != Method::GET {
            return Response::builder().status(StatusCode::NOT_FOUND).finish();
        }
        match request.uri().path() {
            "/metrics" => Response::builder()
                .header(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                .body(
                    text(&store.figures(), &mail, &logs, readiness.is_ready())
                        + &of_limits(&limits.figures()),
                ),
            "/healthz" => health::said("alive"),
            "/readyz" if readiness.is_ready() => health::said("ready"),
            "/readyz" => Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).finish(),
            _ => Response::builder().status(StatusCode::NOT_FOUND).finish(),
        }
    });
    Ok(tokio::spawn(Server::new_with_acceptor(acceptor).run(endpoint)))
}

/// The figures as text (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
fn text(figures: &StoreFigures, mail: &MailFigures, logs: &LogFigures, ready: bool) -> String {
    let mut out = String::new();
    let mut gauge = |name: &str, help: &str, values: &[(String, usize)]| {
        // Writing to a string cannot fail.
        _ = write!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n");
        for (labels, value) in values {
            _ = writeln!(out, "{name}{labels} {value}");
        }
    };
    let plain = |value: usize| [(String::new(), value)];
    gauge("aurex_ready", "Whether work may be sent here.", &plain(usize::from(ready)));
    gauge("aurex_turns_held", "Writers whose turn it is, over all workspaces.", &plain(figures.turns.held));
    gauge("aurex_turns_waiting", "Writers that wait for their turn.", &plain(figures.turns.waiting));
    let by_state = figures.pools.iter().flat_map(|pool| {
        [("used", pool.used), ("idle", pool.idle)]
            .map(|(state, n)| (format!("{{pool=\"{}\",state=\"{state}\"}}", pool.name), n))
    });
    gauge("aurex_pool_open", "What a pool holds open.", &by_state.collect::<Vec<_>>());
    let most = figures.pools.iter().map(|pool| (format!("{{pool=\"{}\"}}", pool.name), pool.most));
    gauge("aurex_pool_most", "How much a pool may hold open.", &most.collect::<Vec<_>>());
    for (name, help, value) in mail.counts().into_iter().chain(logs.counts()) {
        _ = write!(out, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n");
    }
    out
}

/// The figures of the limits: counters, and none of them says whom it was about.
fn of_limits(figures: &LimitFigures) -> String {
    let mut out = "# HELP aurex_rate_limited_total Requests refused because somebody asked too much.\n\
                   # TYPE aurex_rate_limited_total counter\n"
        .to_owned();
    for (meter, refused) in Meter::ALL.iter().zip(figures.refused) {
        // Writing to a string cannot fail.
        _ = writeln!(out, "aurex_rate_limited_total{{meter=\"{}\"}} {refused}", meter.name());
    }
    _ = writeln!(
        out,
        "# HELP aurex_rate_forgotten_total Buckets that gave way to others before they were full again.\n\
         # TYPE aurex_rate_forgotten_total counter\naurex_rate_forgotten_total {}",
        figures.forgotten
    );
    out
}

#[cfg(test)]
mod tests {
    use aurex_core::store::{PoolFigures, TurnFigures};

    use super::*;

    #[test]
    fn every_figure_has_its_help_and_its_type() {
        let figures = StoreFigures {
            turns: TurnFigures { held: 2, waiting: 7 },
            pools: vec![PoolFigures { name: "writers", used: 2, idle: 1, most: 8 }],
        };
        let limits = LimitFigures { refused: [3, 0, 0, 1, 0, 0], forgotten: 9 };
        let text =
            text(&figures, &MailFigures::default(), &LogFigures::default(), true) + &of_limits(&limits);
        for line in [
            "aurex_ready 1",
            "aurex_mails_sent_total 0",
            "aurex_checkpoints_total 0",
            "aurex_turns_held 2",
            "aurex_turns_waiting 7",
            "aurex_pool_open{pool=\"writers\",state=\"used\"} 2",
            "aurex_pool_open{pool=\"writers\",state=\"idle\"} 1",
            "aurex_pool_most{pool=\"writers\"} 8",
            "aurex_rate_limited_total{meter=\"stranger\"} 3",
            "aurex_rate_limited_total{meter=\"workspace\"} 1",
            "aurex_rate_forgotten_total 9",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert_eq!(text.matches("# HELP").count(), text.matches("# TYPE").count());
    }
}
