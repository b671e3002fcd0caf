//! The list of them.

use std::str::FromStr;

use super::{EachWorkspace, NotAnOrigin, Origin, Place, default_port, place::Holds, split_authority};

/// The public origins.
///
/// ```
/// use aurex_server::http::origin::Origins;
///
/// let hosted: Origins = "https://*.shops.example, https://shops.example".parse().unwrap();
/// assert_eq!(hosted.of_workspace("acme").unwrap().to_string(), "https://acme.shops.example");
/// assert!(hosted.by_host("acme.shops.example").unwrap().holds("acme"));
/// assert!(!hosted.by_host("acme.shops.example").unwrap().holds("gems"));
///
/// let one_shop: Origins = "https://zaveri.example".parse().unwrap();
/// assert_eq!(one_shop.of_workspace("acme").unwrap().to_string(), "https://zaveri.example");
/// ```
#[derive(Clone, Debug)]
pub struct Origins {
    listed: Vec<Origin>,
    each: Option<EachWorkspace>,
}

/// Why a text is no list of origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOrigins {
    /// One of them is no origin.
    #[error(transparent)]
    Form(#[from] NotAnOrigin),
    /// Two patterns would give a workspace two homes.
    #[error("there is at most one origin with a star")]
    TwoPatterns,
}

impl Origins {
    /// These origins. A loopback address is also reached as `localhost` on the same port: people type it, and a foreign
    /// name can never resolve to either without being refused for its `Host`.
    #[must_use]
    pub fn new(listed: impl IntoIterator<Item = Origin>) -> Self {
        let mut origins: Vec<Origin> = listed.into_iter().collect();
        for index in 0..origins.len() {
            let counterpart = origins
                .get(index)
                .filter(|origin| matches!(origin.host.as_str(), "127.0.0.1" | "[::1]"))
                .map(|origin| Origin { host: "localhost".to_owned(), ..origin.clone() });
            origins.extend(counterpart.filter(|new| !origins.contains(new)));
        }
        Self { listed: origins, each: None }
    }

    /// The same, with an origin of its own for each workspace. The listed ones then hold no workspaces.
    #[must_use]
    pub fn and_each_workspace(mut self, each: EachWorkspace) -> Self {
        self.each = Some(each);
        self
    }

    /// The first listed; none where there is only a pattern.
    #[must_use]
    pub fn primary(&self) -> Option<&Origin> {
        self.listed.first()
    }

    /// Those that stand for themselves; a loopback address with the `localhost` of its port.
    pub fn listed(&self) -> impl Iterator<Item = &Origin> {
        self.listed.iter()
    }

    /// The pattern of the workspaces' own origins, where there is one.
    #[must_use]
    pub const fn each_workspace(&self) -> Option<&EachWorkspace> {
        self.each.as_ref()
    }

    /// The origin at which a workspace is reached: what links to it are made from. None only where no origin is
    /// configured, which the configuration refuses.
    #[must_use]
    pub fn of_workspace(&self, slug: &str) -> Option<Origin> {
        self.each.as_ref().map(|each| each.of(slug)).or_else(|| self.primary().cloned())
    }

    /// The place at which a workspace is at home: what links to its pages are made from.
    #[must_use]
    pub fn home(&self, slug: &str) -> Option<Place> {
        match &self.each {
            Some(each) => Some(Place::new(each.of(slug), Holds::One(slug.to_owned()))),
            None => self.primary().map(|origin| Place::new(origin.clone(), Holds::All)),
        }
    }

    /// Whether all of them are reached over TLS.
    #[must_use]
    pub fn are_secure(&self) -> bool {
        self.listed.iter().all(Origin::is_secure) && self.each.as_ref().is_none_or(EachWorkspace::is_secure)
    }

    /// Whether any of them is reached over TLS.
    #[must_use]
    pub fn has_secure(&self) -> bool {
        self.listed.iter().any(Origin::is_secure) || self.each.as_ref().is_some_and(EachWorkspace::is_secure)
    }

    /// Whether all of them are this machine alone.
    #[must_use]
    pub fn are_loopback(&self) -> bool {
        self.listed.iter().all(Origin::is_loopback)
            && self.each.as_ref().is_none_or(EachWorkspace::is_loopback)
    }

    /// The place that a `Host` names. A listed origin goes before the pattern.
    #[must_use]
    pub fn by_host(&self, host: &str) -> Option<Place> {
        let (host, port) = split_authority(host)?;
        let listed = self
            .listed
            .iter()
            .find(|origin| origin.authority() == (&host, port.unwrap_or(default_port(origin.secure))));
        if let Some(origin) = listed {
            let holds = if self.each.is_some() { Holds::None } else { Holds::All };
            return Some(Place::new(origin.clone(), holds));
        }
        let each = self.each.as_ref()?;
        let slug = each.slug_of(&host, port)?;
        Some(Place::new(each.of(slug), Holds::One(slug.to_owned())))
    }

    /// Whether an `Origin` header names a listed one. `null` is nobody.
    #[must_use]
    pub fn contains(&self, origin: &str) -> bool {
        origin.parse().is_ok_and(|origin: Origin| self.listed.contains(&origin))
    }

    /// Whether a page of the origin in an `Origin` header may make changing calls at a place: at a workspace's own place
    /// only its own page.
    #[must_use]
    pub fn vouches(&self, origin: &str, place: &Place) -> bool {
        match place.workspace() {
            Some(_) => origin.parse().is_ok_and(|origin: Origin| origin == *place.origin()),
            None => self.contains(origin),
        }
    }
}

impl FromStr for Origins {
    type Err = NotOrigins;

    /// Origins separated by commas, at most one of them with a star in place of the workspace.
    fn from_str(list: &str) -> Result<Self, NotOrigins> {
        let (mut listed, mut each) = (Vec::new(), None);
        for text in list.split(',').map(str::trim) {
            if text.contains('*') {
                if each.replace(text.parse::<EachWorkspace>()?).is_some() {
                    return Err(NotOrigins::TwoPatterns);
                }
            } else {
                listed.push(text.parse::<Origin>()?);
            }
        }
        let origins = Self::new(listed);
        Ok(match each {
            Some(each) => origins.and_each_workspace(each),
            None => origins,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(listed: &[&str]) -> Origins {
        listed.join(",").parse().unwrap()
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

    #[test]
    fn a_listed_origin_goes_before_the_pattern() {
        let ours = origins(&["https://*.shops.example", "https://www.shops.example"]);
        assert_eq!(ours.by_host("www.shops.example").unwrap().workspace(), None);
        assert_eq!(ours.by_host("acme.shops.example").unwrap().workspace(), Some("acme"));
        assert!(ours.by_host("shops.example").is_none());
    }

    #[test]
    fn a_neighbours_page_vouches_for_nothing() {
        let ours = origins(&["https://*.shops.example", "https://shops.example"]);
        let (acme, base) =
            (ours.by_host("acme.shops.example").unwrap(), ours.by_host("shops.example").unwrap());
        assert!(ours.vouches("https://acme.shops.example", &acme));
        assert!(ours.vouches("https://shops.example", &base));
        for foreign in
            ["https://gems.shops.example", "https://shops.example", "http://acme.shops.example", "null"]
        {
            assert!(!ours.vouches(foreign, &acme), "{foreign}");
        }
        for foreign in ["https://acme.shops.example", "null", ""] {
            assert!(!ours.vouches(foreign, &base), "{foreign}");
        }
    }

    #[test]
    fn one_pattern_is_enough() {
        assert_eq!(
            "https://*.a.example,https://*.b.example".parse::<Origins>().unwrap_err(),
            NotOrigins::TwoPatterns
        );
        assert!("https://*.a.example,x".parse::<Origins>().is_err());
        let mixed = origins(&["https://*.a.example", "http://127.0.0.1:8080"]);
        assert!(!mixed.are_secure() && !mixed.are_loopback());
        assert!(origins(&["http://*.localhost:8080", "http://127.0.0.1:8080"]).are_loopback());
    }
}
