//! The application behind a real socket, because only a socket has a peer. On the loopback network anybody may be
//! any of sixteen million peers.

use std::net::{IpAddr, SocketAddr};

use poem::http::{HeaderMap, HeaderName, HeaderValue};
use poem::listener::TcpAcceptor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

use crate::client::{Answer, PREFIX};
use crate::world::{ORIGIN, World};

/// A listener, until it is dropped.
pub struct Listening {
    address: SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Listening {
    pub async fn to(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TcpAcceptor::from_tokio(listener).unwrap();
        let server = tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(world.app()));
        Self { address, server }
    }

    /// Sends a request from an address of the loopback network, below the workspaces' prefix.
    pub async fn ask(
        &self,
        from: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from.parse::<IpAddr>().unwrap(), 0)).unwrap();
        let mut stream = socket.connect(self.address).await.unwrap();
        let host = ORIGIN.trim_start_matches("http://");
        let mut head = format!(
            "{method} {PREFIX}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/json\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        answer(&String::from_utf8(bytes).unwrap())
    }
}

fn answer(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status").parse().unwrap();
    let headers: HeaderMap = lines
        .map(|line| line.split_once(": ").expect("a header"))
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap()))
        .collect();
    Answer { status, headers, text: body.to_owned(), bytes: body.as_bytes().to_vec() }
}
