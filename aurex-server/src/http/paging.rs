//! The two parameters of every list: `?limit=&after=`.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use super::{
    body::{Decode, Errors, Int, Node, Text},
    problem::FieldCode,
};

/// How many items a page may have at most: 1 to 200, 50 when not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    const DEFAULT: u8 = 50;

    /// The number of items.
    #[must_use]
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl Decode for Limit {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        let limit = Int::<1, 200>::decode(node, errors)?;
        u8::try_from(limit.get()).ok().map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self(Self::DEFAULT))
    }

    fn schema() -> MetaSchemaRef {
        Int::<1, 200>::schema().merge(MetaSchema { default: Some(Self::DEFAULT.into()), ..MetaSchema::ANY })
    }
}

/// The cursor of an earlier page, still sealed: [`CursorKey::open`](super::cursor::CursorKey::open) opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After(Text<1, 512>);

impl After {
    /// The cursor's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Decode for After {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        let text = Text::decode(node, errors)?;
        let wire_safe =
            text.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if wire_safe {
            Some(Self(text))
        } else {
            errors.push(FieldCode::TextCharacter);
            None
        }
    }

    fn schema() -> MetaSchemaRef {
        Text::<1, 512>::schema()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_one_to_two_hundred_and_fifty_when_absent() {
        let read =
            |text: &str| Limit::decode(&Node::Parameter(text.into()), &mut Errors::new()).map(Limit::get);
        assert_eq!(
            (read("1"), read("200"), read("0"), read("201"), read("1e2")),
            (Some(1), Some(200), None, None, None)
        );
        assert_eq!(Limit::absent().map(Limit::get), Some(50));
    }
}
