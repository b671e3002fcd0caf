//! What may be wrong with a password, in words for whoever chose it.

use std::fmt;

use super::strength::Advice;

/// A word that a guesser would try for this person: the shop's name, their own, their address.
#[derive(Debug, Clone, Copy)]
pub struct ContextWord<'a> {
    /// Where it comes from; this is what a refusal names, for the word itself is part of the password.
    pub source: ContextSource,
    /// A word or several.
    pub text: &'a str,
}

/// Where a context word comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ContextSource {
    /// The product's name.
    Product,
    /// The workspace's name or slug.
    Workspace,
    /// The member's name.
    MemberName,
    /// The member's mail address.
    Email,
    /// The name of a role: what somebody who sets up a till types first.
    Role,
}

impl fmt::Display for ContextSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Product => "the product's name",
            Self::Workspace => "the shop's name",
            Self::MemberName => "your name",
            Self::Email => "your mail address",
            Self::Role => "the name of a role",
        })
    }
}

/// One thing that is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// Fewer characters than the policy asks for.
    TooShort {
        /// The least number of characters.
        minimum: usize,
    },
    /// More characters than are hashed.
    TooLong {
        /// The greatest number of characters.
        maximum: usize,
    },
    /// Among the passwords that are guessed first.
    Common,
    /// Built around a word that a guesser would try for this person.
    ContextWord {
        /// Where the word comes from.
        source: ContextSource,
    },
    /// It would take few guesses all the same.
    Guessable {
        /// Why, where it can be said.
        because: Option<Advice>,
    },
    /// Known from a breach elsewhere.
    Breached,
}

impl Violation {
    /// The stable code for clients.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "password.too_short",
            Self::TooLong { .. } => "password.too_long",
            Self::Common => "password.common",
            Self::ContextWord { .. } => "password.context_word",
            Self::Guessable { .. } => "password.guessable",
            Self::Breached => "password.breached",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { minimum } => write!(f, "it needs at least {minimum} characters"),
            Self::TooLong { maximum } => write!(f, "it may have at most {maximum} characters"),
            Self::Common => f.write_str("it is among the passwords that are guessed first"),
            Self::ContextWord { source } => write!(f, "it is built around {source}"),
            Self::Guessable { because: None } => f.write_str("it would be guessed quickly"),
            Self::Guessable { because: Some(why) } => write!(f, "it would be guessed quickly: {why}"),
            Self::Breached => f.write_str("it is known from a breach of another service"),
        }
    }
}

/// A password was refused, for these reasons.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the password is not accepted: {}", sentences(violations))]
pub struct PasswordRefused {
    pub(super) violations: Vec<Violation>,
}

impl PasswordRefused {
    /// The refusal of a password that a [list of breached ones](super::BreachedPasswords) knows.
    pub fn breached() -> Self {
        Self { violations: vec![Violation::Breached] }
    }

    /// Everything that is wrong; at least one.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

fn sentences(violations: &[Violation]) -> String {
    violations.iter().map(Violation::to_string).collect::<Vec<_>>().join("; ")
}
