//! Whether the server speaks TLS itself, and what goes with it: the plain listener beside it, strict transport.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::{ConfigError, wrong};
use crate::http::headers::Hsts;
use crate::http::origin::Origins;

/// Where the server's certificate comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Tls {
    /// Nowhere: plain HTTP, on the loopback address or behind a proxy that speaks TLS.
    #[default]
    Off,
    /// Made here, for development on the loopback address.
    SelfSigned,
    /// From files that somebody else keeps current.
    Files(TlsFiles),
}

/// Files in PEM, read anew when they change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, then those that lead to its root.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// An OCSP response in DER (RFC 6960), sent along with the certificate.
    pub ocsp: Option<PathBuf>,
    /// The authorities that a client's certificate must come from; without it none is asked for.
    pub client_ca: Option<PathBuf>,
}

impl Tls {
    /// Whether the listener speaks TLS.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// The scheme that browsers reach the listener by.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        if self.is_on() { "https" } else { "http" }
    }

    pub(super) fn resolve(
        mode: Option<&str>,
        cert: Option<PathBuf>,
        key: Option<PathBuf>,
        ocsp: Option<PathBuf>,
        client_ca: Option<PathBuf>,
    ) -> Result<Self, ConfigError> {
        let alone = |name| wrong(name, "means nothing alone: tls_cert and tls_key come together");
        match (mode, cert, key) {
            (None | Some("files"), Some(cert), Some(key)) => {
                Ok(Self::Files(TlsFiles { cert, key, ocsp, client_ca }))
            }
            (_, Some(_), None) => Err(alone("tls_cert")),
            (_, None, Some(_)) => Err(alone("tls_key")),
            (Some("files"), None, None) => Err(wrong("tls", "`files` needs tls_cert and tls_key")),
            (_, None, None) if ocsp.is_some() => Err(alone("tls_ocsp")),
            (_, None, None) if client_ca.is_some() => Err(alone("tls_client_ca")),
            (None | Some("off"), None, None) => Ok(Self::Off),
            (Some("self-signed"), None, None) => Ok(Self::SelfSigned),
            (Some("off" | "self-signed"), ..) => {
                Err(wrong("tls", "is `files`, or left away, when tls_cert and tls_key are given"))
            }
            (Some(_), ..) => Err(wrong("tls", "is `off`, `files` or `self-signed`")),
        }
    }

    /// Whether it goes with where the server listens and how it is reached.
    pub(super) fn check(&self, listen: SocketAddr, origins: &Origins) -> Result<(), ConfigError> {
        if !self.is_on() {
            return Ok(());
        }
        if !origins.are_secure() {
            return Err(wrong("public_origin", "with TLS every origin begins with https://"));
        }
        let all_loopback = listen.ip().is_loopback() && origins.are_loopback();
        if *self == Self::SelfSigned && !all_loopback {
            return Err(wrong(
                "tls",
                "a self-signed certificate is for the loopback address only: nobody else could tell it from a thief's",
            ));
        }
        Ok(())
    }
}

/// The listener beside TLS that sends pages over to it.
pub(super) fn http_listen(
    said: Option<&str>,
    tls: &Tls,
    listen: SocketAddr,
) -> Result<Option<SocketAddr>, ConfigError> {
    let Some(text) = said else { return Ok(None) };
    let address: SocketAddr =
        text.parse().map_err(|_| wrong("http_listen", "is an address and a port, 0.0.0.0:80 for example"))?;
    if !tls.is_on() {
        return Err(wrong("http_listen", "is for beside TLS, and there is none: say tls_cert and tls_key"));
    }
    if address == listen {
        return Err(wrong("http_listen", "is another address or port than listen"));
    }
    Ok(Some(address))
}

/// The ports of the https origins that are listed, for who is to be sent over to them.
pub(super) fn https_ports(listed: Option<&str>, listen: SocketAddr) -> Vec<u16> {
    let Some(listed) = listed else { return vec![listen.port()] };
    let mut ports = Vec::new();
    for authority in listed.split(',').filter_map(|origin| origin.trim().strip_prefix("https://")) {
        let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(443);
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    ports
}

/// How far strict transport reaches: by default as far as the host, unless every origin is this machine. There it would
/// forbid plain HTTP to whatever else is developed on it.
pub(super) fn hsts(said: Option<&str>, origins: &Origins) -> Result<Hsts, ConfigError> {
    let secure = origins.has_secure();
    let reach = match said {
        None if origins.are_loopback() => Hsts::Off,
        None => Hsts::Host,
        Some("off") => Hsts::Off,
        Some("on") => Hsts::Host,
        Some("subdomains") => Hsts::Subdomains,
        Some("preload") => Hsts::Preload,
        Some(_) => return Err(wrong("hsts", "is `off`, `on`, `subdomains` or `preload`")),
    };
    if said.is_some() && reach != Hsts::Off && !secure {
        return Err(wrong("hsts", "is said over https only, and no origin is https"));
    }
    Ok(reach)
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Settings};
    use super::*;

    fn given() -> Settings {
        Settings {
            listen: Some("0.0.0.0:8443".to_owned()),
            public_origin: Some("https://shop.example".to_owned()),
            tls_cert: Some("chain.pem".into()),
            tls_key: Some("key.pem".into()),
            ..Settings::default()
        }
    }

    fn refusal(settings: Settings) -> String {
        Config::resolve(settings).unwrap_err().to_string()
    }

    #[test]
    fn with_a_certificate_it_listens_beyond_loopback_by_https_alone() {
        let config = Config::resolve(given()).unwrap();
        assert!(config.tls.is_on() && config.production);
        assert_eq!(config.hsts, Hsts::Host);
        for origins in ["http://shop.example", "https://shop.example,http://10.0.0.5:80"] {
            let settings = Settings { public_origin: Some(origins.to_owned()), ..given() };
            assert!(refusal(settings).starts_with("public_origin: "), "{origins}");
        }
    }

    #[test]
    fn half_a_pair_and_two_sources_are_refused() {
        assert!(refusal(Settings { tls_key: None, ..given() }).starts_with("tls_cert: "));
        assert!(refusal(Settings { tls_cert: None, ..given() }).starts_with("tls_key: "));
        for mode in ["off", "self-signed", "on"] {
            assert!(refusal(Settings { tls: Some(mode.to_owned()), ..given() }).starts_with("tls: "));
        }
        let settings = Settings { tls_ocsp: Some("staple.der".into()), ..Settings::default() };
        assert!(refusal(settings).starts_with("tls_ocsp: "));
        let settings = Settings { tls_client_ca: Some("edge.pem".into()), ..Settings::default() };
        assert!(refusal(settings).starts_with("tls_client_ca: "));
    }

    #[test]
    fn asvs_v12_2_2_v13_4_2_a_self_signed_certificate_stays_on_this_machine() {
        let own = || Settings { tls: Some("self-signed".to_owned()), ..Settings::default() };
        let config = Config::resolve(own()).unwrap();
        assert!(config.origins.contains("https://127.0.0.1:8080"));
        assert_eq!(config.origin, "https://127.0.0.1:8080");
        let everywhere = Some("0.0.0.0:8443".to_owned());
        let named = Some("https://shop.example".to_owned());
        for settings in [
            Settings { listen: everywhere, public_origin: named.clone(), ..own() },
            Settings { public_origin: named, ..own() },
        ] {
            assert!(refusal(settings).starts_with("tls: "));
        }
    }

    #[test]
    fn plain_http_is_for_beside_tls_and_on_an_address_of_its_own() {
        let at = |address: &str| Some(address.to_owned());
        let config = Config::resolve(Settings { http_listen: at("0.0.0.0:8080"), ..given() }).unwrap();
        assert_eq!(config.http_listen, Some("0.0.0.0:8080".parse().unwrap()));
        for settings in [
            Settings { http_listen: at("0.0.0.0:8443"), ..given() },
            Settings { http_listen: at("80"), ..given() },
            Settings { http_listen: at("127.0.0.1:80"), ..Settings::default() },
        ] {
            assert!(refusal(settings).starts_with("http_listen: "));
        }
        let webroot = Settings { acme_webroot: Some("acme".into()), ..given() };
        assert!(refusal(webroot).starts_with("acme_webroot: "));
    }

    #[test]
    fn the_ports_of_the_origins_are_known() {
        let ports = |listed| https_ports(listed, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(ports(None), [8080]);
        assert_eq!(
            ports(Some("https://shop.example, https://[::1]:8443,https://[::1],http://a:80")),
            [443, 8443]
        );
    }

    #[test]
    fn strict_transport_is_on_where_somebody_else_reaches_us_and_never_without_https() {
        let hsts = |origins: &str, said: Option<&str>| {
            Config::resolve(Settings {
                public_origin: Some(origins.to_owned()),
                hsts: said.map(str::to_owned),
                ..Settings::default()
            })
            .map(|config| config.hsts)
            .map_err(|error| error.to_string())
        };
        assert_eq!(hsts("https://shop.example", None), Ok(Hsts::Host));
        assert_eq!(hsts("https://shop.example", Some("off")), Ok(Hsts::Off));
        assert_eq!(hsts("https://shop.example", Some("subdomains")), Ok(Hsts::Subdomains));
        assert_eq!(hsts("https://shop.example", Some("preload")), Ok(Hsts::Preload));
        assert_eq!(hsts("https://localhost:8443", None), Ok(Hsts::Off));
        assert_eq!(hsts("https://localhost:8443", Some("on")), Ok(Hsts::Host));
        assert_eq!(hsts("http://127.0.0.1:8080", None), Ok(Hsts::Off));
        for (origins, said) in [("https://shop.example", "always"), ("http://127.0.0.1:8080", "on")] {
            assert!(hsts(origins, Some(said)).unwrap_err().starts_with("hsts: "), "{said}");
        }
    }
}
