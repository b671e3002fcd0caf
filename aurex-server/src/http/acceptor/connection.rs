//! A stream that does not wait for ever.
//!
//! | phase | ends with | within |
//! |---|---|---|
//! | handshake | the end of the TLS handshake, where there is one | `handshake`, see [`super::Handshake`] |
//! | head | the empty line after a request's headers | `head`, and [`MOST_HEAD`] bytes |
//! | answering | the first byte of the answer | no bound here: a body has its own deadline, a handler its own work |
//! | idle | the first byte of the next request | `idle` |
//!
//! and a write that the client does not take fails after `write`. A client that sends a byte a second (slow loris)
//! therefore holds a connection for `head` and no longer. Under TLS the bytes are those inside it: records that carry
//! none buy no time. HTTP/2 is refused, and never offered: its frames would need rules of their own.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::OwnedSemaphorePermit,
    time::{Instant, Sleep},
};

use super::clients::Seat;
use super::head::HeadEnd;

/// The most bytes a request's head may have.
pub(super) const MOST_HEAD: usize = 64 * 1024;

/// How long each phase may last.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// From the connection's beginning to the end of its TLS handshake.
    pub handshake: Duration,
    /// From a request's first byte (or the connection's beginning, after the time for a handshake) to the end of its head.
    pub head: Duration,
    /// Between one answer and the next request.
    pub idle: Duration,
    /// For the client to take what is being written.
    pub write: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            write: Duration::from_secs(30),
        }
    }
}

#[derive(Clone, Copy)]
enum Phase {
    Head { end: HeadEnd, bytes: usize },
    Answering,
    Idle,
}

const NEW_HEAD: Phase = Phase::Head { end: HeadEnd::NEW, bytes: 0 };

/// What a connection holds of the bounds, and gives back at its end.
#[derive(Debug)]
pub struct Place {
    pub(super) _among_all: OwnedSemaphorePermit,
    pub(super) _among_its_clients: Option<Seat>,
}

/// A client's stream with deadlines, holding its place among the bounded number of connections.
pub struct Connection<S> {
    stream: S,
    phase: Phase,
    first: bool,
    deadlines: Deadlines,
    reading: Pin<Box<Sleep>>,
    writing: Option<Pin<Box<Sleep>>>,
    _place: Option<Place>,
}

impl<S> Connection<S> {
    /// A connection that has just been accepted.
    #[must_use]
    pub fn new(stream: S, deadlines: Deadlines, place: Option<Place>) -> Self {
        Self::with_first(deadlines.head, stream, deadlines, place)
    }

    /// The same, of a stream that begins with a handshake.
    #[must_use]
    pub fn shaking(stream: S, deadlines: Deadlines, place: Option<Place>) -> Self {
        Self::with_first(deadlines.handshake.saturating_add(deadlines.head), stream, deadlines, place)
    }

    fn with_first(first: Duration, stream: S, deadlines: Deadlines, place: Option<Place>) -> Self {
        let reading = Box::pin(tokio::time::sleep(first));
        Self { stream, phase: NEW_HEAD, first: true, deadlines, reading, writing: None, _place: place }
    }

    fn deadline_in(&mut self, wait: Duration) {
        self.reading.as_mut().reset(Instant::now() + wait);
    }

    /// Takes note of bytes from the client.
    fn received(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.first && bytes.starts_with(b"PRI ") {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "HTTP/2 is not spoken here"));
        }
        self.first = false;
        if matches!(self.phase, Phase::Idle) {
            self.phase = NEW_HEAD;
            self.deadline_in(self.deadlines.head);
        }
        if let Phase::Head { mut end, bytes: before } = self.phase {
            let total = before.saturating_add(bytes.len());
            self.phase = if end.advance(bytes) {
                Phase::Answering
            } else if total > MOST_HEAD {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the head of a request is too long"));
            } else {
                Phase::Head { end, bytes: total }
            };
        }
        Ok(())
    }

    /// Takes note of bytes to the client. `100 Continue` is no answer yet: the body is still to come.
    fn sent(&mut self, bytes: &[u8]) {
        if !bytes.starts_with(b"HTTP/1.1 100") && !bytes.is_empty() {
            self.phase = Phase::Idle;
            self.deadline_in(self.deadlines.idle);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // The deadline is asked first: a client that always has one more byte ready does not outrun it.
        if !matches!(this.phase, Phase::Answering) && this.reading.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        let received = buffer.filled().get(before..).unwrap_or_default();
        Poll::Ready(this.received(received))
    }
}

impl<S: AsyncWrite + Unpin> Connection<S> {
    /// Bounds how long a write may stand still.
    fn patiently<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.writing = None;
            return outcome;
        }
        let wait = self.deadlines.write;
        let writing = self.writing.get_or_insert_with(|| Box::pin(tokio::time::sleep(wait)));
        ready!(writing.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = &outcome {
            this.sent(bytes.get(..*count).unwrap_or_default());
            // Asked here too, so that the task wakes even if nobody reads again before the deadline.
            let _ = this.reading.as_mut().poll(context);
        }
        this.patiently(context, outcome)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_flush(context);
        this.patiently(context, outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_shutdown(context);
        this.patiently(context, outcome)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    const DEADLINES: Deadlines = Deadlines {
        handshake: Duration::from_secs(10),
        head: Duration::from_secs(10),
        idle: Duration::from_secs(60),
        write: Duration::from_secs(30),
    };
    const HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    fn pair() -> (DuplexStream, Connection<DuplexStream>) {
        let (client, server) = duplex(1 << 17);
        (client, Connection::new(server, DEADLINES, None))
    }

    async fn fate(connection: &mut Connection<DuplexStream>) -> (Duration, io::ErrorKind) {
        let start = Instant::now();
        let mut bytes = [0; 4096];
        let end = async {
            loop {
                match connection.read(&mut bytes).await {
                    Ok(0) => return io::ErrorKind::UnexpectedEof,
                    Ok(_) => {}
                    Err(error) => return error.kind(),
                }
            }
        };
        // Paused time runs on by itself: without a deadline of its own the connection would wait this long.
        let kind = tokio::time::timeout(Duration::from_secs(3600), end).await.unwrap_or(io::ErrorKind::Other);
        (start.elapsed(), kind)
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_says_nothing_is_let_go_after_the_heads_deadline() {
        let (_client, mut connection) = pair();
        assert_eq!(fate(&mut connection).await, (DEADLINES.head, io::ErrorKind::TimedOut));
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_a_second_buys_no_time() {
        let (mut client, mut connection) = pair();
        let drip = tokio::spawn(async move {
            for byte in b"\r\n\r\nGET / HTTP/1.1\r\nX: ".iter().cycle().take(60) {
                tokio::time::sleep(Duration::from_secs(1)).await;
                if client.write_all(&[*byte]).await.is_err() {
                    break;
                }
            }
        });
        let (took, kind) = fate(&mut connection).await;
        drip.abort();
        assert_eq!((took, kind), (DEADLINES.head, io::ErrorKind::TimedOut));
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_may_take_its_time_and_an_idle_client_may_not() {
        let (mut client, mut connection) = pair();
        client.write_all(HEAD).await.unwrap();
        let mut bytes = [0; 4096];
        assert_eq!(connection.read(&mut bytes).await.unwrap(), HEAD.len());
        assert!(tokio::time::timeout(Duration::from_secs(600), connection.read(&mut bytes)).await.is_err());
        connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        assert_eq!(fate(&mut connection).await, (DEADLINES.idle, io::ErrorKind::TimedOut));
    }

    #[tokio::test(start_paused = true)]
    async fn an_invitation_to_send_the_body_is_not_yet_an_answer() {
        let (mut client, mut connection) = pair();
        client.write_all(HEAD).await.unwrap();
        let mut bytes = [0; HEAD.len()];
        connection.read_exact(&mut bytes).await.unwrap();
        connection.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.unwrap();
        assert!(tokio::time::timeout(Duration::from_secs(600), connection.read(&mut bytes)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_take_its_answer_is_let_go() {
        let (_client, server) = duplex(8);
        let mut connection = Connection::new(server, DEADLINES, None);
        let start = Instant::now();
        let error = connection.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!((error.kind(), start.elapsed()), (io::ErrorKind::TimedOut, DEADLINES.write));
    }

    #[tokio::test(start_paused = true)]
    async fn an_endless_head_and_http_2_are_refused() {
        let (mut client, mut connection) = pair();
        client.write_all(&vec![b'a'; MOST_HEAD + 1]).await.unwrap();
        assert_eq!(fate(&mut connection).await.1, io::ErrorKind::InvalidData);
        let (mut client, mut connection) = pair();
        client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        assert_eq!(fate(&mut connection).await.1, io::ErrorKind::Unsupported);
    }
}
