//! Did a page of ours send this?
//!
//! A browser attaches the session cookie to whatever any page makes it send. What a page cannot forge is how the browser
//! describes the sender: `Sec-Fetch-Site`, and `Origin` where that is missing. So a changing call that lives off a
//! cookie needs one of them to vouch for it. There is no token besides (OWASP's cross-site request forgery prevention
//! sheet accepts fetch metadata as the defence), and calls with `Authorization` need neither: a foreign page cannot set it.
//!
//! Which origins are ours depends on where the request is addressed: at a workspace's own origin only that one vouches.
//!
//! Signing in has no cookie yet, and is watched too: a foreign page that signs a victim into the attacker's shop reads
//! along from then on. Programs send none of these headers, and may sign in.

use poem::http::{HeaderMap, Method, header};

use super::problem::{Code, Problem};

/// What the rule looks at. Header values are given only when they stand exactly once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sender<'a> {
    /// A session cookie of ours is among the cookies.
    pub session_cookie: bool,
    /// There is an `Authorization` header, so cookies do not count.
    pub authorization: bool,
    /// How the browser describes the sending page.
    pub fetch_site: Option<&'a str>,
    /// The origin of the sending page.
    pub origin: Option<&'a str>,
}

/// Whether a call may go on. `ours` says whether an `Origin` is one whose pages may make it.
#[must_use]
pub fn permits(method: &Method, sender: Sender<'_>, ours: impl Fn(&str) -> bool) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) || sender.authorization
    {
        return true;
    }
    match (sender.fetch_site, sender.origin) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => ours(origin),
        (None, None) => !sender.session_cookie,
    }
}

/// Applies the rule to a request's headers.
///
/// # Errors
///
/// [`Code::CsrfRefused`].
pub fn check(method: &Method, headers: &HeaderMap, ours: impl Fn(&str) -> bool) -> Result<(), Problem> {
    let sender = Sender {
        session_cookie: has_session_cookie(headers),
        authorization: headers.contains_key(header::AUTHORIZATION),
        fetch_site: only(headers, "sec-fetch-site"),
        origin: only(headers, header::ORIGIN.as_str()),
    };
    if permits(method, sender, ours) {
        return Ok(());
    }
    let refused = Problem::new(Code::CsrfRefused);
    Err(match (sender.fetch_site, sender.origin) {
        (None, None) => refused.detail(
            "neither Sec-Fetch-Site nor Origin says which page sent this: the browser is too old, or something on \
             the way strips its headers",
        ),
        _ => refused,
    })
}

/// The value, or a value that is never ours when there are several or it is not text: a doubt is a no.
pub(super) fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() { Some("") } else { Some(first.to_str().unwrap_or("")) }
}

/// Whether a cookie by a name of ours is there, true or made up.
pub(super) fn has_session_cookie(headers: &HeaderMap) -> bool {
    headers.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';')).any(
        |cookie| {
            let cookie = cookie.trim_ascii();
            // A shared till's cookie is good for signing in with a number, so a call with it is watched as well.
            [&b"aurex-"[..], b"aurex_till-"]
                .into_iter()
                .any(|name| cookie.strip_prefix(b"__Host-").unwrap_or(cookie).starts_with(name))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(origin: &str) -> bool {
        origin == "https://shop.example"
    }

    fn verdict(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        check(&Method::POST, &map, ours).is_ok()
    }

    const COOKIE: (&str, &str) = ("cookie", "theme=dark; __Host-aurex-acme=s3cret");

    #[test]
    fn a_cookie_call_needs_a_page_of_ours_behind_it() {
        assert!(verdict(&[COOKIE, ("sec-fetch-site", "same-origin")]));
        assert!(verdict(&[COOKIE, ("origin", "https://shop.example")]));
        assert!(!verdict(&[COOKIE]));
        assert!(!verdict(&[("cookie", "aurex-acme=x")]));
        for site in ["cross-site", "same-site", "none", "", "Same-Origin"] {
            assert!(!verdict(&[COOKIE, ("sec-fetch-site", site)]), "{site}");
        }
        for origin in ["null", "https://evil.example", "http://shop.example"] {
            assert!(!verdict(&[COOKIE, ("origin", origin)]), "{origin}");
        }
    }

    #[test]
    fn fetch_metadata_outranks_a_matching_origin() {
        assert!(!verdict(&[COOKIE, ("sec-fetch-site", "same-site"), ("origin", "https://shop.example")]));
    }

    #[test]
    fn a_header_sent_twice_vouches_for_nothing() {
        assert!(!verdict(&[COOKIE, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]));
        assert!(!verdict(&[COOKIE, ("origin", "https://shop.example"), ("origin", "https://evil.example")]));
    }

    #[test]
    fn a_foreign_page_cannot_sign_a_visitor_in_and_a_program_can() {
        assert!(!verdict(&[("origin", "https://evil.example")]));
        assert!(!verdict(&[("sec-fetch-site", "cross-site")]));
        assert!(verdict(&[]));
        assert!(verdict(&[("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn tokens_and_reading_calls_are_exempt() {
        assert!(verdict(&[COOKIE, ("authorization", "Bearer aurex_x"), ("sec-fetch-site", "cross-site")]));
        let cookie_only = Sender { session_cookie: true, ..Sender::default() };
        assert!(permits(&Method::GET, cookie_only, ours) && permits(&Method::HEAD, cookie_only, ours));
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::CONNECT] {
            assert!(!permits(&method, cookie_only, ours), "{method}");
        }
    }
}
