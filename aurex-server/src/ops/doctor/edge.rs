//! Checks of the edge: by which names it is reached, whom it believes, how much it takes, and the profile.

use super::catalogue::{
    CONFIGURATION_DEVELOPMENT, EDGE_GONE_ROUND, EDGE_HSTS_OFF, EDGE_LIMITS_OFF, EDGE_NO_FRONT,
    EDGE_OPEN_WORKSPACES, EDGE_PLAIN_ORIGIN, EDGE_PROXIES_NONE, EDGE_PROXIES_WIDE, EDGE_SHARED_ORIGIN,
};
use super::finding::Finding;
use crate::config::{Config, Tls};
use crate::http::headers::Hsts;
use crate::http::limits::PerMinute;

/// Whether nobody but this machine can reach it, as far as the configuration tells.
pub(super) fn is_alone(config: &Config) -> bool {
    config.listen.ip().is_loopback() && config.origins.are_loopback()
}

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(
        EDGE_PROXIES_WIDE.at_any(config.trusted_proxies.networks().filter(|network| network.is_wide())),
    );
    if is_alone(config) {
        return found;
    }
    if !config.production {
        found.push(CONFIGURATION_DEVELOPMENT.plain());
    }
    let origins = &config.origins;
    let plain = origins.listed().filter(|origin| !origin.is_secure() && !origin.is_loopback());
    let each = origins.each_workspace().filter(|each| !each.is_secure() && !each.is_loopback());
    found.extend(
        EDGE_PLAIN_ORIGIN.at_any(plain.map(ToString::to_string).chain(each.map(ToString::to_string))),
    );
    if origins.primary().is_none() {
        found.push(EDGE_NO_FRONT.plain());
    }
    if config.hsts == Hsts::Off && origins.has_secure() {
        found.push(EDGE_HSTS_OFF.plain());
    }
    // Without TLS of its own, and with an https origin, somebody stands in front.
    let has_proxy = !config.tls.is_on() && origins.has_secure();
    if has_proxy && config.trusted_proxies.networks().next().is_none() {
        found.push(EDGE_PROXIES_NONE.plain());
    }
    if let Tls::Files(files) = &config.tls
        && files.client_ca.is_none()
        && config.trusted_proxies.has_edge()
    {
        found.push(EDGE_GONE_ROUND.plain());
    }
    let rates = &config.rates;
    let off = [
        ("rate_session", rates.session),
        ("rate_workspace", rates.workspace),
        ("rate_address", rates.address),
        ("rate_stranger", rates.stranger),
    ];
    let off = off.into_iter().filter(|(_, rate)| *rate == PerMinute::UNLIMITED).map(|(name, _)| name);
    found.extend(EDGE_LIMITS_OFF.at_any(off));
    if config.open_workspaces {
        found.push(EDGE_OPEN_WORKSPACES.plain());
    }
    found
}

/// A public origin that more than one workspace shares.
pub(super) fn shared_origin(config: &Config, workspaces: usize) -> Option<Finding> {
    let shared =
        workspaces > 1 && config.origins.each_workspace().is_none() && !config.origins.are_loopback();
    shared.then(|| EDGE_SHARED_ORIGIN.at(format!("{workspaces} workspaces at {}", config.origin)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SOUND, config, ids};
    use super::*;

    fn of(more: &str) -> Vec<&'static str> {
        ids(&check(&config(&format!("{SOUND}{more}"))))
    }

    #[test]
    fn a_sound_edge_has_nothing() {
        assert_eq!(of(""), [""; 0]);
        assert_eq!(check(&config("")), [], "and what is this machine's alone");
        assert_eq!(
            check(&config("profile = \"development\"\nrate_session = \"off\"\nopen_workspaces = \"on\"")),
            []
        );
    }

    #[test]
    fn what_is_relaxed_off_loopback_is_found() {
        assert_eq!(of("profile = \"development\""), ["configuration.development"]);
        assert_eq!(of("hsts = \"off\""), ["edge.hsts_off"]);
        assert_eq!(of("open_workspaces = \"on\""), ["edge.open_workspaces"]);
        let found = check(&config(&format!("{SOUND}rate_session = \"off\"\nrate_stranger = \"off\"")));
        assert_eq!(ids(&found), ["edge.limits_off"]);
        assert_eq!(found[0].evidence.as_deref(), Some("rate_session, rate_stranger"));
    }

    #[test]
    fn whom_everybody_could_be_is_no_proxy() {
        for wide in ["0.0.0.0/0", "::/0", "0.0.0.0/1, 128.0.0.0/1", "2000::/3"] {
            assert_eq!(of(&format!("trusted_proxies = {wide:?}")), ["edge.proxies_wide"], "{wide}");
        }
        let edge = "edge_header = \"cf-connecting-ip\"\nedge_networks = \"0.0.0.0/0\"";
        assert_eq!(of(edge), ["edge.proxies_wide", "edge.gone_round"]);
        assert_eq!(of("trusted_proxies = \"10.0.0.0/8, fd00::/8, 192.0.2.7\""), [""; 0]);
    }

    #[test]
    fn an_edge_that_can_be_gone_round_is_found() {
        let edge = "edge_header = \"cf-connecting-ip\"\nedge_networks = \"198.51.100.0/24\"\n";
        assert_eq!(of(edge), ["edge.gone_round"]);
        assert_eq!(of(&format!("{edge}tls_client_ca = \"edge.pem\"")), [""; 0]);
    }

    #[test]
    fn a_proxy_that_nobody_trusts_is_found() {
        let behind = "public_origin = \"https://shop.example\"\n";
        assert_eq!(ids(&check(&config(behind))), ["edge.proxies_none"]);
        assert_eq!(check(&config(&format!("{behind}trusted_proxies = \"127.0.0.1\""))), []);
    }

    #[test]
    fn origins_without_tls_or_a_front_are_found() {
        let plain = "public_origin = \"http://shop.example, http://127.0.0.1:8080\"";
        let found = check(&config(plain));
        assert_eq!(ids(&found), ["edge.plain_origin"]);
        assert_eq!(found[0].evidence.as_deref(), Some("http://shop.example"));
        let pattern = "public_origin = \"https://*.shops.example\"\ntrusted_proxies = \"127.0.0.1\"";
        assert_eq!(ids(&check(&config(pattern))), ["edge.no_front"]);
    }

    #[test]
    fn several_workspaces_at_one_public_origin_are_an_error() {
        let one = config(SOUND);
        assert_eq!(shared_origin(&one, 1), None);
        assert_eq!(ids(&shared_origin(&one, 2)), ["edge.shared_origin"]);
        let each = config("public_origin = \"https://*.shops.example, https://shops.example\"");
        assert_eq!(shared_origin(&each, 2), None);
        assert_eq!(shared_origin(&config(""), 2), None, "on this machine alone");
    }
}
