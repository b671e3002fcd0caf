//! Known devices: a cookie that proves that somebody signed in to this account from here before.
//!
//! The scheme is OWASP's “device cookies”. The server keeps nothing: a cookie holds tokens
//!
//! ```text
//! v1.<nonce: 128 bits>.<HMAC-SHA-256 under a key of the deployment over tenant, address and nonce>
//! ```
//!
//! in base64url, one for each account that signs in from the device, joined by `~`; a shared till knows all its
//! cashiers. A token opens nothing. It only names the bucket that tries from here are counted in, so a stolen one is
//! worth the few tries of that bucket. Rotating the deployment's key makes every device a stranger, once.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::key::folded;
use crate::identity::keys::mac::hmac_sha256;
use crate::identity::keys::{KeyRing, Purpose};
use crate::tenancy::TenantId;

const VERSION: &str = "v1";
/// 128 and 256 bits in base64url, the version and two dots.
const TOKEN_CHARS: usize = 2 + 1 + 22 + 1 + 43;
/// How many accounts one device is remembered for; the one that has not signed in for longest makes room.
const ACCOUNTS: usize = 8;

/// What tells one device of an account from another.
pub type DeviceNonce = [u8; 16];

/// Makes and checks device cookies.
#[derive(Clone)]
pub struct DeviceKeys(Zeroizing<[u8; 32]>);

impl DeviceKeys {
    /// Cookies under this deployment's key.
    pub fn from_ring(ring: &KeyRing) -> Self {
        Self(ring.derive(Purpose::Deployment, "device cookies"))
    }

    /// Which device of this account the cookie proves to be, if it proves that. The address is compared as everywhere
    /// in the throttle, without regard to case.
    pub fn proves(&self, cookie: &str, tenant: TenantId, email: &str) -> Option<DeviceNonce> {
        tokens(cookie).find_map(|token| self.is_of(token, tenant, email))
    }

    /// The cookie to set after this account signed in. `presented` is the one that came with the request: a device
    /// that was known stays the same device, so that nobody gathers buckets by signing in again and again, and its
    /// other accounts stay known. `nonce` is 16 fresh random bytes.
    pub fn issue(
        &self,
        presented: Option<&str>,
        tenant: TenantId,
        email: &str,
        nonce: DeviceNonce,
    ) -> DeviceCookie {
        let presented = presented.unwrap_or_default();
        let own = self.proves(presented, tenant, email).unwrap_or(nonce);
        let mut text = Zeroizing::new(String::with_capacity(ACCOUNTS * (TOKEN_CHARS + 1)));
        text.push_str(VERSION);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(own, &mut text);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(self.mac(tenant, email, own), &mut text);
        let others = tokens(presented).filter(|token| self.is_of(token, tenant, email).is_none());
        for other in others.take(ACCOUNTS - 1) {
            text.push('~');
            text.push_str(other);
        }
        DeviceCookie(text)
    }

    fn is_of(&self, token: &str, tenant: TenantId, email: &str) -> Option<DeviceNonce> {
        let (nonce, mac) = parts(token)?;
        let is_ours: bool = self.mac(tenant, email, nonce).ct_eq(&mac).into();
        is_ours.then_some(nonce)
    }

    /// The parts before the address have a fixed length, so that no two lists of parts read the same.
    fn mac(&self, tenant: TenantId, email: &str, nonce: DeviceNonce) -> [u8; 32] {
        hmac_sha256(&self.0, &[tenant.uuid().as_bytes(), &nonce, folded(email).as_bytes()])
    }
}

/// The well-formed tokens of a cookie, as many as we would have put there.
fn tokens(cookie: &str) -> impl Iterator<Item = &str> {
    cookie.split('~').take(ACCOUNTS).filter(|token| parts(token).is_some())
}

fn parts(token: &str) -> Option<(DeviceNonce, [u8; 32])> {
    let rest = token.strip_prefix(VERSION)?.strip_prefix('.')?;
    let (nonce_text, mac_text) = rest.split_once('.')?;
    let (mut nonce, mut mac) = ([0; 16], [0; 32]);
    let is_whole = token.len() == TOKEN_CHARS
        && URL_SAFE_NO_PAD.decode_slice(nonce_text, &mut nonce) == Ok(16)
        && URL_SAFE_NO_PAD.decode_slice(mac_text, &mut mac) == Ok(32);
    is_whole.then_some((nonce, mac))
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKeys(withheld)")
    }
}

/// A device cookie's value: at most 559 characters, none of which needs quoting in a cookie. `Debug` withholds it.
#[derive(Clone)]
pub struct DeviceCookie(Zeroizing<String>);

impl DeviceCookie {
    /// The value, for the `Set-Cookie` header and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceCookie(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ASHA: &str = "asha@zaveri.example";

    fn keys(byte: u8) -> DeviceKeys {
        DeviceKeys::from_ring(&KeyRing::generate(0, &mut |bytes: &mut [u8]| bytes.fill(byte)))
    }

    fn tenant(n: u128) -> TenantId {
        TenantId::from_directory_row(Uuid::from_u128(n))
    }

    fn issue(presented: Option<&str>, email: &str, nonce: u8) -> String {
        keys(7).issue(presented, tenant(1), email, [nonce; 16]).expose().to_owned()
    }

    #[test]
    fn a_cookie_proves_its_own_account_in_its_own_workspace_alone() {
        let cookie = issue(None, ASHA, 1);
        assert_eq!(keys(7).proves(&cookie, tenant(1), " Asha@Zaveri.example"), Some([1; 16]));
        assert_eq!(keys(7).proves(&cookie, tenant(1), "meena@zaveri.example"), None);
        assert_eq!(keys(7).proves(&cookie, tenant(2), ASHA), None);
        assert_eq!(keys(8).proves(&cookie, tenant(1), ASHA), None, "another deployment's");
    }

    #[test]
    fn no_part_of_a_token_can_be_changed() {
        let cookie = issue(None, ASHA, 1);
        for place in 0..cookie.len() {
            let other = if cookie.as_bytes()[place] == b'A' { "B" } else { "A" };
            let mut changed = cookie.clone();
            changed.replace_range(place..=place, other);
            assert_eq!(keys(7).proves(&changed, tenant(1), ASHA), None, "{changed}");
        }
        for wrong in
            ["", "~", "v1", "v1..", &format!("{cookie}="), &format!("{cookie}."), &format!(" {cookie}")]
        {
            assert_eq!(keys(7).proves(wrong, tenant(1), ASHA), None, "{wrong}");
        }
    }

    #[test]
    fn a_known_device_stays_the_same_device() {
        let cookie = issue(None, ASHA, 1);
        assert_eq!(issue(Some(&cookie), ASHA, 2), cookie);
        assert_ne!(issue(None, ASHA, 2), cookie);
    }

    #[test]
    fn a_shared_till_knows_its_last_eight_cashiers() {
        let mut cookie = String::new();
        for cashier in 0..10 {
            cookie = issue(Some(&cookie), &format!("{cashier}@zaveri.example"), cashier);
        }
        assert_eq!(cookie.len(), ACCOUNTS * TOKEN_CHARS + ACCOUNTS - 1);
        for cashier in 0..10 {
            let proved = keys(7).proves(&cookie, tenant(1), &format!("{cashier}@zaveri.example"));
            assert_eq!(proved, (cashier >= 2).then_some([cashier; 16]), "cashier {cashier}");
        }
        let rubbish = format!("<script>~{}~v1.a.b", "x".repeat(10_000));
        assert_eq!(issue(Some(&rubbish), ASHA, 1), issue(None, ASHA, 1), "nothing but tokens is kept");
    }

    #[test]
    fn neither_keys_nor_cookies_print_themselves() {
        let cookie = keys(7).issue(None, tenant(1), ASHA, [1; 16]);
        assert_eq!(format!("{cookie:?} {:?}", keys(7)), "DeviceCookie(withheld) DeviceKeys(withheld)");
    }
}
