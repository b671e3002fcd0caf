//! The vault: class-3 columns (PAN first) sealed wherever they stand, the audit log's openings included.
//!
//! XChaCha20-Poly1305 with a key a tenant, bound to tenant, table, column and row as associated data: a sealed value
//! moved to another row does not open. Equality search goes through a keyed hash, also a key a tenant.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::keys::mac::hmac_sha256;
use super::keys::{KeyRing, Purpose};
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
    root: Zeroizing<[u8; 32]>,
}

/// A sealed value does not open: another key, another cell, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open")]
pub struct VaultError;

impl Vault {
    /// The vault of a deployment's column key.
    pub fn from_ring(ring: &KeyRing) -> Self {
        Self { root: ring.derive(Purpose::Column, "vault") }
    }

    fn key(&self, tenant: TenantId, what: &[u8]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hmac_sha256(&self.root, &[tenant.uuid().as_bytes(), what]))
    }

    /// Seals `value` for one cell: version, nonce, ciphertext and tag.
    ///
    /// # Errors
    /// [`VaultError`] when the value is longer than the cipher takes, which no column is.
    pub fn seal(&self, cell: Cell<'_>, value: &str, entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        let key = self.key(cell.tenant, b"seal");
        let nonce: [u8; 24] = draw(entropy);
        let payload = Payload { msg: value.as_bytes(), aad: &cell.associated() };
        let sealed = XChaCha20Poly1305::new(&(*key).into())
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError)?;
        let mut out = vec![1];
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens a value sealed for this very cell.
    ///
    /// # Errors
    /// [`VaultError`] for another key, another cell or damaged bytes.
    pub fn open(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<Zeroizing<String>, VaultError> {
        let (version, rest) = sealed.split_first().ok_or(VaultError)?;
        let (nonce, ciphertext) = rest.split_at_checked(24).ok_or(VaultError)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| VaultError)?;
        if *version != 1 {
            return Err(VaultError);
        }
        let key = self.key(cell.tenant, b"seal");
        let payload = Payload { msg: ciphertext, aad: &cell.associated() };
        let value = XChaCha20Poly1305::new(&(*key).into())
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError)?;
        String::from_utf8(value).map(Zeroizing::new).map_err(|_| VaultError)
    }

    /// A keyed hash by which equal values of one tenant's column are found.
    pub fn lookup(&self, tenant: TenantId, column: &'static str, value: &str) -> [u8; 16] {
        let key = self.key(tenant, b"lookup");
        let mac = hmac_sha256(&key, &[column.as_bytes(), b"\0", value.as_bytes()]);
        let mut short = [0; 16];
        short.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
        short
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
}
