//! `audit`: the log, seen to from the shell by whoever holds the machine. What leaves is stated in the workspace's own log.

use std::fs::OpenOptions;
use std::io::{IsTerminal as _, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use aurex_core::service::transparency::{LogSigner, sign_export};
use aurex_core::service::{
    During, ExportReady, ExportSpan, ExportWish, Road, ask_export, export_entries, finish_export,
    log_evidence,
};
use aurex_core::tenancy::{RequestFacts, Scope, Slug};
use aurex_core::time::{FinancialYear, Timestamp};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget};
use sha2::{Digest as _, Sha256};

use super::database::Opening;
use super::reconcile::{self, ReconcileArguments};
use super::{Failure, bundle, scrub, start, statement};
use crate::config::Config;
use crate::export::{ExportForm, Printer, private};

/// How many entries are read at once.
const AT_ONCE: u16 = 500;

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Write the audit log of a workspace, or a part of it, to a file or to standard output
    Export(ExportArguments),
    /// Verify a bundle, or an exported file with its note: whether it is what was signed, without a server and without
    /// network; exit code 1 when it is not
    Verify {
        /// The bundle's folder, or the file
        bundle: PathBuf,
        /// The log's keys, one a line, as `GET …/log/keys` shows them and a bundle's keys.txt has them; for a file
        #[arg(long, value_name = "FILE", conflicts_with = "policy")]
        keys: Option<PathBuf>,
        /// The note beside a file [default: the file's name with .note behind it]
        #[arg(long, value_name = "FILE", requires = "keys")]
        note: Option<PathBuf>,
        /// A file with the witnesses that you trust (https://c2sp.org/tlog-policy) [default: the bundle's own, which its
        /// sender wrote]
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
    },
    /// See that the log is the one that was written and the tables are what it tells; names each entry, row and field that
    /// is not
    Reconcile(ReconcileArguments),
    /// Overwrite what erasures left in the database's files; for quiet hours, because tables or files are written anew
    Scrub,
}

/// A form of export, or the bundle that proves itself.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Form(ExportForm),
    Bundle,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "bundle" { Ok(Self::Bundle) } else { text.parse().map(Self::Form) }
    }
}

/// What is exported, and where to.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The workspace
    #[arg(long)]
    workspace: Slug,
    /// The form: jsonl, csv, ocsf, fiscal-year, or bundle, which is a folder that anybody can verify
    #[arg(long)]
    format: Wanted,
    /// Entries made at this time or later, 2026-04-01T00:00:00+05:30 for example
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    from: Option<Timestamp>,
    /// Entries made before this time
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    to: Option<Timestamp>,
    /// In the place of both: the calendar year in whose April an Indian financial year starts, 2026 for 2026-27; the form
    /// fiscal-year needs it
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["from", "to"], required_if_eq("format", "fiscal-year"),
          value_parser = clap::value_parser!(i32).range(2000..=9998))]
    year: Option<i32>,
    /// A new file, for this account alone [default: standard output]; for a bundle a new folder
    #[arg(long, value_name = "FILE", required_if_eq("format", "bundle"))]
    out: Option<PathBuf>,
    /// For a bundle: the file with the witnesses that the owner trusts [default: nobody]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Runs the command, beside a running server if there is one.
pub async fn audit(config: Config, command: AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Export(arguments) => export(&config, arguments).await,
        AuditCommand::Verify { bundle, keys, note, policy } => match keys {
            None => bundle::verify(&bundle, policy.as_deref()),
            Some(keys) => statement::verify(&bundle, note.as_deref(), &keys),
        },
        AuditCommand::Reconcile(arguments) => reconcile::run(&config, arguments).await,
        AuditCommand::Scrub => scrub::run(&config).await,
    }
}

async fn export(config: &Config, arguments: ExportArguments) -> Result<(), Failure> {
    let ExportArguments { workspace, format, from, to, year, out, policy } = arguments;
    let policy = bundle::policy(policy.as_deref())?;
    let composed = start::composed(config, start::open(config, Opening::Beside).await?)?;
    let road = &composed.app.road;
    let door = road.store.door(&workspace).await?;
    let door = door.ok_or_else(|| format!("there is no workspace {workspace}"))?;
    let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
    let scope = composed.cli.scope(door.tenant, &["audit.export", "audit.export_ready"], facts);
    let during = year.map_or(During::Span(from, to), |year| During::Year(FinancialYear::starting_in(year)));
    let word = match format {
        Wanted::Form(form) => form.as_str().to_owned(),
        Wanted::Bundle if (from, to, year) == (None, None, None) => "bundle".to_owned(),
        Wanted::Bundle => return Err("a bundle is the whole log: no part of it would prove anything".into()),
    };
    let span = ask_export(road, &scope, ExportWish { format: word.clone(), during }).await?;
    let id = span.id;
    let (entries, bytes, sha256) = match (format, &out) {
        (Wanted::Form(form), out) => {
            let printer = Printer { form, workspace: workspace.to_string(), zone: span.zone };
            print(road, &scope, &span, &printer, out.as_deref()).await?
        }
        (Wanted::Bundle, None) => return Err("say with --out where the bundle's folder is to be".into()),
        (Wanted::Bundle, Some(folder)) => {
            let evidence = log_evidence(road, &scope).await?;
            let evidence =
                evidence.ok_or("nothing was published of this log yet: serve for a moment first")?;
            let policy = policy.as_ref().map_or("quorum none\n", |(text, _)| text);
            let bar = progress(evidence.size);
            let done = |entries| bar.set_position(entries);
            let written = bundle::write(road, &scope, &evidence, policy, folder, done).await?;
            bar.finish_and_clear();
            (0..evidence.size, written.bytes, written.sha256)
        }
    };
    let count = entries.end.saturating_sub(entries.start);
    let ready = ExportReady { id, format: word, entries, bytes, sha256 };
    if let (Wanted::Form(_), Some(path)) = (format, &out) {
        let signer = LogSigner::new(composed.ring.clone(), &config.logs.name)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let note = sign_export(road, &scope, &signer, &name, &ready).await?;
        let beside = statement::beside(path);
        let mut file = private(OpenOptions::new().write(true).create_new(true), &beside)?;
        file.write_all(note.to_string().as_bytes())?;
    }
    finish_export(road, &scope, ready).await?;
    road.store.close().await;
    eprintln!(
        "{count} entries of {workspace}, {bytes} bytes, SHA-256 {}. The workspace's log says so: {id}.",
        crate::api::hex(&sha256)
    );
    Ok(())
}

/// Prints what an export covers to a new file or to standard output: the entries, the length and the SHA-256.
async fn print(
    road: &Road,
    scope: &Scope,
    span: &ExportSpan,
    printer: &Printer,
    out: Option<&Path>,
) -> Result<(Range<u64>, u64, [u8; 32]), Failure> {
    let mut to_file: Box<dyn Write> = match out {
        Some(path) => Box::new(private(OpenOptions::new().write(true).create_new(true), path)?),
        None => Box::new(std::io::stdout()),
    };
    let bar = progress(span.entries.end.saturating_sub(span.entries.start));
    let (mut hash, mut bytes, mut lines) = (Sha256::new(), 0_u64, Vec::new());
    printer.head(&mut lines);
    let mut next = span.entries.start;
    loop {
        hash.update(&lines);
        bytes = bytes.saturating_add(u64::try_from(lines.len())?);
        to_file.write_all(&lines)?;
        lines.clear();
        let views = export_entries(road, scope, next, span.entries.end, AT_ONCE).await?;
        if views.is_empty() {
            break;
        }
        next = next.saturating_add(u64::try_from(views.len())?);
        bar.set_position(next.saturating_sub(span.entries.start));
        for view in views {
            printer.entry(view, &mut lines);
        }
    }
    to_file.flush()?;
    bar.finish_and_clear();
    Ok((span.entries.clone(), bytes, hash.finalize().into()))
}

/// On a terminal, how far it is; else nothing.
fn progress(entries: u64) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    ProgressBar::with_draw_target(Some(entries), target)
}
