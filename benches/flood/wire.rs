//! HTTP/1.1 as thin as a load generator wants it: one keep-alive connection, a request out, an answer in.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};

/// An answer that was read to its end.
pub struct Answer {
    pub status: u16,
    /// The head, as it came.
    pub head: String,
    pub body: Vec<u8>,
}

/// A connection from one address of the loopback network.
pub struct Wire {
    stream: BufReader<TcpStream>,
    host: SocketAddr,
}

impl Wire {
    pub async fn open(host: SocketAddr, from: IpAddr) -> std::io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(from, 0))?;
        let stream = socket.connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), host })
    }

    /// Sends a request with these lines in its head, each ended by CR LF.
    pub async fn ask(
        &mut self,
        method: &str,
        path: &str,
        lines: &str,
        body: &str,
    ) -> std::io::Result<Answer> {
        let Self { stream, host } = self;
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             {lines}\r\n{body}",
            body.len()
        );
        stream.write_all(text.as_bytes()).await?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let mut body = vec![0; length.unwrap_or_default()];
        stream.read_exact(&mut body).await?;
        Ok(Answer { status: status.unwrap_or_default(), head, body })
    }
}

/// Waits until a moment that lies so far ahead, or not at all.
pub async fn until(moment: tokio::time::Instant) {
    if moment.saturating_duration_since(tokio::time::Instant::now()) > Duration::ZERO {
        tokio::time::sleep_until(moment).await;
    }
}
