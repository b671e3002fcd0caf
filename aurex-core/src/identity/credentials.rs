//! Passwords being set: by their holder, or for somebody who lost theirs.

use std::fmt;

use zeroize::Zeroizing;

use super::actions::{ChangePassword, ResetPassword};
use super::mails::Mail;
use super::member::{Credential, Member, Session};
use super::password::{ContextSource, ContextWord, Password, PasswordPolicy, PasswordRefused};
use super::sessions::close_all;
use crate::audit::{Change, Draft, Subject};
use crate::refusal::{Fault, Refusal, RefusalInfo, RefusalKind};
use crate::tenancy::Slug;
use crate::text::{Email, Name};
use crate::time::Timestamp;

/// Whose password it is going to be: what a guesser would try first.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// The workspace's name for people.
    pub workspace: &'a Name,
    /// Its name in requests.
    pub slug: &'a Slug,
    /// The member's name.
    pub name: &'a Name,
    /// The member's address.
    pub email: &'a Email,
}

/// Checks a password that is to be set for `holder`; `pointer` says where in the command it stands.
///
/// # Errors
/// [`UnfitPassword`] with everything that is wrong.
pub fn check_password(
    policy: &PasswordPolicy,
    password: &Password,
    holder: Holder<'_>,
    pointer: &'static str,
) -> Result<(), UnfitPassword> {
    policy.check(password, &holder.context()).map_err(|refused| UnfitPassword { pointer, refused })
}

impl<'a> Holder<'a> {
    /// The words that a guesser would try for this very person.
    pub fn context(&self) -> [ContextWord<'a>; 6] {
        let word = |source, text| ContextWord { source, text };
        [
            word(ContextSource::Product, "Aurex"),
            word(ContextSource::Workspace, self.workspace.as_str()),
            word(ContextSource::Workspace, self.slug.as_str()),
            word(ContextSource::MemberName, self.name.as_str()),
            word(ContextSource::Email, self.email.as_str()),
            word(ContextSource::Role, "owner admin manager cashier accountant auditor"),
        ]
    }
}

/// A password may not be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{refused}")]
pub struct UnfitPassword {
    pointer: &'static str,
    refused: PasswordRefused,
}

impl UnfitPassword {
    /// A password that a list of breached ones knows.
    pub fn breached(pointer: &'static str) -> Self {
        Self { pointer, refused: PasswordRefused::breached() }
    }

    /// The refusal and the reasons it can name, for the documentation.
    pub const CATALOGUE: &'static [RefusalInfo] = &[
        refused("password.not_accepted", "the password is not accepted: {reasons}"),
        refused("password.too_short", "it needs at least {minimum} characters"),
        refused("password.too_long", "it may have at most {maximum} characters"),
        refused("password.common", "it is among the passwords that are guessed first"),
        refused("password.context_word", "it is built around {source}"),
        refused("password.guessable", "it would be guessed quickly: {because}"),
        refused("password.breached", "it is known from a breach of another service"),
    ];
}

const fn refused(code: &'static str, message: &'static str) -> RefusalInfo {
    RefusalInfo { code, kind: RefusalKind::Invalid, message }
}

impl Refusal for UnfitPassword {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }

    fn code(&self) -> &'static str {
        "password.not_accepted"
    }

    fn pointer(&self) -> Option<String> {
        Some(self.pointer.to_owned())
    }

    fn faults(&self) -> Vec<Fault> {
        let fault = |pointer: &str, code, message| Fault { pointer: pointer.to_owned(), code, message };
        let violations = self.refused.violations().iter();
        violations.map(|violation| fault(self.pointer, violation.code(), violation.to_string())).collect()
    }
}

crate::refusals! {
    /// Why a password is not changed.
    pub enum PasswordRefusal {
        /// The password given as the present one is not.
        CurrentWrong = Invalid, "password.current_wrong", "/current", "that is not the present password";
        /// A new password is another one.
        Unchanged = Invalid, "password.unchanged", "/new", "the new password is the present one";
    }
}

/// A member set a password of their own. Every session of theirs ends, and one begins.
#[derive(Debug, Clone)]
pub struct PasswordChanged {
    /// The credential as it was.
    pub before: Credential,
    /// The new hash in its stored form.
    pub hash: String,
    /// The sessions that end.
    pub open: Vec<Session>,
    /// The session that begins, opened at the time of the change.
    pub session: Session,
    /// What the member is told.
    pub mail: Mail,
}

impl Change for PasswordChanged {
    type By = ChangePassword;

    fn subject(&self) -> Subject {
        Subject::new("member", self.before.member)
    }

    fn record(self, draft: &mut Draft) {
        let at = self.session.opened_at;
        draft.raise_epoch();
        draft.update(
            &self.before,
            Credential { hash: self.hash, one_time: false, set_at: at, member: self.before.member },
        );
        close_all(&self.open, at, draft);
        draft.insert(self.session);
        draft.insert(self.mail);
    }
}

/// The operator set a one-time password for a member. Every session of theirs ends.
#[derive(Debug, Clone)]
pub struct PasswordReset {
    /// Whose.
    pub member: Member,
    /// The credential as it was, if there was one.
    pub before: Option<Credential>,
    /// The new hash in its stored form.
    pub hash: String,
    /// The sessions that end.
    pub open: Vec<Session>,
    /// What the member is told.
    pub mail: Mail,
    /// When.
    pub at: Timestamp,
}

impl Change for PasswordReset {
    type By = ResetPassword;

    fn subject(&self) -> Subject {
        Subject::new("member", self.member.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.raise_epoch();
        let after = Credential { member: self.member.id, hash: self.hash, one_time: true, set_at: self.at };
        match self.before {
            Some(before) => draft.update(&before, after),
            None => draft.insert(after),
        }
        close_all(&self.open, self.at, draft);
        draft.insert(self.mail);
    }
}

/// A password for one use, to be read out over the telephone: 140 random bits as seven groups of four characters, none
/// of which is easily taken for another. ASVS 5.0 (V6.5.2, V11.5.1) asks 112 and 128 of what is looked up or lasts.
pub struct OneTimeSecret(Zeroizing<String>);

impl OneTimeSecret {
    /// Douglas Crockford's base 32 in lower case: no i, l, o or u.
    const ALPHABET: &'static [u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

    /// A secret from 28 fresh random bytes.
    pub fn from_entropy(random: [u8; 28]) -> Self {
        let random = Zeroizing::new(random);
        let mut text = Zeroizing::new(String::with_capacity(34));
        for (place, byte) in random.iter().enumerate() {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            // Five bits of each byte: the alphabet has exactly as many characters.
            text.extend(Self::ALPHABET.get(usize::from(byte & 31)).copied().map(char::from));
        }
        Self(text)
    }

    /// The secret itself, to be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OneTimeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeSecret(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_v6_4_1_a_one_time_secret_has_more_than_128_bits_that_can_be_read_out() {
        let secret = OneTimeSecret::from_entropy(std::array::from_fn(|n| u8::try_from(n * 7).unwrap()));
        assert_eq!(secret.expose(), "07en-w3ah-rz6d-mv29-gqy5-ckt1-8fpx");
        let characters = secret.expose().chars().filter(|character| *character != '-').count();
        assert!(characters * 5 >= 128, "{characters} characters of five bits");
        assert_eq!(format!("{secret:?}"), "OneTimeSecret(withheld)");
        assert!(PasswordPolicy::default().check(&Password::new(secret.expose()), &[]).is_ok());
    }
}
