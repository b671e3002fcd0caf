//! Recovery codes: the way back in for somebody who lost their phone.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::base32::{Alphabet, grouped};
use crate::chance::{Entropy, draw};
use crate::tenancy::{Id as _, MemberId, TenantId};

/// How many codes a member gets.
const COUNT: usize = 10;
/// 120 bits: above the 112 from which on a plain hash is enough (ASVS 5.0, V6.5.2), in 24 characters.
const BYTES: usize = 15;

/// A set of recovery codes, to be shown once: `7K3M-9QXD-…`, six groups of four, of an alphabet without look-alikes.
///
/// A new set takes the place of all codes before it. Each code is good once, and using one is the caller's to note:
/// delete its hash in the turn in which it was found. Wiped on drop, never printed.
///
/// ```
/// use aurex_core::chance::Entropy;
/// use aurex_core::identity::factor::RecoveryCodes;
/// use aurex_core::tenancy::{Id as _, MemberId, TenantId};
/// # struct Scripted;
/// # impl Entropy for Scripted {
/// #     fn fill(&self, bytes: &mut [u8]) { bytes.fill(7) }
/// # }
/// # let (entropy, uuid) = (Scripted, "0190163d-8694-739b-aea5-966c26f8ad91".parse()?);
/// let (tenant, member) = (TenantId::from_directory_row(uuid), MemberId::from_uuid(uuid));
/// let codes = RecoveryCodes::generate(&entropy);
/// let stored = codes.hashes(tenant, member);
///
/// let typed = codes.texts().nth(3).unwrap_or_default().to_lowercase();
/// assert!(RecoveryCodes::find(&typed, tenant, member, &stored).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RecoveryCodes(Vec<Zeroizing<[u8; BYTES]>>);

impl RecoveryCodes {
    /// Ten new codes.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self((0..COUNT).map(|_| Zeroizing::new(draw(entropy))).collect())
    }

    /// The codes as they are shown, in their order.
    pub fn texts(&self) -> impl Iterator<Item = Zeroizing<String>> {
        self.0.iter().map(|code| grouped(&Alphabet::Crockford.encode(code.as_slice())))
    }

    /// What is stored, in the same order.
    pub fn hashes(&self, tenant: TenantId, member: MemberId) -> Vec<RecoveryHash> {
        self.0.iter().map(|code| RecoveryHash::of(code, tenant, member)).collect()
    }

    /// Which of the member's stored hashes the typed code belongs to. Case, spaces and dashes do not matter, and what
    /// looks alike is taken for what was meant. Every hash is compared, each in constant time.
    pub fn find(typed: &str, tenant: TenantId, member: MemberId, stored: &[RecoveryHash]) -> Option<usize> {
        let code = Alphabet::Crockford.decode::<BYTES>(typed)?;
        let hash = RecoveryHash::of(&code, tenant, member);
        let mut found = u64::MAX;
        for (place, one) in (0_u64..).zip(stored) {
            found.conditional_assign(&place, one.is(&hash));
        }
        usize::try_from(found).ok().filter(|place| *place < stored.len())
    }
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCodes(withheld)")
    }
}

/// What is stored instead of a recovery code: SHA-256 over a label, the tenant, the member and the code, so that a hash
/// copied to another member opens nothing.
#[derive(Clone, Copy)]
pub struct RecoveryHash([u8; 32]);

impl RecoveryHash {
    fn of(code: &[u8; BYTES], tenant: TenantId, member: MemberId) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"aurex recovery code 1\0");
        hash.update(tenant.uuid().as_bytes());
        hash.update(member.uuid().as_bytes());
        hash.update(code);
        Self(hash.finalize().into())
    }

    /// Takes back a stored hash.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn is(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for RecoveryHash {
    fn eq(&self, other: &Self) -> bool {
        self.is(other).into()
    }
}

impl Eq for RecoveryHash {}

impl fmt::Debug for RecoveryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryHash(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicU8, Ordering};

    use uuid::Uuid;

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().for_each(|byte| *byte = self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn tenant(n: u128) -> TenantId {
        TenantId::from_directory_row(Uuid::from_u128(n))
    }

    fn member(n: u128) -> MemberId {
        MemberId::from_uuid(Uuid::from_u128(n))
    }

    fn codes() -> RecoveryCodes {
        RecoveryCodes::generate(&Counting::default())
    }

    #[test]
    fn asvs_v6_5_2_v6_5_4_ten_different_codes_of_120_bits() {
        let texts: BTreeSet<String> = codes().texts().map(|text| text.as_str().to_owned()).collect();
        assert_eq!(texts.len(), 10);
        for text in texts {
            let characters = text.replace('-', "");
            assert_eq!((text.len(), characters.len()), (29, 24), "{text}");
            assert!(characters.len() * 5 >= 112);
            assert!(!characters.contains(['I', 'L', 'O', 'U']), "{text}");
        }
    }

    #[test]
    fn each_code_finds_its_own_hash_however_it_is_typed() {
        let codes = codes();
        let stored = codes.hashes(tenant(1), member(1));
        for (place, text) in codes.texts().enumerate() {
            let sloppy =
                format!(" {} ", text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
            for typed in [text.as_str(), &sloppy, &text.replace('-', "")] {
                assert_eq!(RecoveryCodes::find(typed, tenant(1), member(1), &stored), Some(place), "{typed}");
            }
        }
    }

    #[test]
    fn asvs_v6_5_1_a_code_whose_hash_is_gone_opens_nothing() {
        let codes = codes();
        let mut stored = codes.hashes(tenant(1), member(1));
        let text = codes.texts().next().unwrap();
        let place = RecoveryCodes::find(&text, tenant(1), member(1), &stored).unwrap();
        stored.remove(place);
        assert_eq!(RecoveryCodes::find(&text, tenant(1), member(1), &stored), None);
        assert_eq!(RecoveryCodes::find(&text, tenant(1), member(1), &[]), None);
    }

    #[test]
    fn a_hash_is_its_members_alone() {
        let codes = codes();
        let stored = codes.hashes(tenant(1), member(1));
        let text = codes.texts().next().unwrap();
        for (tenant, member) in [(tenant(1), member(2)), (tenant(2), member(1))] {
            assert_eq!(RecoveryCodes::find(&text, tenant, member, &stored), None);
        }
        for typed in ["", "7K3M", "0000-0000-0000-0000-0000-0000", "not a code at all, not at all"] {
            assert_eq!(RecoveryCodes::find(typed, tenant(1), member(1), &stored), None, "{typed}");
        }
    }

    #[test]
    fn neither_codes_nor_hashes_print_themselves() {
        let codes = codes();
        assert_eq!(format!("{codes:?}"), "RecoveryCodes(withheld)");
        assert_eq!(format!("{:?}", codes.hashes(tenant(1), member(1))[0]), "RecoveryHash(withheld)");
    }
}
