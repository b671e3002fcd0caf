//! Texts within bounds, kept exactly as they were sent.
//!
//! Nothing is trimmed or normalised here: what a shop typed is what the record holds, and rules about names or numbers
//! belong to the core. Refused is only what no honest form sends: control characters, and the invisible marks that turn
//! the direction of text (they make one name look like another on paper). Joiners stay allowed: Indic scripts need them.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use zeroize::Zeroize;

use super::{Decode, Errors, Node};
use crate::http::problem::FieldCode;

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $allowed:expr, $format:expr) => {
        $(#[$doc])*
        pub struct $name<const MIN: usize, const MAX: usize>(String);

        impl<const MIN: usize, const MAX: usize> $name<MIN, MAX> {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MIN: usize, const MAX: usize> Decode for $name<MIN, MAX> {
            fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
                bounded(node, MIN, MAX, $allowed, errors).map(|text| Self(text.to_owned()))
            }

            fn schema() -> MetaSchemaRef {
                let mut schema = MetaSchema::new("string");
                schema.format = $format;
                schema.min_length = Some(MIN);
                schema.max_length = Some(MAX);
                MetaSchemaRef::Inline(Box::new(schema))
            }
        }
    };
}

text_type! {
    /// One line of `MIN` to `MAX` characters (Unicode scalar values, as JSON Schema counts).
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    Text, Allowed::OneLine, None
}

text_type! {
    /// One or more lines of `MIN` to `MAX` characters together: an address, a note. Lines end with `\n` alone.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    Paragraph, Allowed::Lines, None
}

text_type! {
    /// A password or token of `MIN` to `MAX` characters of any kind. It never prints itself and is wiped when dropped.
    #[derive(Clone, PartialEq, Eq)]
    Secret, Allowed::Anything, Some("password")
}

text_type! {
    /// What stands in a file of text that somebody brings, `MIN` to `MAX` characters together. Lines end as they like, and
    /// tabs are text; what no text has, and a picture or an archive under another name does, is refused.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Contents, Allowed::File, None
}

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// The text, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const MIN: usize, const MAX: usize> Drop for Secret<MIN, MAX> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const MIN: usize, const MAX: usize> std::fmt::Debug for Secret<MIN, MAX> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Allowed {
    OneLine,
    Lines,
    File,
    Anything,
}

fn bounded<'n>(
    node: &'n Node,
    min: usize,
    max: usize,
    allowed: Allowed,
    errors: &mut Errors,
) -> Option<&'n str> {
    let Some(text) = node.text() else {
        errors.push(FieldCode::WrongType);
        return None;
    };
    let length = text.chars().count();
    let code = if length < min {
        FieldCode::TextTooShort
    } else if length > max {
        FieldCode::TextTooLong
    } else if allowed != Allowed::Anything && text.chars().any(|c| refused(c, allowed)) {
        FieldCode::TextCharacter
    } else {
        return Some(text);
    };
    errors.push(code);
    None
}

fn refused(character: char, allowed: Allowed) -> bool {
    match character {
        '\n' => allowed == Allowed::OneLine,
        '\r' | '\t' => allowed != Allowed::File,
        // Unicode's line and paragraph separators, and its bidirectional embeddings, overrides and isolates (UAX #9).
        '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<T: Decode>(text: &str) -> Result<T, FieldCode> {
        let mut errors = Errors::new();
        T::decode(&Node::Text(text.into()), &mut errors).ok_or_else(|| errors.into_list()[0].code)
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(decode::<Text<1, 3>>("रती").is_ok());
        assert_eq!(decode::<Text<1, 3>>("abcd").unwrap_err(), FieldCode::TextTooLong);
        assert_eq!(decode::<Text<1, 3>>("").unwrap_err(), FieldCode::TextTooShort);
    }

    #[test]
    fn invisible_mischief_is_refused_and_joiners_are_not() {
        for bad in ["a\0", "a\u{7f}", "a\nb", "a\u{202e}b", "a\u{2066}b", "a\u{85}b"] {
            assert_eq!(decode::<Text<1, 9>>(bad).unwrap_err(), FieldCode::TextCharacter, "{bad:?}");
        }
        assert_eq!(decode::<Text<1, 9>>("क्\u{200d}ष").unwrap().as_str(), "क्\u{200d}ष");
        assert!(decode::<Paragraph<1, 9>>("a\nb").is_ok());
        assert_eq!(decode::<Paragraph<1, 9>>("a\r\nb").unwrap_err(), FieldCode::TextCharacter);
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = decode::<Secret<8, 99>>("correct horse").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.as_str(), "correct horse");
    }
}
