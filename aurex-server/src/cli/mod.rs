//! The command line: one binary, and what it can do.

mod archive;
mod audit;
mod bundle;
mod copy;
mod database;
mod demo;
mod doctor;
mod drill;
mod keys;
mod mail;
mod plan;
mod reconcile;
mod scrub;
mod serve;
mod start;
mod statement;
mod user;
mod witness;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, Settings};
use crate::ops::background::chain;

/// Multi-tenant shop software: rates, customers, stock, bills, payments, books and an audit log.
#[derive(Debug, Parser)]
#[command(name = "aurex-server", version, about, propagate_version = true)]
struct Arguments {
    /// A configuration file in TOML
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve; what happens without a command
    Serve {
        /// Create or upgrade the schema first; a SQLite store does that by itself
        #[arg(long)]
        migrate: bool,
    },
    /// Open a realistic shop in a new folder and serve it
    Demo(demo::DemoArguments),
    /// Create or upgrade the store, and stop
    Migrate,
    /// Look at the deployment, and say what is misconfigured and what to do; changes nothing
    Doctor(doctor::DoctorArguments),
    /// Print the OpenAPI document
    Openapi,
    /// Print the documentation of problem codes
    #[command(hide = true)]
    Problems,
    /// See to the deployment's keys
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Write a whole workspace to a sealed file, or take one in
    #[command(subcommand)]
    Archive(archive::ArchiveCommand),
    /// Move a workspace to another store, SQLite or PostgreSQL, with its log, which goes on there
    Copy(copy::CopyArguments),
    /// Try out on copies whether what protects the deployment works
    #[command(subcommand)]
    Drill(drill::DrillCommand),
    /// See to members from the shell
    #[command(subcommand)]
    User(user::UserCommand),
    /// See to how workspaces stand with whoever runs the service
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// Cosign the audit logs of a server on another machine, and refuse those that were rewritten
    Witness(witness::WitnessArguments),
    /// See to mail from the shell
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// See to a workspace's audit log
    #[command(subcommand)]
    Audit(audit::AuditCommand),
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aurex-server: {}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { config, settings, command } = arguments;
    match &command {
        Some(Command::Openapi) => {
            println!("{}", serde_json::to_string_pretty(&crate::api::document()?)?);
            return Ok(());
        }
        Some(Command::Problems) => {
            print!("{}", crate::http::problem::page());
            return Ok(());
        }
        // A laptop that verifies has no server, no store and no configuration.
        Some(Command::Audit(audit::AuditCommand::Verify { bundle, keys, note, policy })) => {
            return match keys {
                None => bundle::verify(bundle, policy.as_deref()),
                Some(keys) => statement::verify(bundle, note.as_deref(), keys),
            };
        }
        _ => {}
    }
    let (command, witnessing) = match command {
        Some(Command::Witness(arguments)) => (None, Some(arguments)),
        command => (command, None),
    };
    if let Some(arguments) = witnessing {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        return runtime.block_on(witness::witness(arguments));
    }
    let config = match (configuration(config.as_deref(), settings), &command) {
        (Err(error), Some(Command::Doctor(arguments))) => return doctor::refused(&error, arguments),
        (config, _) => config?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            None => serve::serve(config, false).await,
            Some(Command::Serve { migrate }) => serve::serve(config, migrate).await,
            Some(Command::Demo(arguments)) => demo::demo(config, arguments).await,
            Some(Command::Migrate) => start::migrate(config).await,
            Some(Command::Doctor(arguments)) => doctor::doctor(&config, &arguments).await,
            Some(Command::Keys(command)) => keys::keys(config, command).await,
            Some(Command::Archive(command)) => archive::archive(config, command).await,
            Some(Command::Copy(arguments)) => copy::copy(config, arguments).await,
            Some(Command::Drill(command)) => drill::drill(config, command).await,
            Some(Command::User(command)) => user::user(config, command).await,
            Some(Command::Plan(command)) => plan::plan(config, command).await,
            Some(Command::Mail(command)) => mail::mail(config, command).await,
            Some(Command::Audit(command)) => audit::audit(config, command).await,
            Some(Command::Openapi | Command::Problems | Command::Witness(_)) => Ok(()),
        }
    })
}

/// Flags over the environment over a file.
fn configuration(file: Option<&Path>, flags: Settings) -> Result<Config, ConfigError> {
    let file = file.map(Settings::from_file).transpose()?.unwrap_or_default();
    let environment = Settings::from_environment(environment())?;
    Config::resolve(flags.over(environment).over(file))
}

/// The environment as text. A variable that is not text is none of ours.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
