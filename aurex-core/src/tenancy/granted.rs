//! What a token was granted, laid out so that asking costs a few comparisons of numbers.

use std::sync::Arc;

/// The codes of the actions that a token was granted.
///
/// Each stands behind a mark, a number made of its text; an action's own mark is worked out when the program is
/// compiled. Marks rule out, they never rule in: two texts may share one, so the text has the last word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted(Arc<[(u64, String)]>);

/// FNV-1a (Fowler, Noll, Vo): any fixed spread will do, because nobody gains by a collision.
#[expect(
    clippy::indexing_slicing,
    reason = "no iterator runs at compile time, and the loop ends with the text"
)]
pub(crate) const fn mark(code: &str) -> u64 {
    let bytes = code.as_bytes();
    let mut mark = 0xCBF2_9CE4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        // Widening: `From` is not const.
        mark = (mark ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01B3);
        at += 1;
    }
    mark
}

impl Granted {
    /// Whether `code`, of this mark, is among them.
    #[inline]
    pub(crate) fn has(&self, code_mark: u64, code: &str) -> bool {
        self.0.iter().any(|(mark, granted)| *mark == code_mark && granted == code)
    }
}

impl FromIterator<String> for Granted {
    fn from_iter<I: IntoIterator<Item = String>>(codes: I) -> Self {
        Self(codes.into_iter().map(|code| (mark(&code), code)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_the_last_word() {
        let granted: Granted = ["invoice.issue", "rate.read"].map(str::to_owned).into_iter().collect();
        assert!(granted.has(mark("invoice.issue"), "invoice.issue"));
        assert!(!granted.has(mark("invoice.cancel"), "invoice.cancel"));
        assert!(!granted.has(mark("invoice.issue"), "invoice.cancel"), "another text of the same mark");
    }

    #[test]
    fn marks_are_the_published_hash() {
        // Test vectors of the FNV reference code: "" and "foobar".
        assert_eq!(mark(""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(mark("foobar"), 0x8594_4171_F739_67E8);
    }
}
