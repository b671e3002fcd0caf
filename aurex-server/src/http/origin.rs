//! The names this server is reached by.
//!
//! They are configured, never taken from a request: a link or a check made from the request's own `Host` says whatever
//! the sender wants it to. They come in two kinds: origins that stand for themselves, and one pattern
//! (`https://*.shops.example`) that gives every workspace an origin of its own, so that no page of one workspace can
//! speak for another ([`Place`]).

mod each_workspace;
mod origins;
mod place;

use std::{fmt, str::FromStr};

pub use each_workspace::EachWorkspace;
pub use origins::{NotOrigins, Origins};
pub use place::{PAGES, Place, WORKSPACES};

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
        // RFC 6761, section 6.3: every name below `localhost` is this machine as well.
        matches!(self.host.as_str(), "127.0.0.1" | "[::1]" | "localhost") || self.host.ends_with(".localhost")
    }

    /// Its host, in lower case and without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
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
