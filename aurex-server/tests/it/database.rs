//! The way to PostgreSQL: who can listen, and who can pass for the database. Nobody. What answers here speaks the first
//! two messages of the protocol alone (PostgreSQL's documentation, “Message Flow”, SSL Session Encryption).

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use aurex_store_postgres::{PostgresOptions, PostgresStore};
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::mail::certificates::Authority;

/// `SSLRequest`: its length, and the number in a version's place.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Somebody who answers at a port, and what was said there: nothing but the question for TLS, unless TLS was agreed on.
struct Pretender {
    port: u16,
    heard: oneshot::Receiver<Vec<u8>>,
}

impl Pretender {
    /// With a certificate, or without TLS.
    async fn answering(certificate: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (say, heard) = oneshot::channel();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 8];
            stream.read_exact(&mut asked).await.unwrap();
            assert_eq!(asked, SSL_REQUEST);
            let mut heard = vec![0; 1024];
            let length = match certificate {
                None => {
                    stream.write_all(b"N").await.unwrap();
                    stream.read(&mut heard).await.unwrap_or_default()
                }
                Some(config) => {
                    stream.write_all(b"S").await.unwrap();
                    match TlsAcceptor::from(config).accept(stream).await {
                        Ok(mut stream) => stream.read(&mut heard).await.unwrap_or_default(),
                        Err(_) => 0,
                    }
                }
            };
            heard.truncate(length);
            _ = say.send(heard);
        });
        Self { port, heard }
    }

    fn url(&self, more: &str) -> String {
        format!("postgres://meena:s3cret@localhost:{}/shops?{more}", self.port)
    }
}

/// What a server that serves from there hears of it.
async fn heard_by(certificate: Option<Arc<ServerConfig>>, more: &str) -> String {
    let pretender = Pretender::answering(certificate).await;
    let opened = PostgresStore::open(&pretender.url(more), PostgresOptions::default()).await;
    let error = opened.err().expect("nobody there is a database").to_string();
    assert!(!error.contains("s3cret"), "{error}");
    String::from_utf8_lossy(&pretender.heard.await.unwrap()).into_owned()
}

#[tokio::test]
async fn asvs_v12_3_1_v12_3_2_a_database_that_cannot_prove_itself_hears_not_even_who_asks() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let ca = ours.file();
    let full = format!("sslmode=verify-full&sslrootcert={}", ca.path().display());
    for (why, certificate) in [
        ("no TLS", None),
        ("another authority", Some(theirs.relay("localhost"))),
        ("another name", Some(ours.relay("db.example"))),
        ("long over", Some(ours.relay_until("localhost", (2021, 1, 1)))),
    ] {
        assert_eq!(heard_by(certificate, &full).await, "", "{why}");
    }
    // And the one that can is told the user, under TLS.
    let heard = heard_by(Some(ours.relay("localhost")), &full).await;
    assert!(heard.contains("user\0meena\0") && heard.contains("database\0shops\0"), "{heard:?}");
}

/// What is heard of the binary, where these are the only authorities that the machine knows.
async fn heard_of_the_binary(certificate: Arc<ServerConfig>, known: &Path) -> String {
    let pretender = Pretender::answering(Some(certificate)).await;
    let data = tempfile::tempdir().unwrap();
    let mut migrate = Command::new(env!("CARGO_BIN_EXE_aurex-server"));
    migrate
        .env_clear()
        .env("AUREX_DATA_DIR", data.path())
        .env("AUREX_DATABASE_URL", pretender.url("sslmode=verify-full"))
        .env("SSL_CERT_FILE", known)
        .arg("migrate");
    let output = tokio::task::spawn_blocking(move || migrate.output().unwrap()).await.unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&pretender.heard.await.unwrap()).into_owned()
}

#[tokio::test]
async fn asvs_v12_3_4_with_a_file_of_authorities_no_other_counts_for_the_database() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (known, other) = (ours.file(), theirs.file());
    assert!(heard_of_the_binary(ours.relay("localhost"), known.path()).await.contains("user\0meena\0"));
    assert_eq!(heard_of_the_binary(ours.relay("localhost"), other.path()).await, "");
}
