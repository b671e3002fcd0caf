//! Under which name a bucket is kept.
//!
//! Names are keyed hashes, so that the table of buckets is not a list of who tried to sign in where.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use zeroize::Zeroizing;

use super::device::DeviceKeys;
use crate::identity::keys::mac::hmac_sha256;
use crate::identity::keys::{KeyRing, Purpose};
use crate::tenancy::{Id as _, MemberId, TenantId};

/// The name of a bucket: 32 bytes that tell nothing without the deployment's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketKey([u8; 32]);

impl BucketKey {
    /// The bytes to store and to look up by.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Makes the names of buckets.
///
/// `workspace` is the slug *as it was asked for*, so that workspaces that do not exist are throttled like those that
/// do. Mail addresses are compared without regard to case and to white space around them.
#[derive(Clone)]
pub struct ThrottleKeys {
    buckets: Zeroizing<[u8; 32]>,
    devices: DeviceKeys,
}

impl ThrottleKeys {
    /// Names under this deployment's key.
    pub fn from_ring(ring: &KeyRing) -> Self {
        let buckets = ring.derive(Purpose::Deployment, "throttle buckets");
        Self { buckets, devices: DeviceKeys::from_ring(ring) }
    }

    /// What makes and checks the cookies of known devices.
    pub const fn devices(&self) -> &DeviceKeys {
        &self.devices
    }

    /// One account in one workspace.
    pub fn account(&self, workspace: &str, email: &str) -> BucketKey {
        self.name("account", &[workspace.as_bytes(), folded(email).as_bytes()])
    }

    /// One device that is known for an account: the nonce of its cookie, or what else nobody has who is not known.
    pub fn device(&self, workspace: &str, email: &str, device: &[u8]) -> BucketKey {
        self.name("device", &[workspace.as_bytes(), folded(email).as_bytes(), device])
    }

    /// Where a request comes from: an IPv4 address, or the /64 network of an IPv6 address, which is what one customer
    /// gets and can change within at will.
    pub fn address(&self, client: IpAddr) -> BucketKey {
        match client.to_canonical() {
            IpAddr::V4(address) => self.name("address 4", &[&address.octets()]),
            IpAddr::V6(address) => {
                let network = Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
                self.name("address 6", &[&network.octets()])
            }
        }
    }

    /// One member's number.
    pub fn pin(&self, tenant: TenantId, member: MemberId) -> BucketKey {
        self.name("pin", &[tenant.uuid().as_bytes(), member.uuid().as_bytes()])
    }

    /// All of one workspace.
    pub fn workspace(&self, workspace: &str) -> BucketKey {
        self.name("workspace", &[workspace.as_bytes()])
    }

    /// One person, by mail address, in whatever workspace.
    pub fn person(&self, email: &str) -> BucketKey {
        self.name("person", &[folded(email).as_bytes()])
    }

    /// Each part is preceded by its length, so that no two lists of parts read the same.
    fn name(&self, kind: &str, parts: &[&[u8]]) -> BucketKey {
        let lengths: Vec<[u8; 8]> = parts.iter().map(|part| part.len().to_be_bytes()).collect();
        let mut message: Vec<&[u8]> = vec![kind.as_bytes(), b"\0"];
        message.extend(lengths.iter().zip(parts).flat_map(|(length, part)| [length.as_slice(), part]));
        BucketKey(hmac_sha256(&self.buckets, &message))
    }
}

impl fmt::Debug for ThrottleKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ThrottleKeys(withheld)")
    }
}

pub(super) fn folded(email: &str) -> String {
    email.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::keys::test_support::counting_entropy;

    fn keys() -> ThrottleKeys {
        ThrottleKeys::from_ring(&KeyRing::generate(0, &mut counting_entropy()))
    }

    #[test]
    fn different_things_have_different_buckets() {
        let keys = keys();
        let mut names = vec![
            keys.account("zaveri", "a@example.com"),
            keys.account("zaver", "ia@example.com"),
            keys.account("mehta", "a@example.com"),
            keys.device("zaveri", "a@example.com", b"1"),
            keys.device("zaveri", "a@example.com", b"2"),
            keys.workspace("zaveri"),
            keys.workspace("a@example.com"),
            keys.person("a@example.com"),
            keys.address([192, 0, 2, 1].into()),
            keys.address([192, 0, 2, 2].into()),
        ];
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn spelling_an_address_differently_is_no_fresh_bucket() {
        let keys = keys();
        assert_eq!(keys.account("zaveri", " A@Example.com"), keys.account("zaveri", "a@example.com"));
        assert_eq!(keys.person("A@EXAMPLE.COM"), keys.person("a@example.com"));
        let address = |text: &str| keys.address(text.parse().unwrap());
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:ffff:ffff:ffff"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
    }

    #[test]
    fn another_deployment_has_other_names() {
        let mut entropy = counting_entropy();
        entropy(&mut [0; 7]);
        let other = ThrottleKeys::from_ring(&KeyRing::generate(0, &mut entropy));
        assert_ne!(other.person("a@example.com"), keys().person("a@example.com"));
    }
}
