//! Handing one mail over, and what can come of it.

use std::fmt;
use std::io;

use async_trait::async_trait;

use super::Message;

/// A way out of the house.
#[async_trait]
pub trait Mailer: Send + Sync + fmt::Debug {
    /// Hands `message` over. `Ok` says that whoever took it answers for it from now on.
    ///
    /// # Errors
    /// [`MailError`]; [`MailError::is_permanent`] says whether another try can help. After an error the message may
    /// have been taken all the same: the answer can be lost on its way.
    async fn send(&self, message: &Message) -> Result<(), MailError>;
}

/// Why a mail was not handed over.
///
/// What a mail server says beside its code is left out: it likes to repeat the address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// No connection.
    #[error("the mail server cannot be reached")]
    Unreachable(#[source] io::Error),
    /// The connection ended within a mail, or what came over it was not SMTP.
    #[error("the conversation with the mail server broke off")]
    Broken,
    /// No answer in the time it is given.
    #[error("the mail server did not answer in time")]
    TimedOut,
    /// It offers no TLS. There is no way back to a connection that anybody can read.
    #[error("the mail server offers no TLS")]
    NoTls,
    /// The handshake failed: a certificate that is not trusted, or is another host's.
    #[error("no trusted connection to the mail server could be made")]
    Tls(#[source] io::Error),
    /// The host of a connection without TLS is not this machine.
    #[error("the mail server is not on this machine, and a connection without TLS never leaves it")]
    NotLoopback,
    /// It does not know us, or no longer.
    #[error("the mail server does not let us sign in")]
    SignIn {
        /// Its answer; `None` when it offers no way to sign in that we know.
        code: Option<u16>,
    },
    /// It takes no mail now, or not this one yet.
    #[error("the mail server takes the mail later, it says {code}")]
    Postponed {
        /// Its answer (RFC 5321, section 4.2).
        code: u16,
    },
    /// It will never take this mail.
    #[error("the mail server refused the mail, it says {code}")]
    Refused {
        /// Its answer (RFC 5321, section 4.2).
        code: u16,
    },
    /// No mail can go to such an address, or not over this server.
    #[error("no mail can be sent to this address")]
    Address,
    /// The folder that stands in for a mail server.
    #[error("the folder of mails cannot be written")]
    Folder(#[source] io::Error),
}

impl MailError {
    /// Whether another try ends the same way. What is wrong with our own connection or sign-in is never held against
    /// a mail: an operator puts it right, and the mail goes out.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Address)
    }
}
