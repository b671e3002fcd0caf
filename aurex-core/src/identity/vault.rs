//! The vault: class-3 columns (PAN first) sealed wherever they stand, the audit log's openings included.
//!
//! XChaCha20-Poly1305 with a key a tenant, bound to tenant, table, column and row as associated data: a sealed value
//! moved to another row does not open. Equality search goes through a keyed hash, also a key a tenant.
//!
//! ```text
//! 1 ‖ nonce (24) ‖ ciphertext and tag                                   until 0.1: the key is found by trying
//! 2 ‖ length of the key's id ‖ key's id ‖ nonce (24) ‖ ciphertext and tag
//! ```
//!
//! A new column key seals what is sealed from then on; what the old one sealed stays as it is, in the tables and in the
//! log, whose entries never change. So a retired column key stays on the ring for as long as there is a log to read.
//! A search asks for the keyed hashes under every key ([`Vault::lookups`]), so that a rotation needs no re-keying.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::keys::mac::hmac_sha256;
use super::keys::{Key, KeyId, KeyRing, Purpose};
use crate::audit::{Column, Malformed, Value};
use crate::chance::{Entropy, draw};
use crate::tenancy::TenantId;

/// Which cell a sealed value belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    /// The tenant.
    pub tenant: TenantId,
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id as text.
    pub row: &'a str,
}

impl Cell<'_> {
    fn associated(&self) -> Vec<u8> {
        let mut data = self.tenant.uuid().as_bytes().to_vec();
        for part in [self.table, self.column, self.row] {
            data.push(0);
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}

/// A sealed value as a column: version, key, nonce, ciphertext and tag, as [`Vault::seal`] made them.
#[derive(Clone, PartialEq, Eq)]
pub struct Ciphertext(Vec<u8>);

impl Ciphertext {
    /// What was sealed.
    pub const fn new(sealed: Vec<u8>) -> Self {
        Self(sealed)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Ciphertext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ciphertext({} bytes)", self.0.len())
    }
}

impl Column for Ciphertext {
    fn to_value(&self) -> Value {
        Value::Bytes(self.0.clone())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        if let Value::Bytes(bytes) = value { Ok(Self(bytes)) } else { Err(Malformed) }
    }
}

/// Seals and opens class-3 values.
pub struct Vault {
    active: Root,
    retired: Vec<Root>,
}

/// What one column key gives.
struct Root {
    id: KeyId,
    secret: Zeroizing<[u8; 32]>,
}

/// The key is found by trying.
const WITHOUT_ID: u8 = 1;
/// The key's id follows.
const WITH_ID: u8 = 2;

/// A sealed value does not open: another key, another cell, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open")]
pub struct VaultError;

impl Root {
    fn key(&self, tenant: TenantId, what: &[u8]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hmac_sha256(&self.secret, &[tenant.uuid().as_bytes(), what]))
    }

    fn open(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<Zeroizing<String>, VaultError> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<24>().ok_or(VaultError)?;
        let key = self.key(cell.tenant, b"seal");
        let payload = Payload { msg: ciphertext, aad: &cell.associated() };
        let value = XChaCha20Poly1305::new(&(*key).into())
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| VaultError)?;
        String::from_utf8(value).map(Zeroizing::new).map_err(|_| VaultError)
    }

    fn lookup(&self, tenant: TenantId, column: &'static str, value: &str) -> [u8; 16] {
        let key = self.key(tenant, b"lookup");
        let mac = hmac_sha256(&key, &[column.as_bytes(), b"\0", value.as_bytes()]);
        let mut short = [0; 16];
        short.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
        short
    }
}

impl Vault {
    /// The vault of a deployment's column keys.
    pub fn from_ring(ring: &KeyRing) -> Self {
        let root = |key: &Key| Root { id: key.id().clone(), secret: key.derive("vault") };
        let retired = ring.of(Purpose::Column).skip(1).map(root).collect();
        Self { active: root(ring.active(Purpose::Column)), retired }
    }

    fn roots(&self) -> impl Iterator<Item = &Root> {
        std::iter::once(&self.active).chain(&self.retired)
    }

    /// Seals `value` for one cell under the active key: version, key's id, nonce, ciphertext and tag.
    ///
    /// # Errors
    /// [`VaultError`] when the value is longer than the cipher takes, which no column is.
    pub fn seal(&self, cell: Cell<'_>, value: &str, entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        let key = self.active.key(cell.tenant, b"seal");
        let nonce: [u8; 24] = draw(entropy);
        let payload = Payload { msg: value.as_bytes(), aad: &cell.associated() };
        let sealed = XChaCha20Poly1305::new(&(*key).into())
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError)?;
        let id = self.active.id.as_str().as_bytes();
        let mut out = vec![WITH_ID, u8::try_from(id.len()).map_err(|_| VaultError)?];
        out.extend_from_slice(id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens a value sealed for this very cell, under whichever key of the ring it was.
    ///
    /// # Errors
    /// [`VaultError`] for a key that is not on the ring, another cell or damaged bytes.
    pub fn open(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<Zeroizing<String>, VaultError> {
        match sealed.split_first().ok_or(VaultError)? {
            (&WITHOUT_ID, rest) => self.roots().find_map(|root| root.open(cell, rest).ok()).ok_or(VaultError),
            (&WITH_ID, rest) => {
                let (root, rest) = self.named(rest).ok_or(VaultError)?;
                root.open(cell, rest)
            }
            _ => Err(VaultError),
        }
    }

    fn named<'s>(&self, sealed: &'s [u8]) -> Option<(&Root, &'s [u8])> {
        let (length, rest) = sealed.split_first()?;
        let (id, rest) = rest.split_at_checked(usize::from(*length))?;
        Some((self.roots().find(|root| root.id.as_str().as_bytes() == id)?, rest))
    }

    /// Whether a value was sealed under a key that has been retired since.
    pub fn is_behind(&self, sealed: &[u8]) -> bool {
        let named = sealed.split_first().filter(|(version, _)| **version == WITH_ID);
        named.and_then(|(_, rest)| self.named(rest)).is_none_or(|(root, _)| root.id != self.active.id)
    }

    /// A keyed hash by which equal values of one tenant's column are found, under the active key: to be stored.
    pub fn lookup(&self, tenant: TenantId, column: &'static str, value: &str) -> [u8; 16] {
        self.active.lookup(tenant, column, value)
    }

    /// The keyed hashes under every key of the ring, the active one's first: a search finds by any of them, also what
    /// was stored before a rotation.
    pub fn lookups(&self, tenant: TenantId, column: &'static str, value: &str) -> Vec<[u8; 16]> {
        self.roots().map(|root| root.lookup(tenant, column, value)).collect()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    struct Fixed;
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_sealed_value_opens_in_its_own_cell_only() {
        let ring = KeyRing::generate(0, &mut |bytes: &mut [u8]| bytes.fill(3));
        let vault = Vault::from_ring(&ring);
        let tenant = TenantId::from_directory_row(Uuid::from_u128(1));
        let cell = Cell { tenant, table: "party", column: "pan", row: "cus_1" };
        let sealed = vault.seal(cell, "ABCDE1234F", &Fixed).unwrap();
        assert_eq!(vault.open(cell, &sealed).unwrap().as_str(), "ABCDE1234F");
        assert!(!sealed.windows(4).any(|part| part == b"ABCD"));
        let elsewhere = [
            Cell { row: "cus_2", ..cell },
            Cell { column: "gstin", ..cell },
            Cell { tenant: TenantId::from_directory_row(Uuid::from_u128(2)), ..cell },
        ];
        for cell in elsewhere {
            assert_eq!(vault.open(cell, &sealed), Err(VaultError));
        }
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(vault.open(cell, &damaged), Err(VaultError), "byte {at}");
        }
    }

    fn rings() -> (KeyRing, KeyRing) {
        let mut next = 0_u8;
        let mut entropy = move |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
        };
        let before = KeyRing::generate(0, &mut entropy);
        let after = before.rotated(Purpose::Column, 1, &mut entropy);
        (before, after)
    }

    #[test]
    fn asvs_v11_2_2_v13_3_4_what_was_sealed_before_a_rotation_opens_and_is_found_after_it() {
        let (before, after) = rings();
        let (old, new) = (Vault::from_ring(&before), Vault::from_ring(&after));
        let tenant = TenantId::from_directory_row(Uuid::from_u128(1));
        let cell = Cell { tenant, table: "party", column: "pan", row: "cus_1" };
        let sealed = old.seal(cell, "ABCDE1234F", &Fixed).unwrap();
        assert_eq!(new.open(cell, &sealed).unwrap().as_str(), "ABCDE1234F");
        assert!(new.is_behind(&sealed) && !old.is_behind(&sealed));

        let anew = new.seal(cell, "ABCDE1234F", &Fixed).unwrap();
        assert_eq!(new.open(cell, &anew).unwrap().as_str(), "ABCDE1234F");
        assert_eq!(
            old.open(cell, &anew),
            Err(VaultError),
            "the old key does not open what the new one sealed"
        );

        let stored = old.lookup(tenant, "party.pan", "ABCDE1234F");
        let asked = new.lookups(tenant, "party.pan", "ABCDE1234F");
        assert!(asked.contains(&stored));
        assert_eq!(asked.first(), Some(&new.lookup(tenant, "party.pan", "ABCDE1234F")));
        assert!(!new.lookups(tenant, "party.pan", "ABCDE1234G").contains(&stored));
    }

    #[test]
    fn values_sealed_before_keys_were_named_still_open() {
        let (before, after) = rings();
        let (old, new) = (Vault::from_ring(&before), Vault::from_ring(&after));
        let tenant = TenantId::from_directory_row(Uuid::from_u128(1));
        let cell = Cell { tenant, table: "party", column: "pan", row: "cus_1" };
        let named = old.seal(cell, "ABCDE1234F", &Fixed).unwrap();
        let nameless = [&[WITHOUT_ID], &named[2 + old.active.id.as_str().len()..]].concat();
        assert_eq!(new.open(cell, &nameless).unwrap().as_str(), "ABCDE1234F");
        assert!(new.is_behind(&nameless));
        let elsewhere = Cell { row: "cus_2", ..cell };
        assert_eq!(new.open(elsewhere, &nameless), Err(VaultError));
    }
}
