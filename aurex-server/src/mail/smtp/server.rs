//! Which relay, by one URL.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use url::Url;
use zeroize::Zeroizing;

use crate::config::is_guessable;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// TLS from the first byte (RFC 8314, section 3.3).
    Implicit,
    /// TLS after the command `STARTTLS` (RFC 3207), or no mail.
    StartTls,
    /// None, to this machine itself.
    Loopback,
}

/// A relay, and who we are there.
///
/// | URL | what it means |
/// |---|---|
/// | `smtps://user:password@relay.example` | TLS from the start, port 465 |
/// | `smtp://user:password@relay.example` | STARTTLS, required, port 587 |
/// | `smtp://127.0.0.1:2525` | without TLS, to a loopback address only |
/// | `smtp://127.0.0.1:2525?starttls=required` | STARTTLS there too |
///
/// User and password are percent-encoded.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) credentials: Option<(String, Zeroizing<String>)>,
}

/// Why a URL names no relay. It never shows the URL: a password may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpServerError {
    /// Not of the form.
    #[error(
        "is no URL of a mail server: smtps://user:password@relay.example:465, the password percent-encoded"
    )]
    Form,
    /// A user without a password, or the other way round.
    #[error("has a user without a password, or a password without a user")]
    Credentials,
    /// What stands after the question mark.
    #[error("takes `?starttls=required` after an smtp:// address and nothing else: TLS cannot be turned off")]
    Option,
}

impl SmtpServer {
    /// Whether its password is one that everybody tries first.
    pub(crate) fn has_guessable_password(&self) -> bool {
        self.credentials.as_ref().is_some_and(|(user, password)| is_guessable(user, password))
    }

    /// Whether it is reached without TLS.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self.security, Security::Loopback)
    }
}

impl FromStr for SmtpServer {
    type Err = SmtpServerError;

    fn from_str(text: &str) -> Result<Self, SmtpServerError> {
        let url = Url::parse(text).map_err(|_| SmtpServerError::Form)?;
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
        let address = bare.parse::<IpAddr>();
        let named = !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
        if !(named || address.is_ok()) || !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpServerError::Form);
        }
        let loopback = address.map_or(bare == "localhost", |address| address.is_loopback());
        let (security, standard) = match (url.scheme(), url.query()) {
            ("smtps", None) => (Security::Implicit, 465),
            ("smtp", Some("starttls=required")) => (Security::StartTls, 587),
            ("smtp", None) if loopback => (Security::Loopback, 25),
            ("smtp", None) => (Security::StartTls, 587),
            ("smtps" | "smtp", Some(_)) => return Err(SmtpServerError::Option),
            _ => return Err(SmtpServerError::Form),
        };
        let credentials = match (decoded(url.username())?, url.password().map(decoded).transpose()?) {
            (user, None) if user.is_empty() => None,
            (user, Some(password)) if !user.is_empty() && !password.is_empty() => {
                Some((user, password.into()))
            }
            _ => return Err(SmtpServerError::Credentials),
        };
        Ok(Self { host: bare.to_owned(), port: url.port().unwrap_or(standard), security, credentials })
    }
}

fn decoded(text: &str) -> Result<String, SmtpServerError> {
    Ok(percent_decode_str(text).decode_utf8().map_err(|_| SmtpServerError::Form)?.into_owned())
}

impl fmt::Display for SmtpServer {
    /// Without user and password: `smtps://relay.example:465`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.security == Security::Implicit { "smtps" } else { "smtp" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> SmtpServer {
        url.parse().unwrap_or_else(|error| panic!("{url} {error}"))
    }

    #[test]
    fn only_a_loopback_host_is_ever_spoken_to_without_tls() {
        for (url, security, port) in [
            ("smtps://relay.example", Security::Implicit, 465),
            ("smtps://127.0.0.1:4465", Security::Implicit, 4465),
            ("smtp://relay.example", Security::StartTls, 587),
            ("smtp://relay.example:25?starttls=required", Security::StartTls, 25),
            ("smtp://localhost.relay.example", Security::StartTls, 587),
            ("smtp://127.0.0.1.relay.example", Security::StartTls, 587),
            ("smtp://10.0.0.1", Security::StartTls, 587),
            ("smtp://[2001:db8::1]", Security::StartTls, 587),
            ("smtp://127.0.0.1:2525", Security::Loopback, 2525),
            ("smtp://127.8.8.8", Security::Loopback, 25),
            ("smtp://[::1]", Security::Loopback, 25),
            ("smtp://LOCALHOST", Security::Loopback, 25),
            ("smtp://localhost?starttls=required", Security::StartTls, 587),
        ] {
            assert_eq!((of(url).security, of(url).port), (security, port), "{url}");
        }
        for url in [
            "smtp://relay.example?starttls=off",
            "smtp://relay.example?starttls=",
            "smtp://relay.example?tls=none",
            "smtps://relay.example?verify=no",
            "smtp://127.0.0.1?starttls=opportunistic",
        ] {
            assert_eq!(url.parse::<SmtpServer>(), Err(SmtpServerError::Option), "{url}");
        }
    }

    #[test]
    fn a_password_may_hold_anything_and_is_never_shown() {
        let server = of("smtps://shop%40relay.example:s3c%3Ar%2Fe%40t@relay.example:2465");
        let (user, password) = server.credentials.clone().unwrap();
        assert_eq!((user.as_str(), password.as_str()), ("shop@relay.example", "s3c:r/e@t"));
        assert_eq!(server.to_string(), "smtps://relay.example:2465");
        assert_eq!(format!("{server:?}"), "smtps://relay.example:2465");
        for url in ["smtps://user:s3cret@", "smtps://u:s3cret@relay.example/path", "smtps://u:s3cret@re lay"]
        {
            let error = url.parse::<SmtpServer>().unwrap_err();
            assert!(!error.to_string().contains("s3cret"), "{url}");
        }
        for url in
            ["smtps://user@relay.example", "smtps://:s3cret@relay.example", "smtps://user:@relay.example"]
        {
            assert_eq!(url.parse::<SmtpServer>(), Err(SmtpServerError::Credentials), "{url}");
        }
    }
}
