//! The permanent account number of the income tax department.

use std::fmt;

use super::IdentifierError;

/// A PAN: five letters, four digits, a letter (Income-tax Rules, rule 114). It identifies a person, so it prints only
/// its last four characters; whoever needs all of it says so with [`Pan::reveal`].
///
/// ```
/// use aurex_core::shop::identifiers::Pan;
///
/// let pan = Pan::parse("AAECG3736E")?;
/// assert_eq!(pan.to_string(), "••••••736E");
/// assert_eq!(pan.reveal(), "AAECG3736E");
/// # Ok::<(), aurex_core::shop::identifiers::IdentifierError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pan(String);

impl Pan {
    /// Reads a PAN; small letters are raised.
    ///
    /// # Errors
    /// [`IdentifierError::PanForm`].
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let pan = text.to_ascii_uppercase();
        if is_pan(pan.as_bytes()) { Ok(Self(pan)) } else { Err(IdentifierError::PanForm) }
    }

    /// All ten characters. For encrypting, and for the documents that must carry them.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The last four characters, which may be shown.
    #[must_use]
    pub fn last_four(&self) -> &str {
        self.0.get(6..).unwrap_or_default()
    }

    /// Does it belong to a natural person (fourth letter `P`)?
    #[must_use]
    pub fn is_individual(&self) -> bool {
        self.0.as_bytes().get(3) == Some(&b'P')
    }
}

pub(super) fn is_pan(bytes: &[u8]) -> bool {
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            5..=8 => byte.is_ascii_digit(),
            _ => byte.is_ascii_uppercase(),
        })
}

impl fmt::Display for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "••••••{}", self.last_four())
    }
}

impl fmt::Debug for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pan({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_five_letters_four_digits_and_a_letter_are_a_pan() {
        assert_eq!(Pan::parse("aaecg3736e").unwrap().reveal(), "AAECG3736E");
        for text in ["", "AAECG3736", "AAECG3736EE", "AAECG373EE", "AAEC13736E", "AAECG3736É", " AECG3736E"]
        {
            assert_eq!(Pan::parse(text), Err(IdentifierError::PanForm), "{text:?}");
        }
    }

    #[test]
    fn a_pan_never_prints_itself() {
        let pan = Pan::parse("AAECG3736E").unwrap();
        for printed in [format!("{pan}"), format!("{pan:?}"), format!("{pan:#?}")] {
            assert!(!printed.contains("AAECG"), "{printed}");
        }
    }

    #[test]
    fn the_fourth_letter_tells_a_person_from_a_company() {
        assert!(Pan::parse("ABCPK1234F").unwrap().is_individual());
        assert!(!Pan::parse("AAECG3736E").unwrap().is_individual());
    }
}
