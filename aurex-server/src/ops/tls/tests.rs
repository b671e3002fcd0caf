//! Files as operators have them: who may read the key, what a renewal does, what a broken one does not.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use aurex_core::time::Timestamp;
use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;

use super::files::Pair;
use super::{Looked, Renewal, TlsError, open, validity};
use crate::config::{Tls, TlsFiles};

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T04:30:00Z").unwrap()
}

/// A new certificate and its key in PEM.
fn made() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["shop.example".to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn put(path: &Path, text: impl AsRef<[u8]>) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A folder with a pair.
fn folder() -> (TempDir, TlsFiles) {
    let folder = TempDir::new().unwrap();
    let files = TlsFiles {
        cert: folder.path().join("chain.pem"),
        key: folder.path().join("key.pem"),
        ocsp: None,
        client_ca: None,
    };
    let (cert, key) = made();
    put(&files.cert, cert);
    put(&files.key, key);
    (folder, files)
}

fn refusal(files: &TlsFiles) -> String {
    Renewal::open(files.clone(), now()).err().unwrap().to_string()
}

#[test]
fn a_key_that_others_can_reach_is_refused_with_the_command_that_helps() {
    let (_folder, files) = folder();
    for mode in [0o640, 0o604, 0o660] {
        fs::set_permissions(&files.key, fs::Permissions::from_mode(mode)).unwrap();
        assert!(refusal(&files).contains(&format!("run chmod 600 {}", files.key.display())));
    }
    fs::set_permissions(&files.key, fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(&files.cert, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(Renewal::open(files, now()).is_ok());
}

#[test]
fn a_key_of_somebody_else_is_refused() {
    let (_folder, files) = folder();
    let somebody_else = rustix::process::geteuid().as_raw() + 1;
    let refused = Pair::read_as(&files, somebody_else).err().unwrap();
    assert!(refused.to_string().contains(&format!("run chown {somebody_else} ")), "{refused}");
}

#[test]
fn files_that_hold_something_else_are_named() {
    let (folder, files) = folder();
    let swapped = TlsFiles { cert: files.key.clone(), key: files.cert.clone(), ocsp: None, client_ca: None };
    assert!(refusal(&swapped).contains("key.pem holds no chain of certificates"));
    let no_key = TlsFiles { key: files.cert.clone(), ..files.clone() };
    assert!(refusal(&no_key).contains("chain.pem holds no private key"));
    let nowhere = TlsFiles { cert: folder.path().join("nowhere.pem"), ..files.clone() };
    assert!(refusal(&nowhere).contains("nowhere.pem cannot be used"));
    let a_folder = TlsFiles { cert: folder.path().to_owned(), ..files.clone() };
    assert!(refusal(&a_folder).contains("is not a plain file"));
    put(&files.cert, "x".repeat(1 << 17));
    assert!(refusal(&files).contains("is not a plain file of a certificate's size"));
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (_folder, files) = folder();
    put(&files.key, made().1);
    assert!(matches!(Renewal::open(files, now()), Err(TlsError::Unusable(_))));
}

#[test]
fn a_renewed_pair_is_taken_over_and_a_broken_one_is_said_once_and_changes_nothing() {
    let (_folder, files) = folder();
    let (mut renewal, mut certificate) = Renewal::open(files.clone(), now()).unwrap();
    assert!(matches!(renewal.look(), Looked::Same));
    assert!(!certificate.has_changed().unwrap());

    // The certificate is there, and its key is yet to come.
    let (cert, key) = made();
    put(&files.cert, &cert);
    assert!(matches!(renewal.look(), Looked::Refused(TlsError::Unusable(_))));
    assert!(matches!(renewal.look(), Looked::Same));
    assert!(!certificate.has_changed().unwrap());

    put(&files.key, key);
    assert!(matches!(renewal.look(), Looked::Renewed));
    assert!(certificate.has_changed().unwrap());
    certificate.mark_unchanged();

    put(&files.cert, &cert.as_bytes()[..cert.len() / 2]);
    assert!(matches!(renewal.look(), Looked::Refused(TlsError::NoChain { .. })));
    fs::remove_file(&files.cert).unwrap();
    assert!(matches!(renewal.look(), Looked::Refused(TlsError::Io { .. })));
    assert!(!certificate.has_changed().unwrap());
    // What was there before is what is in force: nothing is said of it but that it is well again.
    put(&files.cert, cert);
    assert!(matches!(renewal.look(), Looked::Renewed));
}

#[test]
fn a_link_that_is_pointed_at_a_newer_pair_is_a_renewal() {
    let (folder, files) = folder();
    let link = |name: &str, to: &Path| {
        let (link, beside) = (folder.path().join(name), folder.path().join("beside"));
        symlink(to, &beside).unwrap();
        fs::rename(&beside, &link).unwrap();
        link
    };
    let live = TlsFiles {
        cert: link("live.pem", &files.cert),
        key: link("live.key", &files.key),
        ocsp: None,
        client_ca: None,
    };
    let (mut renewal, _certificate) = Renewal::open(live, now()).unwrap();
    let (cert, key) = made();
    let newer = [folder.path().join("chain2.pem"), folder.path().join("key2.pem")];
    put(&newer[0], cert);
    put(&newer[1], key);
    assert!(matches!(renewal.look(), Looked::Same));
    link("live.pem", &newer[0]);
    link("live.key", &newer[1]);
    assert!(matches!(renewal.look(), Looked::Renewed));
}

#[test]
fn an_ocsp_response_that_says_nothing_is_refused() {
    let (folder, files) = folder();
    let files = TlsFiles { ocsp: Some(folder.path().join("staple.der")), ..files };
    let staple = files.ocsp.clone().unwrap();
    // Status 3 is “try later”; a successful one has status 0 and goes on.
    for wrong in
        [&b"-----BEGIN"[..], &[], &[0x30, 3, 0x0a, 1, 3], &[0x30, 9, 0x0a, 1, 0], &[0x30, 3, 0x0a, 1, 0, 0]]
    {
        put(&staple, wrong);
        assert!(refusal(&files).contains("holds no successful OCSP response"), "{wrong:?}");
    }
    put(&staple, [0x30, 3, 0x0a, 1, 0]);
    assert!(Renewal::open(files, now()).is_ok());
}

#[test]
fn a_self_signed_certificate_is_kept_until_it_ends() {
    let folder = TempDir::new().unwrap();
    let files = ["tls/self-signed.pem", "tls/self-signed.key"].map(|name| folder.path().join(name));
    let pair_at = |now: Timestamp| {
        assert!(open(&Tls::SelfSigned, folder.path(), now).unwrap().is_some());
        let [cert, key] = files.clone();
        Pair::read(&TlsFiles { cert, key, ocsp: None, client_ca: None }).unwrap()
    };
    let first = pair_at(now());
    assert_eq!(first.fingerprint().len(), 32 * 3 - 1);
    for (path, mode) in [(folder.path().join("tls"), 0o700), (files[1].clone(), 0o600)] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
    }
    let end = validity::not_after(first.certificate()).unwrap();
    assert_eq!(end.seconds_since(now()), 820 * 86_400);
    assert_eq!(pair_at(end.plus_seconds(-2 * 86_400)).fingerprint(), first.fingerprint());
    assert_ne!(pair_at(end.plus_seconds(-3_600)).fingerprint(), first.fingerprint());
}
