//! A listener that is pulled from by one edge alone: who shows no certificate of the edge's authority gets no further
//! than the handshake.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use aurex_core::time::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;

use super::sockets::{Running, start_as};
use super::tls::name;
use super::*;
use crate::config::TlsFiles;
use crate::http::acceptor::Deadlines;
use crate::ops::tls::{Looked, Renewal};

/// An authority for certificates of edges.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, to be shown.
type Shown = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// An edge's certificate, for a use and to the end of a year.
    fn signs(&self, purpose: ExtendedKeyUsagePurpose, last_year: i32) -> Shown {
        let mut params = CertificateParams::new(["edge.example".to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(last_year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
    }
}

struct Rig {
    running: Running,
    renewal: Renewal,
    files: TlsFiles,
    roots: RootCertStore,
    _folder: TempDir,
}

fn put(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

async fn rig(authority: &Authority) -> Rig {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let client_ca = at("edge.pem");
    put(&client_ca, &authority.0.pem());
    let files =
        TlsFiles { cert: at("chain.pem"), key: at("key.pem"), ocsp: None, client_ca: Some(client_ca) };
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    put(&files.cert, &own.pem());
    put(&files.key, &key.serialize_pem());
    let mut roots = RootCertStore::empty();
    roots.add(own.der().clone()).unwrap();
    let now = Timestamp::parse("2026-11-23T04:30:00Z").unwrap();
    let (renewal, certificate) = Renewal::open(files.clone(), now).unwrap();
    let running = start_as("https", Deadlines::default(), |acceptor| acceptor.over_tls(certificate)).await;
    Rig { running, renewal, files, roots, _folder: folder }
}

impl Rig {
    /// What a client is answered that shows this; an empty text where the connection ends before.
    async fn answer(&self, shown: Option<Shown>, version: &'static SupportedProtocolVersion) -> String {
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(self.roots.clone());
        let client = match shown {
            None => client.with_no_client_auth(),
            Some((chain, key)) => client.with_client_auth_cert(chain, key).unwrap(),
        };
        let tcp = self.running.connect().await;
        // In TLS 1.3 a client is done before the server has judged its certificate: the refusal comes with the first read.
        let Ok(mut stream) = TlsConnector::from(Arc::new(client)).connect(name(), tcp).await else {
            return String::new();
        };
        let head =
            format!("GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.running.address);
        let mut answer = Vec::new();
        if stream.write_all(head.as_bytes()).await.is_ok() {
            _ = stream.read_to_end(&mut answer).await;
        }
        String::from_utf8(answer).unwrap()
    }
}

#[tokio::test]
async fn asvs_v12_1_3_v12_3_5_a_client_without_the_edges_certificate_gets_no_further_than_the_handshake() {
    use ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
    let edge = Authority::new();
    let rig = rig(&edge).await;
    for version in [&TLS13, &TLS12] {
        for (who, shown) in [
            ("nothing", None),
            ("another authority's", Some(Authority::new().signs(ClientAuth, 2999))),
            ("one that has ended", Some(edge.signs(ClientAuth, 2025))),
            ("a server's", Some(edge.signs(ServerAuth, 2999))),
        ] {
            assert_eq!(rig.answer(shown, version).await, "", "{who}");
        }
    }
    for version in [&TLS13, &TLS12] {
        let answer = rig.answer(Some(edge.signs(ClientAuth, 2999)), version).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
    rig.running.stop().await;
}

#[tokio::test]
async fn another_authority_of_the_edge_is_taken_over_and_one_that_cannot_be_used_is_not() {
    use ExtendedKeyUsagePurpose::ClientAuth;
    let (old, new) = (Authority::new(), Authority::new());
    let mut rig = rig(&old).await;
    let file = rig.files.client_ca.clone().unwrap();
    put(&file, "no certificate");
    assert!(
        matches!(rig.renewal.look(), Looked::Refused(error) if error.to_string().contains("no authorities"))
    );
    assert!(
        !rig.answer(Some(old.signs(ClientAuth, 2999)), &TLS13).await.is_empty(),
        "the old one stays in force"
    );
    put(&file, &new.0.pem());
    assert!(matches!(rig.renewal.look(), Looked::Renewed));
    assert_eq!(rig.answer(Some(old.signs(ClientAuth, 2999)), &TLS13).await, "");
    assert!(!rig.answer(Some(new.signs(ClientAuth, 2999)), &TLS13).await.is_empty());
    rig.running.stop().await;
}
