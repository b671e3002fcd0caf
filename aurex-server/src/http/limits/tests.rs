use std::sync::atomic::AtomicI64;

use aurex_core::time::Timestamp;

use super::*;

#[derive(Default)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000 + self.0.load(Ordering::SeqCst) * 1_000_000)
    }
}

fn limits(rates: Rates) -> (Limits, Arc<Hands>) {
    let clock = Arc::new(Hands::default());
    (Limits::new(rates, [7; 32], Arc::clone(&clock) as Arc<dyn Clock>), clock)
}

fn few() -> Rates {
    Rates {
        session: PerMinute::new(3),
        workspace: PerMinute::new(5),
        address: PerMinute::new(10),
        stranger: PerMinute::new(2),
        form_ms: 0,
    }
}

fn ip(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

#[test]
fn an_address_without_credentials_has_the_smaller_budget() {
    let (limits, _) = limits(few());
    let none = headers(&[]);
    for _ in 0..2 {
        limits.at_the_door("/", &none, ip("192.0.2.1")).unwrap();
    }
    let refused = limits.at_the_door("/", &none, ip("192.0.2.1")).unwrap_err();
    assert_eq!(refused.render(None).header("retry-after"), Some("30"));
    // Its neighbour, its own session's requests and the probes go on.
    limits.at_the_door("/", &none, ip("192.0.2.2")).unwrap();
    limits.at_the_door("/", &headers(&[("cookie", "aurex-acme=x")]), ip("192.0.2.1")).unwrap();
    limits.at_the_door("/", &headers(&[("authorization", "Bearer x")]), ip("192.0.2.1")).unwrap();
    limits.at_the_door("/healthz", &none, ip("192.0.2.1")).unwrap();
    assert_eq!(limits.figures().refused, [1, 0, 0, 0, 0, 0]);
}

#[test]
fn a_subscriber_of_ipv6_is_one_address() {
    let (limits, clock) = limits(few());
    limits.stranger(ip("2001:db8:1:2::1")).unwrap();
    limits.stranger(ip("2001:db8:1:2:ffff::9")).unwrap();
    assert!(limits.stranger(ip("2001:db8:1:2:3:4:5:6")).is_err());
    limits.stranger(ip("2001:db8:1:3::1")).unwrap();
    // And a mapped address is the one it maps.
    limits.stranger(ip("192.0.2.1")).unwrap();
    limits.stranger(ip("::ffff:192.0.2.1")).unwrap();
    assert!(limits.stranger(ip("192.0.2.1")).is_err());
    clock.0.store(30, Ordering::SeqCst);
    limits.stranger(ip("192.0.2.1")).unwrap();
}

#[test]
fn a_greedy_session_meets_its_own_limit_before_its_workspaces() {
    let (limits, _) = limits(few());
    for _ in 0..3 {
        limits.signed("one", b"acme").unwrap();
    }
    for _ in 0..10 {
        assert!(limits.signed("one", b"acme").is_err());
    }
    for _ in 0..2 {
        limits.signed("two", b"acme").unwrap();
    }
    assert!(limits.signed("two", b"acme").is_err(), "five in the workspace");
    limits.signed("three", b"gems").unwrap();
    assert_eq!(limits.figures().refused, [0, 0, 10, 1, 0, 0]);
}

#[test]
fn without_limits_nothing_is_counted_but_reports() {
    for free in [Limits::none(), limits(Rates::UNLIMITED).0] {
        for _ in 0..100 {
            free.at_the_door("/", &headers(&[]), ip("192.0.2.1")).unwrap();
            free.signed("one", b"acme").unwrap();
        }
    }
    let (reports, _) = limits(Rates::UNLIMITED);
    let taken = (0..100).filter(|_| reports.report(ip("192.0.2.1")).is_ok()).count();
    assert_eq!(taken, 30);
    let taken = (0..1000_u16)
        .filter(|host| reports.report(ip(&format!("192.0.{}.{}", host / 250, host % 250 + 3))).is_ok())
        .count();
    assert_eq!(taken, 300 - 30);
}
