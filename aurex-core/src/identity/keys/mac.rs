//! HMAC (RFC 2104) under a 32-byte key, without a way to fail.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384};
use zeroize::Zeroizing;

/// HMAC-SHA-256 over the parts, one after the other.
pub(crate) fn hmac_sha256(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new(&(*padded::<64>(key)).into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA-384 over the parts, one after the other.
pub(crate) fn hmac_sha384(key: &[u8; 32], parts: &[&[u8]]) -> Zeroizing<[u8; 48]> {
    let mut mac = Hmac::<Sha384>::new(&(*padded::<128>(key)).into());
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// A key shorter than a block is padded with zeros by definition; done here, the length is a type and cannot be wrong.
fn padded<const BLOCK: usize>(key: &[u8; 32]) -> Zeroizing<[u8; BLOCK]> {
    let mut block = Zeroizing::new([0; BLOCK]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RFC 4231, test case 1: a key of 20 bytes, which zeros lengthen to 32 without changing the result.
    #[test]
    fn agrees_with_rfc_4231() {
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        assert_eq!(
            hex(&hmac_sha256(&key, &[b"Hi ", b"There"])),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        );
        assert_eq!(
            hex(hmac_sha384(&key, &[b"Hi ", b"There"]).as_slice()),
            "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
        );
    }
}
