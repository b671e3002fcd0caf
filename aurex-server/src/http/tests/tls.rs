//! The listener's own TLS, with handshakes as clients make them: what is spoken, what is refused, what every answer
//! over it carries.

use aurex_core::time::Clock as _;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use rustls::version::{TLS12, TLS13};
use rustls::{
    CipherSuite, ClientConfig, NamedGroup, ProtocolVersion, RootCertStore, SupportedProtocolVersion,
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::sockets::{Running, start_as};
use super::*;
use crate::config::Tls;
use crate::http::acceptor::{Certificate, Deadlines};
use crate::ops::{machine::SystemClock, tls};

/// A certificate for the loopback address, and a client's trust in it.
pub(super) struct Trust {
    folder: TempDir,
    pub(super) certificate: Certificate,
}

impl Trust {
    pub(super) fn made() -> Self {
        let folder = TempDir::new().unwrap();
        let own = tls::open(&Tls::SelfSigned, folder.path(), SystemClock.now()).unwrap().unwrap();
        Self { folder, certificate: own.certificate }
    }

    /// A client that trusts it, with this provider and these versions.
    fn client(
        &self,
        provider: CryptoProvider,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ClientConfig {
        let pem = std::fs::read(self.folder.path().join("tls/self-signed.pem")).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
        ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    pub(super) fn any_client(&self) -> ClientConfig {
        self.client(ring::default_provider(), &[&TLS13, &TLS12])
    }
}

pub(super) fn name() -> ServerName<'static> {
    "127.0.0.1".try_into().unwrap()
}

async fn start(trust: &Trust) -> Running {
    let certificate = trust.certificate.clone();
    start_as("https", Deadlines::default(), |acceptor| acceptor.over_tls(certificate)).await
}

async fn shake(running: &Running, client: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
    TlsConnector::from(Arc::new(client)).connect(name(), running.connect().await).await
}

/// Sends one request and reads until the server closes.
async fn ask_over(stream: &mut TlsStream<TcpStream>, head: &str) -> String {
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn get(path: &str, running: &Running) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", running.address)
}

#[tokio::test]
async fn asvs_v12_1_1_tls_1_3_and_1_2_are_spoken_the_newest_first() {
    let trust = Trust::made();
    let running = start(&trust).await;
    for (offered, spoken) in [
        (&[&TLS13] as &[_], ProtocolVersion::TLSv1_3),
        (&[&TLS12], ProtocolVersion::TLSv1_2),
        (&[&TLS12, &TLS13], ProtocolVersion::TLSv1_3),
    ] {
        let mut stream = shake(&running, trust.client(ring::default_provider(), offered)).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(spoken));
        let answer = ask_over(&mut stream, &get("/healthz", &running)).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
    running.stop().await;
}

/// A `ClientHello` as an old or a careless client sends it, without `supported_versions` (RFC 5246, section 7.4.1.2).
fn client_hello(version: u16, suites: &[u16]) -> Vec<u8> {
    let list = |items: &[u16]| items.iter().flat_map(|item| item.to_be_bytes()).collect::<Vec<u8>>();
    let short = |bytes: &[u8]| [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    let extension = |kind: u16, contents: &[u8]| [&kind.to_be_bytes(), &short(contents)[..]].concat();
    let extensions = [
        extension(10, &short(&list(&[29, 23]))),
        extension(11, &[1, 0]),
        extension(13, &short(&list(&[0x0403, 0x0804, 0x0401, 0x0201]))),
        extension(23, &[]),
    ]
    .concat();
    let random = [7; 32];
    let body =
        [&version.to_be_bytes()[..], &random, &[0], &short(&list(suites)), &[1, 0], &short(&extensions)]
            .concat();
    let handshake = [&[1, 0], &short(&body)[..]].concat();
    [&[0x16, 3, 1], &short(&handshake)[..]].concat()
}

/// What the server answers it with: the kind of the record, and of an alert what it says.
async fn reply(running: &Running, hello: &[u8]) -> (u8, Option<u8>) {
    let mut stream = running.connect().await;
    stream.write_all(hello).await.unwrap();
    let mut record = [0; 7];
    stream.read_exact(&mut record).await.unwrap();
    let alert = record[0] == 0x15;
    if alert {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, [0_u8; 0]);
    }
    (record[0], alert.then_some(record[6]))
}

const ECDHE_ECDSA_AES_128_GCM: u16 = 0xc02b;
const HANDSHAKE: (u8, Option<u8>) = (0x16, None);
const PROTOCOL_VERSION: (u8, Option<u8>) = (0x15, Some(70));
const HANDSHAKE_FAILURE: (u8, Option<u8>) = (0x15, Some(40));

#[tokio::test]
async fn asvs_v12_1_1_older_versions_are_refused() {
    let running = start(&Trust::made()).await;
    // TLS 1.2 by the same hand: what is refused below is the version.
    assert_eq!(reply(&running, &client_hello(0x0303, &[ECDHE_ECDSA_AES_128_GCM])).await, HANDSHAKE);
    for old in [0x0302, 0x0301, 0x0300] {
        let hello = client_hello(old, &[ECDHE_ECDSA_AES_128_GCM, 0xc009, 0x002f]);
        assert_eq!(reply(&running, &hello).await, PROTOCOL_VERSION, "{old:x}");
    }
    running.stop().await;
}

#[tokio::test]
async fn asvs_v12_1_2_suites_without_forward_secrecy_or_authenticated_encryption_are_refused() {
    let running = start(&Trust::made()).await;
    for (suite, why) in [
        (0x009c, "RSA with AES-128-GCM: no forward secrecy"),
        (0x002f, "RSA with AES-128-CBC"),
        (0xc009, "ECDHE with AES-128-CBC: no authenticated encryption"),
        (0xc023, "ECDHE with AES-128-CBC and SHA-256"),
        (0xc0ac, "ECDHE with AES-128-CCM"),
        (0xc008, "ECDHE with 3DES"),
        (0xc007, "ECDHE with RC4"),
        (0xc006, "ECDHE without encryption"),
        (0xc018, "ECDH with nobody's key"),
    ] {
        assert_eq!(reply(&running, &client_hello(0x0303, &[suite])).await, HANDSHAKE_FAILURE, "{why}");
    }
    running.stop().await;
}

#[tokio::test]
async fn asvs_v12_1_2_v11_6_2_every_suite_and_exchange_that_is_offered_works_and_no_other() {
    let trust = Trust::made();
    let running = start(&trust).await;
    let mut spoken = Vec::new();
    for suite in ring::ALL_CIPHER_SUITES {
        let provider = CryptoProvider { cipher_suites: vec![*suite], ..ring::default_provider() };
        let version = suite.version();
        if shake(&running, trust.client(provider, &[version])).await.is_ok() {
            spoken.push(suite.suite());
        }
    }
    // The certificate's key is of the curve P-256, so those for RSA have no use for it.
    assert_eq!(
        spoken,
        [
            CipherSuite::TLS13_AES_256_GCM_SHA384,
            CipherSuite::TLS13_AES_128_GCM_SHA256,
            CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
    );
    for version in [&TLS12, &TLS13] {
        let mut exchanged = Vec::new();
        for group in ring::ALL_KX_GROUPS {
            let provider = CryptoProvider { kx_groups: vec![*group], ..ring::default_provider() };
            if shake(&running, trust.client(provider, &[version])).await.is_ok() {
                exchanged.push(group.name());
            }
        }
        assert_eq!(exchanged, [NamedGroup::X25519, NamedGroup::secp256r1]);
    }
    running.stop().await;
}

#[tokio::test]
async fn http_1_1_is_agreed_on_and_http_2_alone_is_refused() {
    let trust = Trust::made();
    let running = start(&trust).await;
    let offering = |protocols: &[&str]| {
        let mut client = trust.client(ring::default_provider(), &[&TLS13]);
        client.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        client
    };
    let stream = shake(&running, offering(&["h2", "http/1.1"])).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let refused = shake(&running, offering(&["h2"])).await.unwrap_err().to_string();
    assert!(refused.contains("NoApplicationProtocol"), "{refused}");
    // And who sends it without having asked is cut off.
    let mut stream = shake(&running, offering(&[])).await.unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{answer:?}");
    running.stop().await;
}

#[tokio::test]
async fn asvs_v12_2_1_plain_http_to_the_tls_port_gets_no_data() {
    let running = start(&Trust::made()).await;
    let answer = running.exchange(get("/healthz", &running).as_bytes()).await;
    assert!(!answer.contains("HTTP") && !answer.contains("alive"), "{answer:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_know_the_certificate_turns_away() {
    let running = start(&Trust::made()).await;
    let refused =
        shake(&running, Trust::made().client(ring::default_provider(), &[&TLS13])).await.unwrap_err();
    assert!(refused.to_string().contains("invalid peer certificate"), "{refused}");
    running.stop().await;
}

#[tokio::test]
async fn asvs_v3_4_1_every_answer_over_tls_is_strict() {
    let trust = Trust::made();
    let running = start(&trust).await;
    let host = running.address;
    let post = format!(
        "POST /page HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    for (request, status) in [
        (get("/page", &running), 200),
        (get("/moved", &running), 308),
        (get("/nothing", &running), 404),
        (post, 405),
        (get("/api/v1/workspaces/acme/act/panic", &running), 500),
    ] {
        let mut stream = shake(&running, trust.client(ring::default_provider(), &[&TLS13])).await.unwrap();
        let answer = ask_over(&mut stream, &request).await.to_lowercase();
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{answer}");
        assert!(answer.contains("\r\nstrict-transport-security: max-age=63072000\r\n"), "{answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn clients_that_stall_in_their_handshake_keep_nobody_from_being_served() {
    let trust = Trust::made();
    let running = start(&trust).await;
    let mut stalled = Vec::new();
    for hello in [&[][..], &[0x16], &client_hello(0x0303, &[ECDHE_ECDSA_AES_128_GCM])[..60]] {
        for _ in 0..10 {
            let mut stream = running.connect().await;
            stream.write_all(hello).await.unwrap();
            stalled.push(stream);
        }
    }
    let mut stream = shake(&running, trust.any_client()).await.unwrap();
    let answer = ask_over(&mut stream, &get("/healthz", &running)).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    drop(stalled);
    running.stop().await;
}

/// Plain HTTP on a socket, beside TLS: what matters here is that nothing more is read.
#[tokio::test]
async fn asvs_v4_1_2_a_body_in_the_clear_is_not_read() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let plain = crate::http::plain::Plain {
        origins: Origins::new(["https://127.0.0.1:8443".parse().unwrap()]),
        ports: vec![8443],
        acme_webroot: None,
        trusted_proxies: TrustedProxies::default(),
        entropy: Arc::new(|bytes| bytes.fill(7)),
    };
    let acceptor = poem::listener::TcpAcceptor::from_tokio(listener).unwrap();
    let acceptor = crate::http::acceptor::BoundedAcceptor::new(acceptor, 8, Deadlines::default());
    let server = tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(plain));
    for (request, status) in [
        ("POST /api/v1/workspaces/acme/sessions HTTP/1.1", 403),
        ("POST / HTTP/1.1", 403),
        ("GET / HTTP/1.1", 308),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "{request}\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\
             Expect: 100-continue\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The body is never sent: the answer comes nevertheless, without an invitation, and the connection ends.
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let answer = answer.to_lowercase();
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        assert_eq!(answer.contains("\r\nlocation: https://127.0.0.1:8443/\r\n"), status == 308, "{answer}");
        assert!(!answer.contains("strict-transport-security"), "{answer}");
    }
    server.abort();
}
