//! What may be wrong with a certificate, and what to do about it.

use std::io;
use std::path::PathBuf;

/// Why a certificate cannot be served. Each message ends with what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The system refused something.
    #[error("{path} cannot be used: check that the server's account can reach it")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A pipe, a folder, or far too long.
    #[error("{path} is not a plain file of a certificate's size: configure the path of the file itself")]
    NotAPlainFile {
        /// The path.
        path: PathBuf,
    },
    /// The key belongs to another account.
    #[error("{path} belongs to user {found}, but the server runs as user {owner}: run chown {owner} {path}")]
    ForeignOwner {
        /// The key's file.
        path: PathBuf,
        /// Whose it is.
        found: u32,
        /// Whose it should be.
        owner: u32,
    },
    /// Other accounts may read or change the key.
    #[error(
        "other users can reach {path}: run chmod 600 {path}, and have a new certificate made if anybody did"
    )]
    OpenToOthers {
        /// The key's file.
        path: PathBuf,
    },
    /// There is no certificate in the file, or one that cannot be read.
    #[error("{path} holds no chain of certificates in PEM: name the file of the full chain")]
    NoChain {
        /// The file.
        path: PathBuf,
    },
    /// There is no key in the file, or one that cannot be read.
    #[error("{path} holds no private key in PEM: name the file with the key, without a passphrase")]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The file holds no OCSP response, or one that says nothing.
    #[error("{path} holds no successful OCSP response in DER: fetch it anew, or leave the setting away")]
    NoStaple {
        /// The file.
        path: PathBuf,
    },
    /// The file of authorities holds none that can be used.
    #[error(
        "{path} holds no authorities in PEM: name the file of the certificate that the edge's ones come from"
    )]
    NoAuthorities {
        /// The file.
        path: PathBuf,
    },
    /// The pair cannot be served.
    #[error(
        "the certificate and its key cannot be used together: see that they are of one pair, RSA of 2048 bits or more, P-256, P-384 or Ed25519"
    )]
    Unusable(#[source] rustls::Error),
    /// A certificate could not be made.
    #[error("no self-signed certificate could be made: configure tls_cert and tls_key instead")]
    NotMade(#[source] rcgen::Error),
}
