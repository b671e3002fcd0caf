//! `mail`: what an operator sees to about mail from the shell.

use aurex_core::chance::draw;
use aurex_core::text::Email;
use aurex_core::time::Clock as _;
use clap::Subcommand;
use uuid::Uuid;

use super::Failure;
use crate::config::Config;
use crate::mail::letter;
use crate::ops::machine::{OsEntropy, SystemClock};

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Send one mail by the configured way, and say what came of it
    Test {
        /// Where to
        #[arg(long)]
        to: String,
    },
}

/// Runs the command. It opens no store: mail can be tried before there is one.
pub async fn mail(config: Config, command: MailCommand) -> Result<(), Failure> {
    let MailCommand::Test { to } = command;
    let to = Email::new(&to)?;
    let way = &config.mail.transport;
    let Some(mailer) = config.mail.mailer()? else {
        return Err("mail is off: set AUREX_MAIL to say which way it takes".into());
    };
    let origin = config.origins.primary().ok_or("there is no public origin to write from")?;
    let id = Uuid::from_bytes(draw(&OsEntropy));
    let message = letter::trial(id, SystemClock.now(), &config.mail.from, &to, origin)?;
    mailer.send(&message).await?;
    println!("A mail was handed over to {way}.");
    Ok(())
}
