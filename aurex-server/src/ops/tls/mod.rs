//! The server's own TLS: what it offers, where its certificate comes from, and how a renewed one is taken over.
//!
//! | file | what it says |
//! |---|---|
//! | `policy` | versions, suites, key exchanges: what is offered and nothing else |
//! | `files` | a pair in files: who may read the key, what the files must hold |
//! | `renewal` | watching them; a broken new pair leaves the old one in force |
//! | `self_signed` | a certificate made here, for development |
//! | `in_files` | a look at a pair that is not served: its end, its names |
//! | `validity` | until when a certificate is valid |

mod error;
mod files;
mod in_files;
mod policy;
mod renewal;
mod self_signed;
mod validity;

use std::path::Path;
use std::sync::Arc;

use aurex_core::time::Timestamp;
use tokio::sync::watch;

pub use error::TlsError;
pub(crate) use in_files::{InFiles, in_files};
pub use renewal::{Looked, Renewal};

use crate::config::Tls;
use crate::http::acceptor::Certificate;

/// A certificate in force, and what keeps it current.
pub struct Own {
    /// What a listener is given.
    pub certificate: Certificate,
    /// To be run beside the listener; none where nobody renews the certificate.
    pub renewal: Option<Renewal>,
}

/// Opens what the configuration names, or nothing where TLS is off. `data_dir` keeps a self-signed certificate.
///
/// # Errors
///
/// [`TlsError`] says which file is wrong and what to do.
pub fn open(tls: &Tls, data_dir: &Path, now: Timestamp) -> Result<Option<Own>, TlsError> {
    match tls {
        Tls::Off => Ok(None),
        Tls::Files(files) => {
            let (renewal, certificate) = Renewal::open(files.clone(), now)?;
            Ok(Some(Own { certificate, renewal: Some(renewal) }))
        }
        Tls::SelfSigned => {
            let pair = self_signed::pair(data_dir, now)?;
            tracing::info!(
                target: "aurex",
                sha256 = pair.fingerprint(),
                "serving with a self-signed certificate: compare the fingerprint when the browser asks"
            );
            let (_, certificate) = watch::channel(Arc::new(policy::server(pair)?));
            Ok(Some(Own { certificate, renewal: None }))
        }
    }
}

#[cfg(test)]
mod tests;
