//! A stream that speaks TLS once its handshake is done.
//!
//! The handshake is made by whoever reads first, not by whoever accepts: one client that stalls in it must not keep the
//! next from being accepted. It has a deadline of its own, from the moment the connection was accepted.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{Accept, TlsAcceptor};

/// A client's stream under TLS.
pub struct Handshake<S>(State<S>);

enum State<S> {
    Shaking { accept: Box<Accept<S>>, deadline: Pin<Box<Sleep>> },
    Open(Box<TlsStream<S>>),
    Broken,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Handshake<S> {
    /// A stream whose handshake is still to come, and how long that may take.
    #[must_use]
    pub fn new(acceptor: &TlsAcceptor, stream: S, within: Duration) -> Self {
        let deadline = Box::pin(tokio::time::sleep(within));
        Self(State::Shaking { accept: Box::new(acceptor.accept(stream)), deadline })
    }

    /// The stream, as soon as the handshake is done.
    fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Pin<&mut TlsStream<S>>>> {
        if let State::Shaking { accept, deadline } = &mut self.0 {
            // The deadline is asked first: a client that always has one more byte ready does not outrun it.
            let outcome = if deadline.as_mut().poll(context).is_ready() {
                Err(io::ErrorKind::TimedOut.into())
            } else {
                ready!(Pin::new(accept.as_mut()).poll(context))
            };
            match outcome {
                Ok(stream) => self.0 = State::Open(Box::new(stream)),
                Err(error) => {
                    tracing::debug!(%error, "a TLS handshake failed");
                    self.0 = State::Broken;
                    return Poll::Ready(Err(error));
                }
            }
        }
        Poll::Ready(match &mut self.0 {
            State::Open(stream) => Ok(Pin::new(stream.as_mut())),
            State::Shaking { .. } | State::Broken => Err(io::ErrorKind::NotConnected.into()),
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Handshake<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.get_mut().poll_open(context))?.poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Handshake<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.get_mut().poll_open(context))?.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            State::Open(stream) => Pin::new(stream.as_mut()).poll_flush(context),
            // Nothing was written yet.
            State::Shaking { .. } | State::Broken => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            State::Open(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
            // Who hangs up in the middle of a handshake owes no farewell; dropping the stream closes it.
            State::Shaking { .. } | State::Broken => Poll::Ready(Ok(())),
        }
    }
}
