//! `user`: members seen to from the shell, by whoever holds the machine. Each act stands in the workspace's own log.

use aurex_core::service::access::reset_password;
use aurex_core::tenancy::{RequestFacts, Slug};
use aurex_core::text::Email;
use clap::Subcommand;

use super::database::Opening;
use super::{Failure, start};
use crate::config::Config;

/// What can be done to a member.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Give a member a one-time secret that opens only “set your password”; all their sessions end
    Reset {
        /// The workspace
        #[arg(long)]
        workspace: Slug,
        /// The member's email address
        #[arg(long)]
        email: String,
    },
}

/// Runs the command, beside a running server if there is one.
pub async fn user(config: Config, command: UserCommand) -> Result<(), Failure> {
    let UserCommand::Reset { workspace, email } = command;
    let email = Email::new(&email)?;
    let composed = start::composed(&config, start::open(&config, Opening::Beside).await?)?;
    let road = &composed.app.road;
    let door = road.store.door(&workspace).await?;
    let door = door.ok_or_else(|| format!("there is no workspace {workspace}"))?;
    let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
    let scope = composed.cli.scope(door.tenant, &["password.reset"], facts);
    let done = reset_password(&composed.app.sign_in, &scope, &email).await?;
    println!(
        "{} signs in with this one-time secret, and then sets a password of their own:\n\n    {}\n",
        done.value.member.name,
        done.value.secret.expose()
    );
    road.store.close().await;
    Ok(())
}
