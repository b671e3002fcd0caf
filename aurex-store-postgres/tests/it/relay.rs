//! A relay on the loopback address in front of the server. It writes down every request that the server answers, and at
//! the one that a test names it holds the answer back, loses it, or cuts the connection.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It arrives; its answer waits until the test goes on.
    AnswerHeld,
    /// It arrives; its answer does not, and the connection ends.
    AnswerLost,
    /// It does not arrive, and the connection ends.
    RequestLost,
}

/// How a server's answers go to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    Flow,
    Held,
    Lost,
}

struct State {
    /// The connection's number, and the text of a simple query or `Sync` for a prepared one.
    sent: Mutex<Vec<(usize, String)>>,
    /// At how many requests from now something happens, and what.
    planned: Mutex<Option<(usize, Fault)>>,
    /// How many planned faults have happened.
    happened: watch::Sender<usize>,
    /// How each connection's answers go.
    answers: Mutex<Vec<watch::Sender<Answers>>>,
}

/// A relay in front of a server.
pub struct Relay {
    /// The server's URL, by way of the relay.
    pub url: String,
    state: Arc<State>,
}

impl Relay {
    pub async fn before(url: &str) -> Self {
        let (login, place) = url.rsplit_once('@').unwrap();
        let (server, database) = place.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{login}@{}/{database}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            sent: Mutex::default(),
            planned: Mutex::default(),
            happened: watch::Sender::new(0),
            answers: Mutex::default(),
        });
        tokio::spawn(relay(listener, server.to_owned(), Arc::clone(&state)));
        Self { url, state }
    }

    /// What the connection that committed last sent from its opening message to its `COMMIT`: each is a round trip.
    pub fn last_turn(&self) -> Vec<String> {
        let sent = self.state.sent.lock().unwrap();
        let end = sent.iter().rposition(|(_, text)| text == "COMMIT").expect("somebody committed");
        let of = sent[end].0;
        let texts = || sent[..=end].iter().filter(|(conn, _)| *conn == of).map(|(_, text)| text.clone());
        let begin = texts().collect::<Vec<_>>().iter().rposition(|text| text.starts_with("BEGIN"));
        texts().skip(begin.expect("it had begun")).collect()
    }

    /// Drives `future` until it ends or the `nth` request from now, counted from one, has met its fault; then it is
    /// dropped where it is. `None` when it was.
    pub async fn until<T>(&self, nth: usize, fault: Fault, future: impl Future<Output = T>) -> Option<T> {
        let mut happened = self.plan(nth, fault);
        let ended = tokio::select! {
            biased;
            _ = happened.changed(), if fault == Fault::AnswerHeld => None,
            ended = future => Some(ended),
        };
        self.flow();
        ended
    }

    /// Drives `future` to its end, and answers the `nth` request from now, counted from one, never: when there is nothing
    /// left but to wait, time passes at once.
    pub async fn swallow<T>(&self, nth: usize, future: impl Future<Output = T>) -> T {
        let mut happened = self.plan(nth, Fault::AnswerHeld);
        let mut future = std::pin::pin!(future);
        tokio::select! {
            biased;
            _ = happened.changed() => {}
            _ = &mut future => panic!("it made fewer than {nth} requests"),
        }
        tokio::time::pause();
        let ended = future.await;
        tokio::time::resume();
        self.flow();
        ended
    }

    /// Plans a fault; what is answered changes when it happens.
    pub fn plan(&self, nth: usize, fault: Fault) -> watch::Receiver<usize> {
        *self.state.planned.lock().unwrap() = Some((nth, fault));
        self.state.happened.subscribe()
    }

    /// From now on everything arrives.
    pub fn flow(&self) {
        *self.state.planned.lock().unwrap() = None;
        for answers in &*self.state.answers.lock().unwrap() {
            answers.send_replace(Answers::Flow);
        }
    }
}

async fn relay(listener: TcpListener, server: String, state: Arc<State>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(&server).await.unwrap();
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let how = watch::Sender::new(Answers::Flow);
        tokio::spawn(answers(from_server, to_client, how.subscribe()));
        let mut connections = state.answers.lock().unwrap();
        connections.push(how);
        tokio::spawn(requests(connections.len() - 1, from_client, to_server, Arc::clone(&state)));
    }
}

/// Hands requests on (<https://www.postgresql.org/docs/current/protocol-message-formats.html>) until one side closes.
async fn requests(
    conn: usize,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: Arc<State>,
) -> std::io::Result<()> {
    const SSL_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
    // The messages that begin a connection carry no kind.
    let mut has_begun = false;
    loop {
        let kind = if has_begun { Some(from.read_u8().await?) } else { None };
        let length = from.read_u32().await?;
        let mut body = vec![0; usize::try_from(length).unwrap() - 4];
        from.read_exact(&mut body).await?;
        let request = match kind {
            Some(b'Q') => Some(String::from_utf8_lossy(&body).trim_end_matches('\0').to_owned()),
            Some(b'S') => Some("Sync".to_owned()),
            _ => None,
        };
        has_begun |= kind.is_none() && body != SSL_REQUEST;
        let fault = request.and_then(|text| {
            state.sent.lock().unwrap().push((conn, text));
            let mut planned = state.planned.lock().unwrap();
            let (nth, fault) = planned.take()?;
            if nth > 1 {
                *planned = Some((nth - 1, fault));
                return None;
            }
            Some(fault)
        });
        let how = match fault {
            Some(Fault::RequestLost) => return Ok(()),
            Some(Fault::AnswerHeld) => Answers::Held,
            Some(Fault::AnswerLost) => Answers::Lost,
            None => Answers::Flow,
        };
        if fault.is_some() {
            state.answers.lock().unwrap()[conn].send_replace(how);
        }
        let mut message = Vec::from_iter(kind);
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(&body);
        to.write_all(&message).await?;
        if fault.is_some() {
            state.happened.send_modify(|times| *times += 1);
        }
    }
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut how: watch::Receiver<Answers>,
) -> std::io::Result<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let some = from.read(&mut bytes).await?;
        let Ok(how) = how.wait_for(|how| *how != Answers::Held).await.map(|how| *how) else { return Ok(()) };
        if some == 0 || how == Answers::Lost {
            return Ok(());
        }
        to.write_all(&bytes[..some]).await?;
    }
}
