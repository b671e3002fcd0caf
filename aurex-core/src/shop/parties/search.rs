//! Finding a party while its name is being typed.
//!
//! Everybody is found by the beginnings of their words: of the name, of the telephone number as it is written and as it
//! is dialled at home, of its last five and four digits, of the GSTIN and of the PAN within it. Stores keep these words
//! in an index (`party_word`), which their databases make from a party's row by the same rule; here is the rule.

use std::collections::BTreeSet;

use super::Party;

/// What stands between two words of a name, beside spaces.
const BETWEEN: &[char] = &['.', ',', '-', '/', '&', '(', ')'];

/// What was typed, as words of which each is the beginning of one of the party's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartySearch {
    first: String,
    others: Vec<String>,
}

/// The words of a text: between spaces and the like, ASCII letters small.
fn words(text: &str) -> impl Iterator<Item = String> {
    let is_between = |c: char| c == ' ' || BETWEEN.contains(&c);
    text.split(is_between)
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>()
        .into_iter()
}

/// The last `count` characters of a text of ASCII letters and digits.
fn last(text: &str, count: usize) -> &str {
    text.len().checked_sub(count).and_then(|from| text.get(from..)).unwrap_or(text)
}

/// The words that a party is found by.
pub fn words_of(party: &Party) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = words(party.name.as_str()).collect();
    if let Some(phone) = &party.phone {
        let phone = phone.as_str();
        let written = [phone, phone.trim_start_matches('+'), last(phone, 10), last(phone, 5), last(phone, 4)];
        found.extend(written.map(str::to_owned));
    }
    if let Some(gstin) = &party.gstin {
        let gstin = gstin.as_str().to_ascii_lowercase();
        found.extend(gstin.get(2..).map(str::to_owned));
        found.insert(gstin);
    }
    found
}

/// The first text that comes behind all that begin with `word`.
fn behind(word: &str) -> String {
    format!("{word}\u{10ffff}")
}

fn begun<'w>(words: &'w BTreeSet<String>, typed: &str) -> Option<&'w String> {
    words.iter().find(|word| word.starts_with(typed))
}

impl PartySearch {
    /// The search for what was typed; `None` where there is no word in it.
    ///
    /// ```
    /// use aurex_core::shop::parties::PartySearch;
    ///
    /// let search = PartySearch::of(" Asha  Pa").unwrap();
    /// assert_eq!(search.first().0, "asha");
    /// assert!(PartySearch::of(" - ").is_none());
    /// ```
    pub fn of(typed: &str) -> Option<Self> {
        let mut typed: Vec<String> = words(typed).collect();
        // The longest word is begun by the fewest.
        let longest =
            typed.iter().enumerate().max_by_key(|(at, word)| (word.len(), std::cmp::Reverse(*at)))?.0;
        let first = typed.remove(longest);
        Some(Self { first, others: typed })
    }

    /// The word that the index is asked for: from where, and before where.
    pub fn first(&self) -> (&str, String) {
        (&self.first, behind(&self.first))
    }

    /// The other words, each with where it begins and before where its kind ends.
    pub fn others(&self) -> impl Iterator<Item = (&str, String)> {
        self.others.iter().map(|word| (word.as_str(), behind(word)))
    }

    /// The first of a party's words that begins as the one the index is asked for. Parties are listed in the order of
    /// these words, and of one word in that of their ids.
    pub fn place(&self, words: &BTreeSet<String>) -> Option<String> {
        begun(words, &self.first).cloned()
    }

    /// [`place`](Self::place) of a party that is found: each of the other words begins one of its own too.
    pub fn found_by(&self, words: &BTreeSet<String>) -> Option<String> {
        let is_found = self.others.iter().all(|word| begun(words, word).is_some());
        self.place(words).filter(|_| is_found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_is_looked_for_first_and_the_earlier_of_two() {
        let of = |typed| PartySearch::of(typed).unwrap().first;
        assert_eq!((of("Ra Shah"), of("shah RAVI")), ("shah".to_owned(), "shah".to_owned()));
        assert_eq!(PartySearch::of(""), None);
        assert_eq!(of("M/s. Shah&Sons"), "shah");
    }

    #[test]
    fn a_word_is_found_by_its_beginning_alone_and_every_word_counts() {
        let words = ["asha", "ashok", "patel"].map(str::to_owned).into();
        let found = |typed| PartySearch::of(typed).unwrap().found_by(&words);
        assert_eq!(found("ash"), Some("asha".to_owned()));
        assert_eq!(found("pat ASHO"), Some("ashok".to_owned()));
        assert_eq!((found("sha"), found("asha rao")), (None, None));
    }
}
