//! A look at a pair in files that is not served: whether it could be, until when, and for which names.

use std::time::Duration;

use aurex_core::time::Timestamp;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, RootCertStore};

use super::files::Pair;
use super::{TlsError, policy, validity};
use crate::config::TlsFiles;

/// What the server's own certificate says.
pub(crate) struct InFiles {
    /// When it ends; none where that cannot be read.
    pub(crate) not_after: Option<Timestamp>,
    certificate: CertificateDer<'static>,
    others: Vec<CertificateDer<'static>>,
}

/// Reads the pair and sees that it could be served.
pub(crate) fn in_files(files: &TlsFiles) -> Result<InFiles, TlsError> {
    let pair = Pair::read(files)?;
    let certificate = CertificateDer::from(pair.certificate().to_vec());
    let others = pair.chain.iter().skip(1).cloned().collect();
    policy::server(pair)?;
    Ok(InFiles { not_after: validity::not_after(&certificate), certificate, others })
}

impl InFiles {
    /// Whether the chain in the file leads to none of these authorities.
    pub(crate) fn is_of_nobody_among(&self, roots: &RootCertStore, now: Timestamp) -> bool {
        let Ok(certificate) = ParsedCertificate::try_from(&self.certificate) else { return false };
        let seconds = u64::try_from(now.micros() / 1_000_000).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let algorithms = ring::default_provider().signature_verification_algorithms.all;
        let verified =
            verify_server_cert_signed_by_trust_anchor(&certificate, roots, &self.others, now, algorithms);
        // One that only calls itself like one of them is none of theirs. What else may be wrong has findings of its own.
        let of_nobody = [CertificateError::UnknownIssuer, CertificateError::BadSignature];
        verified.is_err_and(|error| of_nobody.into_iter().any(|known| error == known.into()))
    }

    /// Whether a browser takes it for this host, by the names in it (RFC 9525, section 6.3).
    pub(crate) fn is_for(&self, host: &str) -> bool {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let Ok(name) = ServerName::try_from(bare) else { return false };
        ParsedCertificate::try_from(&self.certificate)
            .is_ok_and(|certificate| verify_server_name(&certificate, &name).is_ok())
    }
}
