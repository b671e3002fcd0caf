//! A certificate and its key, as files have them.
//!
//! Links are followed, other than in the folder of keys: the tools that renew certificates point a link at the newest.
//! Whose the key is and who may read it is asked of the opened file, which cannot be swapped after the check.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, OFlags, Stat};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::TlsError;
use crate::config::TlsFiles;

/// Ten long certificates fit; nothing longer is read.
const LONGEST_FILE: u64 = 64 * 1024;

/// What is served: the chain with the server's own certificate first, its key, what a responder said of it, and whom
/// clients must come from.
pub(super) struct Pair {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
    pub(super) ocsp: Option<Vec<u8>>,
    pub(super) clients: Option<RootCertStore>,
}

impl Pair {
    pub(super) fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        Self::read_as(files, rustix::process::geteuid().as_raw())
    }

    pub(super) fn read_as(files: &TlsFiles, owner: u32) -> Result<Self, TlsError> {
        let no_chain = || TlsError::NoChain { path: files.cert.clone() };
        let text = contents(&files.cert, |_| Ok(()))?;
        let chain = CertificateDer::pem_slice_iter(&text)
            .collect::<Result<Vec<_>, _>>()
            .ok()
            .filter(|chain| !chain.is_empty())
            .ok_or_else(no_chain)?;
        let text = contents(&files.key, |stat| private(&files.key, stat, owner))?;
        let key =
            PrivateKeyDer::from_pem_slice(&text).map_err(|_| TlsError::NoKey { path: files.key.clone() })?;
        let ocsp = files.ocsp.as_deref().map(staple).transpose()?;
        let clients = files.client_ca.as_deref().map(authorities).transpose()?;
        Ok(Self { chain, key, ocsp, clients })
    }

    /// The server's own certificate.
    pub(super) fn certificate(&self) -> &[u8] {
        self.chain.first().map_or(&[], AsRef::as_ref)
    }

    /// Its SHA-256 as browsers show it.
    pub(super) fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.certificate());
        digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
    }
}

fn contents(
    path: &Path,
    check: impl FnOnce(&Stat) -> Result<(), TlsError>,
) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let failed = |source: std::io::Error| TlsError::Io { path: path.to_owned(), source };
    // Not blocking: a pipe under this name must be refused, not waited for.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(|error| failed(error.into()))?;
    let stat = rustix::fs::fstat(&file).map_err(|error| failed(error.into()))?;
    let plain = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    if !plain || u64::try_from(stat.st_size).is_ok_and(|size| size > LONGEST_FILE) {
        return Err(TlsError::NotAPlainFile { path: path.to_owned() });
    }
    check(&stat)?;
    // Room for all of it at once, so that growing leaves no unwiped copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_FILE.try_into().unwrap_or_default()));
    File::from(file).take(LONGEST_FILE).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn private(path: &Path, stat: &Stat, owner: u32) -> Result<(), TlsError> {
    if stat.st_uid != owner {
        return Err(TlsError::ForeignOwner { path: path.to_owned(), found: stat.st_uid, owner });
    }
    if Mode::from_raw_mode(stat.st_mode).intersects(Mode::RWXG | Mode::RWXO) {
        return Err(TlsError::OpenToOthers { path: path.to_owned() });
    }
    Ok(())
}

/// Every certificate of the file. One that cannot be used is a mistake that is better said than left out: the edge may be
/// the one whose certificate comes from it.
fn authorities(path: &Path) -> Result<RootCertStore, TlsError> {
    let none = || TlsError::NoAuthorities { path: path.to_owned() };
    let text = contents(path, |_| Ok(()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        roots.add(certificate.map_err(|_| none())?).map_err(|_| none())?;
    }
    if roots.is_empty() { Err(none()) } else { Ok(roots) }
}

/// An OCSP response that says something. Whether it is current and about this certificate is for the client to judge,
/// who judges it anyway; an error in its place ("try later") would only cost a browser's patience.
fn staple(path: &Path) -> Result<Vec<u8>, TlsError> {
    let bytes = contents(path, |_| Ok(()))?;
    // OCSPResponse is a SEQUENCE that begins with the ENUMERATED status, 0 when successful (RFC 6960, section 4.2.1).
    let successful = super::validity::element(&bytes)
        .is_some_and(|(tag, inner, rest)| tag == 0x30 && rest.is_empty() && inner.starts_with(&[0x0a, 1, 0]));
    if successful { Ok(bytes.to_vec()) } else { Err(TlsError::NoStaple { path: path.to_owned() }) }
}
