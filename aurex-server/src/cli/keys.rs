//! `keys`: the deployment's keys seen to from the shell, by whoever holds the machine. Each act is one line of the
//! operator's log; no secret is printed, and none leaves the folder unsealed.

mod export;
mod retire;
mod table;

use std::path::{Path, PathBuf};

use aurex_core::chance::Entropy as _;
use aurex_core::identity::keys::{KeyId, KeyRing, Purpose, StoredChecks};
use aurex_core::time::Clock as _;
use clap::Subcommand;
use zeroize::Zeroizing;

use super::database::Opening;
use super::serve::log_to_stderr;
use super::{Failure, database, start};
use crate::config::Config;
use crate::ops::age::{Identity, Recipient};
use crate::ops::keys_folder::{KeysFolder, StoreIs};
use crate::ops::machine::{OsEntropy, SystemClock};
use crate::ops::operators::{Operators, OperatorsError};

/// What can be done with the keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Show every key: name, purpose, state, age, and whether it is due for rotation
    List,
    /// Compare the keys with what the store needs
    Check,
    /// Make a new key for a purpose; the one before stays for what it made. Where the keys folder names operators, this
    /// leaves the wish for it, and another of them confirms
    Rotate {
        /// pepper, deployment, column or checkpoint
        purpose: Purpose,
        /// The file with the age identity of who asks, where the keys folder names operators
        #[arg(long, value_name = "FILE")]
        identity: Option<PathBuf>,
    },
    /// Confirm a rotation that another operator asked for, and make the new key
    Confirm {
        /// The file with the age identity of who confirms
        #[arg(long, value_name = "FILE")]
        identity: PathBuf,
    },
    /// Take a retired key out for good, where nothing needs it any more
    Retire {
        /// The key's name
        key: KeyId,
    },
    /// Seal a copy of all keys to two or more people, each of whom can open it alone
    Export {
        /// An age recipient, `age1…`; say it at least twice
        #[arg(long = "to", value_name = "RECIPIENT", required = true)]
        to: Vec<Recipient>,
        /// A new file for the copy [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Restore an exported copy into an empty keys folder
    Import {
        /// The exported copy
        file: PathBuf,
        /// The file with the age identity that opens it
        #[arg(long, value_name = "FILE")]
        identity: PathBuf,
    },
}

/// Runs the command, beside a running server if there is one.
pub async fn keys(config: Config, command: KeysCommand) -> Result<(), Failure> {
    log_to_stderr(&config)?;
    match command {
        KeysCommand::List => {
            print!("{}", table::list(&present(&config)?.1, SystemClock.now().micros()));
            Ok(())
        }
        KeysCommand::Check => check(&config).await,
        KeysCommand::Rotate { purpose, identity } => ask(&config, purpose, identity.as_deref()).await,
        KeysCommand::Confirm { identity } => confirm(&config, &identity).await,
        KeysCommand::Retire { key } => retire::retire(&config, &key).await,
        KeysCommand::Export { to, out } => export::export(&config, to, out.as_deref()),
        KeysCommand::Import { file, identity } => export::import(&config, &file, &identity),
    }
}

/// The folder and the keys in it; never makes any.
fn present(config: &Config) -> Result<(KeysFolder, KeyRing), Failure> {
    let folder = KeysFolder::open(&config.keys, StoreIs::InUse)?;
    let ring = folder.ring(StoreIs::InUse, SystemClock.now().micros(), &mut |bytes| OsEntropy.fill(bytes))?;
    Ok((folder, ring))
}

/// Shows how the keys and the store stand to each other; fails when the store lacks one.
async fn check(config: &Config) -> Result<(), Failure> {
    let (_, ring) = present(config)?;
    let (store, _) = database::open(config, Opening::Beside).await?;
    let checks = store.check_values().await;
    store.close().await;
    let checks = StoredChecks::read(checks?)?;
    print!("{}", table::check(&ring, &checks, SystemClock.now().micros()));
    ring.verify(&checks.needed)?;
    tracing::info!(target: "aurex", keys = ring.keys().count(), "the keys are this store's");
    Ok(())
}

/// The identities in a file.
fn identities(file: &Path) -> Result<Vec<Identity>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let text = Zeroizing::new(text);
    Ok(Identity::all_in(&text).map_err(|error| format!("{}: {error}", file.display()))?)
}

/// Rotates where one operator is enough; leaves the wish for it where it takes two.
async fn ask(config: &Config, purpose: Purpose, identity: Option<&Path>) -> Result<(), Failure> {
    present(config)?;
    let Some(operators) = Operators::of(&config.keys)? else {
        tracing::warn!(target: "aurex", %purpose, "a key is rotated by one operator alone: no others are named");
        return rotate(config, purpose).await;
    };
    let identity = identity.ok_or("this house has operators: say with --identity who asks")?;
    let by = operators.ask(purpose, &identities(identity)?, SystemClock.now(), &OsEntropy)?;
    tracing::info!(target: "aurex", %purpose, %by, "the rotation of a key was asked for");
    println!(
        "The rotation of the {purpose} key waits for another operator, for a day: aurex-server keys confirm"
    );
    Ok(())
}

async fn confirm(config: &Config, identity: &Path) -> Result<(), Failure> {
    present(config)?;
    let operators = Operators::of(&config.keys)?.ok_or(OperatorsError::Nothing)?;
    let by = identities(identity)?;
    let (purpose, asked_by) = operators.confirm(&by, SystemClock.now())?;
    let by: Vec<String> = by.iter().map(|one| one.recipient().to_string()).collect();
    let by = by.join(" ");
    tracing::info!(target: "aurex", %purpose, asked_by, by, "the rotation of a key was confirmed");
    rotate(config, purpose).await
}

async fn rotate(config: &Config, purpose: Purpose) -> Result<(), Failure> {
    let (folder, ring) = present(config)?;
    let (store, _) = database::open(config, Opening::Beside).await?;
    start::recognise(&*store, &ring, &config.keys).await?;
    let before = ring.active(purpose).id().clone();
    let rotated = ring.rotated(purpose, SystemClock.now().micros(), &mut |bytes| OsEntropy.fill(bytes));
    // The file first: a key that the store asks for and nobody has would keep the shop shut.
    folder.save(&rotated)?;
    let added = start::recognise(&*store, &rotated, &config.keys).await;
    store.close().await;
    added?;
    let key = rotated.active(purpose).id();
    tracing::info!(target: "aurex", %key, %before, "a key was rotated");
    println!("{key} is the {purpose} key from the next start on; {before} stays for what it made.");
    println!(
        "Restart the server, and every other one on this store after it has a copy of {}.",
        config.keys.display()
    );
    println!("Until then they go on with {before}. Export the keys anew: an older copy lacks the new one.");
    Ok(())
}
