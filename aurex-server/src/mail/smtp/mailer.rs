//! One mail over one connection.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;

use super::dial::dial;
use super::{Roots, SmtpServer};
use crate::mail::{MailError, Mailer, Message};

/// How long a relay may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From the first packet to the end of sign-in.
    pub connect: Duration,
    /// For the mail itself. RFC 5321 (section 4.5.3.2) gives a relay ten minutes after the last byte; who breaks off
    /// sooner may send twice, and who waits longer keeps everybody else's mail waiting.
    pub mail: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(30), mail: Duration::from_secs(120) }
    }
}

/// Sends through a relay. A connection each: mails are few, and one that hangs holds no other.
#[derive(Debug)]
pub struct SmtpMailer {
    server: SmtpServer,
    hello: String,
    roots: Roots,
    patience: Patience,
}

impl SmtpMailer {
    /// Through `server`, to which we are `hello` (RFC 5321, section 4.1.1.1), trusting `roots`.
    #[must_use]
    pub const fn new(server: SmtpServer, hello: String, roots: Roots, patience: Patience) -> Self {
        Self { server, hello, roots, patience }
    }

    /// Connects, signs in and says goodbye: whether mail could leave now.
    ///
    /// # Errors
    /// [`MailError`], never one about a mail.
    pub async fn probe(&self) -> Result<(), MailError> {
        let mut connection =
            timeout(self.patience.connect, self.connection()).await.map_err(|_| MailError::TimedOut)??;
        let _goodbye = timeout(Duration::from_secs(1), connection.quit()).await;
        Ok(())
    }

    async fn connection(&self) -> Result<AsyncSmtpConnection, MailError> {
        let stream = dial(&self.server, &self.hello, &self.roots).await?;
        let hello = match self.hello.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(self.hello.clone()),
        };
        let mut connection =
            AsyncSmtpConnection::connect_with_transport(stream, &hello).await.map_err(unwelcome)?;
        if let Some((user, password)) = &self.server.credentials {
            let credentials = Credentials::new(user.clone(), password.to_string());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await
                .map_err(|error| MailError::SignIn { code: error.status().map(u16::from) })?;
        }
        Ok(connection)
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        let built = message.built()?;
        let mut connection =
            timeout(self.patience.connect, self.connection()).await.map_err(|_| MailError::TimedOut)??;
        timeout(self.patience.mail, connection.send(built.envelope(), &built.formatted()))
            .await
            .map_err(|_| MailError::TimedOut)?
            .map_err(refused)?;
        // It is the relay's now; that it says goodbye is not waited for.
        let _goodbye = timeout(Duration::from_secs(1), connection.quit()).await;
        Ok(())
    }
}

/// Before any mail was named, nothing a relay says is about one.
fn unwelcome(error: SmtpError) -> MailError {
    match error.status() {
        Some(code) => MailError::Postponed { code: code.into() },
        None => MailError::Broken,
    }
}

fn refused(error: SmtpError) -> MailError {
    match error.status().map(u16::from) {
        // RFC 4954, section 6: it wants a sign-in, another or a stronger one.
        Some(code @ (530 | 534 | 535 | 538)) => MailError::SignIn { code: Some(code) },
        Some(code) if error.is_permanent() => MailError::Refused { code },
        Some(code) => MailError::Postponed { code },
        // The relay cannot do what the address needs (RFC 6531).
        None if error.is_client() => MailError::Address,
        None => MailError::Broken,
    }
}
