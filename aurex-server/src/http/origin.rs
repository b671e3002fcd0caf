//! The names this server is reached by.
//!
//! They are configured, never taken from a request: a link or a check made from the request's own `Host` says whatever
//! the sender wants it to.

use std::{fmt, str::FromStr};

/// A scheme, a host and a port, as a browser writes them in `Origin`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    secure: bool,
    host: String,
    port: u16,
}

/// Why a text is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin is http:// or https://, a host and an optional port, and nothing after it")]
pub struct NotAnOrigin;

impl Origin {
    /// Whether it is reached over TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it is this machine alone.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "127.0.0.1" | "[::1]" | "localhost")
    }

    fn authority(&self) -> (&str, u16) {
        (&self.host, self.port)
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let (scheme, authority) = text.split_once("://").ok_or(NotAnOrigin)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(NotAnOrigin),
        };
        let (host, port) = split_authority(authority).ok_or(NotAnOrigin)?;
        Ok(Self { secure, host, port: port.unwrap_or(default_port(secure)) })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.secure { "https" } else { "http" }, self.host)?;
        if self.port == default_port(self.secure) { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

const fn default_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

/// Host and port of `example.org:8080` or `[::1]:8080`, in lower case; nothing where there is more, or less.
fn split_authority(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = if authority.starts_with('[') {
        let (host, rest) = authority.split_at_checked(authority.find(']')? + 1)?;
        host.get(1..host.len() - 1)?.parse::<std::net::Ipv6Addr>().ok()?;
        match rest {
            "" => (host, None),
            rest => (host, Some(rest.strip_prefix(':')?)),
        }
    } else {
        match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
    };
    let named = host.starts_with('[')
        || (!host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.'));
    let port = match port {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
        None => None,
    };
    named.then(|| (host.to_ascii_lowercase(), port))
}

/// The public origins.
#[derive(Clone, Debug)]
pub struct Origins(Vec<Origin>);

impl Origins {
    /// These origins. A loopback address is also reached as `localhost` on the same port: people type it, and a foreign
    /// name can never resolve to either without being refused for its `Host`.
    #[must_use]
    pub fn new(listed: impl IntoIterator<Item = Origin>) -> Self {
        let mut origins: Vec<Origin> = listed.into_iter().collect();
        for index in 0..origins.len() {
            let counterpart = origins
                .get(index)
                .filter(|origin| origin.is_loopback())
                .map(|origin| Origin { host: "localhost".to_owned(), ..origin.clone() });
            origins.extend(counterpart.filter(|new| !origins.contains(new)));
        }
        Self(origins)
    }

    /// The first listed: what links are made from.
    #[must_use]
    pub fn primary(&self) -> Option<&Origin> {
        self.0.first()
    }

    /// The origin that a `Host` names.
    #[must_use]
    pub fn by_host(&self, host: &str) -> Option<&Origin> {
        let (host, port) = split_authority(host)?;
        self.0
            .iter()
            .find(|origin| origin.authority() == (&host, port.unwrap_or(default_port(origin.secure))))
    }

    /// Whether an `Origin` header names one of ours. `null` is nobody.
    #[must_use]
    pub fn contains(&self, origin: &str) -> bool {
        origin.parse().is_ok_and(|origin: Origin| self.0.contains(&origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(listed: &[&str]) -> Origins {
        Origins::new(listed.iter().map(|origin| origin.parse().unwrap()))
    }

    #[test]
    fn a_host_is_matched_with_its_port() {
        let ours = origins(&["https://Shop.example", "http://10.0.0.5:8080"]);
        for host in ["shop.example", "SHOP.example:443", "10.0.0.5:8080"] {
            assert!(ours.by_host(host).is_some(), "{host}");
        }
        for host in [
            "",
            "shop.example:80",
            "shop.example.evil",
            "evil-shop.example",
            "10.0.0.5",
            "shop.example:443:1",
            "a@shop.example",
            "shop.example/x",
            "shop.example:",
            "[::1]",
            "shop.example:+443",
        ] {
            assert!(ours.by_host(host).is_none(), "{host}");
        }
    }

    #[test]
    fn loopback_is_also_reached_as_localhost_on_the_same_port() {
        let ours = origins(&["http://127.0.0.1:8080"]);
        assert!(ours.by_host("localhost:8080").is_some() && ours.contains("http://localhost:8080"));
        assert!(ours.by_host("localhost:8081").is_none() && ours.by_host("127.0.0.2:8080").is_none());
        assert!(origins(&["https://shop.example"]).by_host("localhost:443").is_none());
        assert!(origins(&["http://[::1]:8080"]).by_host("[::1]:8080").is_some());
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        let ours = origins(&["https://shop.example"]);
        assert!(ours.contains("https://shop.example") && ours.contains("https://shop.example:443"));
        for foreign in [
            "null",
            "",
            "http://shop.example",
            "https://shop.example/",
            "https://shop.example.evil",
            "https://",
        ] {
            assert!(!ours.contains(foreign), "{foreign}");
        }
        assert_eq!(ours.primary().unwrap().to_string(), "https://shop.example");
    }
}
