//! What opens an entry's commitments, or says that it was erased: a line a field.
//!
//! ```text
//! <entry> <slot> <salt: 64 hexadecimal digits> <content: base64>
//! <entry> <slot> erased
//! ```

use std::fmt;

use crate::audit::entry::Opening;
use crate::audit::note::{from_base64, from_decimal, to_base64};
use crate::audit::tree::Hash;

/// One commitment's opening, or that there is none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field<'a> {
    /// What was committed to.
    Open {
        /// 0 for the body, from 1 for the personal fields.
        slot: u16,
        /// The salt.
        salt: &'a [u8; 32],
        /// The content.
        content: &'a [u8],
    },
    /// Value and salt were erased; the commitment stays.
    Erased {
        /// From 1: a body is never erased.
        slot: u16,
    },
}

impl Field<'_> {
    /// Which commitment of the entry it is about.
    pub const fn slot(&self) -> u16 {
        match self {
            Self::Open { slot, .. } | Self::Erased { slot } => *slot,
        }
    }
}

impl<'a> From<&'a Opening> for Field<'a> {
    fn from(opening: &'a Opening) -> Self {
        Self::Open { slot: opening.slot, salt: &opening.salt, content: &opening.content }
    }
}

/// A field with the number of its entry, as a line of a bundle has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Line {
    pub(in crate::audit) seq: u64,
    slot: u16,
    opened: Option<([u8; 32], Vec<u8>)>,
}

impl Line {
    pub(super) fn of(seq: u64, field: &Field<'_>) -> Self {
        let opened = match field {
            Field::Open { salt, content, .. } => Some((**salt, content.to_vec())),
            Field::Erased { .. } => None,
        };
        Self { seq, slot: field.slot(), opened }
    }

    pub(in crate::audit) fn field(&self) -> Field<'_> {
        match &self.opened {
            Some((salt, content)) => Field::Open { slot: self.slot, salt, content },
            None => Field::Erased { slot: self.slot },
        }
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let seq = from_decimal(words.next()?)?;
        let slot = u16::try_from(from_decimal(words.next()?)?).ok()?;
        let opened = match (words.next()?, words.next()) {
            ("erased", None) => None,
            // A salt is spelled like a hash.
            (salt, Some(content)) => Some((*salt.parse::<Hash>().ok()?.as_bytes(), from_base64(content)?)),
            _ => return None,
        };
        words.next().is_none().then_some(Self { seq, slot, opened })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.seq, self.slot)?;
        match &self.opened {
            Some((salt, content)) => write!(f, "{} {}", Hash::from_bytes(*salt), to_base64(content)),
            None => f.write_str("erased"),
        }
    }
}

/// The lines of a bundle's file of openings, which are in the order of entry and slot. `None` when they are not, or one
/// is none.
pub(in crate::audit) fn lines_in(bytes: &[u8]) -> Option<Vec<Line>> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let lines: Vec<Line> = text.split('\n').map(Line::read).collect::<Option<_>>()?;
    lines.is_sorted_by(|one, next| (one.seq, one.slot) < (next.seq, next.slot)).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_spelling() {
        let opening =
            Opening { slot: 3, name: "member.name".to_owned(), salt: [0xab; 32], content: b"x".to_vec() };
        let good = format!("7 3 {} eA==\n7 4 erased\n8 0 {} \n", "ab".repeat(32), "00".repeat(32));
        let lines = lines_in(good.as_bytes()).unwrap();
        assert_eq!(lines[0], Line::of(7, &(&opening).into()));
        assert_eq!(lines[1].field(), Field::Erased { slot: 4 });
        assert_eq!(lines.iter().map(|line| format!("{line}\n")).collect::<String>(), good);
        for bad in [
            good.replace("7 4", "7 3"),
            good.replace("8 0", "6 0"),
            good.replace("7 4", "7 04"),
            good.replace("erased", "Erased"),
            good.replace("erased", "erased "),
            good.replace("ab", "AB"),
            good.replace("eA==", "eB=="),
            good.replace("8 0", "8 65536"),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            String::new(),
        ] {
            assert_eq!(lines_in(bad.as_bytes()), None, "{bad}");
        }
    }
}
