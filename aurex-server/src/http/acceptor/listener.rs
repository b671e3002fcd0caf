//! Accepting, within bounds.

use std::{io, sync::Arc, time::Duration};

use poem::{
    http::uri::Scheme,
    listener::{Acceptor, TcpAcceptor},
    web::{LocalAddr, RemoteAddr},
};
use tokio::{net::TcpStream, sync::Semaphore};

use super::{Connection, Deadlines};

/// The first pause after an error such as “too many open files”, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// Accepts at most so many connections at a time; the next waits in the kernel's queue.
pub struct BoundedAcceptor<A = TcpAcceptor> {
    inner: A,
    places: Arc<Semaphore>,
    deadlines: Deadlines,
}

impl<A: Acceptor<Io = TcpStream>> BoundedAcceptor<A> {
    /// Wraps an acceptor.
    #[must_use]
    pub fn new(inner: A, most_connections: usize, deadlines: Deadlines) -> Self {
        Self {
            inner,
            places: Arc::new(Semaphore::new(most_connections.min(Semaphore::MAX_PERMITS))),
            deadlines,
        }
    }
}

impl<A: Acceptor<Io = TcpStream>> Acceptor for BoundedAcceptor<A> {
    type Io = Connection<TcpStream>;

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
                    // Answers are written whole; waiting for more only delays them. A socket that refuses is closing.
                    let _ = stream.set_nodelay(true);
                    return Ok((Connection::new(stream, self.deadlines, Some(place)), local, remote, scheme));
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
