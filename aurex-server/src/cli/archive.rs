//! `archive`: a whole workspace in one file, out of a store and into another. The file is sealed to whoever may open it.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, IsTerminal as _, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aurex_core::audit::check::KnownRoot;
use aurex_core::service::archive::{
    ArchiveError, Contents, arrive, check_archive, export_workspace, finish_workspace_export, state_arrival,
};
use aurex_core::service::inspection::Progress;
use aurex_core::tenancy::{RequestFacts, Slug};
use clap::{Args, Subcommand};
use sha2::{Digest as _, Sha256};

use super::database::Opening;
use super::start::Opened;
use super::{Failure, start};
use crate::config::Config;
use crate::ops::age::stream::{self, Sealing};
use crate::ops::age::{Identity, Recipient};
use crate::ops::machine::OsEntropy;

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum ArchiveCommand {
    /// Write a workspace, with its log and what proves it, to a sealed file; beside a running server
    Export(ExportArguments),
    /// Take a workspace in from such a file: all of it, proved, or nothing
    Import(ImportArguments),
}

/// What is written, and who may open it.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The workspace
    #[arg(long)]
    workspace: Slug,
    /// Who may open it: a recipient as age-keygen prints it, age1…; may be given more than once
    #[arg(long, required = true, value_name = "RECIPIENT")]
    to: Vec<Recipient>,
    /// A new file, for this account alone
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// What is taken in.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The archive
    archive: PathBuf,
    /// The file with the secret that opens it, as age-keygen writes it
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Do everything but the last step, and leave nothing behind
    #[arg(long)]
    dry_run: bool,
    /// Take in a workspace that did not leave its store (see `copy`): because that store is lost
    #[arg(long)]
    restore: bool,
}

/// Runs the command.
pub async fn archive(config: Config, command: ArchiveCommand) -> Result<(), Failure> {
    match command {
        ArchiveCommand::Export(arguments) => export(&config, arguments).await,
        ArchiveCommand::Import(arguments) => import(&config, &arguments).await,
    }
}

/// Tells a person how far it is.
pub(super) fn telling() -> impl FnMut(Progress) + Send {
    let is_shown = std::io::stderr().is_terminal();
    move |at| {
        if is_shown {
            eprintln!("{} {}", at.read, at.of);
        }
    }
}

/// The facts of whoever works on the machine.
pub(super) fn shell() -> RequestFacts {
    RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() }
}

/// Makes a file that is not there, for this account alone.
pub(super) fn new_file(path: &Path) -> Result<File, Failure> {
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    new.map_err(|error| {
        format!("{} cannot be made, and nothing is written over: {error}", path.display()).into()
    })
}

/// A writer that knows what it wrote.
struct Digesting {
    file: BufWriter<File>,
    sha256: Sha256,
    bytes: u64,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sha256.update(bytes.get(..written).unwrap_or_default());
        self.bytes = self.bytes.saturating_add(u64::try_from(written).unwrap_or(0));
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

async fn export(config: &Config, arguments: ExportArguments) -> Result<(), Failure> {
    let ExportArguments { workspace, to, out } = arguments;
    let opened = start::open(config, Opening::Beside).await?;
    let keys = opened.ring.check_rows();
    let composed = start::composed(config, opened)?;
    let road = &composed.app.road;
    let door = road.store.door(&workspace).await?;
    let door = door.ok_or_else(|| format!("there is no workspace {workspace}"))?;
    let scope = composed.cli.scope(door.tenant, &["workspace.export", "workspace.export_ready"], shell());
    let file = new_file(&out)?;
    let recipients = to.iter().map(ToString::to_string).collect();
    let digesting = Digesting { file: BufWriter::new(file), sha256: Sha256::new(), bytes: 0 };
    let mut sealing = Sealing::begin(digesting, &to, &OsEntropy)?;
    let done = export_workspace(road, &scope, &keys, recipients, &mut sealing, &mut telling()).await;
    let (id, written) = match done {
        Ok(done) => done,
        Err(error) => {
            std::fs::remove_file(&out)?;
            return Err(error.into());
        }
    };
    let Digesting { file, sha256, bytes } = sealing.finish()?;
    file.into_inner().map_err(|error| error.into_error())?.sync_all()?;
    let ready = written.ready(id, bytes, sha256.finalize().into());
    finish_workspace_export(road, &scope, ready).await?;
    road.store.close().await;
    println!(
        "{workspace}: {} entries and {} rows are in {}; it opens for {}.",
        written.header.entries,
        written.parts.iter().map(|part| part.rows).sum::<u64>(),
        out.display(),
        to.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    );
    println!("The workspace goes on here. To move it for good, use aurex-server copy.");
    Ok(())
}

async fn import(config: &Config, arguments: &ImportArguments) -> Result<(), Failure> {
    let text = std::fs::read_to_string(&arguments.identity)
        .map_err(|error| format!("{}: {error}", arguments.identity.display()))?;
    let text = zeroize::Zeroizing::new(text);
    let open = || -> Result<_, Failure> {
        let file = File::open(&arguments.archive)
            .map_err(|error| format!("{}: {error}", arguments.archive.display()))?;
        let identities =
            Identity::all_in(&text).map_err(|error| format!("{}: {error}", arguments.identity.display()))?;
        Ok(stream::Opening::begin(BufReader::new(file), &identities)?)
    };
    let looked_at = check_archive(&mut open()?)?;
    if !looked_at.0.header.left && !arguments.restore {
        return Err(format!(
            "{}: move it with aurex-server copy, or say --restore where that store is lost",
            ArchiveError::Stays
        )
        .into());
    }
    let opened = start::open(config, Opening::Serve).await?;
    take_in(config, opened, &looked_at, &mut open()?, arguments.dry_run).await
}

/// Lets a workspace arrive in an opened store, and says so in its log.
pub(super) async fn take_in(
    config: &Config,
    opened: Opened,
    (contents, roots): &(Contents, Vec<KnownRoot>),
    archive: &mut (dyn Read + Send),
    is_a_try: bool,
) -> Result<(), Failure> {
    contents.header.is_known_to(&opened.ring).map_err(|error| {
        format!(
            "{error}: what they sealed and signed would be lost. Bring them with aurex-server keys export and keys import, into \
             {} before that store is first used",
            config.keys.display()
        )
    })?;
    let signed = contents.is_signed_by(&opened.ring)?;
    if signed < contents.header.entries {
        eprintln!(
            "The last {} entries of its log are under no signed checkpoint: they are as true as whoever made the file.",
            contents.header.entries - signed
        );
    }
    let composed = start::composed(config, opened)?;
    let road = &composed.app.road;
    let tenant = contents.header.tenant;
    let scope = composed.cli.scope(tenant, &["workspace.arrive"], shell());
    let arrived = arrive(road, &scope, (contents, roots), archive, is_a_try, &mut telling()).await?;
    if !is_a_try && !arrived.is_stated {
        state_arrival(road, &scope, &arrived.contents).await?;
    }
    road.store.close().await;
    let slug = &contents.header.slug;
    let (entries, rows) = (contents.header.entries, contents.parts.iter().map(|part| part.rows).sum::<u64>());
    if is_a_try {
        println!(
            "{slug}: {entries} entries and {rows} rows could arrive in {}; nothing was kept.",
            config.database
        );
    } else if arrived.is_stated {
        println!(
            "{slug} had arrived in {} before, with this very log; nothing was left to do.",
            config.database
        );
    } else {
        println!(
            "{slug}: {entries} entries and {rows} rows have arrived in {}, and are what was sent.",
            config.database
        );
    }
    Ok(())
}
