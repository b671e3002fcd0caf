//! Why an identifier is refused.

/// Why an identifier is refused. The message never repeats what was typed: it may be somebody's PAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierError {
    /// Not fifteen characters of the form state, PAN, entity, letter, check digit.
    #[error("gstin must be 15 characters: state code, pan, entity, a letter and a check digit")]
    GstinForm,
    /// The last character does not follow from the others: most likely a typing mistake.
    #[error("check digit of the gstin is wrong, {expected} is expected")]
    GstinCheckDigit {
        /// What it should be if the other fourteen are right.
        expected: char,
    },
    /// Not five letters, four digits and a letter.
    #[error("pan must be five letters, four digits and a letter")]
    PanForm,
    /// Not a code of the table.
    #[error("state code is unknown")]
    StateUnknown,
    /// Not four, six or eight digits.
    #[error("hsn must be 4, 6 or 8 digits")]
    HsnForm,
    /// Not six letters or digits.
    #[error("huid must be 6 letters or digits")]
    HuidForm,
    /// Not seven to fifteen digits with at most a leading plus.
    #[error("phone number must have 7 to 15 digits")]
    PhoneForm,
}
