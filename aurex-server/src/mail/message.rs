//! One mail, from words to bytes.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use aurex_core::text::Text;
use aurex_core::time::Timestamp;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, MultiPart, SinglePart};
use uuid::Uuid;

use super::{MailError, Mailbox};

/// A subject: one line without control characters. It has room for a shop's and a person's whole names beside its own
/// words.
pub type Subject = Text<500>;

/// A mail of ours: one sender, one recipient, the same words as text and as HTML.
///
/// INVARIANT: nothing that reaches a header can hold a line break. Names and subjects are [`Text`], addresses are
/// [`Email`](aurex_core::text::Email), and the rest is made here.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Whose mail it is. Every try to send it carries the same, and so the same `Message-ID`.
    pub id: Uuid,
    /// When it was written.
    pub at: Timestamp,
    /// Who it is from.
    pub from: Mailbox,
    /// Who it is for.
    pub to: Mailbox,
    /// What it is about.
    pub subject: Subject,
    /// Its words.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}

impl Message {
    /// As it goes over the wire: RFC 5322 and MIME, lines of at most 76 ASCII characters, names and subject encoded
    /// (RFC 2047) where they need it.
    ///
    /// # Errors
    /// [`MailError::Address`] when one of the addresses is none that mail can be sent to.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MailError> {
        Ok(self.built()?.formatted())
    }

    pub(super) fn built(&self) -> Result<lettre::Message, MailError> {
        let sent = Duration::from_micros(u64::try_from(self.at.micros()).unwrap_or(0));
        // Quoted-printable never writes "=_", so no text can end its part: neither chance nor a look at it is needed.
        let boundary = format!("=_aurex_{}", self.id.simple());
        let alternatives = MultiPart::alternative()
            .boundary(boundary)
            .singlepart(part(ContentType::TEXT_PLAIN, &self.text)?)
            .singlepart(part(ContentType::TEXT_HTML, &self.html)?);
        lettre::Message::builder()
            .date(UNIX_EPOCH.checked_add(sent).unwrap_or(UNIX_EPOCH))
            .message_id(Some(format!("<{}@{}>", self.id.simple(), self.from.encoded()?.email.domain())))
            .from(self.from.encoded()?)
            .to(self.to.encoded()?)
            .subject(self.subject.as_str())
            // RFC 3834: holiday notes and other machines do not answer.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(alternatives)
            .map_err(|_| MailError::Address)
    }
}

/// Always quoted-printable: seven bits, short lines, and what is English in it stays legible to whoever looks.
fn part(kind: ContentType, words: &str) -> Result<SinglePart, MailError> {
    let body = Body::new_with_encoding(words.to_owned(), ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| MailError::Address)?;
    Ok(SinglePart::builder().header(kind).body(body))
}

impl fmt::Debug for Message {
    /// Nothing of what it says or to whom: it may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({})", self.id.simple())
    }
}
