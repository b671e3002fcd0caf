//! A strict JSON reader (RFC 8259) for request bodies.
//!
//! Why not a general parser: most keep the last of two equal keys, turn `1e2` and `100.0` into numbers that look whole,
//! and let a lone surrogate through or replace it. Two readers that disagree on such input are how a checked value and a
//! used value come apart. This one refuses what is ambiguous, and never panics: it looks at bytes through `get` only and
//! descends at most [`MAX_DEPTH`] levels.

use std::collections::BTreeSet;

use super::{Errors, Node};
use crate::http::problem::FieldCode;

/// How deeply lists and objects may nest.
pub const MAX_DEPTH: usize = 32;

/// Why bytes are not a JSON body. It says where, never what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The bytes are not UTF-8.
    #[error("the body is not UTF-8")]
    Encoding,
    /// The grammar is broken.
    #[error("the body is not JSON from byte {0} on")]
    Syntax(usize),
    /// Nested more than [`MAX_DEPTH`] levels.
    #[error("the body is nested more than {MAX_DEPTH} levels deep")]
    Depth,
}

/// Reads one JSON value and nothing after it. Repeated keys are collected in `errors`, at their place; the first wins.
///
/// # Errors
///
/// [`Malformed`] when the bytes are not one JSON value.
pub fn parse(bytes: &[u8], errors: &mut Errors) -> Result<Node, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|_| Malformed::Encoding)?;
    let mut reader = Reader { text, at: 0, errors };
    let node = reader.value(0)?;
    reader.space();
    if reader.at == text.len() { Ok(node) } else { Err(reader.wrong()) }
}

struct Reader<'t, 'e> {
    text: &'t str,
    at: usize,
    errors: &'e mut Errors,
}

impl<'t> Reader<'t, '_> {
    fn wrong(&self) -> Malformed {
        Malformed::Syntax(self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.take(byte) { Ok(()) } else { Err(self.wrong()) }
    }

    fn word(&mut self, word: &str, node: Node) -> Result<Node, Malformed> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(node)
        } else {
            Err(self.wrong())
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Malformed> {
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(b'"') => self.string().map(Node::Text),
            Some(b't') => self.word("true", Node::Bool(true)),
            Some(b'f') => self.word("false", Node::Bool(false)),
            Some(b'n') => self.word("null", Node::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.wrong()),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Node, Malformed> {
        if depth > MAX_DEPTH {
            return Err(Malformed::Depth);
        }
        self.expect(b'{')?;
        let mut members: Vec<(String, Node)> = Vec::new();
        // A set, not a search: a body of nothing but short keys must not cost the square of its length.
        let mut seen = BTreeSet::new();
        self.space();
        if self.take(b'}') {
            return Ok(Node::Object(members));
        }
        loop {
            self.space();
            let key = self.string()?;
            self.space();
            self.expect(b':')?;
            self.errors.enter_key(&key);
            let first = seen.insert(key.clone());
            if !first {
                self.errors.push(FieldCode::Duplicate);
            }
            let value = self.value(depth);
            self.errors.leave();
            let value = value?;
            if first {
                members.push((key, value));
            }
            self.space();
            if self.take(b'}') {
                return Ok(Node::Object(members));
            }
            self.expect(b',')?;
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node, Malformed> {
        if depth > MAX_DEPTH {
            return Err(Malformed::Depth);
        }
        self.expect(b'[')?;
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Node::List(items));
        }
        loop {
            self.errors.enter_index(items.len());
            let item = self.value(depth);
            self.errors.leave();
            items.push(item?);
            self.space();
            if self.take(b']') {
                return Ok(Node::List(items));
            }
            self.expect(b',')?;
        }
    }

    fn string(&mut self) -> Result<String, Malformed> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            // The longest stretch without quote, backslash or control character is copied whole.
            let plain = rest.bytes().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count();
            out.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                _ => return Err(self.wrong()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.wrong()),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode(&mut self) -> Result<char, Malformed> {
        let high = self.hex()?;
        let scalar = if (0xd800..0xdc00).contains(&high) {
            self.expect(b'\\')?;
            self.expect(b'u')?;
            let low = self.hex()?;
            if !(0xdc00..0xe000).contains(&low) {
                return Err(self.wrong());
            }
            0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
        } else {
            high
        };
        // A lone low surrogate is no scalar value, and is refused here.
        char::from_u32(scalar).ok_or_else(|| self.wrong())
    }

    fn hex(&mut self) -> Result<u32, Malformed> {
        let digits = self.text.get(self.at..self.at + 4).ok_or_else(|| self.wrong())?;
        // `from_str_radix` alone would accept a sign.
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(self.wrong());
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| self.wrong())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong()) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<Node, Malformed> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let mut plain = true;
        if self.take(b'.') {
            plain = false;
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            plain = false;
            if !self.take(b'+') {
                self.take(b'-');
            }
            self.digits()?;
        }
        let spelt: &'t str = self.text.get(start..self.at).unwrap_or_default();
        Ok(match spelt.parse() {
            Ok(integer) if plain && spelt != "-0" => Node::Integer(integer),
            _ => Node::Number(spelt.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Node, Malformed> {
        parse(text.as_bytes(), &mut Errors::new())
    }

    #[test]
    fn only_plain_integers_become_integers() {
        assert_eq!(read("42"), Ok(Node::Integer(42)));
        assert_eq!(read(" -9223372036854775808 "), Ok(Node::Integer(i64::MIN)));
        for spelt in ["1.0", "1e2", "1E+2", "-0", "0.5", "1e400", "9223372036854775808", "-0.0"] {
            assert_eq!(read(spelt), Ok(Node::Number(spelt.to_owned())), "{spelt}");
        }
    }

    /// Cases in the manner of the public JSON parsing test suites: what must not be accepted.
    #[test]
    fn what_is_not_json_is_refused() {
        let not_json = [
            "",
            " ",
            "01",
            "+1",
            "1.",
            ".5",
            "1e",
            "--1",
            "0x10",
            "NaN",
            "Infinity",
            "nul",
            "[1,]",
            "{\"a\":1,}",
            "[1 2]",
            "{\"a\" 1}",
            "{a:1}",
            "'a'",
            "\"a",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\udc00\"",
            "[",
            "{",
            "]",
            "1 1",
            "\u{feff}1",
            "/**/1",
            "true false",
            "[,1]",
        ];
        for text in not_json {
            assert!(matches!(read(text), Err(Malformed::Syntax(_))), "{text:?}");
        }
        assert_eq!(parse(b"\"\xff\"", &mut Errors::new()), Err(Malformed::Encoding));
    }

    #[test]
    fn escapes_and_surrogate_pairs_are_read() {
        assert_eq!(read(r#""\ud83d\udc8d \u0000\/""#), Ok(Node::Text("💍 \0/".to_owned())));
    }

    #[test]
    fn a_repeated_key_is_reported_at_its_place() {
        let mut errors = Errors::new();
        let node = parse(br#"{"a":[{"b":1,"b":2}],"a/b":1}"#, &mut errors);
        assert!(node.is_ok());
        let found = errors.into_list();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].pointer.as_str(), found[0].code), ("/a/0/b", FieldCode::Duplicate));
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&deep(MAX_DEPTH)).is_ok());
        assert_eq!(read(&deep(MAX_DEPTH + 1)), Err(Malformed::Depth));
        assert_eq!(read(&"[".repeat(200_000)), Err(Malformed::Depth));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &mut Errors::new());
        }

        #[test]
        fn it_accepts_nothing_that_a_general_parser_refuses(text in "[\\[\\]{}\",:0-9eE.+\\-\\\\untrfalsd ]{0,24}") {
            if read(&text).is_ok() {
                // Out of a float's range is the one thing this reader keeps and the other cannot hold.
                let judged = serde_json::from_str::<serde_json::Value>(&text);
                prop_assert!(judged.is_ok() || judged.is_err_and(|e| e.to_string().contains("out of range")));
            }
        }
    }
}
