//! `drill`: whether what protects a deployment works, tried out on copies.

use std::io::IsTerminal as _;

use aurex_core::chance::Entropy as _;
use aurex_core::service::collect_observations;
use aurex_core::service::inspection::drill::{
    Copied, DrillError, DrillPlan, DrillResult, PublishedCopy, Tally, drill as tamper,
};
use aurex_core::service::inspection::record_drill;
use aurex_core::tenancy::{RequestFacts, Slug};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::database::Opening;
use super::{Failure, reconcile, start};
use crate::config::Config;
use crate::ops::machine::OsEntropy;

/// More copies than so many make a drill no better.
const COPIES: usize = 8;

/// What can be drilled.
#[derive(Debug, Subcommand)]
pub enum DrillCommand {
    /// Copy workspaces, alter the copies in every way we know, and see that each alteration is found and named
    Tamper(TamperArguments),
}

/// How a drill is run.
#[derive(Debug, Args)]
pub struct TamperArguments {
    /// The workspace; may be given more than once, and two are better than one [default: all, eight at most]
    #[arg(long)]
    workspace: Vec<Slug>,
    /// How many alterations; each costs one look at the whole workspace
    #[arg(long, value_name = "N", default_value_t = 310)]
    alterations: u64,
    /// Where chance comes from, to run the same drill again [default: drawn, and told]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Print one JSON object, for programs
    #[arg(long)]
    json: bool,
}

/// Runs the command, beside a running server if there is one. Copies are the session's own and end with it.
pub async fn drill(config: Config, command: DrillCommand) -> Result<(), Failure> {
    let DrillCommand::Tamper(arguments) = command;
    let opened = start::open(&config, Opening::Beside).await?;
    let ring = opened.ring.clone();
    let composed = start::composed(&config, opened)?;
    let road = &composed.app.road;
    let mut chosen = reconcile::chosen(&*road.store, &arguments.workspace).await?;
    if arguments.workspace.is_empty() && chosen.len() > COPIES {
        eprintln!("{} workspaces are there; the drill takes the first {COPIES}", chosen.len());
        chosen.truncate(COPIES);
    }
    let seed = arguments.seed.unwrap_or_else(drawn);
    let (mut copies, mut scopes) = (Vec::new(), Vec::new());
    for (slug, tenant) in &chosen {
        let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
        let scope = composed.cli.scope(*tenant, &[], facts);
        let published = PublishedCopy::of(&*road.store, &ring, *tenant).await?;
        let scratch = road.store.scratch(&scope).await.map_err(|error| {
            format!(
                "no copy of {slug} could be made: {}; on PostgreSQL the login needs the right to make temporary \
                 tables (GRANT TEMPORARY ON DATABASE)",
                crate::ops::background::chain(&error)
            )
        })?;
        copies.push(Copied { tenant: *tenant, scratch, published });
        scopes.push(scope);
    }
    let is_shown = std::io::stderr().is_terminal();
    let all = arguments.alterations;
    let mut tell = move |made: u64| {
        if is_shown && made.is_multiple_of(100) {
            eprintln!("{made} of {all}");
        }
    };
    let plan = DrillPlan { alterations: all, seed };
    let result =
        tamper(&*road.store, copies, plan, &mut tell).await.map_err(|error| unsound(error, &chosen))?;
    for scope in &scopes {
        record_drill(road, scope, &result).await?;
        // A server beside us seals it as well as we do; without one, nobody else would for now.
        collect_observations(road, &composed.jobs.collecting, scope.tenant(), 100).await?;
    }
    road.store.close().await;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&as_json(&result, &chosen))?);
    } else {
        told(&result);
    }
    if result.passes() {
        Ok(())
    } else {
        let missed = result.total.made - result.total.found;
        Err(format!("{missed} of {} alterations were not found", result.total.made).into())
    }
}

fn drawn() -> u64 {
    let mut bytes = [0; 8];
    OsEntropy.fill(&mut bytes);
    u64::from_be_bytes(bytes)
}

/// A store that is not sound before the drill is said by its first findings.
fn unsound(error: DrillError, chosen: &[(Slug, aurex_core::tenancy::TenantId)]) -> Failure {
    let DrillError::NotSound(findings) = &error else { return error.into() };
    let slug = chosen.iter().find(|(_, tenant)| *tenant == findings.tenant());
    let slug = slug.map_or_else(|| "a workspace".to_owned(), |(slug, _)| slug.to_string());
    let first = findings.kept().first().map_or_else(String::new, ToString::to_string);
    format!(
        "{slug} is not sound to begin with, so that a drill would show nothing: {first}; run aurex-server audit reconcile"
    )
    .into()
}

fn told(result: &DrillResult) {
    println!("seed {}", result.seed);
    for (kind, tally) in &result.by_kind {
        println!("{kind:<24} {:>6} made {:>6} found", tally.made, tally.found);
    }
    println!("{:<24} {:>6} made {:>6} found", "all", result.total.made, result.total.found);
    for missed in &result.missed {
        let marks: Vec<String> =
            missed.marks.iter().map(|mark| format!("{} {}", mark.place, mark.field)).collect();
        println!("missed: number {}, {}, at {}", missed.number, missed.alteration, marks.join(" and "));
    }
}

fn as_json(result: &DrillResult, chosen: &[(Slug, aurex_core::tenancy::TenantId)]) -> Value {
    let tally = |tally: &Tally| json!({ "made": tally.made, "found": tally.found });
    let tallies = |of: &std::collections::BTreeMap<&str, Tally>| -> Value {
        of.iter().map(|(name, of)| ((*name).to_owned(), tally(of))).collect::<serde_json::Map<_, _>>().into()
    };
    let missed: Vec<Value> = result
        .missed
        .iter()
        .map(|missed| {
            let marks: Vec<Value> = missed
                .marks
                .iter()
                .map(|mark| {
                    json!({
                        "tenant": mark.tenant.uuid().to_string(),
                        "place": mark.place.to_string(),
                        "field": mark.field,
                    })
                })
                .collect();
            let found: Vec<String> = missed.found.iter().map(ToString::to_string).collect();
            json!({
                "number": missed.number,
                "alteration": missed.alteration.code(),
                "marks": marks,
                "found_instead": found,
            })
        })
        .collect();
    json!({
        "workspaces": chosen.iter().map(|(slug, _)| slug.to_string()).collect::<Vec<_>>(),
        "seed": result.seed.to_string(),
        "passes": result.passes(),
        "total": tally(&result.total),
        "by_kind": tallies(&result.by_kind),
        "by_table": tallies(&result.by_table),
        "missed": missed,
    })
}
