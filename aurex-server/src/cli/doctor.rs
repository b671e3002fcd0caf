//! `doctor`: what is misconfigured on this deployment, and what to do about it. It reads, and changes nothing.

use std::sync::Arc;

use aurex_core::identity::keys::{Purpose, StoredChecks};
use aurex_core::store::Store;
use aurex_core::tenancy::{Authority, RequestFacts};
use aurex_core::time::Clock as _;
use aurex_store_postgres::Warning;
use clap::Args;

use super::{Failure, database};
use crate::config::{Config, ConfigError};
use crate::ops::background::chain;
use crate::ops::doctor::{self, Finding, Picture, Report};
use crate::ops::machine::SystemClock;

/// How the doctor looks and tells.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Print one JSON object, for programs
    #[arg(long)]
    json: bool,
    /// Fail on warnings, too
    #[arg(long)]
    strict: bool,
    /// Also connect and sign in to the mail server; nothing is sent
    #[arg(long)]
    online: bool,
}

/// Runs the command, beside a running server if there is one.
pub async fn doctor(config: &Config, arguments: &DoctorArguments) -> Result<(), Failure> {
    let mut found = doctor::of_configuration(config, SystemClock.now());
    found.extend(of_store(config).await);
    if arguments.online {
        found.extend(of_relay(config).await);
    }
    told(found, arguments)
}

/// What is said of a configuration with which nothing else can be looked at.
pub fn refused(error: &ConfigError, arguments: &DoctorArguments) -> Result<(), Failure> {
    told(vec![doctor::CONFIGURATION_REFUSED.at(chain(error))], arguments)
}

fn told(found: Vec<Finding>, arguments: &DoctorArguments) -> Result<(), Failure> {
    let report = Report::of(found);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    if report.passes(arguments.strict) {
        Ok(())
    } else {
        Err(format!("the doctor found {}", report.counts()).into())
    }
}

async fn of_store(config: &Config) -> Vec<Finding> {
    match database::look(config).await {
        Ok(None) => vec![doctor::STORE_NOT_THERE.at(&config.database)],
        Err(error) => vec![doctor::STORE_UNUSABLE.at(chain(&*error))],
        Ok(Some((store, authority, warnings))) => {
            let mut found: Vec<Finding> = warnings.iter().map(weakness).collect();
            if let Err(error) = of_contents(config, &store, authority, &mut found).await {
                found.push(doctor::STORE_UNUSABLE.at(chain(&*error)));
            }
            store.close().await;
            found
        }
    }
}

/// The store's own word for what weakens it, as a finding.
fn weakness(warning: &Warning) -> Finding {
    let kind = match warning {
        Warning::PrivilegedLogin { .. } => &doctor::STORE_LOGIN_PRIVILEGED,
        Warning::LoginOwnsTables { .. } => &doctor::STORE_LOGIN_OWNS_TABLES,
        Warning::LoginMayLiftWalls { .. } => &doctor::STORE_LOGIN_LIFTS_WALLS,
        Warning::NotDurable { .. } => &doctor::STORE_NOT_DURABLE,
        Warning::UnprovenServer { .. } => &doctor::STORE_UNPROVEN_SERVER,
        _ => &doctor::STORE_WEAKENED,
    };
    kind.at(warning)
}

async fn of_contents(
    config: &Config,
    store: &Arc<dyn Store>,
    authority: Authority,
    found: &mut Vec<Finding>,
) -> Result<(), Failure> {
    store.ready().await?;
    let tenants = store.tenants().await?;
    found.extend(doctor::of_directory(config, tenants.len()));
    let checks = StoredChecks::read(store.check_values().await?)?;
    if checks.is_empty() && tenants.is_empty() {
        // Nobody has started on it: there are no keys to be missed.
        return Ok(());
    }
    let peppers = match doctor::look_at_keys(&config.keys, SystemClock.now()) {
        Ok(ring) => {
            found.extend(doctor::compare_keys(&ring, &checks, SystemClock.now()));
            Some(ring.of(Purpose::Pepper).map(|key| key.id().to_string()).collect::<Vec<_>>())
        }
        Err(finding) => {
            found.push(finding);
            None
        }
    };
    let cli = authority.split().cli;
    let witnessed = !config.logs.witnesses.is_empty();
    for (slug, tenant) in tenants {
        let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
        let scope = cli.scope(tenant, &[], facts);
        match Picture::take(&**store, &scope, slug.clone(), peppers.clone(), witnessed, SystemClock.now())
            .await
        {
            Ok(picture) => found.extend(doctor::of_workspace(&picture, SystemClock.now())),
            Err(error) => found.push(doctor::WORKSPACE_UNREADABLE.at(chain(&error)).of(slug)),
        }
    }
    Ok(())
}

/// Whether the relay takes a connection and a sign-in. What keeps it from being set up is found without asking it.
async fn of_relay(config: &Config) -> Option<Finding> {
    let mail = &config.mail;
    let relay = mail.transport.relay(&mail.from, mail.ca.as_deref()).ok()??;
    let error = relay.probe().await.err()?;
    Some(doctor::MAIL_UNREACHABLE.at(format!("{}: {}", mail.transport, chain(&error))))
}
