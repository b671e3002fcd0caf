//! A certificate made here, for development on the loopback address. It is kept in the data folder, so that a browser
//! has to be told of it once.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use aurex_core::time::Timestamp;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};
use zeroize::Zeroizing;

use super::files::Pair;
use super::{TlsError, validity};
use crate::config::TlsFiles;

/// Browsers on macOS refuse more than 825 days (<https://support.apple.com/en-us/103769>).
const DAYS: u32 = 820;
const DAY: Duration = Duration::from_secs(86_400);
/// A certificate that ends within a day is made anew: nobody starts a day's work by accepting another.
const SPARE_SECONDS: i64 = 86_400;

/// The pair that the data folder holds; a new one where it holds none, or one that ends.
pub(super) fn pair(data_dir: &Path, now: Timestamp) -> Result<Pair, TlsError> {
    let folder = data_dir.join("tls");
    let files = TlsFiles {
        cert: folder.join("self-signed.pem"),
        key: folder.join("self-signed.key"),
        ocsp: None,
        client_ca: None,
    };
    if files.cert.exists() && files.key.exists() {
        let pair = Pair::read(&files)?;
        let left = validity::not_after(pair.certificate()).map_or(0, |end| end.seconds_since(now));
        if left > SPARE_SECONDS {
            return Ok(pair);
        }
    }
    let failed = |source| TlsError::Io { path: folder.clone(), source };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
    let (cert, key) = made(now).map_err(TlsError::NotMade)?;
    put(&files.key, &key)?;
    put(&files.cert, cert.as_bytes())?;
    Pair::read(&files)
}

/// Certificate and key in PEM.
fn made(now: Timestamp) -> Result<(String, Zeroizing<Vec<u8>>), rcgen::Error> {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let names = ["localhost", "*.localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Aurex, for development");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let since_1970 = Duration::from_micros(u64::try_from(now.micros()).unwrap_or_default());
    let today = date_time_ymd(1970, 1, 1) + since_1970;
    // From yesterday on: the clock of a machine beside this one may be slow.
    params.not_before = today - DAY;
    params.not_after = today + DAY.saturating_mul(DAYS);
    let cert = params.self_signed(&key)?;
    Ok((cert.pem(), Zeroizing::new(key.serialize_pem().into_bytes())))
}

/// Writes a file of mode 0600, whole or not at all.
fn put(path: &Path, text: &[u8]) -> Result<(), TlsError> {
    let beside = path.with_extension("new");
    let written = || {
        match std::fs::remove_file(&beside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(text)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    written().map_err(|source| TlsError::Io { path: path.to_owned(), source })
}
