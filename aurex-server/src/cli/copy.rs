//! `copy`: a workspace moves from one store to another, SQLite or PostgreSQL, with its log, which goes on there.
//!
//! Between the two it lies in a file that is sealed to an identity of this process alone and gone with it: whoever finds the
//! file after a power cut finds nothing. The source's turn is held until the workspace is in the target, so that nothing is
//! written meanwhile that would stay behind; then it is closed there. What is interrupted is called again.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;

use aurex_core::chance::draw;
use aurex_core::service::archive::{check_archive, leave_workspace, write_archive};
use aurex_core::tenancy::Slug;
use clap::Args;
use zeroize::Zeroizing;

use super::archive::{new_file, shell, take_in, telling};
use super::database::Opening;
use super::{Failure, start};
use crate::config::{Config, Database};
use crate::ops::age::Identity;
use crate::ops::age::stream::{self, Sealing};
use crate::ops::machine::OsEntropy;

/// From where to where.
#[derive(Debug, Args)]
pub struct CopyArguments {
    /// The workspace
    #[arg(long)]
    workspace: Slug,
    /// The store that it goes to: sqlite:<folder> or postgres://…, which `migrate` has prepared. Whoever is on this machine
    /// reads arguments: with a password in it, use --to-file
    #[arg(long, value_name = "URL", required_unless_present = "to_file", conflicts_with = "to_file")]
    to: Option<String>,
    /// A file with that URL, which nobody else may read
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
    /// The keys folder of that store [default: the one of the store that it leaves]
    #[arg(long, value_name = "FOLDER")]
    to_keys: Option<PathBuf>,
    /// Do everything but the last step: it stays where it is, and nothing is left in the other store
    #[arg(long)]
    dry_run: bool,
}

/// The URL of the store that it goes to, from the arguments or out of a file.
fn target_of(to: Option<String>, file: Option<PathBuf>) -> Result<String, Failure> {
    match (to, file) {
        (Some(to), _) => Ok(to),
        (None, Some(file)) => {
            let text =
                std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            Ok(text.trim().to_owned())
        }
        (None, None) => Err("it is not said where the workspace goes".into()),
    }
}

/// A file that goes when this does.
struct Passing(PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Runs the command.
pub async fn copy(config: Config, arguments: CopyArguments) -> Result<(), Failure> {
    let CopyArguments { workspace, to, to_file, to_keys, dry_run } = arguments;
    let to = target_of(to, to_file)?;
    let target = Config {
        database: Database::at(to)?,
        keys: to_keys.unwrap_or_else(|| config.keys.clone()),
        ..config.clone()
    };
    if target.database == config.database {
        return Err("the workspace is in that store already".into());
    }
    let opened = start::open(&config, Opening::Serve).await?;
    let keys = opened.ring.check_rows();
    let composed = start::composed(&config, opened)?;
    let road = &composed.app.road;
    let door = road.store.door(&workspace).await?;
    let door = door.ok_or_else(|| format!("there is no workspace {workspace} in {}", config.database))?;
    let scope = composed.cli.scope(door.tenant, &["workspace.leave"], shell());

    let identity = Identity::new(Zeroizing::new(draw(&OsEntropy)));
    let file = config.data_dir.join(format!("copy-{workspace}.age"));
    // What a copy left that was killed: nobody has the secret that opens it.
    let _ = std::fs::remove_file(&file);
    let passing = Passing(file);
    let out = BufWriter::new(new_file(&passing.0)?);
    let mut sealing = Sealing::begin(out, &[identity.recipient()], &OsEntropy)?;
    let left = if dry_run {
        let mut reader = road.store.reader(&scope).await?;
        write_archive(&mut *reader, &*road.store, &keys, &mut sealing, &mut telling()).await?;
        None
    } else {
        let to = target.database.to_string();
        Some(leave_workspace(road, &scope, &keys, to, &mut sealing, &mut telling()).await?)
    };
    sealing.finish()?.flush()?;
    let open = || -> Result<_, Failure> {
        let file = BufReader::new(File::open(&passing.0)?);
        Ok(stream::Opening::begin(file, std::slice::from_ref(&identity))?)
    };
    let looked_at = check_archive(&mut open()?)?;
    let there = start::open(&target, Opening::Serve).await?;
    take_in(&target, there, &looked_at, &mut open()?, dry_run).await?;
    if let Some(left) = left {
        left.close(road, &scope).await?;
        println!(
            "{workspace} is closed in {}; its rows stay there, and its name is not given again.",
            config.database
        );
    }
    road.store.close().await;
    Ok(())
}
