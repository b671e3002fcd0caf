//! Where the head of a request ends.

/// Follows the bytes of one head. Line ends are `\r\n` or a bare `\n`, as the HTTP parser behind accepts both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeadEnd {
    begun: bool,
    line_is_empty: bool,
}

impl HeadEnd {
    /// Nothing has come yet.
    pub(super) const NEW: Self = Self { begun: false, line_is_empty: false };

    /// Whether the head ends within these bytes.
    ///
    /// Empty lines before the request line are skipped, as the parser does: otherwise they would look like a whole head
    /// and switch the deadline off.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            match byte {
                b'\n' if self.begun && self.line_is_empty => return true,
                b'\n' => self.line_is_empty = true,
                b'\r' => {}
                _ => {
                    self.begun = true;
                    self.line_is_empty = false;
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(chunks: &[&str]) -> bool {
        let mut head = HeadEnd::NEW;
        chunks.iter().any(|chunk| head.advance(chunk.as_bytes()))
    }

    #[test]
    fn a_head_ends_at_its_empty_line_however_it_is_cut() {
        assert!(ends(&["GET / HTTP/1.1\r\nHost: a\r\n\r\n"]));
        assert!(ends(&["GET / HTTP/1.1\r\nHost: a\r", "\n\r", "\nbody"]));
        assert!(ends(&["GET / HTTP/1.1\n\n"]));
        assert!(!ends(&["GET / HTTP/1.1\r\nHost: a\r\n"]));
    }

    #[test]
    fn empty_lines_before_the_request_are_no_head() {
        assert!(!ends(&["\r\n\r\n\r\n\n\n"]));
        assert!(ends(&["\r\n\r\nGET / HTTP/1.1\r\n\r\n"]));
    }
}
