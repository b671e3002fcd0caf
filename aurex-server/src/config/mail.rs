//! How mail leaves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aurex_core::text::Email;

use super::{ConfigError, wrong};
use crate::mail::{Mailbox, Mailer, SetUpError, Transport};

/// How mail leaves, and as whose.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// Which way.
    pub transport: Transport,
    /// Whose mails they are.
    pub from: Mailbox,
    /// A PEM file with the only authorities that a relay's certificate may come from; `None` for the machine's.
    pub ca: Option<PathBuf>,
}

impl MailConfig {
    /// The mailer; `None` where mail is off.
    ///
    /// # Errors
    /// [`SetUpError`] when it is not known whom to trust.
    pub fn mailer(&self) -> Result<Option<Arc<dyn Mailer>>, SetUpError> {
        self.transport.mailer(&self.from, self.ca.as_deref())
    }
}

/// What the settings say about it.
#[derive(Default)]
pub(super) struct Said {
    pub(super) transport: Option<String>,
    pub(super) from: Option<String>,
    pub(super) ca: Option<PathBuf>,
}

impl MailConfig {
    /// In development mails wait in a folder where their links can be read; in production they go where an operator
    /// said, or nowhere.
    pub(super) fn resolve(said: Said, data_dir: &Path, production: bool) -> Result<Self, ConfigError> {
        let transport = match said.transport {
            Some(text) => text.parse().map_err(|error| wrong("mail", format!("{error}")))?,
            None if production => Transport::Off,
            None => Transport::Folder(data_dir.join("mail")),
        };
        if production && transport == Transport::Console {
            return Err(wrong(
                "mail",
                "`console` prints links that open accounts: it is for development only",
            ));
        }
        if let Transport::Smtp(server) = &transport
            && production
            && server.has_guessable_password()
        {
            return Err(wrong(
                "mail",
                "has a password that is tried first: ask the provider for one of its own",
            ));
        }
        let from = match said.from {
            Some(text) => text.parse().map_err(|_| {
                wrong("mail_from", "is an address, `Our shops <mail@shop.example>` for example")
            })?,
            None if matches!(&transport, Transport::Smtp(_)) => {
                return Err(wrong(
                    "mail_from",
                    "is required with a mail server: say whose address mails come from",
                ));
            }
            // RFC 2606 keeps this domain for nobody: an answer to a mail of development goes nowhere.
            None => Mailbox::bare(
                Email::new("aurex@aurex.invalid").map_err(|_| wrong("mail_from", "is an address"))?,
            ),
        };
        Ok(Self { transport, from, ca: said.ca })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(transport: Option<&str>, from: Option<&str>, production: bool) -> Result<MailConfig, ConfigError> {
        let said = Said { transport: transport.map(str::to_owned), from: from.map(str::to_owned), ca: None };
        MailConfig::resolve(said, Path::new("data"), production)
    }

    #[test]
    fn unasked_mails_wait_in_a_folder_and_in_production_nowhere() {
        assert_eq!(of(None, None, false).unwrap().transport, Transport::Folder("data/mail".into()));
        assert_eq!(of(None, None, true).unwrap().transport, Transport::Off);
        assert!(of(Some("off"), None, true).unwrap().mailer().unwrap().is_none());
    }

    #[test]
    fn a_mail_server_wants_to_know_whose_mails_they_are() {
        assert!(of(Some("smtps://relay.example"), None, true).is_err());
        let config = of(Some("smtps://relay.example"), Some("Shops <mail@shop.example>"), true).unwrap();
        assert_eq!(config.from.domain(), "shop.example");
        assert!(of(Some("smtps://relay.example"), Some("mail"), true).is_err());
    }

    #[test]
    fn asvs_v13_4_2_secrets_are_printed_in_development_only() {
        assert!(of(Some("console"), None, false).is_ok());
        assert!(of(Some("console"), None, true).is_err());
    }

    #[test]
    fn a_relays_password_is_shown_neither_by_the_configuration_nor_by_its_refusal() {
        let config = of(Some("smtps://shop:s3cret@relay.example"), Some("mail@shop.example"), true).unwrap();
        assert!(!format!("{config:?}").contains("s3cret"));
        for transport in
            ["smtps://shop:s3cret@", "smtps://shop:s3cret@relay.example?x=y", "smpt://shop:s3cret@r"]
        {
            let refused = of(Some(transport), Some("mail@shop.example"), true).unwrap_err();
            assert!(!format!("{refused} {refused:?}").contains("s3cret"), "{transport}");
        }
    }

    #[test]
    fn a_file_of_authorities_that_cannot_be_used_stops_the_start() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut config = of(Some("smtps://relay.example"), Some("mail@shop.example"), true).unwrap();
        for ca in [file.path(), Path::new("/nowhere/ca.pem")] {
            config.ca = Some(ca.to_owned());
            assert!(config.mailer().is_err());
        }
    }
}
