//! The one thing that a witness can be asked: `POST /add-checkpoint`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aurex_core::time::{Clock, Timestamp};
use poem::http::{Method, StatusCode};
use poem::listener::{Acceptor, Listener as _, TcpListener};
use poem::{Request, Response, Server, endpoint::make};
use tokio::sync::Mutex;

use super::{NotCosigned, Witness};
use crate::ops::background::chain;

/// The largest request: a note of sixteen signatures and sixty-three hashes needs a tenth of it.
const LARGEST: usize = 64 * 1024;
/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves until the task is ended.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(address: SocketAddr, witness: Witness, clock: Arc<dyn Clock>) -> std::io::Result<()> {
    serve_on(TcpListener::bind(address).into_acceptor().await?, witness, clock).await
}

/// The same on an address that is taken already.
///
/// # Errors
/// When it cannot be listened on any more.
pub async fn serve_on(
    acceptor: impl Acceptor + 'static,
    witness: Witness,
    clock: Arc<dyn Clock>,
) -> std::io::Result<()> {
    let witness = Arc::new(Mutex::new(witness));
    let endpoint = make(move |request: Request| {
        let (witness, clock) = (Arc::clone(&witness), Arc::clone(&clock));
        async move { Ok::<Response, poem::Error>(answer(request, &witness, &*clock).await) }
    });
    Server::new_with_acceptor(acceptor).run(endpoint).await
}

fn plain(status: StatusCode, body: impl Into<String>) -> Response {
    Response::builder().status(status).content_type("text/plain; charset=utf-8").body(body.into())
}

async fn answer(request: Request, witness: &Mutex<Witness>, clock: &dyn Clock) -> Response {
    match (request.method(), request.uri().path()) {
        (&Method::POST, "/add-checkpoint") => {}
        (_, "/add-checkpoint") => return plain(StatusCode::METHOD_NOT_ALLOWED, "POST\n"),
        _ => return plain(StatusCode::NOT_FOUND, "a witness answers POST /add-checkpoint\n"),
    }
    let body = tokio::time::timeout(PATIENCE, request.into_body().into_bytes_limit(LARGEST)).await;
    let Ok(Ok(body)) = body else {
        return plain(StatusCode::BAD_REQUEST, "the request is too large or too slow\n");
    };
    let Ok(body) = std::str::from_utf8(&body) else { return plain(StatusCode::BAD_REQUEST, "not text\n") };
    let at = u64::try_from(clock.now().seconds_since(Timestamp::from_micros(0))).unwrap_or(0);
    match witness.lock().await.cosign(body, at) {
        Ok(cosignature) => plain(StatusCode::OK, format!("{cosignature}\n")),
        Err(NotCosigned::Refused(refusal)) => {
            if refusal == aurex_core::audit::witness::Refusal::Rewritten {
                // Evidence: whoever runs the witness wants to keep it.
                tracing::error!(
                    request = body,
                    "a log was rewritten: its new checkpoint does not continue the old one"
                );
            }
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            let (content_type, text) = refusal.body();
            Response::builder().status(status).content_type(content_type).body(text)
        }
        Err(error @ NotCosigned::NotKept(_)) => {
            tracing::error!(error = %chain(&error), "nothing is cosigned");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "it could not be kept\n")
        }
    }
}
