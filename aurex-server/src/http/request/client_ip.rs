//! Where a request came from, believing nobody who is not configured.
//!
//! Each proxy appends the address it saw to `X-Forwarded-For`. Read from the right, the entries up to the first one
//! that is not a trusted proxy were written by trusted proxies; whatever stands left of it may be made up. `Forwarded`
//! and `X-Real-IP` are not read: one header, one rule.
//!
//! A provider's edge (a content network) says the client's address in a header of its own, which it sets anew on every
//! request. That header counts when the address found so far is one of the provider's, and from nobody else.

use std::net::IpAddr;

pub use aurex_core::tenancy::{Network, NotANetwork};
use poem::http::{HeaderMap, HeaderName};

/// The proxies whose word counts. None by default: the peer is the client.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<Network>,
    edge: Option<EdgeHeader>,
}

/// The header in which a provider's edge names the client, and the networks that the edge speaks from.
#[derive(Clone, Debug)]
pub struct EdgeHeader {
    name: HeaderName,
    networks: Vec<Network>,
}

impl EdgeHeader {
    /// This header, from these networks.
    #[must_use]
    pub fn new(name: HeaderName, networks: impl IntoIterator<Item = Network>) -> Self {
        Self { name, networks: networks.into_iter().collect() }
    }

    /// What the edge at `address` says; none where it is none of theirs, or says nothing that is one address.
    fn client(&self, address: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        if !within(&self.networks, address) {
            return None;
        }
        let mut values = headers.get_all(&self.name).iter();
        match (values.next(), values.next()) {
            (Some(only), None) => only.to_str().ok()?.trim().parse::<IpAddr>().ok(),
            _ => None,
        }
    }
}

fn within(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(address))
}

impl TrustedProxies {
    /// These networks.
    #[must_use]
    pub fn new(networks: impl IntoIterator<Item = Network>) -> Self {
        Self { networks: networks.into_iter().collect(), edge: None }
    }

    /// The same, behind a provider's edge.
    #[must_use]
    pub fn behind(mut self, edge: EdgeHeader) -> Self {
        self.edge = Some(edge);
        self
    }

    /// The client behind `peer`, by all that the headers say.
    #[must_use]
    pub fn client_of(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let forwarded: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().unwrap_or("")).collect();
        let sender = self.client(peer, forwarded.into_iter());
        let told = self.edge.as_ref().and_then(|edge| edge.client(sender, headers));
        told.map_or(sender, |client| client.to_canonical())
    }

    /// Whether a provider's edge is among them.
    #[must_use]
    pub const fn has_edge(&self) -> bool {
        self.edge.is_some()
    }

    /// The networks of all who speak for others: the proxies, and the provider's edge.
    pub fn networks(&self) -> impl Iterator<Item = Network> + '_ {
        self.networks.iter().chain(self.edge.iter().flat_map(|edge| &edge.networks)).copied()
    }

    fn trust(&self, address: IpAddr) -> bool {
        within(&self.networks, address)
    }

    /// The client behind `peer`, given the lines of `X-Forwarded-For` in their order.
    #[must_use]
    pub fn client<'h>(
        &self,
        peer: IpAddr,
        forwarded_for: impl DoubleEndedIterator<Item = &'h str>,
    ) -> IpAddr {
        let mut client = peer.to_canonical();
        for entry in forwarded_for.rev().flat_map(|line| line.rsplit(',')) {
            if !self.trust(client) {
                break;
            }
            // What is not an address was not written by a proxy of ours: the last one that is known stands.
            let Ok(address) = entry.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, lines: &[&str]) -> String {
        let proxies = TrustedProxies::new(trusted.iter().map(|network| network.parse().unwrap()));
        proxies.client(peer.parse().unwrap(), lines.iter().copied()).to_string()
    }

    #[test]
    fn without_trusted_proxies_the_peer_is_the_client() {
        assert_eq!(client(&[], "203.0.113.9", &["10.0.0.1"]), "203.0.113.9");
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.9", &["192.0.2.1"]), "203.0.113.9");
    }

    #[test]
    fn what_a_client_made_up_is_not_believed() {
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["127.0.0.1, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["127.0.0.1", "192.0.2.7, 10.0.0.2"]), "192.0.2.7");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.7, gibberish"]), "10.0.0.1");
    }

    fn behind_an_edge(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let edge = EdgeHeader::new(
            HeaderName::from_static("cf-connecting-ip"),
            ["198.51.100.0/24".parse().unwrap(), "2001:db8:cf::/48".parse().unwrap()],
        );
        let proxies = TrustedProxies::new(["10.0.0.0/8".parse().unwrap()]).behind(edge);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        proxies.client_of(peer.parse().unwrap(), &map).to_string()
    }

    #[test]
    fn asvs_v4_1_3_v15_3_4_an_edges_header_counts_from_the_edge_alone() {
        let says = [("cf-connecting-ip", "192.0.2.7")];
        assert_eq!(behind_an_edge("198.51.100.9", &says), "192.0.2.7");
        assert_eq!(behind_an_edge("2001:db8:cf::1", &says), "192.0.2.7");
        assert_eq!(behind_an_edge("203.0.113.5", &says), "203.0.113.5", "anybody else");
        // Behind a proxy of ours as well: by whom that proxy was called.
        let through = |caller: &'static str| [("x-forwarded-for", caller), ("cf-connecting-ip", "192.0.2.7")];
        assert_eq!(behind_an_edge("10.0.0.1", &through("192.0.2.66, 198.51.100.9")), "192.0.2.7");
        assert_eq!(behind_an_edge("10.0.0.1", &through("198.51.100.9, 203.0.113.5")), "203.0.113.5");
        assert_eq!(behind_an_edge("10.0.0.1", &says), "10.0.0.1", "the proxy itself is no edge");
    }

    #[test]
    fn asvs_v4_1_3_an_edges_header_that_is_not_one_address_is_not_read() {
        for wrong in ["", "client", "192.0.2.7, 192.0.2.8", "192.0.2.7:443", "[::1]", "192.0.2"] {
            assert_eq!(
                behind_an_edge("198.51.100.9", &[("cf-connecting-ip", wrong)]),
                "198.51.100.9",
                "{wrong}"
            );
        }
        let twice = [("cf-connecting-ip", "192.0.2.7"), ("cf-connecting-ip", "192.0.2.7")];
        assert_eq!(behind_an_edge("198.51.100.9", &twice), "198.51.100.9");
        assert_eq!(behind_an_edge("198.51.100.9", &[("cf-connecting-ip", "::ffff:192.0.2.7")]), "192.0.2.7");
    }

    #[test]
    fn a_mapped_address_is_the_address_it_maps() {
        assert_eq!(client(&["10.0.0.0/8"], "::ffff:10.0.0.1", &["::ffff:192.0.2.7"]), "192.0.2.7");
    }

    #[test]
    fn networks_cover_what_their_prefix_says() {
        let inside = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().contains(address.parse().unwrap())
        };
        assert!(inside("192.0.2.128/25", "192.0.2.255") && !inside("192.0.2.128/25", "192.0.2.127"));
        assert!(inside("0.0.0.0/0", "8.8.8.8") && !inside("0.0.0.0/0", "::1"));
        assert!(inside("::/0", "2001:db8::1") && inside("2001:db8::/32", "2001:db8:ffff::"));
        assert!(inside("127.0.0.1", "127.0.0.1") && !inside("127.0.0.1", "127.0.0.2"));
        for written in ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::/0"] {
            assert_eq!(written.parse::<Network>().unwrap().to_string(), written);
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "host/8", "10.0.0/8"] {
            assert_eq!(wrong.parse::<Network>(), Err(NotANetwork), "{wrong}");
        }
    }
}
