//! `audit reconcile`: is the log the one that was written, and are the tables what it tells? Beside a running server.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use aurex_core::audit::check::{Finding, KnownRoot};
use aurex_core::audit::checkpoint::{Checkpoint, Origin};
use aurex_core::audit::note::SignedNote;
use aurex_core::audit::tree::Hash;
use aurex_core::service::inspection::{
    Progress, ROWS_AT_ONCE, check_log, check_tiles, published_roots, reconcile, record_reconciled,
};
use aurex_core::store::{InspectReads, Store};
use aurex_core::tenancy::{RequestFacts, Scope, Slug, TenantId};
use clap::Args;
use serde_json::{Value, json};

use super::database::Opening;
use super::{Failure, start};
use crate::config::Config;

/// What is looked at, and how it is told.
#[derive(Debug, Args)]
pub struct ReconcileArguments {
    /// The workspace; may be given more than once [default: all]
    #[arg(long)]
    workspace: Vec<Slug>,
    /// A checkpoint that somebody has kept elsewhere, as the server handed it out; may be given more than once
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// How many rows are held in memory at once; where a workspace has more, its log is read again for the rest
    #[arg(long, value_name = "ROWS", default_value_t = ROWS_AT_ONCE)]
    rows_at_once: usize,
    /// Print one JSON object, for programs
    #[arg(long)]
    json: bool,
}

/// What was looked at in one workspace.
struct Looked {
    slug: Slug,
    tenant: TenantId,
    entries: u64,
    personal: u64,
    erased: u64,
    agreed: u64,
    rows: u64,
    own_rows: u64,
    findings: Vec<Finding>,
    count: u64,
}

/// Runs the command.
pub async fn run(config: &Config, arguments: ReconcileArguments) -> Result<(), Failure> {
    let kept =
        arguments.checkpoint.iter().map(|path| read_checkpoint(path)).collect::<Result<Vec<_>, _>>()?;
    let opened = start::open(config, Opening::Beside).await?;
    let ring = opened.ring.clone();
    let composed = start::composed(config, opened)?;
    let road = &composed.app.road;
    let mut looked = Vec::new();
    for (slug, tenant) in chosen(&*road.store, &arguments.workspace).await? {
        let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
        let scope = composed.cli.scope(tenant, &[], facts);
        // Before the snapshot: it must hold whatever was published.
        let theirs = roots_of(&*road.store, &scope, &kept).await?;
        let published = published_roots(&*road.store, &ring, tenant, &theirs).await?;
        let known = published.roots.into_iter().chain(theirs).collect();
        let mut workspace = look(&*road.store, &scope, slug, known, arguments.rows_at_once).await?;
        let tiles = check_tiles(&*road.store, &scope, &mut |_| {}).await?;
        for findings in [published.findings, tiles] {
            workspace.count = workspace.count.saturating_add(findings.count());
            workspace.findings.extend(findings.kept().iter().cloned());
        }
        record_reconciled(road, &scope, workspace.count).await?;
        looked.push(workspace);
    }
    road.store.close().await;
    if arguments.json {
        let workspaces: Vec<Value> = looked.iter().map(as_json).collect();
        println!("{}", serde_json::to_string_pretty(&json!({ "workspaces": workspaces }))?);
    } else {
        looked.iter().for_each(told);
    }
    match looked.iter().map(|workspace| workspace.count).sum::<u64>() {
        0 => Ok(()),
        count => Err(format!("{count} findings: see docs/audit-drills.md for what each means").into()),
    }
}

/// The workspaces that were named, or all.
pub(super) async fn chosen(store: &dyn Store, named: &[Slug]) -> Result<Vec<(Slug, TenantId)>, Failure> {
    let all = store.tenants().await?;
    if named.is_empty() {
        return Ok(all);
    }
    let of = |slug: &Slug| {
        let found = all.iter().find(|(of, _)| of == slug).cloned();
        found.ok_or_else(|| Failure::from(format!("there is no workspace {slug}")))
    };
    named.iter().map(of).collect()
}

async fn look(
    store: &dyn Store,
    scope: &Scope,
    slug: Slug,
    known: Vec<KnownRoot>,
    rows_at_once: usize,
) -> Result<Looked, Failure> {
    let tenant = scope.tenant();
    let mut reader = store.reader(scope).await?;
    let is_shown = std::io::stderr().is_terminal();
    let name = slug.to_string();
    let mut tell = move |at: Progress| {
        if is_shown {
            eprintln!("{name}: {} {}", at.read, at.of);
        }
    };
    let verdict = check_log(&mut *reader, tenant, &known, &mut tell).await?;
    let reconciled = reconcile(&mut *reader, tenant, rows_at_once, &mut tell).await?;
    let mut findings = verdict.findings;
    findings.extend(reconciled.findings);
    Ok(Looked {
        slug,
        tenant,
        entries: verdict.entries,
        personal: verdict.personal,
        erased: verdict.erased,
        agreed: verdict.agreed,
        rows: reconciled.rows,
        own_rows: reconciled.own_rows,
        count: findings.count(),
        findings: findings.kept().to_vec(),
    })
}

/// The roots of those checkpoints that bear the name of this workspace's log.
async fn roots_of(store: &dyn Store, scope: &Scope, kept: &[Checkpoint]) -> Result<Vec<KnownRoot>, Failure> {
    let mut reader = store.reader(scope).await?;
    let Some(first) = first_leaf(&mut *reader).await? else { return Ok(Vec::new()) };
    let theirs = kept.iter().filter(|checkpoint| Origin::is_of(&checkpoint.origin, &first));
    Ok(theirs.map(|of| KnownRoot { size: of.size, root: of.root }).collect())
}

/// The leaf of the first entry, by which a log's name is its own.
async fn first_leaf<R: InspectReads + Send + ?Sized>(reader: &mut R) -> Result<Option<Hash>, Failure> {
    let first = reader.raw_rows("audit_entry", None, 1).await?;
    let bytes = first.first().and_then(|row| row.get("bytes").bytes());
    Ok(bytes.map(aurex_core::audit::Entry::leaf))
}

/// Reads a note. Its signature is not asked for: whoever brings it has kept it, and a root that is not the log's is found.
fn read_checkpoint(path: &Path) -> Result<Checkpoint, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let note = text.parse::<SignedNote>().map_err(|error| format!("{}: {error}", path.display()))?;
    Checkpoint::from_text(note.text()).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn told(looked: &Looked) {
    let Looked { slug, entries, personal, erased, agreed, rows, own_rows, findings, count, .. } = looked;
    println!(
        "{slug}: {entries} entries and {rows} rows looked at; {erased} of {personal} personal fields erased"
    );
    match agreed {
        0 => println!("{slug}: no checkpoint to hold the log against; it was compared with itself alone"),
        agreed => println!("{slug}: the first {agreed} entries are those of the newest checkpoint"),
    }
    if *own_rows > 0 {
        println!(
            "{slug}: the log tells of {own_rows} rows of tables that are not Aurex's; they were not compared"
        );
    }
    for finding in findings {
        println!("{slug}: {finding} ({})", finding.code);
    }
    match usize::try_from(*count) {
        Ok(0) => println!("{slug}: everything is as the log tells"),
        Ok(count) if count > findings.len() => println!("{slug}: and {} more", count - findings.len()),
        _ => {}
    }
}

fn as_json(looked: &Looked) -> Value {
    let findings: Vec<Value> = looked
        .findings
        .iter()
        .map(|finding| {
            json!({
                "code": finding.code.code(),
                "place": finding.place.to_string(),
                "field": finding.field,
                "message": finding.to_string(),
            })
        })
        .collect();
    json!({
        "workspace": looked.slug.to_string(),
        "tenant": looked.tenant.uuid().to_string(),
        "entries": looked.entries,
        "rows": looked.rows,
        "own_rows": looked.own_rows,
        "personal_fields": looked.personal,
        "erased_fields": looked.erased,
        "agreed": looked.agreed,
        "count": looked.count,
        "findings": findings,
    })
}
