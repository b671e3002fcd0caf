//! Passwords that are guessed first.

use std::collections::HashSet;
use std::sync::LazyLock;

use zeroize::Zeroizing;

/// The most common passwords and the words they are built from, lower case, one a line, sorted. It holds the first 3000
/// of eight characters and more (shorter ones are refused for their length) and the first 700 shorter words of
/// the ranking that zxcvbn publishes, which counts Mark Burnett's ten million leaked passwords of 2015; beside them what
/// is chosen in Indian shops, from general knowledge. It grows by adding lines.
const COMMON: &str = include_str!("common.txt");

static LIST: LazyLock<HashSet<&'static str>> = LazyLock::new(|| COMMON.lines().collect());

/// A common word with more than this around it is not common any more.
const LONGEST_DECORATION: usize = 8;

/// Whether the password, already folded to lower case, is on the list, bare or with digits and signs around it:
/// `welcome`, `welcome@123` and `!!Welcome2026` are one guess.
pub(super) fn is_common(folded: &str) -> bool {
    let length = folded.chars().count();
    let bare = [
        folded.trim_matches(|c: char| !c.is_alphanumeric()),
        folded.trim_matches(|c: char| !c.is_alphabetic()),
        // Digits that stand for letters may begin a word (`1qaz2wsx`); what follows it goes.
        folded.trim_end_matches(|c: char| !c.is_alphabetic()),
    ];
    let little_around = |bare: &&str| length - bare.chars().count() <= LONGEST_DECORATION;
    on_the_list(folded) || bare.into_iter().filter(little_around).any(on_the_list)
}

fn on_the_list(folded: &str) -> bool {
    LIST.contains(folded)
}

/// The password as it is compared with words: compatibility forms and case folded away.
pub(super) fn fold(text: &str) -> Zeroizing<String> {
    use unicode_normalization::UnicodeNormalization;
    Zeroizing::new(text.nfkc().flat_map(char::to_lowercase).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_folded_sorted_and_without_repeats() {
        assert!(COMMON.lines().filter(|word| word.chars().count() >= 8).count() >= 3000);
        assert!(COMMON.lines().is_sorted_by(|one, next| one < next));
        assert!(COMMON.lines().all(|word| !word.is_empty() && *fold(word) == word));
    }

    #[test]
    fn decorated_common_words_are_common() {
        for password in [
            "password",
            "Password123!",
            "WELCOME@123",
            "p@ssw0rd99",
            "Jaishreeram@108",
            "12345678!",
            "ＱＷＥＲＴＹ1",
        ] {
            assert!(is_common(&fold(password)), "{password}");
        }
    }

    #[test]
    fn uncommon_passwords_are_not() {
        for password in
            ["", "welcome to the fort", "gold1928374650912", "tr0ub4dor&3", "        ", "💎💎💎💎💎💎💎💎"]
        {
            assert!(!is_common(&fold(password)), "{password}");
        }
    }
}
