//! How many guesses a password would take, as zxcvbn estimates them (Wheeler, "zxcvbn: Low-Budget Password Strength
//! Estimation", USENIX Security 2016).
//!
//! The estimate is cheap for ordinary passwords and is not for chosen ones: every sign that may stand for a letter
//! multiplies the readings that are tried, so that 128 such signs take most of a second. So a password is looked at in
//! pieces of [`PIECE`] characters, which take milliseconds at the worst, and is as strong as its strongest piece: a
//! guesser has to get all of them right.
//!
//! zxcvbn reads the machine's clock once, to know how recent a year in a password is: the one place where this crate's
//! answers depend on something that was not given to it.

use std::fmt;

use zxcvbn::feedback::{Suggestion, Warning};

/// The longest text that is estimated at once, in characters.
pub(super) const PIECE: usize = 16;

/// The estimate of one password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Estimate {
    pub(super) score: u8,
    pub(super) warning: Option<Advice>,
    pub(super) suggestions: Vec<Advice>,
}

/// Estimates a password; `known` are words that a guesser has for this person, in lower case.
pub(super) fn estimate(password: &str, known: &[&str]) -> Estimate {
    let mut best = Estimate { score: 0, warning: None, suggestions: vec![Advice::UseWords] };
    let mut rest = password;
    while !rest.is_empty() {
        let end = rest.char_indices().nth(PIECE).map_or(rest.len(), |(at, _)| at);
        let (piece, next) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = next;
        let of_piece = estimate_piece(piece, known);
        if of_piece.score >= best.score {
            best = of_piece;
        }
        if best.score == HIGHEST {
            break;
        }
    }
    best
}

/// The highest score there is.
const HIGHEST: u8 = 4;

fn estimate_piece(piece: &str, known: &[&str]) -> Estimate {
    let entropy = zxcvbn::zxcvbn(piece, known);
    let feedback = entropy.feedback();
    let mut suggestions: Vec<Advice> =
        feedback.into_iter().flat_map(|said| said.suggestions()).filter_map(|one| suggested(*one)).collect();
    suggestions.sort();
    suggestions.dedup();
    Estimate {
        score: u8::from(entropy.score()),
        warning: feedback.and_then(|said| said.warning()).map(warned),
        suggestions,
    }
}

/// What makes a password easy to guess, or what would make it harder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// It is a common password, or much like one.
    Common,
    /// It is one word.
    SingleWord,
    /// It is a name.
    Name,
    /// It is a row of keys.
    Keyboard,
    /// It repeats itself.
    Repeats,
    /// It counts or goes through the alphabet.
    Sequence,
    /// It holds a year.
    Year,
    /// It holds a date.
    Date,
    /// Its capital letters stand where everybody puts them.
    Capitals,
    /// A word read backwards.
    Backwards,
    /// Signs stand for letters.
    Substitutions,
    /// A further word would help.
    AddWord,
    /// Several words would do.
    UseWords,
}

impl Advice {
    /// Every advice there is.
    pub const ALL: [Self; 13] = [
        Self::Common,
        Self::SingleWord,
        Self::Name,
        Self::Keyboard,
        Self::Repeats,
        Self::Sequence,
        Self::Year,
        Self::Date,
        Self::Capitals,
        Self::Backwards,
        Self::Substitutions,
        Self::AddWord,
        Self::UseWords,
    ];

    /// The stable code for clients.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Common => "advice.common",
            Self::SingleWord => "advice.single_word",
            Self::Name => "advice.name",
            Self::Keyboard => "advice.keyboard",
            Self::Repeats => "advice.repeats",
            Self::Sequence => "advice.sequence",
            Self::Year => "advice.year",
            Self::Date => "advice.date",
            Self::Capitals => "advice.capitals",
            Self::Backwards => "advice.backwards",
            Self::Substitutions => "advice.substitutions",
            Self::AddWord => "advice.add_word",
            Self::UseWords => "advice.use_words",
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Common => "passwords that many people use are tried first",
            Self::SingleWord => "a word by itself is found in every dictionary",
            Self::Name => "names are found in every list of names",
            Self::Keyboard => "rows of keys are tried early",
            Self::Repeats => "repeating a part adds little",
            Self::Sequence => "counting and the alphabet are tried early",
            Self::Year => "years are tried early, those of one's own life before others",
            Self::Date => "dates are tried early, those of one's own life before others",
            Self::Capitals => "capital letters add little",
            Self::Backwards => "a word read backwards is still a word",
            Self::Substitutions => "signs in place of letters add little",
            Self::AddWord => "one or two more words make it much harder, the rarer the better",
            Self::UseWords => "several words that do not belong together are strong, without digits or signs",
        })
    }
}

const fn warned(warning: Warning) -> Advice {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            Advice::Keyboard
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            Advice::Repeats
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => Advice::Common,
        Warning::SequencesLikeAbcAreEasyToGuess => Advice::Sequence,
        Warning::RecentYearsAreEasyToGuess => Advice::Year,
        Warning::AWordByItselfIsEasyToGuess => Advice::SingleWord,
        Warning::DatesAreOftenEasyToGuess => Advice::Date,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Advice::Name,
    }
}

const fn suggested(suggestion: Suggestion) -> Option<Advice> {
    Some(match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => Advice::UseWords,
        Suggestion::AddAnotherWordOrTwo => Advice::AddWord,
        Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => Advice::Capitals,
        Suggestion::ReversedWordsArentMuchHarderToGuess => Advice::Backwards,
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Advice::Substitutions,
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => Advice::Keyboard,
        Suggestion::AvoidRepeatedWordsAndCharacters => Advice::Repeats,
        Suggestion::AvoidSequences => Advice::Sequence,
        Suggestion::AvoidRecentYears | Suggestion::AvoidYearsThatAreAssociatedWithYou => Advice::Year,
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => Advice::Date,
        // Said along with "use a few words", whose sentence has it.
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_kinds_of_weakness_are_named() {
        let warning = |password| estimate(password, &[]).warning;
        assert_eq!(warning("zxcvbnm,"), Some(Advice::Keyboard));
        assert_eq!(warning("aaaaaaaa"), Some(Advice::Repeats));
        assert_eq!(warning("bcdefgh"), Some(Advice::Sequence));
        assert_eq!(warning("13.05.1991"), Some(Advice::Date));
        assert_eq!(warning("anderson"), Some(Advice::Name));
        assert!(estimate("venkataraman7", &["venkataraman"]).score < estimate("venkataraman7", &[]).score);
    }

    #[test]
    fn a_long_password_is_as_strong_as_its_strongest_piece() {
        let (weak, strong) = ("a".repeat(PIECE), "kvXqm ztabc w7Rp");
        assert!(estimate(&weak, &[]).score < 2);
        assert_eq!(estimate(&format!("{weak}{strong}"), &[]).score, HIGHEST);
        assert_eq!(estimate(&format!("{strong}{weak}"), &[]).score, HIGHEST);
        assert!(estimate(&weak.repeat(4), &[]).score < 2);
        assert_eq!(estimate("", &[]).score, 0);
        // Pieces end between characters, not inside one.
        assert!(estimate(&"क".repeat(3 * PIECE + 1), &[]).score < 2);
    }

    #[test]
    fn every_advice_has_a_code_and_a_sentence_of_its_own() {
        let codes: std::collections::BTreeSet<_> = Advice::ALL.iter().map(|one| one.code()).collect();
        let texts: std::collections::BTreeSet<_> = Advice::ALL.iter().map(ToString::to_string).collect();
        assert_eq!((codes.len(), texts.len()), (Advice::ALL.len(), Advice::ALL.len()));
    }
}
