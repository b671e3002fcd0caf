//! A network as operators and shops write one.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network in CIDR notation (RFC 4632), `10.0.0.0/8`; a bare address is a network of one.
///
/// ```
/// use aurex_core::tenancy::Network;
///
/// let shop: Network = "203.0.113.0/24".parse().unwrap();
/// assert!(shop.contains("203.0.113.7".parse().unwrap()));
/// assert!(!shop.contains("203.0.114.7".parse().unwrap()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: u128,
    prefix: u8,
    v4: bool,
}

/// Why a text is not a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a network is an address and a prefix length, such as 10.0.0.0/8 or fd00::/8")]
pub struct NotANetwork;

impl Network {
    /// Whether the address lies in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (bits, v4) = bits(address);
        v4 == self.v4 && masked(bits, self.prefix, v4) == self.base
    }

    /// Whether it is larger than anybody's own network: the largest private ones are 10.0.0.0/8 (RFC 1918) and fc00::/7
    /// (RFC 4193).
    #[must_use]
    pub const fn is_wide(&self) -> bool {
        self.prefix < if self.v4 { 8 } else { 7 }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u32::try_from(self.base) {
            Ok(base) if self.v4 => write!(f, "{}/{}", Ipv4Addr::from_bits(base), self.prefix),
            _ => write!(f, "{}/{}", Ipv6Addr::from_bits(self.base), self.prefix),
        }
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let (bits, v4) = bits(address.parse().map_err(|_| NotANetwork)?);
        let most = width(v4);
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|prefix| *prefix <= most).ok_or(NotANetwork)?,
            None => most,
        };
        Ok(Self { base: masked(bits, prefix, v4), prefix, v4 })
    }
}

crate::text_columns!(Network);

const fn width(v4: bool) -> u8 {
    if v4 { 32 } else { 128 }
}

/// An IPv4 address that arrives on an IPv6 socket is the IPv4 address.
fn bits(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()), true),
        IpAddr::V6(address) => (address.to_bits(), false),
    }
}

fn masked(bits: u128, prefix: u8, v4: bool) -> u128 {
    let host_bits = u32::from(width(v4).saturating_sub(prefix));
    bits.checked_shr(host_bits).and_then(|network| network.checked_shl(host_bits)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_reads_back_as_it_is_printed() {
        for text in ["203.0.113.0/24", "203.0.113.7/32", "0.0.0.0/0", "2001:db8::/32", "::1/128"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
        assert_eq!("203.0.113.7".parse::<Network>().unwrap().to_string(), "203.0.113.7/32");
        assert_eq!("203.0.113.7/24".parse::<Network>().unwrap().to_string(), "203.0.113.0/24");
        for wrong in ["", "203.0.113.0/33", "::/129", "203.0.113/24", "shop", "203.0.113.0/-1"] {
            assert_eq!(wrong.parse::<Network>(), Err(NotANetwork), "{wrong}");
        }
    }
}
