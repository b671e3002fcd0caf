//! Passwords that are known from breaches, asked for without telling which (k-anonymity).
//!
//! Lists of hundreds of millions of breached passwords are published as SHA-1 digests in ranges of a common beginning.
//! Whoever holds the list is asked for one range of about a thousand digests and never learns which of them, or
//! whether any, was meant. SHA-1 only names passwords here; nothing rests on its strength.

use std::fmt;

use async_trait::async_trait;
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use super::typed::Password;

/// Somebody who holds a list of breached passwords: a folder of range files, a service.
#[async_trait]
pub trait BreachedPasswords: Send + Sync {
    /// The range of digests that begin with `prefix`: lines of the form `SUFFIX` or `SUFFIX:COUNT`, the suffix being the
    /// 35 further hexadecimal digits in either case. A count of 0 marks padding, which is no breach. Nothing else may
    /// be in the lines.
    ///
    /// # Errors
    /// [`BreachedError`] when the list cannot be asked: the password is then not accepted, for somebody wanted it
    /// checked.
    async fn range(&self, prefix: RangePrefix) -> Result<String, BreachedError>;
}

/// The first five of a digest's forty hexadecimal digits, in upper case: all that is told about a password.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RangePrefix([u8; 5]);

impl RangePrefix {
    /// The digits.
    pub fn as_str(&self) -> &str {
        // They are ASCII by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for RangePrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RangePrefix(withheld)")
    }
}

/// The list of breached passwords cannot be asked.
#[derive(Debug, thiserror::Error)]
#[error("the list of breached passwords cannot be asked")]
pub struct BreachedError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl Password {
    /// Whether the list knows this password. It is asked for the password as it is typed, in normalization form C.
    ///
    /// # Errors
    /// [`BreachedError`] when the list cannot be asked.
    pub async fn is_breached(&self, list: &dyn BreachedPasswords) -> Result<bool, BreachedError> {
        let digits = sha1_digits(self.expose().as_bytes());
        let (prefix, suffix) = digits.split_first_chunk::<5>().unwrap_or((b"00000", &[]));
        let range = list.range(RangePrefix(*prefix)).await?;
        Ok(range.lines().any(|line| {
            let (digest, count) = line.trim().split_once(':').unwrap_or((line.trim(), "1"));
            digest.as_bytes().eq_ignore_ascii_case(suffix) && count.trim() != "0"
        }))
    }
}

fn sha1_digits(bytes: &[u8]) -> Zeroizing<[u8; 40]> {
    let digest = Sha1::digest(bytes);
    let mut digits = Zeroizing::new([b'0'; 40]);
    let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 };
    digits.iter_mut().zip(nibbles).for_each(|(to, nibble)| *to = digit(nibble));
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of one range, which tells what it was asked.
    struct Stub(&'static str);

    #[async_trait]
    impl BreachedPasswords for Stub {
        async fn range(&self, prefix: RangePrefix) -> Result<String, BreachedError> {
            assert_eq!(prefix.as_str(), "A9993");
            Ok(self.0.to_owned())
        }
    }

    /// FIPS 180-2, appendix A.1: SHA-1 of "abc".
    #[test]
    fn the_digest_is_sha_1() {
        assert_eq!(&*sha1_digits(b"abc"), b"A9993E364706816ABA3E25717850C26C9CD0D89D");
    }

    #[tokio::test]
    async fn asvs_v6_2_12_a_password_is_found_by_its_range_alone() {
        let abc = Password::new("abc");
        let is_breached = async |range| abc.is_breached(&Stub(range)).await.unwrap();
        assert!(
            is_breached("0018A45C4D1DEF81644B54AB7F969B88D65:1\r\nE364706816ABA3E25717850C26C9CD0D89D:3\r\n")
                .await
        );
        assert!(is_breached("e364706816aba3e25717850c26c9cd0d89d").await);
        assert!(!is_breached("E364706816ABA3E25717850C26C9CD0D89D:0").await, "padding");
        assert!(!is_breached("E364706816ABA3E25717850C26C9CD0D89E:3").await);
        assert!(!is_breached("").await);
    }

    #[test]
    fn a_prefix_does_not_print_itself() {
        assert_eq!(format!("{:?}", RangePrefix(*b"A9993")), "RangePrefix(withheld)");
    }
}
