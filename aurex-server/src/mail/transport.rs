//! Which way mail takes, as an operator says it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use super::smtp::{Patience, Roots, RootsError, SmtpMailer, SmtpServer, SmtpServerError};
use super::{ConsoleMailer, FolderMailer, Mailbox, Mailer};

/// The way mail takes. Its `Display` and `Debug` never show a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// To a relay.
    Smtp(SmtpServer),
    /// Into a folder, a file each.
    Folder(PathBuf),
    /// Onto standard error.
    Console,
    /// Nowhere.
    Off,
}

/// Why a text names no way for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// None of the kinds.
    #[error("is `smtps://…`, `smtp://…`, `file:<folder>`, `console` or `off`")]
    Kind,
    /// The URL of a relay.
    #[error(transparent)]
    Smtp(#[from] SmtpServerError),
}

/// Why the way cannot be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetUpError {
    /// Whom to trust is not known.
    #[error(transparent)]
    Roots(#[from] RootsError),
}

impl Transport {
    /// The mailer of this way; `None` where there is none. `ca` names a PEM file of the only authorities that the
    /// relay's certificate may come from; without it they are the machine's.
    ///
    /// # Errors
    /// [`SetUpError`] when the authorities cannot be read.
    pub fn mailer(&self, from: &Mailbox, ca: Option<&Path>) -> Result<Option<Arc<dyn Mailer>>, SetUpError> {
        Ok(match self {
            Self::Off => None,
            Self::Console => Some(Arc::new(ConsoleMailer)),
            Self::Folder(folder) => Some(Arc::new(FolderMailer::new(folder.clone()))),
            Self::Smtp(_) => self.relay(from, ca)?.map(|relay| Arc::new(relay) as Arc<dyn Mailer>),
        })
    }

    /// The relay of this way; `None` where it takes none. The rest is as for [`Transport::mailer`].
    ///
    /// # Errors
    /// [`SetUpError`] when the authorities cannot be read.
    pub fn relay(&self, from: &Mailbox, ca: Option<&Path>) -> Result<Option<SmtpMailer>, SetUpError> {
        let Self::Smtp(server) = self else { return Ok(None) };
        let roots = match ca {
            _ if server.is_plain() => Roots::nobody(),
            Some(file) => Roots::from_file(file)?,
            None => Roots::of_the_machine()?,
        };
        // A relay wants a name; who we are by mail is the domain that we write from.
        let hello = from.domain().to_owned();
        Ok(Some(SmtpMailer::new(server.clone(), hello, roots, Patience::default())))
    }
}

impl FromStr for Transport {
    type Err = TransportError;

    fn from_str(text: &str) -> Result<Self, TransportError> {
        match text {
            "off" => Ok(Self::Off),
            "console" => Ok(Self::Console),
            _ if text.starts_with("smtp://") || text.starts_with("smtps://") => Ok(Self::Smtp(text.parse()?)),
            _ => match text.strip_prefix("file:") {
                None | Some("") => Err(TransportError::Kind),
                Some(folder) => Ok(Self::Folder(PathBuf::from(folder.strip_prefix("//").unwrap_or(folder)))),
            },
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Smtp(server) => server.fmt(f),
            Self::Folder(folder) => write!(f, "file:{}", folder.display()),
            Self::Console => f.write_str("console"),
            Self::Off => f.write_str("off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_chosen_by_its_first_word() {
        assert_eq!("off".parse(), Ok(Transport::Off));
        assert_eq!("console".parse(), Ok(Transport::Console));
        assert_eq!("file:/var/mail".parse(), Ok(Transport::Folder("/var/mail".into())));
        assert!(matches!("smtps://relay.example".parse(), Ok(Transport::Smtp(_))));
        for wrong in ["", "file:", "sendmail", "http://relay.example", "smtps:relay.example", "OFF"] {
            assert!(wrong.parse::<Transport>().is_err(), "{wrong}");
        }
    }
}
