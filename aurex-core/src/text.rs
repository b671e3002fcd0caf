//! Words that people type: bounded, without control characters, otherwise untouched.

use std::fmt;

/// Text of at most `MAX` Unicode scalar values, at least one of them visible, none a control character.
///
/// Nothing is trimmed or folded: what was typed is what is kept, or it is refused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

/// A person's, customer's or article's name.
pub type Name = Text<200>;
/// A free remark or reason.
pub type Note = Text<500>;
/// A code somebody else gave: a tag, a bank reference.
pub type Label = Text<64>;

impl<const MAX: usize> Text<MAX> {
    /// The most Unicode scalar values that it holds.
    pub const MOST_CHARS: usize = MAX;

    /// Checks `text`.
    ///
    /// # Errors
    /// [`TextError`] says which rule it breaks.
    pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            return Err(TextError::Blank);
        }
        if text.chars().count() > MAX {
            return Err(TextError::TooLong { max: MAX });
        }
        if text.chars().any(|c| c.is_control() || is_invisible_direction(c)) {
            return Err(TextError::ControlCharacter);
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Bidirectional overrides can make a printed name read as another one.
fn is_invisible_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters without a width of their own. Indic scripts join letters with some of them, so they may stand in a text;
/// a text of nothing else shows nothing.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
    )
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing visible in it.
    #[error("must not be blank")]
    Blank,
    /// More characters than the field holds.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The greatest number of Unicode scalar values.
        max: usize,
    },
    /// A control or direction-override character.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// An email address as an identifier: one `@`, no spaces, compared in lower case.
///
/// Deliverability is proved by delivering; this only refuses what can never be an address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Checks `text` and folds it to lower case.
    ///
    /// # Errors
    /// [`EmailError`] when it can be no address.
    pub fn new(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let sound = text.len() <= 254
            && (1..=64).contains(&local.len())
            && !local.contains('@')
            && domain.len() >= 3
            && domain.contains('.')
            && domain.split('.').all(|part| !part.is_empty())
            && text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !",;<>\"()[]\\".contains(c))
            // Two addresses that look alike would be two logins.
            && !text.chars().any(|c| is_invisible(c) || is_invisible_direction(c));
        if sound { Ok(Self(text.to_lowercase())) } else { Err(EmailError) }
    }

    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    /// An address is personal data and stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// Not an email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an email address")]
pub struct EmailError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_as_typed_or_refused() {
        assert_eq!(Name::new(" Asha Devi ").unwrap().as_str(), " Asha Devi ");
        assert_eq!(Name::new("  "), Err(TextError::Blank));
        assert_eq!(Name::new("\u{200B} \u{FEFF}"), Err(TextError::Blank));
        assert!(Name::new("क\u{94D}\u{200D}ष").is_ok(), "joiners are part of words");
        assert_eq!(Text::<3>::new("चार॥"), Err(TextError::TooLong { max: 3 }));
        assert_eq!(Name::new("a\nb"), Err(TextError::ControlCharacter));
        assert_eq!(Name::new("a\u{202E}b"), Err(TextError::ControlCharacter));
    }

    #[test]
    fn emails_are_identifiers() {
        assert_eq!(Email::new("Asha@Example.IN").unwrap().as_str(), "asha@example.in");
        for wrong in [
            "",
            "a",
            "@b.in",
            "a@b",
            "a b@c.in",
            "a@b..in",
            "a@@b.in",
            "a,b@c.in",
            "a\u{200B}b@c.in",
            "a\u{202E}b@c.in",
        ] {
            assert_eq!(Email::new(wrong), Err(EmailError), "{wrong}");
        }
    }
}
