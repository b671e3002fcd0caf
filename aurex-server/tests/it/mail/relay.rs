//! A relay on the loopback address that keeps what it is given, and answers as a test tells it to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::captured::Captured;

/// How a relay protects its connections.
#[derive(Clone)]
pub enum Security {
    /// Not at all.
    Plain,
    /// After `STARTTLS`.
    StartTls(Arc<ServerConfig>),
    /// From the first byte.
    Implicit(Arc<ServerConfig>),
}

/// A relay that runs until it is dropped.
pub struct Relay {
    port: u16,
    kept: Arc<Mutex<Vec<Captured>>>,
    heard: Arc<Mutex<Vec<String>>>,
    _running: JoinSet<()>,
}

impl Relay {
    /// A relay that takes everything.
    pub async fn start(security: Security) -> Self {
        Self::answering(security, &[]).await
    }

    /// A relay that answers these commands so (`("RCPT", "550 5.1.1 nobody here")`); `.` is the end of a mail, and an
    /// empty answer hangs up.
    pub async fn answering(security: Security, answers: &[(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (kept, heard) = (Arc::<Mutex<Vec<Captured>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let talk = Talk {
            answers: answers.iter().copied().collect(),
            kept: Arc::clone(&kept),
            heard: Arc::clone(&heard),
        };
        let mut running = JoinSet::new();
        running.spawn(async move {
            let mut talks = JoinSet::new();
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                talks.spawn(talk.clone().with(tcp, security.clone()));
            }
        });
        Self { port, kept, heard, _running: running }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The mails so far.
    pub fn mails(&self) -> Vec<Captured> {
        self.kept.lock().unwrap().clone()
    }

    /// The one mail.
    pub fn mail(&self) -> Captured {
        let mails = self.mails();
        assert_eq!(mails.len(), 1);
        mails.into_iter().next().unwrap()
    }

    /// Every line that was said outside TLS.
    pub fn overheard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

#[derive(Clone)]
struct Talk {
    answers: HashMap<&'static str, &'static str>,
    kept: Arc<Mutex<Vec<Captured>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

/// What came of a conversation.
enum Next {
    HungUp,
    StartTls,
}

impl Talk {
    async fn with(self, mut tcp: TcpStream, security: Security) {
        match security {
            Security::Plain => {
                self.talk(&mut tcp, false, true, "").await;
            }
            Security::Implicit(config) => {
                if let Ok(mut tls) = TlsAcceptor::from(config).accept(tcp).await {
                    self.talk(&mut tls, true, true, "").await;
                }
            }
            Security::StartTls(config) => {
                if matches!(self.talk(&mut tcp, false, true, "STARTTLS").await, Next::StartTls)
                    && let Ok(mut tls) = TlsAcceptor::from(config).accept(tcp).await
                {
                    self.talk(&mut tls, true, false, "").await;
                }
            }
        }
    }

    async fn talk<S>(&self, stream: &mut S, tls: bool, greets: bool, offers: &str) -> Next
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = BufReader::new(stream);
        let mut mail = Captured {
            tls,
            hello: String::new(),
            signed_in: None,
            from: String::new(),
            to: Vec::new(),
            data: Vec::new(),
        };
        if greets && !say(&mut stream, self.answers.get("").unwrap_or(&"220 relay.test ready")).await {
            return Next::HungUp;
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return Next::HungUp;
            }
            let line = line.trim_end();
            if !tls {
                self.heard.lock().unwrap().push(line.to_owned());
            }
            let verb = line.split(' ').next().unwrap().to_ascii_uppercase();
            let told = self.answers.get(verb.as_str()).copied();
            let standard = match verb.as_str() {
                "EHLO" => {
                    mail.hello = line.split_once(' ').unwrap().1.to_owned();
                    match offers {
                        "" => "250-relay.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN".to_owned(),
                        offers => format!("250-relay.test\r\n250-8BITMIME\r\n250 {offers}"),
                    }
                }
                "STARTTLS" => "220 go ahead".to_owned(),
                "AUTH" => {
                    mail.signed_in = told.is_none().then(|| plain(line));
                    "235 welcome".to_owned()
                }
                "MAIL" => {
                    mail.from = addressed(line);
                    "250 ok".to_owned()
                }
                "RCPT" => {
                    mail.to.push(addressed(line));
                    "250 ok".to_owned()
                }
                "DATA" => "354 go on".to_owned(),
                "QUIT" => "221 bye".to_owned(),
                _ => "502 what?".to_owned(),
            };
            let answer = told.unwrap_or(&standard);
            if !say(&mut stream, answer).await || verb == "QUIT" {
                return Next::HungUp;
            }
            if verb == "STARTTLS" && answer.starts_with("220") {
                return Next::StartTls;
            }
            if verb == "DATA" && answer.starts_with("354") {
                mail.data = data(&mut stream).await;
                let answer = self.answers.get(".").copied().unwrap_or("250 taken");
                if answer.is_empty() || answer.starts_with('2') {
                    self.kept.lock().unwrap().push(mail.clone());
                }
                if !say(&mut stream, answer).await {
                    return Next::HungUp;
                }
            }
        }
    }
}

/// Says it; an empty answer hangs up.
async fn say<S: AsyncWrite + Unpin>(stream: &mut S, answer: &str) -> bool {
    !answer.is_empty() && stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_ok()
}

/// Up to the line with a dot alone, the dots before others taken away (RFC 5321, section 4.5.2).
async fn data<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Vec<u8> {
    let mut data = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
            return data;
        }
        assert!(line.ends_with(b"\r\n"), "a line ends as SMTP wants it");
        assert!(line.len() <= 1000, "a line is no longer than RFC 5321 allows");
        if line == b".\r\n" {
            return data;
        }
        data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn addressed(line: &str) -> String {
    line.split_once('<').unwrap().1.split_once('>').unwrap().0.to_owned()
}

/// User and password of `AUTH PLAIN` (RFC 4616).
fn plain(line: &str) -> (String, String) {
    let said = base64::engine::general_purpose::STANDARD.decode(line.rsplit(' ').next().unwrap()).unwrap();
    let said = String::from_utf8(said).unwrap();
    let mut parts = said.split('\0').skip(1).map(str::to_owned);
    (parts.next().unwrap(), parts.next().unwrap())
}
