//! Whole numbers within bounds. There is no other kind of number in a request.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use super::{Decode, Errors, Node};
use crate::http::problem::FieldCode;

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Int<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Int<MIN, MAX> {
    /// The number, when it is within the bounds.
    #[must_use]
    pub const fn new(value: i64) -> Option<Self> {
        if MIN <= value && value <= MAX { Some(Self(value)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64> Decode for Int<MIN, MAX> {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        let number = integer(node, errors)?;
        Self::new(number).or_else(|| out_of_range(errors))
    }

    fn schema() -> MetaSchemaRef {
        integer_schema(MIN, MAX)
    }
}

macro_rules! decode_as_integer {
    ($($number:ty),*) => {$(
        impl Decode for $number {
            fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
                let number = integer(node, errors)?;
                Self::try_from(number).ok().or_else(|| out_of_range(errors))
            }

            fn schema() -> MetaSchemaRef {
                integer_schema(
                    i64::try_from(Self::MIN).unwrap_or(i64::MIN),
                    i64::try_from(Self::MAX).unwrap_or(i64::MAX),
                )
            }
        }
    )*};
}

decode_as_integer!(i64, i32, u64, u32, u16, u8);

fn integer(node: &Node, errors: &mut Errors) -> Option<i64> {
    let code = match node {
        Node::Integer(number) => return Some(*number),
        Node::Parameter(text) => match parameter(text) {
            Some(number) => return Some(number),
            None => FieldCode::NumberNotInteger,
        },
        Node::Number(spelt) if spelt == "-0" || spelt.contains(['.', 'e', 'E']) => {
            FieldCode::NumberNotInteger
        }
        Node::Number(_) => FieldCode::NumberOutOfRange,
        _ => FieldCode::WrongType,
    };
    errors.push(code);
    None
}

/// The one spelling a number has: `5`, not `+5`, `05` or `-0`.
fn parameter(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn out_of_range<T>(errors: &mut Errors) -> Option<T> {
    errors.push(FieldCode::NumberOutOfRange);
    None
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the document describes bounds as JSON numbers; decoding never uses these"
)]
fn integer_schema(min: i64, max: i64) -> MetaSchemaRef {
    let mut schema = MetaSchema::new_with_format("integer", "int64");
    // The full range of a type is said by its format; spelling it as a float would round it.
    schema.minimum = (min > i64::MIN).then_some(min as f64);
    schema.maximum = (max < i64::MAX).then_some(max as f64);
    MetaSchemaRef::Inline(Box::new(schema))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<T: Decode>(node: &Node) -> Result<T, FieldCode> {
        let mut errors = Errors::new();
        T::decode(node, &mut errors).ok_or_else(|| errors.into_list()[0].code)
    }

    #[test]
    fn anything_but_a_plain_integer_is_refused() {
        assert_eq!(decode::<i64>(&Node::Integer(-7)), Ok(-7));
        assert_eq!(decode::<i64>(&Node::Number("1.0".into())), Err(FieldCode::NumberNotInteger));
        assert_eq!(decode::<i64>(&Node::Number("1e2".into())), Err(FieldCode::NumberNotInteger));
        assert_eq!(decode::<i64>(&Node::Number("-0".into())), Err(FieldCode::NumberNotInteger));
        assert_eq!(
            decode::<i64>(&Node::Number("9223372036854775808".into())),
            Err(FieldCode::NumberOutOfRange)
        );
        assert_eq!(decode::<i64>(&Node::Text("7".into())), Err(FieldCode::WrongType));
        assert_eq!(decode::<i64>(&Node::Bool(true)), Err(FieldCode::WrongType));
    }

    #[test]
    fn bounds_are_kept() {
        assert_eq!(decode::<Int<1, 200>>(&Node::Integer(200)).map(Int::get), Ok(200));
        assert_eq!(decode::<Int<1, 200>>(&Node::Integer(0)), Err(FieldCode::NumberOutOfRange));
        assert_eq!(decode::<u32>(&Node::Integer(-1)), Err(FieldCode::NumberOutOfRange));
        assert_eq!(decode::<u8>(&Node::Integer(256)), Err(FieldCode::NumberOutOfRange));
    }

    #[test]
    fn a_parameter_has_one_spelling() {
        assert_eq!(decode::<i64>(&Node::Parameter("50".into())), Ok(50));
        for spelt in ["+5", "05", "-0", "5.0", "", " 5", "5e0", "９"] {
            assert_eq!(
                decode::<i64>(&Node::Parameter(spelt.into())),
                Err(FieldCode::NumberNotInteger),
                "{spelt:?}"
            );
        }
    }
}
