//! The same over real sockets: framing, deadlines, shutdown.

use std::{net::SocketAddr, time::Duration};

use poem::listener::TcpAcceptor;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use super::*;
use crate::http::{
    acceptor::{BoundedAcceptor, Deadlines},
    shutdown::{self, Patience},
};

pub(super) struct Running {
    pub(super) address: SocketAddr,
    pub(super) issued: Arc<AtomicU64>,
    gate: Arc<tokio::sync::Notify>,
    readiness: Readiness,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

pub(super) async fn start(deadlines: Deadlines) -> Running {
    start_as("http", deadlines, |acceptor| acceptor).await
}

/// The shop on a socket, reached by a scheme, behind an acceptor with what is put on it.
pub(super) async fn start_as(
    scheme: &str,
    deadlines: Deadlines,
    dressed: impl FnOnce(BoundedAcceptor) -> BoundedAcceptor,
) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let Shop { app, issued, gate, tracker, readiness } = shop(&format!("{scheme}://{address}"));
    readiness.set_store(true);
    let acceptor = BoundedAcceptor::new(TcpAcceptor::from_tokio(listener).unwrap(), 64, deadlines);
    let acceptor = dressed(acceptor);
    let (stop, stopped) = oneshot::channel();
    let patience = Patience { lead: Duration::ZERO, deadline: Duration::from_secs(5) };
    let server = tokio::spawn(shutdown::serve(acceptor, app, readiness.clone(), tracker, patience, async {
        let _ = stopped.await;
    }));
    Running { address, issued, gate, readiness, stop, server }
}

impl Running {
    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads until the server closes.
    pub(super) async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        // A reset after the answer is how a refused body ends; what came before it counts.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(super) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.server.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_request_is_answered_and_the_connection_kept() {
    let running = start(Deadlines::default()).await;
    let host = running.address;
    let twice = format!(
        "GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\nGET {BILLS} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    );
    let answer = running.exchange(twice.as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2, "{answer}");
    running.stop().await;
}

#[tokio::test]
async fn asvs_v5_2_1_a_body_of_ten_megabytes_is_refused_without_being_read() {
    let running = start(Deadlines::default()).await;
    let host = running.address;
    for framing in ["Content-Length: 10000000", "Transfer-Encoding: chunked"] {
        let mut stream = running.connect().await;
        let head = format!(
            "POST {BILLS} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{framing}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let (mut from, mut to) = stream.into_split();
        let sending = tokio::spawn(async move {
            let mut sent = 0_usize;
            let chunk = format!("{:x}\r\n{}\r\n", 16384, " ".repeat(16384));
            while sent < 10_000_000 && to.write_all(chunk.as_bytes()).await.is_ok() {
                sent += chunk.len();
            }
        });
        let mut answer = vec![0; 4096];
        let count = from.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..count]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{framing}: {answer}");
        drop(from);
        sending.abort();
    }
    assert_eq!(running.issued.load(Ordering::SeqCst), 0);
    running.stop().await;
}

#[tokio::test]
async fn a_slow_head_is_cut_off_and_others_are_served_meanwhile() {
    let running = start(Deadlines { head: Duration::from_millis(200), ..Deadlines::default() }).await;
    let mut slow = running.connect().await;
    slow.write_all(b"GET / HT").await.unwrap();
    let host = running.address;
    let quick = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    assert!(running.exchange(quick.as_bytes()).await.contains("200 OK"));
    let mut rest = Vec::new();
    let cut_off = tokio::time::timeout(Duration::from_secs(5), slow.read_to_end(&mut rest)).await;
    assert!(cut_off.is_ok() && !String::from_utf8_lossy(&rest).contains("200 OK"));
    running.stop().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_answer() {
    let running = start(Deadlines { idle: Duration::from_millis(200), ..Deadlines::default() }).await;
    let host = running.address;
    let mut stream = running.connect().await;
    stream.write_all(format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    assert!(closed.is_ok() && String::from_utf8_lossy(&answer).contains("200 OK"));
    running.stop().await;
}

#[tokio::test]
async fn a_body_after_100_continue_is_read() {
    let running = start(Deadlines::default()).await;
    let host = running.address;
    let mut stream = running.connect().await;
    let head = format!(
        "POST {BILLS} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\nConnection: close\r\n\r\n",
        GOOD.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut invitation = [0; 25];
    stream.read_exact(&mut invitation).await.unwrap();
    assert_eq!(&invitation, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(GOOD.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 200 OK"));
    running.stop().await;
}

#[tokio::test]
async fn http_2_without_tls_is_refused() {
    let running = start(Deadlines::default()).await;
    let answer = running.exchange(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
    assert!(!answer.contains("200"), "{answer}");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer:?}");
    running.stop().await;
}

#[tokio::test]
async fn shutdown_lets_a_running_request_finish() {
    let running = start(Deadlines::default()).await;
    let host = running.address;
    let mut stream = running.connect().await;
    let request = format!("GET /api/v1/workspaces/acme/act/wait HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    // Once a second connection is answered, the first has long been accepted.
    let quick = format!("GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    assert!(running.exchange(quick.as_bytes()).await.contains("200 OK"));
    let Running { address, issued, gate, readiness, stop, server } = running;
    stop.send(()).unwrap();
    while readiness.is_ready() {
        tokio::task::yield_now().await;
    }
    gate.notify_one();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer).contains("200 OK"));
    server.await.unwrap().unwrap();
    assert_eq!(issued.load(Ordering::SeqCst), 1);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_client_that_has_all_its_connections_gets_no_more_until_one_ends() {
    let running = start_as("http", Deadlines::default(), |acceptor| acceptor.per_client(1, Vec::new())).await;
    let host = running.address;
    let kept = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let last = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut first = running.connect().await;
    first.write_all(kept.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");

    assert_eq!(running.exchange(last.as_bytes()).await, "");
    first.write_all(last.as_bytes()).await.unwrap();
    first.read_to_end(&mut Vec::new()).await.unwrap();
    // The server gives the seat back when it has closed, which may be a moment after the client saw it.
    let admitted = async {
        while !running.exchange(last.as_bytes()).await.contains("200 OK") {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(5), admitted).await.is_ok());
    running.stop().await;
}
