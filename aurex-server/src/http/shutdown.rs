//! Stopping without losing work: say so, stop accepting, let what runs finish, then stop waiting.

use std::{io, time::Duration};

use poem::{IntoEndpoint, Server, listener::Acceptor};
use tokio_util::task::TaskTracker;

use super::health::Readiness;

/// How a process stops.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Between saying “not ready” and no longer accepting, so that a balancer notices in time.
    pub lead: Duration,
    /// For requests that run.
    pub deadline: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { lead: Duration::ZERO, deadline: Duration::from_secs(20) }
    }
}

/// Serves until `stop`, then drains. `tracker` is the edge's own.
///
/// # Errors
///
/// When the listener fails.
pub async fn serve<A, E>(
    acceptor: A,
    app: E,
    readiness: Readiness,
    tracker: TaskTracker,
    patience: Patience,
    stop: impl Future<Output = ()>,
) -> io::Result<()>
where
    A: Acceptor + 'static,
    E: IntoEndpoint,
    E::Endpoint: 'static,
{
    let stop = async move {
        stop.await;
        readiness.drain();
        tokio::time::sleep(patience.lead).await;
    };
    Server::new_with_acceptor(acceptor)
        .run_with_graceful_shutdown(app, stop, Some(patience.deadline))
        .await?;
    // Connections are gone; handlers whose client hung up may still be at work.
    tracker.close();
    if tokio::time::timeout(patience.deadline, tracker.wait()).await.is_err() {
        tracing::warn!(left = tracker.len(), "stopping with requests still running");
    }
    Ok(())
}
