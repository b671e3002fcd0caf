//! The settings of the edge: by which names the server is reached, whose word about a client's address counts, and how
//! much one may ask.

use std::str::FromStr;

use poem::http::HeaderName;

use super::{ConfigError, Settings, wrong};
use crate::http::limits::{PerMinute, Rates};
use crate::http::origin::{NotOrigins, Origins};
use crate::http::request::{EdgeHeader, Network, TrustedProxies};

/// The origins in a list.
pub(super) fn origins(list: &str) -> Result<Origins, ConfigError> {
    list.parse().map_err(|error| match error {
        NotOrigins::TwoPatterns => {
            wrong("public_origin", "has two origins with a star: each workspace has one home")
        }
        _ => wrong(
            "public_origin",
            "is a list of origins: https://shop.example, or https://*.shops.example for one a workspace",
        ),
    })
}

/// Whose word about a client's address counts.
pub(super) fn proxies(settings: &Settings) -> Result<TrustedProxies, ConfigError> {
    let trusted = TrustedProxies::new(networks("trusted_proxies", settings.trusted_proxies.as_deref())?);
    let edge = networks("edge_networks", settings.edge_networks.as_deref())?;
    match settings.edge_header.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        None if edge.is_empty() => Ok(trusted),
        None => Err(wrong("edge_networks", "says whose header counts: name it in edge_header")),
        Some(_) if edge.is_empty() => Err(wrong(
            "edge_header",
            "counts from the edge's networks alone: list them in edge_networks, as the provider publishes them",
        )),
        Some(name) => {
            let name = HeaderName::from_str(name)
                .map_err(|_| wrong("edge_header", "is the name of a header, CF-Connecting-IP for example"))?;
            Ok(trusted.behind(EdgeHeader::new(name, edge)))
        }
    }
}

fn networks(name: &'static str, list: Option<&str>) -> Result<Vec<Network>, ConfigError> {
    match list.map(str::trim) {
        None | Some("") => Ok(Vec::new()),
        Some(list) => list
            .split(',')
            .map(|network| network.trim().parse())
            .collect::<Result<_, _>>()
            .map_err(|_| wrong(name, "is a list of addresses or networks, 10.0.0.0/8 for example")),
    }
}

/// How much one may ask, where something was said of it.
pub(super) struct SaidRates {
    session: Option<PerMinute>,
    workspace: Option<PerMinute>,
    address: Option<PerMinute>,
    stranger: Option<PerMinute>,
    form_ms: Option<u32>,
}

impl SaidRates {
    pub(super) fn of(settings: &Settings) -> Result<Self, ConfigError> {
        let rate = |name: &'static str, said: &Option<String>| match said {
            None => Ok(None),
            Some(text) => match text.trim().parse() {
                Ok(rate) => Ok(Some(rate)),
                Err(_) => Err(wrong(name, "is a number of requests a minute from 1, or `off`")),
            },
        };
        Ok(Self {
            session: rate("rate_session", &settings.rate_session)?,
            workspace: rate("rate_workspace", &settings.rate_workspace)?,
            address: rate("rate_address", &settings.rate_address)?,
            stranger: rate("rate_stranger", &settings.rate_stranger)?,
            form_ms: match settings.form_milliseconds {
                Some(long) if long > 10_000 => {
                    return Err(wrong(
                        "form_milliseconds",
                        "is 10000 at most: people are not slower than that",
                    ));
                }
                said => said,
            },
        })
    }

    /// Where nobody but this machine can ask, nobody is limited unless somebody says so.
    pub(super) fn or_default(self, all_loopback: bool) -> Rates {
        let default = if all_loopback { Rates::UNLIMITED } else { Rates::default() };
        Rates {
            session: self.session.unwrap_or(default.session),
            workspace: self.workspace.unwrap_or(default.workspace),
            address: self.address.unwrap_or(default.address),
            stranger: self.stranger.unwrap_or(default.stranger),
            form_ms: self.form_ms.unwrap_or(default.form_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn said(change: impl FnOnce(&mut Settings)) -> Result<Config, String> {
        let mut settings = Settings::default();
        change(&mut settings);
        Config::resolve(settings).map_err(|error| error.to_string())
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn asvs_v3_5_4_each_workspace_may_have_an_origin_of_its_own() {
        let hosted =
            said(|s| s.public_origin = text("https://*.shops.example, https://shops.example")).unwrap();
        assert_eq!(hosted.origins.of_workspace("acme").unwrap().to_string(), "https://acme.shops.example");
        assert!(hosted.production && !hosted.open_workspaces);
        let here =
            said(|s| s.public_origin = text("http://*.localhost:8080, http://localhost:8080")).unwrap();
        assert!(!here.production && here.open_workspaces);
        for wrong in ["https://*", "https://a.*.example", "https://*.a.example,https://*.b.example", "", "*"]
        {
            assert!(said(|s| s.public_origin = text(wrong)).is_err(), "{wrong}");
        }
        // Beyond loopback a pattern needs TLS like any other origin.
        let beyond = said(|s| {
            s.listen = text("0.0.0.0:8080");
            s.public_origin = text("http://*.shops.example");
        });
        assert!(beyond.unwrap_err().contains("TLS"));
    }

    #[test]
    fn asvs_v3_5_4_figures_are_not_served_where_shops_are() {
        let same = said(|s| s.metrics_listen = text("127.0.0.1:8080"));
        assert!(same.unwrap_err().contains("metrics_listen"));
        assert!(said(|s| s.metrics_listen = text("127.0.0.1:9464")).is_ok());
    }

    #[test]
    fn an_edges_header_and_its_networks_come_together() {
        let header = said(|s| s.edge_header = text("CF-Connecting-IP"));
        assert!(header.unwrap_err().contains("edge_networks"));
        let alone = said(|s| s.edge_networks = text("198.51.100.0/24"));
        assert!(alone.unwrap_err().contains("edge_header"));
        for (header, networks) in [("not a header", "198.51.100.0/24"), ("CF-Connecting-IP", "cloudflare")] {
            let wrong = said(|s| {
                s.edge_header = text(header);
                s.edge_networks = text(networks);
            });
            assert!(wrong.is_err(), "{header} {networks}");
        }
        assert!(
            said(|s| {
                s.edge_header = text("CF-Connecting-IP");
                s.edge_networks = text("198.51.100.0/24, 2001:db8::/32");
            })
            .is_ok()
        );
    }

    #[test]
    fn limits_stand_wherever_strangers_can_ask() {
        let public = said(|s| s.public_origin = text("https://shop.example")).unwrap();
        assert_eq!(public.rates, Rates::default());
        assert_eq!(said(|_| ()).unwrap().rates, Rates::UNLIMITED);
        let asked = said(|s| s.rate_session = text("60")).unwrap();
        assert_eq!(asked.rates.session, PerMinute::new(60));
        let off = said(|s| {
            s.public_origin = text("https://shop.example");
            s.rate_address = text("off");
        });
        assert_eq!(off.unwrap().rates, Rates { address: PerMinute::UNLIMITED, ..Rates::default() });
        assert_eq!(said(|s| s.form_milliseconds = Some(400)).unwrap().rates.form_ms, 400);
        assert!(said(|s| s.form_milliseconds = Some(60_000)).unwrap_err().starts_with("form_milliseconds"));
        assert!(said(|s| s.rate_stranger = text("0")).unwrap_err().starts_with("rate_stranger"));
    }
}
