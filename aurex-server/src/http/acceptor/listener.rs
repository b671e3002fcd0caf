//! Accepting, within bounds.

use std::{io, sync::Arc, time::Duration};

use poem::{
    http::uri::Scheme,
    listener::{Acceptor, TcpAcceptor},
    web::{LocalAddr, RemoteAddr},
};
use rustls::ServerConfig;
use tokio::{
    net::TcpStream,
    sync::{Semaphore, watch},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::either::Either;

use super::clients::Clients;
use super::{Connection, Deadlines, Handshake, Place};
use crate::http::request::Network;

/// The first pause after an error such as “too many open files”, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// What is spoken with, as it is now: a certificate may be renewed while connections are open.
pub type Certificate = watch::Receiver<Arc<ServerConfig>>;

/// A socket, or TLS over one.
pub type Stream = Either<TcpStream, Handshake<TcpStream>>;

/// Accepts at most so many connections at a time; the next waits in the kernel's queue.
pub struct BoundedAcceptor<A = TcpAcceptor> {
    inner: A,
    places: Arc<Semaphore>,
    clients: Clients,
    certificate: Option<Certificate>,
    deadlines: Deadlines,
}

impl<A: Acceptor<Io = TcpStream>> BoundedAcceptor<A> {
    /// Wraps an acceptor.
    #[must_use]
    pub fn new(inner: A, most_connections: usize, deadlines: Deadlines) -> Self {
        Self {
            inner,
            places: Arc::new(Semaphore::new(most_connections.min(Semaphore::MAX_PERMITS))),
            clients: Clients::default(),
            certificate: None,
            deadlines,
        }
    }

    /// Also bounds the connections of each client, an address or the /64 of an IPv6 address; one more is closed at
    /// once. The networks' own are not counted.
    #[must_use]
    pub fn per_client(self, most: usize, uncounted: Vec<Network>) -> Self {
        Self { clients: Clients::new(most, uncounted), ..self }
    }

    /// Speaks TLS. Each connection takes the certificate as it is when it is accepted.
    #[must_use]
    pub fn over_tls(self, certificate: Certificate) -> Self {
        Self { certificate: Some(certificate), ..self }
    }
}

impl<A: Acceptor<Io = TcpStream>> Acceptor for BoundedAcceptor<A> {
    type Io = Connection<Stream>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        // A place first: what is accepted must be served.
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(io::Error::other)?;
        let mut pause = PAUSES.0;
        loop {
            match self.inner.accept().await {
                Ok((stream, local, remote, scheme)) => {
                    let peer = remote.as_socket_addr().map(std::net::SocketAddr::ip);
                    let Ok(seat) = peer.map_or(Ok(None), |peer| self.clients.seat(peer)) else {
                        // Closed by being dropped, without a word: a flood is not worth an answer each.
                        tracing::debug!(?peer, "a client has all the connections it may have");
                        continue;
                    };
                    // Answers are written whole; waiting for more only delays them. A socket that refuses is closing.
                    let _ = stream.set_nodelay(true);
                    let place = Some(Place { _among_all: place, _among_its_clients: seat });
                    let Some(certificate) = &self.certificate else {
                        let connection = Connection::new(Either::Left(stream), self.deadlines, place);
                        return Ok((connection, local, remote, scheme));
                    };
                    let acceptor = TlsAcceptor::from(Arc::clone(&certificate.borrow()));
                    let stream = Handshake::new(&acceptor, stream, self.deadlines.handshake);
                    let connection = Connection::shaking(Either::Right(stream), self.deadlines, place);
                    return Ok((connection, local, remote, Scheme::HTTPS));
                }
                Err(error) if concerns_one_client(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX), "cannot accept connections");
                    tokio::time::sleep(pause).await;
                    pause = pause.saturating_mul(2).min(PAUSES.1);
                }
            }
        }
    }
}

fn concerns_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use tokio::{net::TcpListener, time::Instant};

    use super::*;

    struct Failing {
        errors: u32,
        inner: TcpAcceptor,
    }

    impl Acceptor for Failing {
        type Io = TcpStream;

        fn local_addr(&self) -> Vec<LocalAddr> {
            self.inner.local_addr()
        }

        async fn accept(&mut self) -> io::Result<(TcpStream, LocalAddr, RemoteAddr, Scheme)> {
            if self.errors > 0 {
                self.errors -= 1;
                return Err(io::Error::other("too many open files"));
            }
            self.inner.accept().await
        }
    }

    async fn loopback() -> (TcpAcceptor, std::net::SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (TcpAcceptor::from_tokio(listener).unwrap(), address)
    }

    #[tokio::test]
    async fn errors_are_met_with_growing_pauses() {
        let (inner, address) = loopback().await;
        let mut acceptor = BoundedAcceptor::new(Failing { errors: 3, inner }, 1, Deadlines::default());
        let _client = TcpStream::connect(address).await.unwrap();
        let start = Instant::now();
        let (connection, ..) = acceptor.accept().await.unwrap();
        // 10 + 20 + 40 milliseconds.
        assert!(start.elapsed() >= Duration::from_millis(70));
        drop(connection);
    }

    #[tokio::test]
    async fn a_connection_beyond_the_bound_waits_for_a_place() {
        let (inner, address) = loopback().await;
        let mut acceptor = BoundedAcceptor::new(inner, 1, Deadlines::default());
        let _clients =
            [TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap()];
        let (first, ..) = acceptor.accept().await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(50), acceptor.accept()).await.is_err());
        drop(first);
        assert!(acceptor.accept().await.is_ok());
    }
}
