//! Fields that may be left out, in the three ways a field can be.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};

use super::{Decode, Errors, Node};

/// In a create: absent and `null` both mean none.
impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        match node {
            Node::Null => Some(None),
            node => T::decode(node, errors).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn schema() -> MetaSchemaRef {
        nullable(T::schema())
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// A field of a `PATCH` that may be emptied (RFC 7396: absent leaves it, `null` empties it).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field was not sent: it stays as it is.
    #[default]
    Keep,
    /// The field was sent as `null`: it becomes empty.
    Clear,
    /// The field was sent: it becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// The field after this patch, given what it was.
    pub fn apply_to(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The same patch with its value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(change(value)),
        }
    }
}

impl<T: Decode> Decode for Patch<T> {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        match node {
            Node::Null => Some(Self::Clear),
            node => T::decode(node, errors).map(Self::Set),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::Keep)
    }

    fn schema() -> MetaSchemaRef {
        nullable(T::schema())
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// A field of a `PATCH` that cannot be emptied: absent leaves it, `null` is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace<T>(pub Option<T>);

impl<T: Decode> Decode for Replace<T> {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        T::decode(node, errors).map(|value| Self(Some(value)))
    }

    fn absent() -> Option<Self> {
        Some(Self(None))
    }

    fn schema() -> MetaSchemaRef {
        T::schema()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

fn nullable(schema: MetaSchemaRef) -> MetaSchemaRef {
    schema.merge(MetaSchema { nullable: true, ..MetaSchema::ANY })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{body::request, problem::FieldCode};

    request! {
        /// A patch with one field of each kind.
        pub struct PatchProbe {
            phone: Patch<bool>,
            name: Replace<bool>,
            note: Option<bool>,
        }
    }

    fn read(text: &str) -> Result<PatchProbe, Vec<(String, FieldCode)>> {
        let mut errors = Errors::new();
        let node = crate::http::body::json::parse(text.as_bytes(), &mut errors).unwrap();
        PatchProbe::decode(&node, &mut errors)
            .ok_or_else(|| errors.into_list().into_iter().map(|error| (error.pointer, error.code)).collect())
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let untouched = read("{}").unwrap();
        assert_eq!((untouched.phone, untouched.name, untouched.note), (Patch::Keep, Replace(None), None));
        let emptied = read(r#"{"phone":null,"note":null}"#).unwrap();
        assert_eq!((emptied.phone, emptied.note), (Patch::Clear, None));
        let set = read(r#"{"phone":true,"name":true,"note":true}"#).unwrap();
        assert_eq!((set.phone, set.name, set.note), (Patch::Set(true), Replace(Some(true)), Some(true)));
    }

    #[test]
    fn what_cannot_be_emptied_refuses_null() {
        assert_eq!(read(r#"{"name":null}"#).unwrap_err(), [("/name".into(), FieldCode::WrongType)]);
    }
}
