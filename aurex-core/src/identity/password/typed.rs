//! A password as somebody typed it.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password in Unicode normalization form C, wiped from memory on drop and never printed.
///
/// Keyboards differ in whether `é` arrives as one scalar value or two; NFC makes them the same password. Nothing else
/// is changed: spaces at the ends, case and NUL all count.
#[derive(Clone)]
pub struct Password(Zeroizing<String>, Domain);

/// What else is hashed as passwords are.
#[derive(Debug, Clone, Copy)]
enum Domain {
    Password,
    Pin,
}

impl Password {
    /// Takes what was typed. Whether it is good enough to be *set* is [`PasswordPolicy`](super::PasswordPolicy)'s
    /// question; whoever signs in with an old password is not asked it.
    pub fn new(typed: &str) -> Self {
        // NFC makes UTF-8 at most three times as long (Unicode's normalization FAQ, U+1D160); reserved at once, so
        // that growing leaves no unwiped copies behind.
        let mut normalized = Zeroizing::new(String::with_capacity(typed.len().saturating_mul(3)));
        normalized.extend(typed.nfc());
        Self(normalized, Domain::Password)
    }

    /// The digits of a [`Pin`](crate::identity::factor::Pin), which are hashed as a password is and are none.
    pub(crate) fn of_pin(digits: &str) -> Self {
        Self(Zeroizing::new(digits.to_owned()), Domain::Pin)
    }

    /// Precedes what is hashed. No password is hashed as something else is: passwords are UTF-8, which has no byte 0xff.
    pub(super) const fn label(&self) -> &'static [u8] {
        match self.1 {
            Domain::Password => b"",
            Domain::Pin => b"\xffpin 1\0",
        }
    }

    /// How many Unicode scalar values the normalized password has.
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_spellings_of_an_accent_are_one_password() {
        assert_eq!(Password::new("cafe\u{301}").expose(), Password::new("café").expose());
        assert_eq!(Password::new("cafe\u{301}").chars(), 4);
    }

    #[test]
    fn nothing_else_is_changed() {
        for typed in [" padded ", "Case", "with\0nul", "tab\t", "ﬁne"] {
            assert_eq!(Password::new(typed).expose(), typed);
        }
    }

    #[test]
    fn a_password_never_prints_itself() {
        assert_eq!(format!("{:?}", Password::new("correct horse")), "Password(withheld)");
    }

    #[test]
    fn the_longest_known_expansion_fits_what_was_reserved() {
        for typed in ["\u{1d160}".repeat(50), "\u{fb2c}".repeat(50), "\u{390}".repeat(50)] {
            assert!(Password::new(&typed).0.len() <= typed.len() * 3);
        }
    }
}
