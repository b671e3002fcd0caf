//! A certificate that is renewed while clients are connected, and what a responder said of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use aurex_core::time::Timestamp;
use rcgen::{CertificateParams, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::sockets::{Running, start_as};
use super::tls::name;
use super::*;
use crate::config::TlsFiles;
use crate::http::acceptor::Deadlines;
use crate::ops::tls::{Looked, Renewal};

/// A client that believes everybody and remembers what it was shown. The signature is checked all the same.
#[derive(Debug)]
struct Shown {
    provider: CryptoProvider,
    certificate: Mutex<Vec<u8>>,
    staple: Mutex<Vec<u8>>,
}

impl ServerCertVerifier for Shown {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _chain: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        staple: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.certificate.lock().unwrap() = certificate.to_vec();
        *self.staple.lock().unwrap() = staple.to_vec();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// A connection, the certificate that was shown in its handshake and the OCSP response that came along.
async fn connect(
    running: &Running,
    version: &'static SupportedProtocolVersion,
) -> (TlsStream<TcpStream>, Vec<u8>, Vec<u8>) {
    let shown = Arc::new(Shown {
        provider: ring::default_provider(),
        certificate: Mutex::default(),
        staple: Mutex::default(),
    });
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&shown) as _)
        .with_no_client_auth();
    let wire = running.connect().await;
    let stream = TlsConnector::from(Arc::new(client)).connect(name(), wire).await.unwrap();
    let (certificate, staple) =
        (shown.certificate.lock().unwrap().clone(), shown.staple.lock().unwrap().clone());
    (stream, certificate, staple)
}

fn put(path: &Path, text: impl AsRef<[u8]>) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Puts a new pair into the files; the certificate in DER.
fn renew(files: &TlsFiles) -> Vec<u8> {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    put(&files.cert, certificate.pem());
    put(&files.key, key.serialize_pem());
    certificate.der().to_vec()
}

struct Rig {
    running: Running,
    renewal: Renewal,
    files: TlsFiles,
    first: Vec<u8>,
    _folder: TempDir,
}

async fn rig(ocsp: Option<&[u8]>) -> Rig {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    let files = TlsFiles {
        cert: at("chain.pem"),
        key: at("key.pem"),
        ocsp: ocsp.map(|_| at("staple.der")),
        client_ca: None,
    };
    let first = renew(&files);
    if let (Some(path), Some(staple)) = (&files.ocsp, ocsp) {
        put(path, staple);
    }
    let now = Timestamp::parse("2026-11-23T04:30:00Z").unwrap();
    let (renewal, certificate) = Renewal::open(files.clone(), now).unwrap();
    let running = start_as("https", Deadlines::default(), |acceptor| acceptor.over_tls(certificate)).await;
    Rig { running, renewal, files, first, _folder: folder }
}

/// A request on a connection that stays open.
async fn ask_on(stream: &mut TlsStream<TcpStream>, running: &Running) {
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", running.address);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"{\"status\":\"alive\"}") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
    }
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
}

#[tokio::test]
async fn the_next_client_is_shown_a_renewed_certificate_and_who_is_connected_stays() {
    let Rig { running, mut renewal, files, first, _folder } = rig(None).await;
    let (mut before, shown, _) = connect(&running, &TLS13).await;
    assert_eq!(shown, first);
    ask_on(&mut before, &running).await;

    let second = renew(&files);
    assert!(matches!(renewal.look(), Looked::Renewed));
    let (mut after, shown, _) = connect(&running, &TLS13).await;
    assert_eq!(shown, second);
    ask_on(&mut after, &running).await;
    ask_on(&mut before, &running).await;
    drop((before, after));
    running.stop().await;
}

#[tokio::test]
async fn a_broken_renewal_leaves_the_old_certificate_in_force() {
    let Rig { running, mut renewal, files, first, _folder } = rig(None).await;
    renew(&files);
    put(&files.key, "-----BEGIN PRIVATE KEY-----\n");
    assert!(matches!(renewal.look(), Looked::Refused(_)));
    let (mut stream, shown, _) = connect(&running, &TLS13).await;
    assert_eq!(shown, first);
    ask_on(&mut stream, &running).await;
    drop(stream);
    running.stop().await;
}

#[tokio::test]
async fn asvs_v12_1_4_an_ocsp_response_that_is_given_is_sent_along_and_renewed() {
    // What it says is for the client to judge: here only that it comes through whole.
    let (said, later) = (&[0x30, 5, 0x0a, 1, 0, 5, 0][..], &[0x30, 6, 0x0a, 1, 0, 4, 1, 7][..]);
    let Rig { running, mut renewal, files, first: _, _folder } = rig(Some(said)).await;
    for version in [&TLS12, &TLS13] {
        let (stream, _, staple) = connect(&running, version).await;
        assert_eq!(staple, said);
        drop(stream);
    }
    put(files.ocsp.as_ref().unwrap(), later);
    assert!(matches!(renewal.look(), Looked::Renewed));
    let (stream, _, staple) = connect(&running, &TLS13).await;
    assert_eq!(staple, later);
    drop(stream);
    running.stop().await;

    let without = rig(None).await;
    let (stream, _, staple) = connect(&without.running, &TLS13).await;
    assert_eq!(staple, [0_u8; 0]);
    drop(stream);
    without.running.stop().await;
}
