//! What our mails say: who did what, when, from where, and what to do if it was not you.
//!
//! The words of each letter stand once, in `words.rs`; two templates set them as text and as HTML, so that neither can
//! say what the other does not. Templates are compiled in. What people typed is only ever a value of them: in HTML it is
//! escaped, and a name like `{{7*7}}` stays what it is. There is nothing to load in a mail, and so nothing that tells us
//! who read it.

mod links;
mod matter;
mod words;

use askama::Template;
use aurex_core::tenancy::Slug;
use aurex_core::text::{Email, Name, TextError};
use aurex_core::time::{Timestamp, Zone};
use uuid::Uuid;

pub use self::links::{LinkCode, LinkSecret, NotALinkSecret, Page, link};
pub use self::matter::{Matter, Occasion, Seen};
use self::words::{Words, words};
use super::{Mailbox, Message, Subject};
use crate::http::origin::{Origin, Place};

/// A letter from a workspace to one person.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What the shop is called.
    pub shop: Name,
    /// The workspace.
    pub slug: Slug,
    /// In whose time it speaks.
    pub zone: Zone,
    /// What links are made from: where the configuration says that the workspace is reached, never a request.
    pub home: Place,
    /// Who reads it.
    pub to: Mailbox,
    /// What it is about.
    pub matter: Matter,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LetterError {
    /// A template failed.
    #[error("a mail's template failed")]
    Template(#[from] askama::Error),
    /// The subject is none.
    #[error("a mail's subject cannot be used")]
    Subject(#[from] TextError),
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct AsText<'a> {
    letter: Setting<'a>,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct AsHtml<'a> {
    letter: Setting<'a>,
}

/// What both templates set.
#[derive(Clone, Copy)]
struct Setting<'a> {
    reader: Option<&'a str>,
    words: &'a Words,
    foot: &'a str,
}

impl Letter {
    /// The letter as a message; `id` is whose `Message-ID` every try carries, `at` when it was written.
    ///
    /// ```
    /// use aurex_core::text::Name;
    /// use aurex_core::time::{Timestamp, Zone};
    /// use aurex_server::http::origin::Origins;
    /// use aurex_server::mail::letter::{Letter, LinkSecret, Matter};
    /// use uuid::Uuid;
    ///
    /// let origins: Origins = "https://shop.example".parse()?;
    /// let letter = Letter {
    ///     shop: Name::new("Zaveri and Sons")?,
    ///     slug: "zaveri".parse()?,
    ///     zone: Zone::INDIA,
    ///     home: origins.home("zaveri").ok_or("no origin")?,
    ///     to: "Asha <asha@shop.example>".parse()?,
    ///     matter: Matter::Invitation {
    ///         by: Name::new("Meena Zaveri")?,
    ///         role: Name::new("Cashier")?,
    ///         secret: LinkSecret::new("s3cret")?,
    ///         until: Timestamp::parse("2026-11-30T04:30:00Z")?,
    ///     },
    /// };
    /// let written = Timestamp::parse("2026-11-23T04:30:00Z")?;
    /// let message = letter.compose(Uuid::from_u128(7), written, &"Aurex <mail@shop.example>".parse()?)?;
    /// assert_eq!(message.subject.as_str(), "Meena Zaveri invites you to Zaveri and Sons");
    /// assert!(message.text.contains("https://shop.example/w/zaveri/join#s3cret"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`LetterError`]; what a workspace can be called gives none.
    pub fn compose(&self, id: Uuid, at: Timestamp, from: &Mailbox) -> Result<Message, LetterError> {
        let foot = format!("This mail is from {}, which uses Aurex at {}.", self.shop, self.home.origin());
        set(&words(self), &foot, id, at, from, &self.to)
    }
}

/// A mail that says nothing but that mail works: for whoever sets up a server.
///
/// # Errors
/// [`LetterError`].
pub fn trial(
    id: Uuid,
    at: Timestamp,
    from: &Mailbox,
    to: &Email,
    origin: &Origin,
) -> Result<Message, LetterError> {
    let foot = format!("This mail is from the Aurex server at {origin}.");
    set(&words::trial(), &foot, id, at, from, &Mailbox::bare(to.clone()))
}

fn set(
    words: &Words,
    foot: &str,
    id: Uuid,
    at: Timestamp,
    from: &Mailbox,
    to: &Mailbox,
) -> Result<Message, LetterError> {
    let letter = Setting { reader: to.name.as_ref().map(Name::as_str), words, foot };
    Ok(Message {
        id,
        at,
        from: from.clone(),
        to: to.clone(),
        subject: Subject::new(words.subject.clone())?,
        text: AsText { letter }.render()?,
        html: AsHtml { letter }.render()?,
    })
}

#[cfg(test)]
mod tests;
