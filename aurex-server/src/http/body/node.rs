//! The tree between bytes and types.

/// One JSON value. Numbers keep their spelling unless they are plain integers, because `1.0`, `1e0` and `-0` are not
/// what an amount looks like and floating point never touches one.
#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction, exponent or negative zero, within 64 bits.
    Integer(i64),
    /// Any other number, as it was spelt.
    Number(String),
    /// A string.
    Text(String),
    /// A parameter's text, which has no type of its own: `50` may be a number or a word.
    Parameter(String),
    /// An array.
    List(Vec<Node>),
    /// An object, its members in the order they came.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// The members, when this is an object.
    #[must_use]
    pub fn members(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The member of that name, when this is an object that has one.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members()?.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The text, when this is a string or a parameter.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Parameter(text) => Some(text),
            _ => None,
        }
    }
}

/// Values stay out of logs: only the kind is shown.
impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Integer(_) | Self::Number(_) => "number",
            Self::Text(_) | Self::Parameter(_) => "text",
            Self::List(_) => "list",
            Self::Object(_) => "object",
        })
    }
}
