//! Lists within bounds.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};

use super::{Decode, Errors, Node};
use crate::http::problem::FieldCode;

/// A list of `MIN` to `MAX` entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T, const MIN: usize, const MAX: usize>(Vec<T>);

impl<T, const MIN: usize, const MAX: usize> List<T, MIN, MAX> {
    /// The entries.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// The entries, owned.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T: Decode, const MIN: usize, const MAX: usize> Decode for List<T, MIN, MAX> {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        let Node::List(nodes) = node else {
            errors.push(FieldCode::WrongType);
            return None;
        };
        // A list of the wrong length is not looked into: an overlong one could cost more than it is worth.
        if nodes.len() < MIN || nodes.len() > MAX {
            errors.push(if nodes.len() < MIN { FieldCode::ListTooShort } else { FieldCode::ListTooLong });
            return None;
        }
        let decoded: Vec<Option<T>> = nodes
            .iter()
            .enumerate()
            .map(|(index, node)| errors.within_index(index, |errors| T::decode(node, errors)))
            .collect();
        decoded.into_iter().collect::<Option<Vec<T>>>().map(Self)
    }

    fn schema() -> MetaSchemaRef {
        let mut schema = MetaSchema::new("array");
        schema.items = Some(Box::new(T::schema()));
        schema.min_items = Some(MIN);
        schema.max_items = Some(MAX);
        MetaSchemaRef::Inline(Box::new(schema))
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::body::Int;

    #[test]
    fn every_wrong_entry_is_named() {
        let node = Node::List(vec![Node::Integer(9), Node::Integer(1), Node::Null]);
        let mut errors = Errors::new();
        assert!(List::<Int<0, 5>, 1, 3>::decode(&node, &mut errors).is_none());
        let found: Vec<_> = errors.into_list().into_iter().map(|error| (error.pointer, error.code)).collect();
        assert_eq!(found, [("/0".into(), FieldCode::NumberOutOfRange), ("/2".into(), FieldCode::WrongType)]);
    }

    #[test]
    fn length_is_bounded_at_both_ends() {
        for (nodes, code) in [(0, FieldCode::ListTooShort), (4, FieldCode::ListTooLong)] {
            let mut errors = Errors::new();
            assert!(
                List::<bool, 1, 3>::decode(&Node::List(vec![Node::Bool(true); nodes]), &mut errors).is_none()
            );
            assert_eq!(errors.into_list()[0].code, code);
        }
    }
}
