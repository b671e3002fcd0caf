//! Checks of the server's own TLS: its files, its names and its end.

use aurex_core::time::Timestamp;

use rustls::RootCertStore;

use super::catalogue::{
    TLS_ENDED, TLS_ENDS_SOON, TLS_OTHER_NAME, TLS_PLAIN_LISTENER, TLS_UNKNOWN_AUTHORITY, TLS_UNUSABLE,
};
use super::finding::Finding;
use crate::config::{Config, Tls};
use crate::http::origin::{Origin, Origins};
use crate::ops::background::chain;
use crate::ops::tls::{InFiles, in_files};

/// From how many seconds before its end on a certificate is warned of.
const SOON: i64 = 14 * 86_400;

pub(super) fn check(config: &Config, now: Timestamp) -> Vec<Finding> {
    let mut roots = RootCertStore::empty();
    // A bundle with one broken certificate in it is still a bundle.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    check_among(config, &roots, now)
}

/// The same, where these are the authorities that browsers know.
fn check_among(config: &Config, roots: &RootCertStore, now: Timestamp) -> Vec<Finding> {
    match &config.tls {
        Tls::Off if !config.listen.ip().is_loopback() => vec![TLS_PLAIN_LISTENER.at(config.listen)],
        Tls::Off | Tls::SelfSigned => Vec::new(),
        Tls::Files(files) => match in_files(files) {
            Err(error) => vec![TLS_UNUSABLE.at(chain(&error))],
            Ok(certificate) => {
                let mut found = of_certificate(&certificate, &config.origins, now);
                // An edge in front, known by its own certificate, is the one that judges this one.
                let by_browsers = files.client_ca.is_none() && !roots.is_empty();
                if by_browsers && certificate.is_of_nobody_among(roots, now) {
                    found.push(TLS_UNKNOWN_AUTHORITY.plain());
                }
                found
            }
        },
    }
}

fn of_certificate(certificate: &InFiles, origins: &Origins, now: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(end) = certificate.not_after {
        match end.seconds_since(now) {
            ..=0 => found.push(TLS_ENDED.at(end)),
            1..SOON => found.push(TLS_ENDS_SOON.at(end)),
            _ => {}
        }
    }
    let each = origins.each_workspace().map(|each| (each.to_string(), each.of("workspace")));
    let named = origins.listed().map(|origin| (origin.to_string(), origin.clone())).chain(each);
    let others = named.filter(|(_, origin)| !certificate.is_for(Origin::host(origin)));
    found.extend(TLS_OTHER_NAME.at_any(others.map(|(name, _)| name)));
    found
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use rcgen::{CertificateParams, KeyPair, date_time_ymd};
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::super::tests::{SOUND, config, ids};
    use super::*;
    use crate::config::TlsFiles;

    const EVE: &str = "2030-02-27T00:00:00Z";

    /// A pair in a folder, for these names until the end of February 2030, and what settings say of it.
    fn pair(folder: &Path, names: &[&str], origins: &str) -> Config {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_after = date_time_ymd(2030, 2, 28);
        let (cert, secret) = (folder.join("cert.pem"), folder.join("key.pem"));
        fs::write(&cert, params.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(&secret, key.serialize_pem()).unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        config(&format!(
            "listen = \"0.0.0.0:443\"\npublic_origin = {origins:?}\ntls_cert = {cert:?}\ntls_key = {secret:?}"
        ))
    }

    /// What is found where browsers know the authority of the pair that is configured.
    fn check(config: &Config, now: Timestamp) -> Vec<Finding> {
        let mut roots = RootCertStore::empty();
        if let Tls::Files(files) = &config.tls
            && let Ok(pem) = fs::read(&files.cert)
        {
            roots.add(CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
        }
        check_among(config, &roots, now)
    }

    #[test]
    fn asvs_v12_2_2_a_certificate_of_an_authority_that_browsers_do_not_know_is_found() {
        let [ours, theirs] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let now = Timestamp::parse("2029-12-01T00:00:00Z").unwrap();
        let other = pair(theirs.path(), &["shop.example"], "https://shop.example");
        let Tls::Files(known) = &other.tls else { panic!("a pair") };
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&fs::read(&known.cert).unwrap()).unwrap()).unwrap();
        let ours = pair(ours.path(), &["shop.example"], "https://shop.example");
        assert_eq!(ids(&check_among(&ours, &roots, now)), ["tls.unknown_authority"]);
        assert_eq!(check_among(&other, &roots, now), []);
        assert_eq!(
            check_among(&ours, &RootCertStore::empty(), now),
            [],
            "a machine that knows none knows nothing"
        );
        // Behind an edge that shows a certificate, no browser sees the server's.
        let Tls::Files(files) = ours.tls.clone() else { panic!("a pair") };
        let files = TlsFiles { client_ca: Some(files.cert.clone()), ..files };
        let behind = Config { tls: Tls::Files(files), ..ours };
        assert_eq!(check_among(&behind, &roots, now), []);
    }

    #[test]
    fn a_certificate_that_ends_has_ended_or_is_anothers_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let ours = pair(folder.path(), &["shop.example"], "https://shop.example");
        assert_eq!(check(&ours, at("2029-12-01T00:00:00Z")), []);
        assert_eq!(ids(&check(&ours, at(EVE))), ["tls.ends_soon"]);
        assert_eq!(ids(&check(&ours, at("2030-03-01T00:00:00Z"))), ["tls.ended"]);

        let hosted = "https://*.shops.example, https://shops.example, https://other.example:8443";
        let hosted = pair(folder.path(), &["shops.example", "*.shops.example"], hosted);
        let found = check(&hosted, at("2029-12-01T00:00:00Z"));
        assert_eq!(ids(&found), ["tls.other_name"]);
        assert_eq!(found[0].evidence.as_deref(), Some("https://other.example:8443"));
        let bare = pair(folder.path(), &["shops.example"], "https://*.shops.example, https://shops.example");
        let found = check(&bare, at("2029-12-01T00:00:00Z"));
        assert_eq!(found[0].evidence.as_deref(), Some("https://*.shops.example"));
    }

    #[test]
    fn files_that_cannot_be_used_are_found() {
        assert_eq!(ids(&check(&config(SOUND), Timestamp::from_micros(0))), ["tls.unusable"]);
    }

    #[test]
    fn asvs_v12_3_3_plain_http_from_the_network_is_found() {
        let behind =
            |listen| config(&format!("listen = {listen:?}\npublic_origin = \"https://shop.example\""));
        let now = Timestamp::from_micros(0);
        assert_eq!(ids(&check(&behind("0.0.0.0:8080"), now)), ["tls.plain_listener"]);
        assert_eq!(check(&behind("127.0.0.1:8080"), now), []);
    }
}
