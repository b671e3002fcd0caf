//! `plan`: how a workspace stands with whoever runs the service, said by who holds the machine. It stands in the
//! workspace's own log, and its owners are told.

use aurex_core::service::access::set_plan;
use aurex_core::tenancy::{PlanState, RequestFacts, Slug};
use aurex_core::text::Note;
use clap::Subcommand;

use super::database::Opening;
use super::{Failure, start};
use crate::config::Config;

/// What can be done about plans.
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Say how a workspace stands; its owners are told by mail
    Set {
        /// The workspace
        #[arg(long)]
        workspace: Slug,
        /// trial, active, past_due, read_only or closed
        #[arg(long)]
        state: String,
        /// Why; it stands in the workspace's log
        #[arg(long)]
        reason: String,
    },
}

/// Runs the command, beside a running server if there is one.
pub async fn plan(config: Config, command: PlanCommand) -> Result<(), Failure> {
    let PlanCommand::Set { workspace, state, reason } = command;
    let state: PlanState = state.parse().map_err(|_| {
        let codes: Vec<&str> = PlanState::ALL.iter().map(|state| state.code()).collect();
        format!("the state is one of {}", codes.join(", "))
    })?;
    let reason = Note::new(reason)?;
    let composed = start::composed(&config, start::open(&config, Opening::Beside).await?)?;
    let road = &composed.app.road;
    let door = road.store.door(&workspace).await?;
    let door = door.ok_or_else(|| format!("there is no workspace {workspace}"))?;
    let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
    let scope = composed.cli.scope(door.tenant, &["plan.change"], facts);
    let done = set_plan(road, &scope, state, reason).await?;
    let already = if done.receipt.is_some() { "" } else { " already" };
    println!("{workspace} is {}{already}", done.value.plan);
    road.store.close().await;
    Ok(())
}
