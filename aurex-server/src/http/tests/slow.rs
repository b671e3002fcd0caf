//! Clients that take their time, over TLS, on a clock that runs as fast as nobody waits for it.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::tls::{Trust, name};
use super::*;
use crate::http::acceptor::{Connection, Deadlines, Handshake};

const DEADLINES: Deadlines = Deadlines {
    handshake: Duration::from_secs(7),
    head: Duration::from_secs(11),
    idle: Duration::from_secs(60),
    write: Duration::from_secs(30),
};

type Served = Connection<Handshake<DuplexStream>>;

/// A client's end of a wire, and the server's; `room` bytes lie between them.
fn pair(trust: &Trust, room: usize) -> (DuplexStream, Served) {
    let (client, server) = duplex(room);
    let acceptor = TlsAcceptor::from(Arc::clone(&trust.certificate.borrow()));
    (client, Connection::shaking(Handshake::new(&acceptor, server, DEADLINES.handshake), DEADLINES, None))
}

/// How long the server keeps reading, and why it stops. Paused time runs on by itself: without a deadline it would be
/// an hour.
async fn fate(connection: &mut Served) -> (Duration, std::io::ErrorKind) {
    let start = Instant::now();
    let mut bytes = [0; 4096];
    let end = async {
        loop {
            match connection.read(&mut bytes).await {
                Ok(0) => return std::io::ErrorKind::UnexpectedEof,
                Ok(_) => {}
                Err(error) => return error.kind(),
            }
        }
    };
    let kind = timeout(Duration::from_secs(3600), end).await.unwrap_or(std::io::ErrorKind::Other);
    (start.elapsed(), kind)
}

/// Sends a byte a second for as long as it is taken.
async fn drip(mut wire: impl AsyncWrite + Unpin, bytes: Vec<u8>) {
    for byte in bytes {
        sleep(Duration::from_secs(1)).await;
        if wire.write_all(&[byte]).await.is_err() || wire.flush().await.is_err() {
            break;
        }
    }
}

/// Shakes hands: the client's stream, and the server's once it is waiting for a head.
async fn open(trust: &Trust, room: usize) -> (impl AsyncRead + AsyncWrite + Unpin + Send + 'static, Served) {
    let (client, mut server) = pair(trust, room);
    let shaking = TlsConnector::from(Arc::new(trust.any_client()));
    let client = tokio::spawn(async move { shaking.connect(name(), client).await.unwrap() });
    let mut nothing = [0; 1];
    // The handshake is made by reading; a moment later there is still no head.
    assert!(timeout(Duration::from_millis(1), server.read(&mut nothing)).await.is_err());
    (client.await.unwrap(), server)
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_never_begins_or_never_ends_is_cut_off() {
    let trust = Trust::made();
    let (_client, mut silent) = pair(&trust, 1 << 16);
    assert_eq!(fate(&mut silent).await, (DEADLINES.handshake, std::io::ErrorKind::TimedOut));

    let (client, mut dripping) = pair(&trust, 1 << 16);
    // The beginning of a record that announces 512 bytes of a handshake.
    let drip = tokio::spawn(drip(client, [&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3][..], &[0; 40]].concat()));
    assert_eq!(fate(&mut dripping).await, (DEADLINES.handshake, std::io::ErrorKind::TimedOut));
    drip.abort();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_take_the_servers_half_of_the_handshake_is_cut_off() {
    let trust = Trust::made();
    let (client, mut server) = pair(&trust, 16);
    let (_reading, mut writing) = tokio::io::split(client);
    // A whole first flight, from a client that reads nothing of the answer.
    let mut hello = Vec::new();
    let mut session = rustls::ClientConnection::new(Arc::new(trust.any_client()), name()).unwrap();
    session.write_tls(&mut hello).unwrap();
    let sending = tokio::spawn(async move { writing.write_all(&hello).await });
    assert_eq!(fate(&mut server).await, (DEADLINES.handshake, std::io::ErrorKind::TimedOut));
    sending.abort();
}

#[tokio::test(start_paused = true)]
async fn a_head_byte_by_byte_buys_no_time_under_tls() {
    let trust = Trust::made();
    let (client, mut server) = open(&trust, 1 << 16).await;
    let drip = tokio::spawn(drip(client, b"GET / HTTP/1.1\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaa".to_vec()));
    let (took, kind) = fate(&mut server).await;
    drip.abort();
    assert_eq!(kind, std::io::ErrorKind::TimedOut);
    assert!(took <= DEADLINES.handshake + DEADLINES.head, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_is_let_go_under_tls() {
    let trust = Trust::made();
    let (mut client, mut server) = open(&trust, 1 << 16).await;
    let head = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    client.write_all(head).await.unwrap();
    let mut bytes = vec![0; head.len()];
    server.read_exact(&mut bytes).await.unwrap();
    assert_eq!(bytes, head);
    server.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    server.flush().await.unwrap();
    assert_eq!(fate(&mut server).await, (DEADLINES.idle, std::io::ErrorKind::TimedOut));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_taken_is_given_up_under_tls() {
    let trust = Trust::made();
    let (_client, mut server) = open(&trust, 1 << 13).await;
    let start = Instant::now();
    let error = server.write_all(&vec![b'x'; 1 << 20]).await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed()), (std::io::ErrorKind::TimedOut, DEADLINES.write));
    // A small answer is taken by TLS itself; flushing it is what stands still.
    let (_client, mut server) = open(&trust, 1 << 11).await;
    server.write_all(&[b'x'; 1 << 13]).await.unwrap();
    let start = Instant::now();
    let error = server.flush().await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed()), (std::io::ErrorKind::TimedOut, DEADLINES.write));
}

#[tokio::test(start_paused = true)]
async fn a_body_byte_by_byte_is_given_up() {
    let shop = shop(ORIGIN);
    let (sender, receiver) = duplex(64);
    let drip = tokio::spawn(drip(sender, GOOD.as_bytes().to_vec()));
    let start = Instant::now();
    let answer = shop.send(ask(Method::POST, BILLS, poem::Body::from_async_read(receiver))).await;
    drip.abort();
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::REQUEST_TIMEOUT, "request.timeout"));
    assert_eq!(start.elapsed(), crate::http::body::READ_DEADLINE);
    assert_eq!(shop.issued.load(Ordering::SeqCst), 0);
}
