//! The flat view of a body: every scalar with its pointer, for fingerprints.
//!
//! An idempotency key is compared field by field, so that a reused key can name the first field that differs. Members
//! are taken in the order of their names, so two spellings of the same object are the same leaves.

use super::{
    Node,
    errors::{push_index, push_key},
};

/// One scalar (or empty list or object) of a body.
#[derive(Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Where it stands (RFC 6901).
    pub pointer: String,
    /// Its canonical JSON text: strings quoted, so that `1` and `"1"` differ.
    pub text: String,
}

/// All leaves of one body. They hold what was sent, secrets included: they are for hashing, and print nothing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Leaves(Vec<Leaf>);

impl Leaves {
    /// The leaves of a tree whose names are known ones: it has been decoded before. (Each leaf repeats its whole pointer;
    /// a stranger's long name above many leaves would multiply.)
    #[must_use]
    pub fn of(node: &Node) -> Self {
        let mut leaves = Vec::new();
        walk(node, &mut String::new(), &mut leaves);
        Self(leaves)
    }

    /// In canonical order.
    #[must_use]
    pub fn as_slice(&self) -> &[Leaf] {
        &self.0
    }
}

impl std::fmt::Debug for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Leaf").field("pointer", &self.pointer).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Leaves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Leaves({})", self.0.len())
    }
}

fn walk(node: &Node, pointer: &mut String, leaves: &mut Vec<Leaf>) {
    let here = pointer.len();
    let text = match node {
        Node::List(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                push_index(pointer, index);
                walk(item, pointer, leaves);
                pointer.truncate(here);
            }
            return;
        }
        Node::Object(members) if !members.is_empty() => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            for (key, value) in sorted {
                push_key(pointer, key);
                walk(value, pointer, leaves);
                pointer.truncate(here);
            }
            return;
        }
        Node::List(_) => "[]".to_owned(),
        Node::Object(_) => "{}".to_owned(),
        Node::Null => "null".to_owned(),
        Node::Bool(value) => value.to_string(),
        Node::Integer(value) => value.to_string(),
        Node::Number(spelt) => spelt.clone(),
        Node::Text(text) | Node::Parameter(text) => serde_json::Value::from(text.as_str()).to_string(),
    };
    leaves.push(Leaf { pointer: pointer.clone(), text });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::body::{Errors, json};

    fn leaves(text: &str) -> Leaves {
        Leaves::of(&json::parse(text.as_bytes(), &mut Errors::new()).unwrap())
    }

    #[test]
    fn order_and_spelling_do_not_matter_and_contents_do() {
        assert_eq!(leaves(r#"{"b":[1,{}],"a":"x"}"#), leaves(" {\"a\":\"\\u0078\", \"b\" : [1,{ }] }"));
        assert_ne!(leaves(r#"{"a":1}"#), leaves(r#"{"a":"1"}"#));
        assert_ne!(leaves(r#"{"a":null}"#), leaves("{}"));
        assert_ne!(leaves(r#"{"a":[1,2]}"#), leaves(r#"{"a":[2,1]}"#));
    }

    #[test]
    fn pointers_and_texts_are_canonical() {
        let found: Vec<_> = leaves(r#"{"b":[true,"q\"uote"],"a/":[]}"#)
            .as_slice()
            .iter()
            .map(|leaf| (leaf.pointer.clone(), leaf.text.clone()))
            .collect();
        let expected = [("/a~1", "[]"), ("/b/0", "true"), ("/b/1", r#""q\"uote""#)];
        assert_eq!(found, expected.map(|(pointer, text)| (pointer.to_owned(), text.to_owned())));
    }

    #[test]
    fn leaves_do_not_print_what_they_hold() {
        let printed = format!("{:?} {:?}", leaves(r#"{"password":"hunter2"}"#), leaves("[1]").as_slice());
        assert!(!printed.contains("hunter2"), "{printed}");
    }
}
