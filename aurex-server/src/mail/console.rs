//! Mails printed where the server was started, for development.

use std::io::Write as _;

use async_trait::async_trait;

use super::{MailError, Mailer, Message};

/// Prints the text of each mail to standard error, secrets and all: who reads there is whoever started the server.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConsoleMailer;

#[async_trait]
impl Mailer for ConsoleMailer {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        message.to_bytes()?;
        // One write, so that a line of the log does not part it. Not the log itself: that may be kept and shipped.
        let printed = format!(
            "\nTo: {}\nSubject: {}\n\n{}\n",
            message.to.email.as_str(),
            message.subject,
            message.text
        );
        std::io::stderr().write_all(printed.as_bytes()).map_err(MailError::Folder)
    }
}
