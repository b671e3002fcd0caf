//! What every answer says to a browser, whoever built it.
//!
//! They are set last and always, so that a 404, a 421 or a panic is as closed as a page. Pages get a policy under which
//! they can show themselves; everything else gets one under which nothing can run.

use poem::{
    Response,
    http::{HeaderMap, HeaderName, HeaderValue, header},
};

/// Nothing may load, run, frame or be submitted.
const CLOSED: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// Our own styles, modules, pictures and forms; nothing inline, nothing from elsewhere.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                    connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
                    frame-ancestors 'none'; report-to csp; report-uri /csp-reports";

/// Where `csp` is. Older browsers go by `report-uri`.
const ENDPOINTS: &str = "csp=\"/csp-reports\"";

/// What a browser forgets when a session ends. Not `cookies`: that reaches every host below the registered name, so
/// signing out of one shop would sign out of the neighbour's; our own cookie is taken back by its name
/// (W3C Clear Site Data, sections 3.1 and 4.2.2).
const FORGET: &str = "\"cache\", \"storage\"";

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), \
                           encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), magnetometer=(), \
                           microphone=(), midi=(), payment=(), publickey-credentials-get=(self), \
                           screen-wake-lock=(), usb=(), xr-spatial-tracking=()";

/// Whether browsers are told to come back over TLS only (RFC 6797), and how far that reaches. It is said on https
/// origins alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Hsts {
    /// Nothing is said.
    Off,
    /// For the host that was asked.
    #[default]
    Host,
    /// Also for every name below it.
    Subdomains,
    /// And asks browser makers to build it in, for which they want the names below too. Hard to take back.
    Preload,
}

impl Hsts {
    // Two years, as the preload list asks for at least one (<https://hstspreload.org/#deployment-recommendations>).
    const fn value(self) -> Option<HeaderValue> {
        match self {
            Self::Off => None,
            Self::Host => Some(HeaderValue::from_static("max-age=63072000")),
            Self::Subdomains => Some(HeaderValue::from_static("max-age=63072000; includeSubDomains")),
            Self::Preload => Some(HeaderValue::from_static("max-age=63072000; includeSubDomains; preload")),
        }
    }
}

/// What the headers of one answer depend on besides the answer.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The path begins with `/api`.
    pub api: bool,
    /// The request came to an https origin of ours.
    pub secure: bool,
    /// Its id.
    pub request_id: &'a str,
}

/// Sets the headers on one answer.
pub fn apply(response: &mut Response, circumstances: Circumstances<'_>, hsts: Hsts) {
    let page = response.header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 7] = [
        (header::CONTENT_SECURITY_POLICY, if page { PAGE } else { CLOSED }),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.remove(header::SERVER);
    if page {
        headers.insert(HeaderName::from_static("reporting-endpoints"), HeaderValue::from_static(ENDPOINTS));
    }
    if ends_a_session(headers) {
        headers.insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static(FORGET));
    }
    // Outside the API only what was made to be kept (a hashed asset) may say so itself.
    if circumstances.api || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    // RFC 6797, section 7.2: never over plain HTTP.
    match hsts.value().filter(|_| circumstances.secure) {
        Some(value) => headers.insert(header::STRICT_TRANSPORT_SECURITY, value),
        None => headers.remove(header::STRICT_TRANSPORT_SECURITY),
    };
    if let Ok(id) = HeaderValue::from_str(circumstances.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// Whether a session's cookie is taken back, by whichever answer.
fn ends_a_session(headers: &HeaderMap) -> bool {
    headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()).any(|cookie| {
        let ours = cookie.starts_with("__Host-aurex-") || cookie.starts_with("aurex-");
        ours && cookie.split(';').any(|attribute| attribute.trim().eq_ignore_ascii_case("max-age=0"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(kind: &str, api: bool, secure: bool) -> Response {
        let mut response =
            Response::builder().content_type(kind).header("Cache-Control", "max-age=9").body("x");
        apply(&mut response, Circumstances { api, secure, request_id: "r1" }, Hsts::default());
        response
    }

    #[test]
    fn no_policy_allows_anything_inline_or_foreign() {
        for policy in [CLOSED, PAGE] {
            assert!(policy.starts_with("default-src 'none'; "));
            for open in ["unsafe", "*", "http", "data:", "blob:"] {
                assert!(!policy.contains(open), "{policy}");
            }
        }
    }

    #[test]
    fn pages_may_show_themselves_and_answers_may_not() {
        assert_eq!(
            answer("text/html; charset=utf-8", false, false).header("content-security-policy"),
            Some(PAGE)
        );
        assert_eq!(answer("application/json", true, false).header("content-security-policy"), Some(CLOSED));
    }

    #[test]
    fn nothing_under_the_api_is_kept_by_a_cache() {
        assert_eq!(answer("application/json", true, false).header("cache-control"), Some("no-store"));
        assert_eq!(answer("text/css", false, false).header("cache-control"), Some("max-age=9"));
    }

    #[test]
    fn strict_transport_is_said_over_tls_only() {
        assert_eq!(
            answer("text/css", false, true).header("strict-transport-security"),
            Some("max-age=63072000")
        );
        assert_eq!(answer("text/css", false, false).header("strict-transport-security"), None);
    }
}
