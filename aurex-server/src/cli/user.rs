//! `user`: members seen to from the shell, by whoever holds the machine. Each act stands in the workspace's own log.

use aurex_core::service::access::{ShellReset, reset_by_shell, reset_password};
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
    /// Take away the second factor of a member whom nobody in the workspace can help: the first call tells them and every
    /// owner by mail, a second one 72 hours to 14 days later does it
    ResetSecondFactor {
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
    let (workspace, email, action) = match command {
        UserCommand::Reset { workspace, email } => (workspace, email, &["password.reset"]),
        UserCommand::ResetSecondFactor { workspace, email } => (workspace, email, &["second_factor.reset"]),
    };
    let email = Email::new(&email)?;
    let composed = start::composed(&config, start::open(&config, Opening::Beside).await?)?;
    let road = &composed.app.road;
    let door = road.store.door(&workspace).await?;
    let door = door.ok_or_else(|| format!("there is no workspace {workspace}"))?;
    let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
    let scope = composed.cli.scope(door.tenant, action, facts);
    if action == &["password.reset"] {
        let done = reset_password(&composed.app.sign_in, &scope, &email).await?;
        println!(
            "{} signs in with this one-time secret, and then sets a password of their own:\n\n    {}\n",
            done.value.member.name,
            done.value.secret.expose()
        );
    } else {
        println!("{}", told(&reset_by_shell(road, &scope, &email).await?.value));
    }
    road.store.close().await;
    Ok(())
}

fn told(reset: &ShellReset) -> String {
    match reset {
        ShellReset::Asked { told, due } => {
            let told: Vec<&str> = told.iter().map(Email::as_str).collect();
            format!(
                "asked for. A notice goes to {}. Call this again at {due} or later, within 14 days. Whoever still has \
                 the factor calls it off by using it.",
                told.join(", ")
            )
        }
        ShellReset::Waits(due) => format!("asked for already: call this again at {due} or later"),
        ShellReset::Done(member) => {
            format!("{} has no second factor any more; all their sessions have ended", member.name)
        }
    }
}
