//! The goods and services tax identification number.

use std::fmt;

use super::{IdentifierError, Pan, StateCode, pan::is_pan};

/// A GSTIN: state code, PAN, entity number, a letter (`Z` for a regular taxpayer), check digit (CGST Rules, rule 10).
///
/// `Debug` masks the PAN inside: a proprietor's GSTIN is personal data. `Display` prints all of it, as a bill must.
///
/// ```
/// use aurex_core::shop::identifiers::Gstin;
///
/// let gstin = Gstin::parse("27AAECG3736E1C2")?;
/// assert_eq!(gstin.state().name(), "Maharashtra");
/// assert_eq!(gstin.pan().last_four(), "736E");
/// # Ok::<(), aurex_core::shop::identifiers::IdentifierError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Gstin {
    text: String,
    state: StateCode,
    pan: Pan,
}

impl Gstin {
    /// Reads a GSTIN; small letters are raised. The check digit is looked at before the state code, because a
    /// mistyped state is what it is there to find.
    ///
    /// # Errors
    /// [`IdentifierError::GstinForm`], [`IdentifierError::GstinCheckDigit`], [`IdentifierError::StateUnknown`].
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let text = text.to_ascii_uppercase();
        let form = IdentifierError::GstinForm;
        let &[s1, s2, ref pan @ .., entity, kind, check] = text.as_bytes() else { return Err(form) };
        let well_formed = s1.is_ascii_digit()
            && s2.is_ascii_digit()
            && is_pan(pan)
            && (entity.is_ascii_uppercase() || (b'1'..=b'9').contains(&entity))
            && kind.is_ascii_uppercase()
            && value(check).is_some();
        if !well_formed {
            return Err(form);
        }
        let expected = check_digit(text.as_bytes().iter().take(14)).ok_or(form)?;
        if char::from(check) != expected {
            return Err(IdentifierError::GstinCheckDigit { expected });
        }
        let state = StateCode::parse(text.get(..2).ok_or(form)?)?;
        let pan = Pan::parse(text.get(2..12).ok_or(form)?)?;
        Ok(Self { text, state, pan })
    }

    /// All fifteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The state of registration, the first two digits.
    #[must_use]
    pub const fn state(&self) -> StateCode {
        self.state
    }

    /// The PAN inside.
    #[must_use]
    pub const fn pan(&self) -> &Pan {
        &self.pan
    }

    /// Is the taxpayer a natural person, so that the GSTIN must be masked as a PAN is?
    #[must_use]
    pub fn is_proprietor(&self) -> bool {
        self.pan.is_individual()
    }
}

/// The value of a character: digits count 0 to 9, letters 10 to 35.
fn value(byte: u8) -> Option<u32> {
    if byte.is_ascii_lowercase() { None } else { char::from(byte).to_digit(36) }
}

/// The check digit over the first fourteen characters: each value times 1, 2, 1, 2, …, the two base-36 digits of
/// every product added up; what the sum lacks to the next multiple of 36 is the digit.
fn check_digit<'a>(characters: impl Iterator<Item = &'a u8>) -> Option<char> {
    let mut sum = 0;
    for (byte, weight) in characters.zip([1, 2].into_iter().cycle()) {
        let product = value(*byte)? * weight;
        sum += product / 36 + product % 36;
    }
    char::from_digit((36 - sum % 36) % 36, 36).map(|digit| digit.to_ascii_uppercase())
}

impl fmt::Display for Gstin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Gstin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gstin({}••••••••••{})", self.state, self.text.get(12..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VALID: [&str; 3] = ["29AABCF8078M1C8", "05AAACG2115R1ZN", "27AAECG3736E1C2"];

    #[test]
    fn published_numbers_pass() {
        for text in VALID {
            assert_eq!(Gstin::parse(text).unwrap().as_str(), text);
            assert_eq!(Gstin::parse(&text.to_lowercase()).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_wrong_check_digit_is_named_with_the_right_one() {
        for (text, expected) in [("24AANFA2641L1ZK", 'F'), ("00AABCE2207R1Z5", 'X')] {
            assert_eq!(Gstin::parse(text), Err(IdentifierError::GstinCheckDigit { expected }));
        }
        assert_eq!(Gstin::parse("24AANFA2641L1ZF").unwrap().state().name(), "Gujarat");
    }

    #[test]
    fn a_state_that_does_not_exist_is_refused_even_with_a_right_check_digit() {
        assert_eq!(Gstin::parse("00AABCE2207R1ZX"), Err(IdentifierError::StateUnknown));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "29AABCF8078M1C",
            "29AABCF8078M1C88",
            "2XAABCF8078M1C8",
            "29AABCF8078M0C8",
            "29AABCF8078M1C-",
            "29AABCF8078Mé8",
        ] {
            assert_eq!(Gstin::parse(text), Err(IdentifierError::GstinForm), "{text:?}");
        }
    }

    #[test]
    fn debug_does_not_show_the_pan_inside() {
        for text in VALID {
            let gstin = Gstin::parse(text).unwrap();
            let printed = format!("{gstin:?}");
            assert!(!printed.contains(gstin.pan().reveal().get(..5).unwrap()), "{printed}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_always_found(sample in 0..VALID.len(), position in 0_usize..15, typed in "[0-9A-Z]") {
            let right = VALID[sample];
            let mut wrong = right.to_owned();
            wrong.replace_range(position..=position, &typed);
            prop_assert_eq!(Gstin::parse(&wrong).is_ok(), wrong == right);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}") {
            let _ = Gstin::parse(&text);
        }
    }
}
