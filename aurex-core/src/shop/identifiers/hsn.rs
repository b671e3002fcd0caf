//! The code of the harmonised system that names goods on a bill.

use std::fmt;

use super::IdentifierError;

/// An HSN code of four, six or eight digits: `71131911` is unstudded gold jewellery, `7113` its heading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hsn(String);

impl Hsn {
    /// Reads the digits. Whether the code exists in the tariff is data, not form, and is looked up elsewhere.
    ///
    /// # Errors
    /// [`IdentifierError::HsnForm`].
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let well_formed = matches!(text.len(), 4 | 6 | 8) && text.bytes().all(|byte| byte.is_ascii_digit());
        if well_formed { Ok(Self(text.to_owned())) } else { Err(IdentifierError::HsnForm) }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The four-digit heading, by which rates of tax are notified.
    #[must_use]
    pub fn heading(&self) -> &str {
        self.0.get(..4).unwrap_or_default()
    }
}

impl fmt::Display for Hsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_six_or_eight_digits_pass_and_nothing_else() {
        for text in ["7113", "711319", "71131911"] {
            assert_eq!(Hsn::parse(text).unwrap().heading(), "7113");
        }
        for text in ["", "71", "71131", "7113191", "711319111", "7113 1", "७११३", "711E"] {
            assert_eq!(Hsn::parse(text), Err(IdentifierError::HsnForm), "{text:?}");
        }
    }
}
