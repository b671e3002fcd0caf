//! Links that a mail may hold, and the secrets in them.

use std::fmt;

use aurex_core::tenancy::Slug;
use zeroize::Zeroizing;

use crate::http::origin::Place;

/// A page that a mail leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Where an invitation is taken up.
    Join,
    /// Where a forgotten password is set anew.
    Reset,
    /// Where a magic link signs in.
    SignIn,
    /// Where what waits for a second person is seen.
    Approvals,
    /// Where what was unusual in a week is seen, and reviewed.
    Digest,
}

impl Page {
    /// Its word in the path.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Reset => "reset",
            Self::SignIn => "link",
            Self::Approvals => "approvals",
            Self::Digest => "digest",
        }
    }
}

/// The link to a workspace's page: `https://shop.example/w/zaveri/join#secret`, or `https://zaveri.shops.example/join#secret`
/// where every workspace has an origin of its own.
///
/// The secret stands in the fragment, which a browser sends to nobody: it is in no log of a server or a proxy and in no
/// `Referer` (ASVS 14.2.1). The page reads it and sends it in the body of the `POST` that uses it, so that a mail scanner
/// which opens every link uses none up.
#[must_use]
pub fn link(home: &Place, slug: &Slug, page: Page, secret: Option<&LinkSecret>) -> Zeroizing<String> {
    let page = format!("{}{}", home.origin(), home.page(slug.as_str(), page.path()));
    Zeroizing::new(match secret {
        None => page,
        Some(secret) => format!("{page}#{}", secret.expose()),
    })
}

/// What makes a link somebody's: base64url or `prefix_…`, nothing that a URL would have to encode.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkSecret(Zeroizing<String>);

/// The text is neither a link's secret nor a code. It does not say why: the text may be somebody's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret of a link is malformed")]
pub struct NotALinkSecret;

impl LinkSecret {
    /// Takes `text` of 1 to 200 of A–Z, a–z, 0–9, `-` and `_`.
    ///
    /// # Errors
    /// [`NotALinkSecret`].
    pub fn new(text: &str) -> Result<Self, NotALinkSecret> {
        let sound = (1..=200).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if sound { Ok(Self(Zeroizing::new(text.to_owned()))) } else { Err(NotALinkSecret) }
    }

    /// For the link it belongs in.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

/// The eight characters that sign in on another device than the one that opens the link.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkCode(Zeroizing<String>);

impl LinkCode {
    /// Takes eight of A–Z and 0–9.
    ///
    /// # Errors
    /// [`NotALinkSecret`].
    pub fn new(text: &str) -> Result<Self, NotALinkSecret> {
        let sound =
            text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if sound { Ok(Self(Zeroizing::new(text.to_owned()))) } else { Err(NotALinkSecret) }
    }

    /// In two halves, as people read it aloud: `4F7K-Q2MX`.
    #[must_use]
    pub fn grouped(&self) -> Zeroizing<String> {
        let (left, right) = self.0.split_at_checked(4).unwrap_or((&self.0, ""));
        Zeroizing::new(format!("{left}-{right}"))
    }
}

impl fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkCode(…)")
    }
}
