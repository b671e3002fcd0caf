//! Where a request is addressed, and which workspaces are found there.

use super::Origin;

/// Where the workspaces stand: each below its slug, opening one at the top.
pub const WORKSPACES: &str = "/api/v1/workspaces";

/// Where the pages of the workspaces stand, each below its slug.
pub const PAGES: &str = "/w";

/// An origin of ours that a request is addressed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    origin: Origin,
    holds: Holds,
}

/// Which workspaces are found at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Every one: a single shop's installation, or the loopback address.
    All,
    /// This one. Whether there is one of this slug is not known here.
    One(String),
    /// None, because they all have origins of their own; workspaces are opened here.
    None,
}

impl Place {
    pub(super) const fn new(origin: Origin, holds: Holds) -> Self {
        Self { origin, holds }
    }

    /// The origin.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether it is reached over TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.origin.is_secure()
    }

    /// The slug of the one workspace whose place it is.
    #[must_use]
    pub fn workspace(&self) -> Option<&str> {
        match &self.holds {
            Holds::One(slug) => Some(slug),
            Holds::All | Holds::None => None,
        }
    }

    /// Whether a workspace is found here.
    #[must_use]
    pub fn holds(&self, slug: &str) -> bool {
        match &self.holds {
            Holds::All => true,
            Holds::One(only) => only == slug,
            Holds::None => false,
        }
    }

    /// The path of a page of a workspace: `/join` at its own place, `/w/zaveri/join` where several share one.
    #[must_use]
    pub fn page(&self, slug: &str, word: &str) -> String {
        match &self.holds {
            Holds::One(_) => format!("/{word}"),
            Holds::All | Holds::None => format!("{PAGES}/{slug}/{word}"),
        }
    }

    /// Whether a path may be asked for here, as it is spelt: `%61cme` is not `acme`, because what two readers might read
    /// differently is no name.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let named = |below: &str| match below.strip_prefix('/') {
            None if !below.is_empty() => None,
            rest => Some(rest.unwrap_or_default().split('/').next().unwrap_or_default().to_owned()),
        };
        if let Some(slug) = path.strip_prefix(WORKSPACES).and_then(named) {
            return if slug.is_empty() { self.workspace().is_none() } else { self.holds(&slug) };
        }
        path.strip_prefix(PAGES).and_then(named).is_none_or(|slug| self.holds(&slug))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(holds: Holds) -> Place {
        Place::new("https://acme.shops.example".parse().unwrap(), holds)
    }

    #[test]
    fn a_workspaces_own_place_has_that_workspace_alone() {
        let acme = place(Holds::One("acme".to_owned()));
        for path in [
            "/",
            "/healthz",
            "/wares",
            "/w/acme/join",
            "/api/v1/workspaces/acme",
            "/api/v1/workspaces/acme/rates",
        ] {
            assert!(acme.has(path), "{path}");
        }
        for path in [
            "/api/v1/workspaces",
            "/api/v1/workspaces/",
            "/w/gems/join",
            "/w/",
            "/w//acme/join",
            "/w/%61cme/join",
            "/api/v1/workspaces/gems/rates",
            "/api/v1/workspaces/acme2/rates",
            "/api/v1/workspaces/ACME/rates",
            "/api/v1/workspaces/%61cme/rates",
            "/api/v1/workspaces//acme/rates",
            "/api/v1/workspaces/../workspaces/gems",
            "/api/v1/workspaces/acme%2f..%2fgems/rates",
        ] {
            assert!(!acme.has(path), "{path}");
        }
        assert_eq!(acme.page("acme", "join"), "/join");
    }

    #[test]
    fn beside_a_pattern_a_listed_origin_opens_workspaces_and_holds_none() {
        let base = place(Holds::None);
        assert!(base.has("/api/v1/workspaces") && base.has("/api/v1/workspaces/") && base.has("/"));
        assert!(!base.has("/w/acme/join") && !base.has("/w") && base.page("acme", "join") == "/w/acme/join");
        assert!(!base.has("/api/v1/workspaces/acme") && !base.has("/api/v1/workspaces/acme/session"));
        let all = place(Holds::All);
        assert!(all.has("/w/acme/join") && all.page("acme", "join") == "/w/acme/join");
        assert!(all.has("/api/v1/workspaces/") && all.has("/api/v1/workspaces/acme/session"));
    }
}
