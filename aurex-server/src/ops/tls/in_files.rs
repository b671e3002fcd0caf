//! A look at a pair in files that is not served: whether it could be, until when, and for which names.

use aurex_core::time::Timestamp;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;

use super::files::Pair;
use super::{TlsError, policy, validity};
use crate::config::TlsFiles;

/// What the server's own certificate says.
pub(crate) struct InFiles {
    /// When it ends; none where that cannot be read.
    pub(crate) not_after: Option<Timestamp>,
    certificate: CertificateDer<'static>,
}

/// Reads the pair and sees that it could be served.
pub(crate) fn in_files(files: &TlsFiles) -> Result<InFiles, TlsError> {
    let pair = Pair::read(files)?;
    let certificate = CertificateDer::from(pair.certificate().to_vec());
    policy::server(pair)?;
    Ok(InFiles { not_after: validity::not_after(&certificate), certificate })
}

impl InFiles {
    /// Whether a browser takes it for this host, by the names in it (RFC 9525, section 6.3).
    pub(crate) fn is_for(&self, host: &str) -> bool {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let Ok(name) = ServerName::try_from(bare) else { return false };
        ParsedCertificate::try_from(&self.certificate)
            .is_ok_and(|certificate| verify_server_name(&certificate, &name).is_ok())
    }
}
