//! `audit`: the log, seen to from the shell by whoever holds the machine. What leaves is stated in the workspace's own log.

use std::fs::OpenOptions;
use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;

use aurex_core::service::{During, ExportReady, ExportWish, ask_export, export_entries, finish_export};
use aurex_core::tenancy::{RequestFacts, Slug};
use aurex_core::time::{FinancialYear, Timestamp};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget};
use sha2::{Digest as _, Sha256};

use super::database::Opening;
use super::reconcile::{self, ReconcileArguments};
use super::{Failure, scrub, start};
use crate::config::Config;
use crate::export::{ExportForm, Printer, private};

/// How many entries are read at once.
const AT_ONCE: u16 = 500;

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Write the audit log of a workspace, or a part of it, to a file or to standard output
    Export(ExportArguments),
    /// See that the log is the one that was written and the tables are what it tells; names each entry, row and field that
    /// is not
    Reconcile(ReconcileArguments),
    /// Overwrite what erasures left in the database's files; for quiet hours, because tables or files are written anew
    Scrub,
}

/// What is exported, and where to.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The workspace
    #[arg(long)]
    workspace: Slug,
    /// The form: jsonl, csv, ocsf or fiscal-year
    #[arg(long)]
    format: ExportForm,
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
    /// A new file, for this account alone [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command, beside a running server if there is one.
pub async fn audit(config: Config, command: AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Export(arguments) => export(&config, arguments).await,
        AuditCommand::Reconcile(arguments) => reconcile::run(&config, arguments).await,
        AuditCommand::Scrub => scrub::run(&config).await,
    }
}

async fn export(config: &Config, arguments: ExportArguments) -> Result<(), Failure> {
    let ExportArguments { workspace, format, from, to, year, out } = arguments;
    let mut to_file: Box<dyn Write> = match &out {
        Some(path) => Box::new(private(OpenOptions::new().write(true).create_new(true), path)?),
        None => Box::new(std::io::stdout().lock()),
    };
    let composed = start::composed(config, start::open(config, Opening::Beside).await?)?;
    let road = &composed.app.road;
    let door = road.store.door(&workspace).await?;
    let door = door.ok_or_else(|| format!("there is no workspace {workspace}"))?;
    let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
    let scope = composed.cli.scope(door.tenant, &["audit.export", "audit.export_ready"], facts);
    let during = year.map_or(During::Span(from, to), |year| During::Year(FinancialYear::starting_in(year)));
    let span = ask_export(road, &scope, ExportWish { format: format.as_str().to_owned(), during }).await?;
    let printer = Printer { form: format, workspace: workspace.to_string(), zone: span.zone };
    let bar = progress(span.entries.end.saturating_sub(span.entries.start));
    let (mut hash, mut bytes, mut lines) = (Sha256::new(), 0_u64, Vec::new());
    printer.head(&mut lines);
    let mut next = span.entries.start;
    loop {
        hash.update(&lines);
        bytes = bytes.saturating_add(u64::try_from(lines.len())?);
        to_file.write_all(&lines)?;
        lines.clear();
        let views = export_entries(road, &scope, next, span.entries.end, AT_ONCE).await?;
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
    let entries = next.saturating_sub(span.entries.start);
    let sha256: [u8; 32] = hash.finalize().into();
    let ready =
        ExportReady { id: span.id, format: format.as_str().to_owned(), entries: span.entries, bytes, sha256 };
    finish_export(road, &scope, ready).await?;
    road.store.close().await;
    eprintln!(
        "{entries} entries of {workspace}, {bytes} bytes, SHA-256 {}. The workspace's log says so: {}.",
        crate::api::hex(&sha256),
        span.id
    );
    Ok(())
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
