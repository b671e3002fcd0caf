//! Is the request addressed to us?

use poem::{Request, http::header};

use super::{
    origin::{Origins, Place},
    problem::{Code, Problem},
};

/// The place that a request names in `Host`, before anything else looks at it.
///
/// # Errors
///
/// [`Code::OriginUnknown`] (421): no `Host`, several, or one that is not ours. An absolute request target that names
/// another host counts as several.
pub fn addressed(request: &Request, ours: &Origins) -> Result<Place, Problem> {
    let misdirected = || Problem::new(Code::OriginUnknown);
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let target = request.uri().authority();
    let named = match (hosts.next(), hosts.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    };
    let place = named.and_then(|host| ours.by_host(host)).ok_or_else(misdirected)?;
    match target {
        Some(authority) if ours.by_host(authority.as_str()).as_ref() != Some(&place) => Err(misdirected()),
        _ => Ok(place),
    }
}

/// What is not found at this place is answered before anybody asks who is there: another workspace, and one that never
/// was, are the same nothing.
///
/// # Errors
///
/// [`Code::RouteUnknown`] (404).
pub fn found(request: &Request, place: &Place) -> Result<(), Problem> {
    if place.has(request.uri().path()) { Ok(()) } else { Err(Problem::new(Code::RouteUnknown)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(target: &str, hosts: &[&str]) -> bool {
        let ours = Origins::new(["http://127.0.0.1:8080".parse().unwrap()]);
        let mut request = Request::builder().uri(target.parse().unwrap()).finish();
        for host in hosts {
            request.headers_mut().append(header::HOST, host.parse().unwrap());
        }
        addressed(&request, &ours).is_ok()
    }

    #[test]
    fn only_one_host_that_is_ours_is_accepted() {
        assert!(ask("/", &["127.0.0.1:8080"]));
        assert!(ask("/", &["localhost:8080"]));
        assert!(!ask("/", &[]));
        assert!(!ask("/", &["evil.example"]));
        assert!(!ask("/", &["127.0.0.1:8080", "127.0.0.1:8080"]));
    }

    #[test]
    fn an_absolute_target_must_agree_with_the_host() {
        assert!(ask("http://127.0.0.1:8080/", &["127.0.0.1:8080"]));
        assert!(!ask("http://evil.example/", &["127.0.0.1:8080"]));
    }
}
