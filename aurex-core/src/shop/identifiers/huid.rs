//! The number that the hallmark of a piece carries.

use std::fmt;

use super::IdentifierError;

/// A hallmark unique identification: six letters or digits, in capitals (Bureau of Indian Standards).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Huid(String);

impl Huid {
    /// Reads the six characters; small letters are raised, so that one piece has one spelling.
    ///
    /// # Errors
    /// [`IdentifierError::HuidForm`].
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let well_formed = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if well_formed { Ok(Self(text.to_ascii_uppercase())) } else { Err(IdentifierError::HuidForm) }
    }

    /// The six characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Huid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_letters_or_digits_pass_and_nothing_else() {
        assert_eq!(Huid::parse("a1b2c3").unwrap(), Huid::parse("A1B2C3").unwrap());
        for text in ["", "A1B2C", "A1B2C3D", "A1B2-3", "A1B2é", " 1B2C3"] {
            assert_eq!(Huid::parse(text), Err(IdentifierError::HuidForm), "{text:?}");
        }
    }
}
