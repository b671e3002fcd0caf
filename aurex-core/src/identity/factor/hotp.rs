//! HOTP, the one-time password of a counter (RFC 4226), under the three hashes of RFC 6238.
//!
//! SHA-1 is here because it is what authenticator apps speak: most ignore the `algorithm` of an enrolment and use it
//! whatever is said. What broke SHA-1 are collisions, which an HMAC does not rest on (RFC 6194, section 3.3); nothing
//! else in this crate uses it.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::{Zeroize as _, Zeroizing};

/// The hash under the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HotpHash {
    /// SHA-1: what authenticator apps speak.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How many digits a one-time password has (RFC 4226, section 5.3: at least six).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// Six, as authenticator apps show.
    Six,
    /// Eight.
    Eight,
}

impl Digits {
    const fn count(self) -> usize {
        match self {
            Self::Six => 6,
            Self::Eight => 8,
        }
    }

    const fn modulus(self) -> u32 {
        match self {
            Self::Six => 1_000_000,
            Self::Eight => 100_000_000,
        }
    }
}

/// The one-time password of `counter` under a key of at most 64 bytes, with its leading zeros.
///
/// ```
/// use aurex_core::identity::factor::{Digits, HotpHash, hotp};
///
/// // RFC 4226, appendix D.
/// assert_eq!(hotp(HotpHash::Sha1, b"12345678901234567890", 0, Digits::Six).as_str(), "755224");
/// ```
pub fn hotp<const N: usize>(
    hash: HotpHash,
    key: &[u8; N],
    counter: u64,
    digits: Digits,
) -> Zeroizing<String> {
    // A longer key than the smallest block would have to be hashed first.
    const { assert!(N <= 64, "a key has at most 64 bytes") };
    let value = match hash {
        HotpHash::Sha1 => truncated::<Hmac<Sha1>>(key, counter),
        HotpHash::Sha256 => truncated::<Hmac<Sha256>>(key, counter),
        HotpHash::Sha512 => truncated::<Hmac<Sha512>>(key, counter),
    };
    Zeroizing::new(format!("{:0width$}", value % digits.modulus(), width = digits.count()))
}

/// Dynamic truncation (RFC 4226, section 5.3): 31 bits, from where the last four say.
fn truncated<M: Mac + KeyInit>(key: &[u8], counter: u64) -> u32 {
    // A key shorter than a block is padded with zeros by definition, so that its length cannot be wrong.
    let mut block = hmac::digest::Key::<M>::default();
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = M::new(&block);
    block.as_mut_slice().zeroize();
    mac.update(&counter.to_be_bytes());
    let mut output = mac.finalize().into_bytes();
    let from = usize::from(output.last().copied().unwrap_or_default() & 0x0f);
    let four = output.get(from..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    output.as_mut_slice().zeroize();
    u32::from_be_bytes(four) & 0x7fff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4226, appendix D.
    #[test]
    fn agrees_with_rfc_4226() {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (counter, expected) in (0..).zip(expected) {
            let code = hotp(HotpHash::Sha1, b"12345678901234567890", counter, Digits::Six);
            assert_eq!(code.as_str(), expected, "counter {counter}");
        }
    }

    /// RFC 6238, appendix B. Its keys are as long as the hash, as its erratum 2866 says and its program does.
    #[test]
    fn agrees_with_rfc_6238() {
        let rows = [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000_u64, "65353130", "77737706", "47863826"),
        ];
        for (seconds, sha1, sha256, sha512) in rows {
            let (step, digits) = (seconds / 30, Digits::Eight);
            assert_eq!(hotp(HotpHash::Sha1, b"12345678901234567890", step, digits).as_str(), sha1);
            let key = b"12345678901234567890123456789012";
            assert_eq!(hotp(HotpHash::Sha256, key, step, digits).as_str(), sha256);
            let key = b"1234567890123456789012345678901234567890123456789012345678901234";
            assert_eq!(hotp(HotpHash::Sha512, key, step, digits).as_str(), sha512);
        }
    }
}
