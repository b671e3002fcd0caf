//! Phone numbers.

use std::fmt;

use super::IdentifierError;

/// A phone number: seven to fifteen digits, with a plus if the country is known (ITU-T E.164).
///
/// What people type between the digits is dropped, and an Indian mobile number gets its country, so that the same
/// phone is found however it was typed. `Debug` shows the last four digits only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number; spaces, dashes, dots and brackets between the digits are dropped.
    ///
    /// ```
    /// use aurex_core::shop::identifiers::Phone;
    ///
    /// assert_eq!(Phone::parse("098200 12345")?.as_str(), "+919820012345");
    /// assert_eq!(Phone::parse("(022) 2345-678")?.as_str(), "0222345678");
    /// # Ok::<(), aurex_core::shop::identifiers::IdentifierError>(())
    /// ```
    ///
    /// # Errors
    /// [`IdentifierError::PhoneForm`].
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let (international, rest) = match text.trim().strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if rest.chars().any(|c| !c.is_ascii_digit() && !matches!(c, ' ' | '-' | '.' | '(' | ')')) {
            return Err(IdentifierError::PhoneForm);
        }
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        if !(7..=15).contains(&digits.len()) {
            return Err(IdentifierError::PhoneForm);
        }
        let mobile = digits.strip_prefix('0').filter(|rest| rest.len() == 10).unwrap_or(&digits);
        let indian_mobile = mobile.len() == 10 && mobile.starts_with(['6', '7', '8', '9']);
        Ok(Self(match (international, indian_mobile) {
            (true, _) => format!("+{digits}"),
            (false, true) => format!("+91{mobile}"),
            (false, false) => digits,
        }))
    }

    /// The digits, with the plus if the country is known.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last_four = self.0.len().checked_sub(4).and_then(|start| self.0.get(start..)).unwrap_or_default();
        write!(f, "Phone(••••{last_four})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_mobile_has_one_spelling() {
        for text in ["9820012345", "98200 12345", "+91 98200-12345", "09820012345", "+91 (982) 001.2345"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+919820012345", "{text:?}");
        }
    }

    #[test]
    fn what_is_no_phone_number_is_refused() {
        for text in ["", "+", "123456", "1234567890123456", "98200x12345", "9820+012345", "९८२००१२३४५"]
        {
            assert_eq!(Phone::parse(text), Err(IdentifierError::PhoneForm), "{text:?}");
        }
    }

    #[test]
    fn debug_shows_the_last_four_digits_only() {
        assert_eq!(format!("{:?}", Phone::parse("9820012345").unwrap()), "Phone(••••2345)");
    }

    proptest! {
        #[test]
        fn a_stored_number_reads_back_the_same(text in "[+]?[0-9 ().-]{0,20}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone));
            }
        }
    }
}
