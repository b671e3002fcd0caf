//! What is wrong with one field or one parameter. The value itself is never repeated: it may be a password.

use std::borrow::Cow;

use serde::Serialize;

macro_rules! field_codes {
    ($($name:ident = $code:literal $message:literal;)*) => {
        /// A stable code for what is wrong with one field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FieldCode {
            $(#[doc = $message] $name,)*
            /// A rule of the business, by its own code.
            Rule(&'static str),
        }

        impl FieldCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as clients see it, for instance `field.missing`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* Self::Rule(code) => code }
            }

            /// A sentence for people.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)* Self::Rule(_) => "a rule refuses this value" }
            }
        }
    };
}

field_codes! {
    Missing = "field.missing" "this field is required";
    Unknown = "field.unknown" "there is no such field here";
    Duplicate = "field.duplicate" "this field stands here more than once";
    WrongType = "field.wrong_type" "this value is of the wrong type";
    Invalid = "field.invalid" "this value cannot be used here";
    TextTooShort = "text.too_short" "this text is too short";
    TextTooLong = "text.too_long" "this text is too long";
    TextCharacter = "text.character" "this text contains a character that is not allowed here";
    NumberNotInteger = "number.not_an_integer" "this must be a whole number, written without fraction or exponent";
    NumberOutOfRange = "number.out_of_range" "this number is outside the allowed range";
    ListTooShort = "list.too_short" "this list has too few entries";
    ListTooLong = "list.too_long" "this list has too many entries";
    ChoiceUnknown = "choice.unknown" "this is none of the allowed values";
    Differs = "idempotency.differs" "this differs from the request that used the key first";
    Ambiguous = "field.ambiguous" "these fields do not belong together";
}

/// One entry of a problem's `errors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where in the body: a JSON pointer (RFC 6901), empty for the body as a whole or for a parameter.
    pub pointer: String,
    /// Which query or header parameter, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong.
    #[serde(serialize_with = "code_as_text")]
    pub code: FieldCode,
    /// The same for people.
    pub message: Cow<'static, str>,
}

impl FieldError {
    /// Something is wrong with the field that `pointer` names.
    #[must_use]
    pub fn at(pointer: impl Into<String>, code: FieldCode) -> Self {
        Self { pointer: pointer.into(), parameter: None, code, message: code.message().into() }
    }

    /// A rule of the business refuses the field that `pointer` names, for this reason.
    #[must_use]
    pub fn rule(pointer: impl Into<String>, code: &'static str, reason: String) -> Self {
        Self { pointer: pointer.into(), parameter: None, code: FieldCode::Rule(code), message: reason.into() }
    }

    /// Something is wrong with a query or header parameter.
    #[must_use]
    pub fn parameter(name: impl Into<String>, code: FieldCode) -> Self {
        Self { pointer: String::new(), parameter: Some(name.into()), code, message: code.message().into() }
    }
}

fn code_as_text<S: serde::Serializer>(code: &FieldCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}
