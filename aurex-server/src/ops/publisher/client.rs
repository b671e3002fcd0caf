//! One request to a witness: a connection, a `POST`, an answer of at most a few kilobytes. A witness is asked every few
//! seconds at most, so that no client that keeps connections is worth its dependencies.

use std::io;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::config::WitnessUrl;
use crate::mail::Roots;

/// What a witness may say. An honest one needs a few hundred bytes.
const MOST_HEARD: u64 = 64 * 1024;

/// What was answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

pub(super) async fn post(url: &WitnessUrl, path: &str, body: &str, roots: &Roots) -> io::Result<Answer> {
    let tcp = TcpStream::connect((url.host.as_str(), url.port)).await?;
    let host = if url.host.contains(':') { format!("[{}]", url.host) } else { url.host.clone() };
    let request = format!(
        "POST {}{path} HTTP/1.1\r\nHost: {host}:{}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        url.path,
        url.port,
        body.len()
    );
    if !url.tls {
        return exchange(tcp, &request).await;
    }
    let config = roots.config().ok_or_else(|| io::Error::other("TLS is not set up"))?;
    let name = ServerName::try_from(url.host.clone()).map_err(io::Error::other)?;
    exchange(TlsConnector::from(Arc::clone(config)).connect(name, tcp).await?, &request).await
}

async fn exchange(mut wire: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> io::Result<Answer> {
    wire.write_all(request.as_bytes()).await?;
    wire.flush().await?;
    let mut heard = Vec::new();
    let mut wire = wire.take(MOST_HEARD);
    let ended = wire.read_to_end(&mut heard).await;
    // Many servers end TLS without saying so; whether the answer is whole its length says.
    ended.map(drop).or_else(|error| if heard.is_empty() { Err(error) } else { Ok(()) })?;
    read(&heard)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP, or not whole"))
}

/// Reads an answer: with its length, in chunks, or up to the connection's end.
fn read(heard: &[u8]) -> Option<Answer> {
    let text = std::str::from_utf8(heard).ok()?;
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.splitn(3, ' ');
    first.next().filter(|version| version.starts_with("HTTP/1."))?;
    let status = first.next()?.parse().ok()?;
    let headers: Vec<(String, &str)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .collect();
    let header = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
    let body = match (header("transfer-encoding"), header("content-length")) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => unchunked(rest)?,
        (Some(_), _) => return None,
        (None, Some(length)) => rest.get(..length.parse().ok()?)?.to_owned(),
        (None, None) => rest.to_owned(),
    };
    Some(Answer { status, body })
}

fn unchunked(mut rest: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (size, after) = rest.split_once("\r\n")?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.push_str(after.get(..size)?);
        rest = after.get(size..)?.strip_prefix("\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_whole_or_not_at_all() {
        let of = |text: &str| read(text.as_bytes()).map(|answer| (answer.status, answer.body));
        let said = |status, body: &str| Some((status, body.to_owned()));
        assert_eq!(of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd"), said(200, "abc"));
        assert_eq!(of("HTTP/1.1 409 Conflict\r\n\r\n12\n"), said(409, "12\n"));
        let chunks =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n";
        assert_eq!(of(chunks), said(200, "abcd"));
        for bad in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n",
        ] {
            assert_eq!(of(bad), None, "{bad:?}");
        }
    }
}
