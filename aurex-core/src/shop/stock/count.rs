//! Pieces counted by scanning their tags, beside the pieces that the books have in stock.

use std::collections::{BTreeMap, BTreeSet};

use super::Item;
use crate::text::Label;

/// The most missing pieces that a count names; it counts all of them.
pub const MOST_MISSING: usize = 500;

/// A count on its way: the books' pieces are shown to it one after another.
#[derive(Debug, Clone)]
pub struct Count {
    scanned: BTreeSet<Label>,
    twice: BTreeSet<Label>,
    expected: u64,
    found: u64,
    missing: Vec<Item>,
}

/// What a count has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// How many pieces the books have in stock.
    pub expected: u64,
    /// How many of them were scanned.
    pub found: u64,
    /// Those that were not, the first [`MOST_MISSING`].
    pub missing: Vec<Item>,
    /// Scanned pieces that the books do not have in stock: sold, written off, withdrawn.
    pub elsewhere: Vec<Item>,
    /// Scanned tags of no piece.
    pub unknown: Vec<Label>,
    /// Tags scanned more than once. They count once.
    pub twice: Vec<Label>,
}

impl Count {
    /// A count of these tags.
    #[must_use]
    pub fn of(tags: impl IntoIterator<Item = Label>) -> Self {
        let (mut scanned, mut twice) = (BTreeSet::new(), BTreeSet::new());
        for tag in tags {
            if !scanned.insert(tag.clone()) {
                twice.insert(tag);
            }
        }
        Self { scanned, twice, expected: 0, found: 0, missing: Vec::new() }
    }

    /// A piece that the books have in stock.
    pub fn expect(&mut self, item: Item) {
        self.expected = self.expected.saturating_add(1);
        if self.scanned.remove(&item.tag) {
            self.found = self.found.saturating_add(1);
        } else if self.missing.len() < MOST_MISSING {
            self.missing.push(item);
        }
    }

    /// What was scanned and is in no stock.
    pub fn left(&self) -> impl Iterator<Item = &Label> {
        self.scanned.iter()
    }

    /// The end of the count, with those of [`Count::left`] that are pieces.
    #[must_use]
    pub fn end(self, pieces: Vec<Item>) -> Counted {
        let known: BTreeMap<&Label, &Item> = pieces.iter().map(|item| (&item.tag, item)).collect();
        let unknown = self.scanned.iter().filter(|tag| !known.contains_key(tag)).cloned().collect();
        let twice = self.twice.into_iter().collect();
        let Self { expected, found, missing, .. } =
            Self { scanned: BTreeSet::new(), twice: BTreeSet::new(), ..self };
        Counted { expected, found, missing, elsewhere: pieces, unknown, twice }
    }
}
