//! Every handler runs to its end.
//!
//! hyper drops a request's future when its client hangs up. A bill that is half way through a transaction would then
//! stop at whichever await it stands, and a database connection with it. So the work runs as a task of its own; who
//! hung up merely stops listening. The same tracker tells shutdown when the last of them is done.

use std::{any::Any, panic::AssertUnwindSafe};

use futures_util::FutureExt as _;
use poem::Result;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::problem::{Code, Problem};

/// Runs `work` to its end, whether or not anybody waits for it. `None`: the runtime stopped first.
pub async fn detached<T: Send + 'static>(
    tracker: &TaskTracker,
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    tracker.spawn(work.in_current_span()).await.ok()
}

/// Waits for a call and turns a panic into a fault. Unwinding is contained: nothing of the request is used afterwards.
///
/// # Errors
///
/// The call's own, or a fault of ours.
pub async fn contained<T>(call: impl Future<Output = Result<T>> + Send) -> Result<T> {
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(answer) => answer,
        Err(panic) => Err(Problem::fault(Panicked(words(panic.as_ref()))).into()),
    }
}

/// A handler panicked. Its words go to the log with the request's id; the client learns nothing of them.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

fn words(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&'static str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

/// The answer when a task was lost, which only a stopping runtime does.
#[must_use]
pub fn lost() -> Problem {
    Problem::new(Code::ServerBusy)
}
