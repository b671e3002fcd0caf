//! Is the request addressed to us?

use poem::{Request, http::header};

use super::{
    origin::{Origin, Origins},
    problem::{Code, Problem},
};

/// The public origin that a request names in `Host`, before anything else looks at it.
///
/// # Errors
///
/// [`Code::OriginUnknown`] (421): no `Host`, several, or one that is not ours. An absolute request target that names
/// another host counts as several.
pub fn addressed<'o>(request: &Request, ours: &'o Origins) -> Result<&'o Origin, Problem> {
    let misdirected = || Problem::new(Code::OriginUnknown);
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let target = request.uri().authority();
    let named = match (hosts.next(), hosts.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    };
    let origin = named.and_then(|host| ours.by_host(host)).ok_or_else(misdirected)?;
    match target {
        Some(authority) if ours.by_host(authority.as_str()) != Some(origin) => Err(misdirected()),
        _ => Ok(origin),
    }
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
