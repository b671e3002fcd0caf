//! Which passwords may be set.
//!
//! Length and guessability decide, composition does not (NIST SP 800-63B-4, section 3.1.1.2; OWASP ASVS 5.0, V6.2):
//! a rule that demands a digit gets `Password1`. Everything that is wrong is said at once, so that nobody has to find
//! the rules out one refusal after the other.

use zeroize::Zeroizing;

use super::common::{fold, is_common};
use super::strength::{Advice, estimate};
use super::typed::Password;
use super::violation::{ContextSource, ContextWord, PasswordRefused, Violation};

/// What a new password must satisfy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    minimum: usize,
}

impl PasswordPolicy {
    /// The shortest password that any policy may allow, in characters.
    pub const SHORTEST: usize = 8;
    /// The longest password, in characters. Generous, and an end to what is worth hashing.
    pub const LONGEST: usize = 128;
    /// The least score that is accepted, of 0 to 4: more than a million guesses (zxcvbn's table of scores). Guesses go
    /// through the throttle, and a stolen database cannot be guessed at without the pepper. A threshold of 3 would refuse
    /// every random password of [`SHORTEST`](Self::SHORTEST) characters, because the estimate takes ten guesses for a
    /// character that it cannot explain.
    pub const LEAST_SCORE: u8 = 2;
    /// From this length on nobody is asked for more than length: an estimate of long texts is costly and says little.
    pub const LONG_ENOUGH: usize = 64;
    /// Context words shorter than this are left out: a shop called “RK” would forbid half the language.
    pub const SHORTEST_CONTEXT_WORD: usize = 4;

    /// A policy with a longer minimum than [`PasswordPolicy::SHORTEST`], the minimum of the default policy.
    ///
    /// # Errors
    ///
    /// [`PasswordPolicyError`] unless `minimum` is 8 to 64; a minimum above 64 would refuse what ASVS V6.2.9 requires.
    pub fn with_minimum(minimum: usize) -> Result<Self, PasswordPolicyError> {
        if (Self::SHORTEST..=64).contains(&minimum) {
            Ok(Self { minimum })
        } else {
            Err(PasswordPolicyError { minimum })
        }
    }

    /// Checks a password that is to be set. `context` are the words that a guesser would try for this very person.
    ///
    /// A password that contains a context word is refused unless what is left without it would do by itself.
    ///
    /// ```
    /// use aurex_core::identity::password::{ContextSource, ContextWord, Password, PasswordPolicy, Violation};
    ///
    /// let policy = PasswordPolicy::default();
    /// let context = [ContextWord { source: ContextSource::Workspace, text: "Meenakshi Jewellers" }];
    ///
    /// let refused = policy.check(&Password::new("meenakshi@2026"), &context).unwrap_err();
    /// assert_eq!(refused.violations(), [Violation::ContextWord { source: ContextSource::Workspace }]);
    /// assert!(policy.check(&Password::new("blue parrot on a till"), &context).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// [`PasswordRefused`] with every violation.
    pub fn check(&self, password: &Password, context: &[ContextWord<'_>]) -> Result<(), PasswordRefused> {
        match self.judge(password, context).violations {
            violations if violations.is_empty() => Ok(()),
            violations => Err(PasswordRefused { violations }),
        }
    }

    /// What there is to say about a password, while it is being chosen: what [`PasswordPolicy::check`] would refuse it
    /// for, how strong it is, and what would make it stronger. It takes milliseconds at the worst.
    pub fn judge(&self, password: &Password, context: &[ContextWord<'_>]) -> Judgement {
        let mut violations = Vec::new();
        let length = password.chars();
        if length < self.minimum {
            violations.push(Violation::TooShort { minimum: self.minimum });
        }
        if length > Self::LONGEST {
            // No further questions: comparing megabytes with word lists is work for nothing.
            violations.push(Violation::TooLong { maximum: Self::LONGEST });
            return Judgement { score: 0, violations, suggestions: Vec::new() };
        }
        let folded = fold(password.expose());
        if is_common(&folded) {
            violations.push(Violation::Common);
        }
        let mut words: Vec<(ContextSource, Zeroizing<String>)> = context.iter().flat_map(words_of).collect();
        words.retain(|(_, word)| word.chars().count() >= Self::SHORTEST_CONTEXT_WORD);
        // The longest first, so that a short word does not break up a longer one that contains it.
        words.sort_by_key(|(_, word)| std::cmp::Reverse(word.len()));
        violations.extend(self.context_words_in(folded, &words));

        if length >= Self::LONG_ENOUGH {
            return Judgement { score: 4, violations, suggestions: Vec::new() };
        }
        let known: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
        let estimate = estimate(password.expose(), &known);
        // Said only where nothing else explains it: whoever reads "too short" need not hear that it is guessed quickly.
        if estimate.score < Self::LEAST_SCORE && violations.is_empty() {
            violations.push(Violation::Guessable { because: estimate.warning });
        }
        // What nobody would take for a strong password is not shown as one.
        let score = if violations.is_empty() { estimate.score } else { estimate.score.min(1) };
        Judgement { score, violations, suggestions: estimate.suggestions }
    }

    fn context_words_in(
        &self,
        folded: Zeroizing<String>,
        words: &[(ContextSource, Zeroizing<String>)],
    ) -> Vec<Violation> {
        let mut rest = folded;
        let mut found = Vec::new();
        for (source, word) in words {
            if rest.contains(word.as_str()) {
                rest = Zeroizing::new(rest.replace(word.as_str(), ""));
                found.push(*source);
            }
        }
        let own = rest.trim_matches(|c: char| !c.is_alphabetic());
        if own.chars().count() >= self.minimum && !is_common(own) {
            return Vec::new();
        }
        found.sort();
        found.dedup();
        found.into_iter().map(|source| Violation::ContextWord { source }).collect()
    }
}

/// What there is to say about a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// How strong it is, 0 to 4; 0 or 1 where it is not accepted.
    pub score: u8,
    /// Everything for which it is not accepted; empty where it is.
    pub violations: Vec<Violation>,
    /// What would make it stronger.
    pub suggestions: Vec<Advice>,
}

impl Judgement {
    /// Whether the password may be set.
    pub const fn is_acceptable(&self) -> bool {
        self.violations.is_empty()
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { minimum: Self::SHORTEST }
    }
}

/// The parts of a name or address that somebody would build a password from: each word, and all of them together.
fn words_of(context: &ContextWord<'_>) -> Vec<(ContextSource, Zeroizing<String>)> {
    let folded = fold(context.text);
    let parts = folded.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() || c.is_whitespace());
    let mut words: Vec<String> = parts.filter(|part| !part.is_empty()).map(str::to_owned).collect();
    words.push(words.concat());
    words.into_iter().map(|word| (context.source, Zeroizing::new(word))).collect()
}

/// The minimum is outside what a policy may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the least length of a password may be set to 8 to 64 characters, not {minimum}")]
pub struct PasswordPolicyError {
    /// The minimum asked for.
    pub minimum: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(password: &str, context: &[ContextWord<'_>]) -> Vec<Violation> {
        match PasswordPolicy::default().check(&Password::new(password), context) {
            Ok(()) => vec![],
            Err(refused) => refused.violations().to_vec(),
        }
    }

    const CONTEXT: [ContextWord<'static>; 4] = [
        ContextWord { source: ContextSource::Product, text: "Aurex" },
        ContextWord { source: ContextSource::Workspace, text: "R.K. Zaveri & Sons" },
        ContextWord { source: ContextSource::MemberName, text: "Priya Venkataraman" },
        ContextWord { source: ContextSource::Email, text: "priya.v@zaverisons.example" },
    ];

    #[test]
    fn length_is_counted_in_normalized_characters_at_both_ends() {
        let too_short = [Violation::TooShort { minimum: 8 }];
        let too_long = [Violation::TooLong { maximum: 128 }];
        let repeats = [Violation::Guessable { because: Some(Advice::Repeats) }];
        for (letter, name) in
            [("w", "ascii"), ("ज", "devanagari"), ("🔑", "four bytes"), ("e\u{301}", "decomposed")]
        {
            let of = |chars: usize| letter.repeat(chars);
            assert_eq!(violations(&of(7), &[]), too_short, "{name}");
            assert_eq!(violations(&of(8), &[]), repeats, "{name}");
            assert_eq!(violations(&of(64), &[]), [], "{name}");
            assert_eq!(violations(&of(128), &[]), [], "{name}");
            assert_eq!(violations(&of(129), &[]), too_long, "{name}");
        }
        assert_eq!(violations("kvXqm zt", &[]), []);
    }

    #[test]
    fn asvs_v6_2_5_no_composition_is_demanded() {
        for password in [
            "onlylowercaseletters",
            "ONLYUPPERCASE",
            "74930162857",
            "💎🔑💍👑✨🌟🪙📿",
            "   no  signs   ",
            "नमक और रोटी",
        ] {
            assert_eq!(violations(password, &CONTEXT), [], "{password}");
        }
    }

    #[test]
    fn asvs_v6_2_4_every_listed_password_is_refused() {
        for word in include_str!("common.txt").lines() {
            assert!(violations(word, &[]).contains(&Violation::Common), "{word}");
        }
    }

    #[test]
    fn asvs_v6_2_11_passwords_built_around_the_context_are_refused() {
        use ContextSource::{Email, MemberName, Product, Workspace};
        let refused = |password| {
            let of = |violation| match violation {
                Violation::ContextWord { source } => Some(source),
                _ => None,
            };
            violations(password, &CONTEXT).into_iter().filter_map(of).collect::<Vec<_>>()
        };
        assert_eq!(refused("aurex2026!!!"), [Product]);
        assert_eq!(refused("Zaveri@1947"), [Workspace]);
        assert_eq!(refused("rkzaverisons"), [Workspace]);
        assert_eq!(refused("VENKATARAMAN#1"), [MemberName]);
        assert_eq!(refused("priya-1990-02"), [MemberName]);
        assert_eq!(refused("zaverisons2026"), [Email]);
        assert_eq!(refused("Aurex+Password1"), [Product]);
        assert_eq!(refused("aurexVenkataraman"), [Product, MemberName]);
    }

    #[test]
    fn a_passphrase_may_mention_the_shop_and_short_names_forbid_nothing() {
        for password in ["the parrot of zaveri sings", "rk is a good tailor", "sons of the monsoon wind"] {
            assert_eq!(violations(password, &CONTEXT), [], "{password}");
        }
    }

    #[test]
    fn all_violations_are_told_at_once_and_none_repeats_the_password() {
        let context = [ContextWord { source: ContextSource::Workspace, text: "Qwerty" }];
        let refused = PasswordPolicy::default().check(&Password::new("Qwerty1"), &context).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the password is not accepted: it needs at least 8 characters; it is among the passwords that are \
             guessed first; it is built around the shop's name",
        );
    }

    #[test]
    fn a_stricter_minimum_can_be_asked_for_and_a_laxer_one_cannot() {
        let twelve = PasswordPolicy::with_minimum(12).unwrap();
        assert!(twelve.check(&Password::new("kvXqm ztabc"), &[]).is_err());
        assert!(twelve.check(&Password::new("kvXqm ztabcd"), &[]).is_ok());
        assert_eq!(PasswordPolicy::with_minimum(7), Err(PasswordPolicyError { minimum: 7 }));
        assert_eq!(PasswordPolicy::with_minimum(65), Err(PasswordPolicyError { minimum: 65 }));
    }
}
