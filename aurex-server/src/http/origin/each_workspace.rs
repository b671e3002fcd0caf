//! `https://*.shops.example`: an origin for each workspace.

use std::{fmt, str::FromStr};

use aurex_core::tenancy::{Slug, SlugError};

use super::{NotAnOrigin, Origin};

/// The pattern of the workspaces' origins: a star in place of the workspace's slug, a base, an optional port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EachWorkspace {
    base: Origin,
}

impl EachWorkspace {
    /// Whether they are reached over TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.base.is_secure()
    }

    /// Whether they are this machine alone.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.base.is_loopback()
    }

    /// The origin of the workspace with this slug.
    #[must_use]
    pub fn of(&self, slug: &str) -> Origin {
        Origin { host: format!("{slug}.{}", self.base.host), ..self.base.clone() }
    }

    /// The slug that stands before the base in a host. It may be nobody's, or a reserved one: what is not there is the
    /// sign-in's to say, in one voice; a host that no slug can ever have is not ours.
    pub(super) fn slug_of<'h>(&self, host: &'h str, port: Option<u16>) -> Option<&'h str> {
        let slug = host.strip_suffix(&self.base.host)?.strip_suffix('.')?;
        let is_form = matches!(slug.parse::<Slug>(), Ok(_) | Err(SlugError::Reserved));
        (is_form && port.unwrap_or(super::default_port(self.is_secure())) == self.base.port).then_some(slug)
    }
}

impl FromStr for EachWorkspace {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let (scheme, base) = text.split_once("://*.").ok_or(NotAnOrigin)?;
        let base: Origin = format!("{scheme}://{base}").parse()?;
        let named = base.host.split('.').all(|label| !label.is_empty() && !label.starts_with('-'))
            && base.host.parse::<std::net::Ipv4Addr>().is_err()
            && !base.host.starts_with('[');
        // A bare top-level name would be everybody's; `localhost` is this machine's.
        if named && (base.host.contains('.') || base.host == "localhost") {
            Ok(Self { base })
        } else {
            Err(NotAnOrigin)
        }
    }
}

impl fmt::Display for EachWorkspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.of("*"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_star_a_base_and_a_port() {
        for (text, acme) in [
            ("https://*.shops.example", "https://acme.shops.example"),
            ("https://*.Shops.Example:8443", "https://acme.shops.example:8443"),
            ("http://*.localhost:8080", "http://acme.localhost:8080"),
        ] {
            let pattern: EachWorkspace = text.parse().unwrap();
            assert_eq!(pattern.of("acme").to_string(), acme);
            assert_eq!(pattern.to_string().parse::<EachWorkspace>().unwrap(), pattern);
        }
        for wrong in [
            "https://shops.example",
            "https://*",
            "https://*.",
            "https://*.com",
            "https://*.*.shops.example",
            "https://a*.shops.example",
            "https://*shops.example",
            "https://*.127.0.0.1",
            "https://*.[::1]",
            "https://*.shops.example/",
            "https://*..shops.example",
            "*.shops.example",
        ] {
            assert!(wrong.parse::<EachWorkspace>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_the_place_of_the_star_is_the_slug() {
        let pattern: EachWorkspace = "https://*.shops.example".parse().unwrap();
        assert_eq!(pattern.slug_of("acme.shops.example", None), Some("acme"));
        assert_eq!(pattern.slug_of("acme.shops.example", Some(443)), Some("acme"));
        // Reserved and unknown ones are answered by the house, not by the address.
        assert_eq!(pattern.slug_of("admin.shops.example", None), Some("admin"));
        for (host, port) in [
            ("shops.example", None),
            (".shops.example", None),
            ("acme.shops.example", Some(444)),
            ("a.b.shops.example", None),
            ("acmeshops.example", None),
            ("acme.shops.example.evil", None),
            ("-acme.shops.example", None),
            ("ac--me.shops.example", None),
            ("ac.shops.example", None),
        ] {
            assert_eq!(pattern.slug_of(host, port), None, "{host}");
        }
    }
}
