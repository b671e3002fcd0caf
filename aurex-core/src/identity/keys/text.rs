//! The text of a key file: one key, one spelling.
//!
//! ```text
//! aurex-key 1
//! id: pepper-3f9a0c12
//! purpose: pepper
//! state: active
//! created: 1767225600000000
//! secret: (43 characters of base64url)
//! check: (32 hexadecimal digits)
//! ```
//!
//! The check value is the one that stores keep. It tells a torn or mistyped file from a wrong one, and lets a person
//! compare a file with a store by eye.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::key::{CheckValue, Key, KeyState, Purpose};

const FIRST_LINE: &str = "aurex-key 1";

/// Why a key file was not accepted. No variant carries anything of the file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The first line is another one.
    #[error("the file does not begin with the line \"{FIRST_LINE}\"")]
    NotAKeyFile,
    /// A line is missing, misplaced or has a value that cannot stand there.
    #[error("the line \"{line}\" is missing, misplaced or malformed")]
    Line {
        /// The name before the colon.
        line: &'static str,
    },
    /// Something follows the last line.
    #[error("the file has more in it than one key")]
    Spare,
    /// All lines are well formed, but the check value is another key's.
    #[error("the check value does not fit: the file was damaged or edited")]
    Check,
}

impl Key {
    /// The content of this key's file. It holds the secret: write it to a file of mode 0600 and nowhere else.
    pub fn to_file_text(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(self.secret()));
        Zeroizing::new(format!(
            "{FIRST_LINE}\nid: {}\npurpose: {}\nstate: {}\ncreated: {}\nsecret: {}\ncheck: {}\n",
            self.id(),
            self.purpose(),
            self.state().as_str(),
            self.created_at_micros(),
            secret.as_str(),
            self.check_value(),
        ))
    }

    /// Reads back what [`Key::to_file_text`] wrote, byte for byte.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] names the line that does not fit.
    pub fn from_file_text(text: &str) -> Result<Self, KeyFileError> {
        let body = text.strip_prefix(FIRST_LINE).and_then(|rest| rest.strip_prefix('\n'));
        let rest = &mut body.ok_or(KeyFileError::NotAKeyFile)?;

        let id = take(rest, "id", |value| value.parse().ok())?;
        let purpose = take(rest, "purpose", Purpose::from_text)?;
        let state = take(rest, "state", KeyState::from_text)?;
        let created = take(rest, "created", canonical_integer)?;
        let secret = take(rest, "secret", secret)?;
        let check: CheckValue = take(rest, "check", |value| value.parse().ok())?;
        if !rest.is_empty() {
            return Err(KeyFileError::Spare);
        }
        let key = Self::from_parts(id, purpose, state, created, secret);
        if key.check_value() == check { Ok(key) } else { Err(KeyFileError::Check) }
    }
}

fn take<'t, T>(
    rest: &mut &'t str,
    line: &'static str,
    read: impl FnOnce(&'t str) -> Option<T>,
) -> Result<T, KeyFileError> {
    let malformed = KeyFileError::Line { line };
    let (first, others) = rest.split_once('\n').ok_or(malformed)?;
    *rest = others;
    first.strip_prefix(line).and_then(|value| value.strip_prefix(": ")).and_then(read).ok_or(malformed)
}

fn canonical_integer(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| number.to_string() == text)
}

fn secret(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut secret = Zeroizing::new([0; 32]);
    match URL_SAFE_NO_PAD.decode_slice(text, secret.as_mut_slice()) {
        Ok(32) => Some(secret),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_support::counting_entropy;
    use super::*;

    fn text() -> String {
        let key = Key::generate(Purpose::Column, 1_767_225_600_000_000, &mut counting_entropy());
        key.to_file_text().to_string()
    }

    #[test]
    fn a_key_survives_its_file() {
        let text = text();
        let key = Key::from_file_text(&text).unwrap();
        assert_eq!((key.purpose(), key.state()), (Purpose::Column, KeyState::Active));
        assert_eq!(key.created_at_micros(), 1_767_225_600_000_000);
        assert_eq!(*key.to_file_text(), text);
    }

    #[test]
    fn a_damaged_file_is_refused_with_its_line_and_without_its_content() {
        let good = text();
        let refused = |text: &str| Key::from_file_text(text).unwrap_err();
        assert_eq!(refused(""), KeyFileError::NotAKeyFile);
        assert_eq!(refused("aurex-key 2\n"), KeyFileError::NotAKeyFile);
        assert_eq!(refused(&good.replace("id: ", "id:")), KeyFileError::Line { line: "id" });
        assert_eq!(refused(&good.replace("column\n", "columns\n")), KeyFileError::Line { line: "purpose" });
        assert_eq!(refused(&good.replace("created: ", "created: +")), KeyFileError::Line { line: "created" });
        assert_eq!(refused(&good.replace("secret: ", "secret: A")), KeyFileError::Line { line: "secret" });
        assert_eq!(refused(good.trim_end()), KeyFileError::Line { line: "check" });
        assert_eq!(refused(&format!("{good}\n")), KeyFileError::Spare);
        assert_eq!(refused(&good.replace("secret: B", "secret: C")), KeyFileError::Check);
        assert_eq!(refused(&good.replace("\n", "\r\n")), KeyFileError::NotAKeyFile);
    }

    proptest! {
        #[test]
        fn one_changed_byte_never_gives_another_key(place in any::<prop::sample::Index>(), byte in 0_u8..128) {
            let good = text();
            let mut bytes = good.clone().into_bytes();
            let place = place.index(bytes.len());
            bytes[place] = byte;
            let changed = String::from_utf8(bytes).unwrap();
            if let Ok(key) = Key::from_file_text(&changed) {
                // State and time are not secrets and not checked; the key itself must be the same.
                let original = Key::from_file_text(&good).unwrap();
                prop_assert_eq!(key.check_value(), original.check_value());
                prop_assert!(*key.to_file_text() == changed);
            }
        }
    }
}
