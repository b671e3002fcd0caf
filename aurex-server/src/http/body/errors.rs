//! Where a decoder stands in the body, and what it has found wrong so far.

use super::{Decode, Node};
use crate::http::problem::{FieldCode, FieldError};

/// Enough to mend a form in one go; a hostile body does not earn an answer longer than itself.
const MOST_ERRORS: usize = 64;

/// A field name longer than this is nobody's typing mistake, and is not repeated.
const LONGEST_NAME: usize = 64;

enum Step {
    Key(String),
    Index(usize),
}

/// The errors of one body, each with its JSON pointer (RFC 6901). Decoders walk it down and up as they descend.
#[derive(Default)]
pub struct Errors {
    path: Vec<Step>,
    list: Vec<FieldError>,
}

impl Errors {
    /// Nothing wrong yet, standing at the root.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Something is wrong here.
    pub fn push(&mut self, code: FieldCode) {
        if self.list.len() < MOST_ERRORS {
            self.list.push(FieldError::at(self.pointer(), code));
        }
    }

    /// Runs `decode` one step down, at the member `key`.
    pub fn within<T>(&mut self, key: &str, decode: impl FnOnce(&mut Self) -> T) -> T {
        self.enter_key(key);
        let decoded = decode(self);
        self.leave();
        decoded
    }

    /// Runs `decode` one step down, at the element `index`.
    pub fn within_index<T>(&mut self, index: usize, decode: impl FnOnce(&mut Self) -> T) -> T {
        self.enter_index(index);
        let decoded = decode(self);
        self.leave();
        decoded
    }

    /// The members of an object, to be taken one by one; a wrong type is noted.
    pub fn object<'n>(&mut self, node: &'n Node) -> Option<Fields<'n>> {
        match node {
            Node::Object(members) => Some(Fields { members, known: Vec::new() }),
            _ => {
                self.push(FieldCode::WrongType);
                None
            }
        }
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Everything that is wrong, in the order it was found.
    #[must_use]
    pub fn into_list(self) -> Vec<FieldError> {
        self.list
    }

    pub(super) fn enter_key(&mut self, key: &str) {
        self.path.push(Step::Key(key.to_owned()));
    }

    pub(super) fn enter_index(&mut self, index: usize) {
        self.path.push(Step::Index(index));
    }

    pub(super) fn leave(&mut self) {
        self.path.pop();
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) if key.len() > LONGEST_NAME => break,
                Step::Key(key) => push_key(&mut pointer, key),
                Step::Index(index) => push_index(&mut pointer, *index),
            }
        }
        pointer
    }
}

/// Appends one member name to a pointer, escaped as RFC 6901 asks.
pub(super) fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    for character in key.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

pub(super) fn push_index(pointer: &mut String, index: usize) {
    pointer.push('/');
    pointer.push_str(&index.to_string());
}

/// The members of one object while a decoder takes what it knows.
pub struct Fields<'n> {
    members: &'n [(String, Node)],
    known: Vec<&'static str>,
}

impl Fields<'_> {
    /// Decodes one member; an absent one is what its type says it is, or an error.
    pub fn take<T: Decode>(&mut self, name: &'static str, errors: &mut Errors) -> Option<T> {
        self.known.push(name);
        let found = self.members.iter().find(|(key, _)| key == name);
        errors.within(name, |errors| match found {
            Some((_, node)) => T::decode(node, errors),
            None => T::absent().or_else(|| {
                errors.push(FieldCode::Missing);
                None
            }),
        })
    }

    /// Marks a member as known without decoding it: a union's tag.
    pub fn know(&mut self, name: &'static str) {
        self.known.push(name);
    }

    /// Notes every member that nobody took.
    pub fn finish(self, errors: &mut Errors) {
        for (key, _) in self.members {
            if !self.known.contains(&key.as_str()) {
                errors.within(key, |errors| errors.push(FieldCode::Unknown));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_escaped() {
        let mut errors = Errors::new();
        errors.within("a/b", |e| e.within_index(3, |e| e.within("m~n", |e| e.push(FieldCode::Unknown))));
        assert_eq!(errors.into_list()[0].pointer, "/a~1b/3/m~0n");
    }

    #[test]
    fn an_overlong_name_is_not_repeated() {
        let mut errors = Errors::new();
        errors.within("x", |e| e.within(&"y".repeat(65), |e| e.push(FieldCode::Unknown)));
        assert_eq!(errors.into_list()[0].pointer, "/x");
    }

    #[test]
    fn the_list_of_errors_is_bounded() {
        let mut errors = Errors::new();
        (0..1000).for_each(|_| errors.push(FieldCode::Invalid));
        assert_eq!(errors.into_list().len(), MOST_ERRORS);
    }
}
