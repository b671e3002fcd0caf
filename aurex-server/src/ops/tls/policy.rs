//! What is offered to a client: written out, so that a new release of a library does not widen it unasked.
//!
//! | | why |
//! |---|---|
//! | TLS 1.3, then 1.2 | RFC 8996 retired 1.0 and 1.1; 1.2 with the suites below is what Mozilla's “intermediate” profile keeps for clients of a few years ago |
//! | ephemeral Diffie-Hellman, authenticated encryption | a key that is stolen later opens no recorded traffic (RFC 9325, section 4.2) |
//! | X25519, then P-256 | what every client of the last ten years has |
//! | HTTP/1.1 alone by ALPN | HTTP/2 multiplexes: its deadlines and bounds would be other ones than those of [`crate::http::acceptor`], and are not written |
//! | a client's certificate, where authorities are named | an edge that shows one is known by it, and nobody else reaches the server past the edge |
//! | tickets from memory, no early data | what is kept for resuming ends with the process and with the certificate; early data can be replayed (RFC 8446, section 8) |

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::{cipher_suite, default_provider, kx_group};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};

use super::TlsError;
use super::files::Pair;

/// What a listener needs to speak TLS with this pair.
pub(super) fn server(pair: Pair) -> Result<ServerConfig, TlsError> {
    let Pair { chain, key, ocsp, clients } = pair;
    let provider = Arc::new(provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(TlsError::Unusable)?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(roots) => builder.with_client_cert_verifier(required(roots, provider)?),
    };
    let mut config = builder
        .with_single_cert_with_ocsp(chain, key, ocsp.unwrap_or_default())
        .map_err(TlsError::Unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.max_early_data_size = 0;
    Ok(config)
}

/// Every client shows a certificate that comes from `roots` and is valid today, or the handshake ends.
fn required(
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| TlsError::Unusable(rustls::Error::General(error.to_string())))
}

fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            cipher_suite::TLS13_AES_128_GCM_SHA256,
            cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ],
        kx_groups: vec![kx_group::X25519, kx_group::SECP256R1],
        ..default_provider()
    }
}
