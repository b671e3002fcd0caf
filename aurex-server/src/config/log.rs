//! How the audit logs are published.

use aurex_core::audit::checkpoint::Origin;
use aurex_core::audit::note::{SignatureKind, VerifierKey};

use super::{ConfigError, wrong};

/// A witness that is asked to cosign.
#[derive(Debug, Clone)]
pub struct WitnessAddress {
    /// What its cosignatures are checked with.
    pub key: VerifierKey,
    /// Where it is, without `/add-checkpoint`.
    pub url: WitnessUrl,
}

/// `https://host[:port][/path]`, or `http://` to this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessUrl {
    /// Whether TLS is spoken.
    pub tls: bool,
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path before `/add-checkpoint`; empty, or from a slash to a letter.
    pub path: String,
}

impl WitnessUrl {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let tls = match scheme {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (authority, if tls { 443 } else { 80 }),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let here = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@');
        let sound = !host.is_empty() && plain(host) && plain(path) && (tls || here);
        let path = path.trim_end_matches('/').to_owned();
        sound.then(|| Self { tls, host: host.to_owned(), port, path })
    }

    /// Whether it is this machine: then whoever has the machine has the witness as well.
    #[must_use]
    pub fn is_this_machine(&self) -> bool {
        self.host == "localhost" || self.host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    }
}

/// How the audit logs are published.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// What the names of the logs begin with.
    pub name: String,
    /// Every how many seconds what is new is published.
    pub publish_every: u32,
    /// Every how many seconds a log that stands still is confirmed.
    pub confirm_every: u32,
    /// Who is asked to cosign.
    pub witnesses: Vec<WitnessAddress>,
}

/// What the settings say about it.
pub(super) struct Said {
    pub(super) name: Option<String>,
    pub(super) publish: Option<u32>,
    pub(super) confirm: Option<u32>,
    pub(super) witnesses: Option<String>,
}

impl LogConfig {
    pub(super) fn resolve(said: Said, origin: &str) -> Result<Self, ConfigError> {
        let default = || origin.split_once("://").map_or(origin, |(_, host)| host).replace('*', "shops");
        let name = said.name.unwrap_or_else(default);
        if name.parse::<Origin>().is_err() || name.ends_with('/') {
            return Err(wrong(
                "log_name",
                "is a name of yours, shops.example for example, without a space or plus",
            ));
        }
        let witnesses = said.witnesses.as_deref().unwrap_or_default();
        let listed = witnesses.split(',').map(str::trim).filter(|one| !one.is_empty());
        Ok(Self {
            name,
            publish_every: said.publish.unwrap_or(5).max(1),
            confirm_every: said.confirm.unwrap_or(600).max(60),
            witnesses: listed.map(witness).collect::<Result<_, _>>()?,
        })
    }
}

fn witness(text: &str) -> Result<WitnessAddress, ConfigError> {
    let refused = || {
        wrong(
            "witnesses",
            "is a list of a witness's key and address, `name+hash+key https://witness.example`, separated by commas; plain \
             http to this machine only",
        )
    };
    let (key, url) = text.split_once(' ').ok_or_else(refused)?;
    let key: VerifierKey = key.parse().map_err(|_| refused())?;
    let url = WitnessUrl::parse(url.trim()).ok_or_else(refused)?;
    if key.kind() == SignatureKind::Cosignature { Ok(WitnessAddress { key, url }) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_is_reached_over_tls_or_on_this_machine() {
        let of = |text| WitnessUrl::parse(text).map(|url| (url.tls, url.host, url.port, url.path));
        let here = |port, path: &str| Some((false, "127.0.0.1".to_owned(), port, path.to_owned()));
        assert_eq!(of("http://127.0.0.1:9000"), here(9000, ""));
        assert_eq!(of("http://127.0.0.1/w/"), here(80, "/w"));
        assert_eq!(of("https://w.example/a"), Some((true, "w.example".to_owned(), 443, "/a".to_owned())));
        assert_eq!(of("http://[::1]:9000"), Some((false, "::1".to_owned(), 9000, String::new())));
        for bad in [
            "http://w.example",
            "ftp://w.example",
            "https://",
            "https://u@w.example",
            "w.example",
            "https://w.example:x",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_log_is_named_after_the_deployment() {
        let said = |name: Option<&str>| Said {
            name: name.map(str::to_owned),
            publish: None,
            confirm: None,
            witnesses: None,
        };
        let of = |name, origin| LogConfig::resolve(said(name), origin).map(|log| log.name).ok();
        assert_eq!(of(None, "https://shops.example").as_deref(), Some("shops.example"));
        assert_eq!(of(None, "https://*.shops.example").as_deref(), Some("shops.shops.example"));
        assert_eq!(of(Some("a.example/b"), "https://x").as_deref(), Some("a.example/b"));
        assert_eq!(of(Some("a b"), "https://x"), None);
        assert_eq!(of(Some("a+b"), "https://x"), None);
    }
}
