//! From a relay's name to a stream on which its first word is its own.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::server::{Security, SmtpServer};
use super::{Roots, starttls};
use crate::mail::MailError;

/// What a relay may say to us over one mail. An honest one needs a few hundred bytes.
const MOST_HEARD: u64 = 256 * 1024;

/// After STARTTLS the relay does not greet again (RFC 3207, section 4.2), but the client of lettre waits for it.
const GREETING: &[u8] = b"220 secured\r\n";

/// A connection on which everything that will be heard is the relay's.
pub(super) async fn dial(server: &SmtpServer, hello: &str, roots: &Roots) -> Result<Box<Wire>, MailError> {
    let mut tcp =
        TcpStream::connect((server.host.as_str(), server.port)).await.map_err(MailError::Unreachable)?;
    let peer = tcp.peer_addr().map_err(MailError::Unreachable)?;
    match server.security {
        // `localhost` is what the machine's own files say it is.
        Security::Loopback if !peer.ip().is_loopback() => Err(MailError::NotLoopback),
        Security::Loopback => Ok(Wire::new(b"", tcp, peer)),
        Security::Implicit => Ok(Wire::new(b"", secured(server, roots, tcp).await?, peer)),
        Security::StartTls => {
            starttls::ask(&mut tcp, hello).await?;
            Ok(Wire::new(GREETING, secured(server, roots, tcp).await?, peer))
        }
    }
}

async fn secured(
    server: &SmtpServer,
    roots: &Roots,
    tcp: TcpStream,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, MailError> {
    let config = roots.0.clone().ok_or(MailError::NoTls)?;
    let name =
        ServerName::try_from(server.host.clone()).map_err(|error| MailError::Tls(io::Error::other(error)))?;
    TlsConnector::from(config).connect(name, tcp).await.map_err(MailError::Tls)
}

/// The stream as lettre wants it: bounded in what it reads, and beginning with words of our own if it needs them.
pub(super) struct Wire {
    read: Pin<Box<dyn AsyncRead + Send + Sync>>,
    write: Pin<Box<dyn AsyncWrite + Send + Sync>>,
    peer: SocketAddr,
}

impl Wire {
    fn new<S>(first: &'static [u8], stream: S, peer: SocketAddr) -> Box<Self>
    where
        S: AsyncRead + AsyncWrite + Send + Sync + 'static,
    {
        let (read, write) = tokio::io::split(stream);
        Box::new(Self { read: Box::pin(first.chain(read.take(MOST_HEARD))), write: Box::pin(write), peer })
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.read.as_mut().poll_read(context, into)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write.as_mut().poll_write(context, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write.as_mut().poll_shutdown(context)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wire({})", self.peer)
    }
}
