//! What is answered in plain HTTP beside TLS: the way over, and nothing else.
//!
//! A person who types a name without a scheme is sent on. A program that calls the API is refused instead, as is
//! anything that carries a secret or wants a change: it would otherwise go on sending in the clear what the next request
//! repeats under TLS, and nobody would notice (ASVS 4.1.2). The one page that is answered here is what a certificate
//! authority looks for before there is a certificate. No body is read, no routing, no session; the connection is
//! closed with the answer.

use std::{path::PathBuf, time::Instant};

use super::{
    challenge,
    headers::{self, Circumstances, Hsts},
    log,
    origin::Origins,
    problem::{Code, Problem},
    request::{Entropy, RequestMeta, TrustedProxies},
};
use poem::{
    Endpoint, Request, Response, Result,
    http::{HeaderValue, Method, StatusCode, header},
};

/// The application of a listener that speaks plain HTTP beside one that speaks TLS.
pub struct Plain {
    /// The names this server is reached by.
    pub origins: Origins,
    /// The ports of those that are https.
    pub ports: Vec<u16>,
    /// Where another tool puts its answers to a certificate authority.
    pub acme_webroot: Option<PathBuf>,
    /// The proxies whose word about a client's address counts.
    pub trusted_proxies: TrustedProxies,
    /// Where request ids come from.
    pub entropy: Entropy,
}

impl Endpoint for Plain {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let started = Instant::now();
        let meta = RequestMeta::of(&request, &self.trusted_proxies, &self.entropy);
        let api = is_api(request.uri().path());
        let (mut response, problem) = match self.way_over(&request, api) {
            Ok(location) => match self.challenge(&request).await {
                Some(answer) => (answer, None),
                None => {
                    let response = Response::builder().status(StatusCode::PERMANENT_REDIRECT);
                    (response.header(header::LOCATION, location).finish(), None)
                }
            },
            Err(problem) => (problem.render(Some(&meta.request_id)), Some(problem)),
        };
        let circumstances = Circumstances { api, secure: false, request_id: &meta.request_id };
        headers::apply(&mut response, circumstances, Hsts::Off);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        let (method, status) = (request.method(), response.status());
        log::access(
            &meta,
            log::Line { method, route: "-", status, took: started.elapsed(), problem: problem.as_ref() },
        );
        Ok(response)
    }
}

impl Plain {
    async fn challenge(&self, request: &Request) -> Option<Response> {
        challenge::answer(self.acme_webroot.as_deref()?, request.uri().path()).await
    }

    /// The same page over TLS.
    fn way_over(&self, request: &Request, api: bool) -> Result<HeaderValue, Problem> {
        let origin = self.secure_origin(request).ok_or_else(|| Problem::new(Code::OriginUnknown))?;
        let page = matches!(*request.method(), Method::GET | Method::HEAD) && !api;
        if !page || request.headers().contains_key(header::AUTHORIZATION) {
            return Err(Problem::new(Code::TlsRequired));
        }
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        HeaderValue::from_maybe_shared(format!("{origin}{path}"))
            .map_err(|_| Problem::new(Code::RequestMalformed))
    }

    /// The https origin of the host that is named, whatever the port: this listener has another than TLS.
    fn secure_origin(&self, request: &Request) -> Option<String> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (Some(only), None) = (hosts.next(), hosts.next()) else { return None };
        let name = without_port(only.to_str().ok()?)?;
        if let Some(target) = request.uri().authority()
            && without_port(target.as_str()) != Some(name)
        {
            return None;
        }
        self.ports
            .iter()
            .find(|port| {
                self.origins.by_host(&format!("{name}:{port}")).is_some_and(|found| found.is_secure())
            })
            .map(
                |port| {
                    if *port == 443 { format!("https://{name}") } else { format!("https://{name}:{port}") }
                },
            )
    }
}

/// `shop.example` of `shop.example:8080`, `[::1]` of `[::1]:80`. What a host may look like is the origins' to say.
fn without_port(authority: &str) -> Option<&str> {
    let end = authority.find(']').map_or(0, |bracket| bracket + 1);
    let (name, port) =
        authority.split_at_checked(end + authority.get(end..)?.find(':').unwrap_or(authority.len() - end))?;
    let digits = port.strip_prefix(':').is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    digits.then_some(name)
}

/// Whether a path is the API's, however it is written: escapes and empty segments hide nothing.
fn is_api(path: &str) -> bool {
    let mut bytes = path.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        let escape = (byte == b'%').then(|| {
            let mut digits = bytes.clone();
            let digit = |digit: Option<u8>| char::from(digit?).to_digit(16);
            Some((digit(digits.next())? * 16 + digit(digits.next())?, digits))
        });
        match escape.flatten() {
            Some((value, after)) => {
                decoded.push(u8::try_from(value).unwrap_or(byte));
                bytes = after;
            }
            None => decoded.push(byte),
        }
    }
    let first = decoded.split(|byte| *byte == b'/').find(|segment| !matches!(segment, [] | [b'.']));
    first.is_some_and(|segment| segment.eq_ignore_ascii_case(b"api"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn plain(origins: &[&str], ports: &[u16]) -> Plain {
        Plain {
            origins: Origins::new(origins.iter().map(|origin| origin.parse().unwrap())),
            ports: ports.to_vec(),
            acme_webroot: None,
            trusted_proxies: TrustedProxies::default(),
            entropy: Arc::new(|bytes| bytes.fill(7)),
        }
    }

    fn ask(method: Method, target: &str, host: &str) -> Request {
        Request::builder().method(method).uri(target.parse().unwrap()).header("host", host).finish()
    }

    async fn answer(plain: &Plain, request: Request) -> (u16, String) {
        let response = plain.call(request).await.unwrap();
        assert_eq!(response.header("connection"), Some("close"));
        assert_eq!(response.header("strict-transport-security"), None);
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        assert!(response.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
        (response.status().as_u16(), response.header("location").unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn asvs_v4_1_2_a_page_is_sent_over_to_the_same_host_and_path() {
        let plain = plain(&["https://shop.example", "https://[::1]:8443"], &[443, 8443]);
        for (target, host, location) in [
            ("/", "shop.example", "https://shop.example/"),
            ("/bills?from=a&to=b%20c", "shop.example:8080", "https://shop.example/bills?from=a&to=b%20c"),
            ("//evil.example/", "Shop.example", "https://Shop.example//evil.example/"),
            ("/", "[::1]:8080", "https://[::1]:8443/"),
            ("http://shop.example/x", "shop.example", "https://shop.example/x"),
        ] {
            for method in [Method::GET, Method::HEAD] {
                assert_eq!(answer(&plain, ask(method, target, host)).await, (308, location.to_owned()));
            }
        }
    }

    #[tokio::test]
    async fn asvs_v4_1_2_v12_2_1_the_api_and_every_change_are_refused_and_not_sent_over() {
        let plain = plain(&["https://shop.example"], &[443]);
        for target in
            ["/api", "/api/v1/x", "/API/v1", "//api/v1", "/%61p%69/v1", "/./api", "/api?x", "/%2Fapi/v1"]
        {
            assert_eq!(
                answer(&plain, ask(Method::GET, target, "shop.example")).await,
                (403, String::new()),
                "{target}"
            );
        }
        for method in
            [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE]
        {
            assert_eq!(answer(&plain, ask(method, "/", "shop.example")).await, (403, String::new()));
        }
        let mut token = ask(Method::GET, "/", "shop.example");
        token.headers_mut().insert("authorization", HeaderValue::from_static("Bearer aurex_x"));
        assert_eq!(answer(&plain, token).await, (403, String::new()));
    }

    #[tokio::test]
    async fn a_certificate_authority_finds_its_answer_and_everybody_else_the_way_over() {
        let webroot = tempfile::TempDir::new().unwrap();
        let folder = webroot.path().join(".well-known/acme-challenge");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("token"), "token.hash").unwrap();
        let acme_webroot = Some(webroot.path().to_owned());
        let plain = Plain { acme_webroot, ..plain(&["https://shop.example"], &[443]) };
        let at = |name: &str| format!("/.well-known/acme-challenge/{name}");
        let there = |host| ask(Method::GET, &at("token"), host);
        assert_eq!(answer(&plain, there("shop.example")).await, (200, String::new()));
        assert_eq!(answer(&plain, there("evil.example")).await.0, 421);
        assert_eq!(answer(&plain, ask(Method::POST, &at("token"), "shop.example")).await.0, 403);
        assert_eq!(answer(&plain, ask(Method::GET, &at("other"), "shop.example")).await.0, 308);
    }

    #[tokio::test]
    async fn nobody_is_sent_to_a_host_that_is_not_ours() {
        let plain = plain(&["https://shop.example", "http://127.0.0.1:8080"], &[443]);
        for host in [
            "evil.example",
            "",
            "127.0.0.1:8080",
            "shop.example:x",
            "shop.example@evil.example",
            "[::1]",
            "]:",
        ] {
            assert_eq!(answer(&plain, ask(Method::GET, "/", host)).await, (421, String::new()), "{host}");
        }
        let mut two = ask(Method::GET, "/", "shop.example");
        two.headers_mut().append("host", HeaderValue::from_static("shop.example"));
        assert_eq!(answer(&plain, two).await.0, 421);
        let none = Request::builder().uri("/".parse().unwrap()).finish();
        assert_eq!(answer(&plain, none).await.0, 421);
        assert_eq!(answer(&plain, ask(Method::GET, "http://evil.example/", "shop.example")).await.0, 421);
    }
}
