//! Whom to believe that a relay is the one it says.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The authorities that a relay's certificate may come from, and how TLS is spoken with it: 1.2 or 1.3, the certificate
/// verified for the host's name, always.
#[derive(Clone)]
pub struct Roots(pub(super) Option<Arc<ClientConfig>>);

/// Why the authorities are not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootsError {
    /// The file cannot be read, or holds no certificates.
    #[error("the file of certificate authorities {path} cannot be used")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// This machine trusts nobody.
    #[error(
        "this machine has no certificate authorities: install its ca-certificates, or name a file of your own"
    )]
    Machine,
    /// TLS cannot be set up.
    #[error("TLS for mail cannot be set up")]
    Tls(#[source] rustls::Error),
}

impl Roots {
    /// Nobody: for a relay without TLS.
    #[must_use]
    pub const fn nobody() -> Self {
        Self(None)
    }

    /// Whom the machine trusts.
    ///
    /// # Errors
    /// [`RootsError`].
    pub fn of_the_machine() -> Result<Self, RootsError> {
        let mut store = RootCertStore::empty();
        // A bundle with one broken certificate in it is still a bundle.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if store.is_empty() { Err(RootsError::Machine) } else { Self::of(store) }
    }

    /// Whom the certificates in the PEM file at `path` name, and nobody else.
    ///
    /// # Errors
    /// [`RootsError`].
    pub fn from_file(path: &Path) -> Result<Self, RootsError> {
        let unusable = |source| RootsError::File { path: path.to_owned(), source };
        let pem = std::fs::read(path).map_err(|error| unusable(error.into()))?;
        Self::from_pem(&pem).map_err(unusable)
    }

    fn from_pem(pem: &[u8]) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            store.add(certificate?)?;
        }
        if store.is_empty() {
            return Err("it holds no certificate".into());
        }
        Ok(Self::of(store)?)
    }

    /// How TLS is spoken; none where nobody is believed.
    pub(crate) const fn config(&self) -> Option<&Arc<ClientConfig>> {
        self.0.as_ref()
    }

    fn of(store: RootCertStore) -> Result<Self, RootsError> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(RootsError::Tls)?
            .with_root_certificates(store)
            .with_no_client_auth();
        Ok(Self(Some(Arc::new(config))))
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Roots(…)" } else { "Roots(none)" })
    }
}
