//! Headers that decide something: to whom a request is addressed, who sent it, which revision and attempt it means.

use std::net::IpAddr;

use aurex_server::http::{
    csrf,
    etag::{ETag, IfMatch},
    host::addressed,
    idempotency::IdempotencyKey,
    origin::{Origin, Origins},
    problem::Code,
    request::TrustedProxies,
};
use poem::{
    Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names that the laws below are about; others are ignored everywhere.
static NAMES: [HeaderName; 8] = [
    header::HOST,
    header::ORIGIN,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    KEY,
    FORWARDED,
    SITE,
    header::COOKIE,
];

/// Lines, each a byte that chooses the header and its value.
pub fn headers(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(8) {
        let Some((name, value)) = line.split_first() else { continue };
        let name = NAMES.get(usize::from(*name) % NAMES.len()).cloned();
        if let (Some(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    let ours = Origins::new(
        ["https://shop.example", "http://127.0.0.1:8080", "http://[::1]:8080"]
            .iter()
            .filter_map(|o| o.parse().ok()),
    );
    host(&headers, &ours);
    place(&headers);
    origin(&headers, &ours);
    sender(&headers, &ours);
    revision(&headers);
    key(&headers);
    client(&headers);
}

/// The only value of a header, if it is text.
fn only(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?.to_owned();
    values.next().is_none().then_some(first)
}

/// A request is ours when its one `Host` is a name of ours with the port of that name, spelt in digits.
fn host(headers: &HeaderMap, ours: &Origins) {
    let mut request = Request::builder().finish();
    headers.get_all(header::HOST).iter().for_each(|host| {
        request.headers_mut().append(header::HOST, host.clone());
    });
    let expected = only(headers, &header::HOST).is_some_and(|host| {
        let host = host.to_ascii_lowercase();
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => (name, Some(port)),
            _ => (host.as_str(), None),
        };
        let port = match port {
            None => None,
            Some(digits) => match digits.trim_start_matches('0') {
                digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits),
                _ => Some("none"),
            },
        };
        match name {
            "shop.example" => matches!(port, None | Some("443")),
            "127.0.0.1" | "[::1]" | "localhost" => port == Some("8080"),
            _ => false,
        }
    });
    match addressed(&request, ours) {
        Ok(_) => assert!(expected, "a foreign host is taken for ours"),
        Err(problem) => {
            assert_eq!(problem.code(), Code::OriginUnknown);
            assert!(!expected, "a host of ours is refused");
        }
    }
}

/// A workspace's place is its own alone, and its origin leads back to it.
fn place(headers: &HeaderMap) {
    let Ok(hosted) = "https://*.shops.example, https://shops.example".parse::<Origins>() else {
        unreachable!("origins")
    };
    for host in headers.get_all(header::HOST).iter().filter_map(|host| host.to_str().ok()) {
        let Some(place) = hosted.by_host(host) else { continue };
        let origin = place.origin().to_string();
        assert_eq!(
            origin.strip_prefix("https://").and_then(|host| hosted.by_host(host)),
            Some(place.clone())
        );
        assert!(!place.holds("") && !place.has("/api/v1/workspaces/%61cme/rates"));
        match place.workspace() {
            Some(slug) => {
                assert_eq!(origin, format!("https://{slug}.shops.example"));
                assert!(place.has(&format!("/api/v1/workspaces/{slug}/rates")));
                assert!(!place.has(&format!("/api/v1/workspaces/{slug}x/rates")));
                assert!(!place.has("/api/v1/workspaces") && !hosted.vouches("https://shops.example", &place));
            }
            None => assert_eq!(origin, "https://shops.example"),
        }
    }
}

/// An origin prints as a browser writes it, and reads back.
fn origin(headers: &HeaderMap, ours: &Origins) {
    for value in headers.get_all(header::ORIGIN) {
        let Ok(text) = value.to_str() else { continue };
        let Ok(origin) = text.parse::<Origin>() else {
            assert!(!ours.contains(text));
            continue;
        };
        let printed = origin.to_string();
        assert_eq!(printed.parse(), Ok(origin.clone()));
        assert_eq!(printed, printed.to_ascii_lowercase());
        assert!(!text.contains(['/', '@', '?', '#', '\\']) || text.matches('/').count() == 2, "{text:?}");
        let named =
            ["https://shop.example", "http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"];
        assert_eq!(ours.contains(text), named.contains(&printed.as_str()));
    }
}

/// A page of another origin never makes a call that lives off our cookie.
fn sender(headers: &HeaderMap, ours: &Origins) {
    let passed = csrf::check(&Method::POST, headers, |origin| ours.contains(origin)).is_ok();
    let site = headers.contains_key(SITE);
    let vouched = if site {
        only(headers, &SITE).is_some_and(|site| site == "same-origin")
    } else {
        only(headers, &header::ORIGIN).is_some_and(|origin| ours.contains(&origin))
    };
    if site || headers.contains_key(header::ORIGIN) {
        assert_eq!(passed, vouched);
    }
    assert!(csrf::check(&Method::GET, headers, |_| false).is_ok());
}

/// A revision is matched by its own tag alone, and asked for where there is none.
fn revision(headers: &HeaderMap) {
    let tags: Vec<String> = headers
        .get_all(header::IF_MATCH)
        .iter()
        .flat_map(|line| {
            line.to_str().unwrap_or("?").split(',').map(|tag| tag.trim().to_owned()).collect::<Vec<_>>()
        })
        .filter(|tag| !tag.is_empty())
        .collect();
    let asked = IfMatch::of(headers);
    let Ok(expected) = asked.required() else {
        assert!(tags.is_empty() || tags.contains(&"*".to_owned()));
        return;
    };
    assert!(!tags.is_empty() && !tags.contains(&"*".to_owned()));
    for revision in [1, 7, u64::from(u32::MAX)] {
        let tag = ETag::of_revision(revision);
        assert_eq!(expected.check(&tag).is_ok(), tags.iter().any(|given| given == tag.as_str()));
    }
    let number = expected.revision();
    if number != 0 {
        assert_eq!(tags.first().map(String::as_str), Some(ETag::of_revision(number.into()).as_str()));
    }
}

/// A key is 1 to 255 visible characters, and spelt with quotes it is the same key.
fn key(headers: &HeaderMap) {
    let Ok(key) = IdempotencyKey::of(headers) else {
        assert!(headers.contains_key(KEY));
        return;
    };
    let Some(text) = key.as_deref() else {
        assert!(!headers.contains_key(KEY));
        return;
    };
    assert!((1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()));
    let quoted = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    if let Ok(value) = HeaderValue::from_str(&quoted) {
        let again = IdempotencyKey::of(&HeaderMap::from_iter([(KEY, value)]));
        assert!(again.is_ok_and(|again| again == key));
    }
}

/// Nobody's word counts who is not configured; behind a proxy of ours the client is an address that stands there.
fn client(headers: &HeaderMap) {
    let lines = || headers.get_all(FORWARDED).iter().map(|line| line.to_str().unwrap_or(""));
    let peer = IpAddr::from([10, 0, 0, 1]);
    assert_eq!(TrustedProxies::default().client(peer, lines()), peer);
    let Ok(network) = "10.0.0.0/8".parse() else { unreachable!("a network") };
    let client = TrustedProxies::new([network]).client(peer, lines());
    let told = |address: IpAddr| address.to_canonical() == client;
    let entries: Vec<_> = lines().flat_map(|line| line.split(',')).map(str::trim).collect();
    assert!(client == peer || entries.iter().any(|entry| entry.parse().is_ok_and(told)));
}
