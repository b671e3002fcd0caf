//! The name of a key.

use std::fmt;
use std::str::FromStr;

use super::key::Purpose;

/// The name of a key: 1 to 40 of `a–z`, `0–9` and `-`. It is stored beside whatever the key made, and is no secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// The longest name.
    pub const MAX_LENGTH: usize = 40;

    pub(super) fn generated(purpose: Purpose, number: u32) -> Self {
        Self(format!("{purpose}-{number:08x}"))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not the name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is named with 1 to 40 of a-z, 0-9 and -")]
pub struct KeyIdError;

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeyIdError)
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_become_a_file_name_and_a_field_without_escaping() {
        for good in ["pepper-0a1b2c3d", "x", &"k".repeat(40)] {
            assert_eq!(good.parse::<KeyId>().map(|id| id.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "Pepper", "a:b", "a/b", "..", "a b", "a\n", "é", &"k".repeat(41)] {
            assert_eq!(bad.parse::<KeyId>(), Err(KeyIdError), "{bad:?}");
        }
    }
}
