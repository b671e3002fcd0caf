//! Exporting the log: asking for it, reading it in steps, and saying what left.
//!
//! An export is asked for by somebody and done by the process, because it may take longer than anybody's session. So
//! there are two entries: who asked and for what, written before anything is read; and, when all is written down, what
//! it came to, with the digest of the file. Each fetching of the file is observed. Nothing of this holds the tenant's
//! turn: a step reads a few hundred entries in a snapshot of its own, and the log only grows behind what it covers.

use std::ops::Range;

use super::super::idempotency::Known;
use super::super::{Road, ServiceError};
use super::view::{AuditEntryView, Names};
use crate::audit::{Change, Draft, Observation, Observed, Outcome, Subject};
use crate::identity::actions::{ExportAudit, FinishExport, ReadAudit};
use crate::rbac::Action as _;
use crate::store::{AuditFilter, PageRequest, Reader, StoreError};
use crate::tenancy::{ExportId, Purpose, Scope};
use crate::time::{FinancialYear, Timestamp, Zone};

/// The purpose of who writes exports down.
#[derive(Debug)]
pub struct Exporting;

impl Purpose for Exporting {
    const NAME: &'static str = "exporter";
    const ACTIONS: &'static [&'static str] = &["audit.export_ready", "workspace.export_ready"];
}

/// What somebody wants exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportWish {
    /// The form, by its name: `csv` for example.
    pub format: String,
    /// Of which time.
    pub during: During,
}

/// Of which time entries are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum During {
    /// From an instant on, and before another; without one, from the beginning or up to now.
    Span(Option<Timestamp>, Option<Timestamp>),
    /// In an Indian financial year, in the workspace's own time zone.
    Year(FinancialYear),
}

/// What an export covers: fixed when it is asked for, whatever is appended meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportSpan {
    /// The export.
    pub id: ExportId,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// The entries, by their places.
    pub entries: Range<u64>,
    /// The workspace's time zone.
    pub zone: Zone,
}

/// What an export came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportReady {
    /// The export.
    pub id: ExportId,
    /// Its form.
    pub format: String,
    /// The entries that it covers, by their places.
    pub entries: Range<u64>,
    /// The file's length.
    pub bytes: u64,
    /// The file's SHA-256.
    pub sha256: [u8; 32],
}

struct ExportAsked {
    id: ExportId,
    format: String,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    entries: Range<u64>,
}

impl Change for ExportAsked {
    type By = ExportAudit;

    fn subject(&self) -> Subject {
        Subject::new("audit_export", self.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("format", self.format);
        draft.note("from", self.from.map(|at| at.to_string()));
        draft.note("to", self.to.map(|at| at.to_string()));
        draft.note("first", self.entries.start);
        draft.note("end", self.entries.end);
    }
}

impl Change for ExportReady {
    type By = FinishExport;

    fn subject(&self) -> Subject {
        Subject::new("audit_export", self.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("format", self.format);
        draft.note("first", self.entries.start);
        draft.note("end", self.entries.end);
        draft.note("bytes", self.bytes);
        draft.note("sha256", self.sha256);
    }
}

/// Asks for an export: states it in the log and says what it covers, which is everything of its time up to now.
///
/// # Errors
/// [`ServiceError::Denied`] for roles that do not export the log, and without a fresh proof; what every write can answer.
pub async fn ask_export(road: &Road, scope: &Scope, wish: ExportWish) -> Result<ExportSpan, ServiceError> {
    let permit = scope.permit::<ExportAudit>()?;
    let mut reader = road.store.reader(scope).await?;
    let zone = reader.workspace().await?.zone;
    let (from, to) = match wish.during {
        During::Span(from, to) => (from, to),
        During::Year(year) => {
            (Some(zone.start_of(year.first_day())), Some(zone.start_of(year.next().first_day())))
        }
    };
    let entries = span_of(&mut *reader, from, to).await?;
    drop(reader);
    let turn = road.turn(scope).await?;
    let asked_at = turn.now();
    let id = ExportId::new(asked_at, &*road.entropy);
    let asked = ExportAsked { id, format: wish.format, from, to, entries: entries.clone() };
    road.finish(turn, permit.seal(asked, &*road.entropy), Known::Fresh(None)).await?;
    Ok(ExportSpan { id, asked_at, entries, zone })
}

/// Up to `limit` entries of the log from the place `from`, oldest first; fewer where `until` ends them.
///
/// # Errors
/// [`ServiceError::Denied`] but for the exporter and the shell; what every read can answer.
pub async fn export_entries(
    road: &Road,
    scope: &Scope,
    from: u64,
    until: u64,
    limit: u16,
) -> Result<Vec<AuditEntryView>, ServiceError> {
    let _permit = scope.permit::<FinishExport>()?;
    let end = from.saturating_add(limit.into()).min(until);
    let Some(count) = end.checked_sub(from).filter(|count| *count > 0) else { return Ok(Vec::new()) };
    let mut reader = road.store.reader(scope).await?;
    // Places have no gaps, so the page in front of `end` is just these.
    let page = PageRequest { after: Some(end), limit: u16::try_from(count).unwrap_or(limit) };
    let mut stored = reader.entries(&AuditFilter::default(), page).await?.items;
    stored.reverse();
    let places = stored.iter().map(|stored| stored.entry.seq);
    if !places.eq(from..end) {
        return Err(StoreError::corrupt("the log has a gap").into());
    }
    let (mut names, mut views) = (Names::default(), Vec::with_capacity(stored.len()));
    for stored in stored {
        views.push(names.view(stored, &mut *reader).await?);
    }
    Ok(views)
}

/// States in the log what an export came to, once: an exporter that died behind it finds it there.
///
/// # Errors
/// [`ServiceError::Denied`] but for the exporter and the shell; what every write can answer.
pub async fn finish_export(road: &Road, scope: &Scope, ready: ExportReady) -> Result<(), ServiceError> {
    let permit = scope.permit::<FinishExport>()?;
    let mut turn = road.turn(scope).await?;
    let said = AuditFilter {
        action: Some(FinishExport::CODE.to_owned()),
        subject: Some(ready.id.to_string()),
        ..AuditFilter::default()
    };
    if turn.entries(&said, PageRequest::first(1)).await?.items.is_empty() {
        road.finish(turn, permit.seal(ready, &*road.entropy), Known::Fresh(None)).await?;
    } else {
        turn.rollback().await;
    }
    Ok(())
}

/// Observes that somebody fetches an exported file, as `audit.exported`.
///
/// # Errors
/// [`ServiceError::Denied`] for roles that do not see the log.
pub async fn note_download(road: &Road, scope: &Scope, id: ExportId) -> Result<(), ServiceError> {
    let _permit = scope.permit::<ReadAudit>()?;
    let seen = Observation::new(
        road.clock.now(),
        Observed::of(scope),
        scope.facts(),
        "audit.exported",
        ("audit_export", id.to_string()),
        Outcome::Seen,
        "",
    );
    Ok(road.store.observe(scope.tenant(), &seen).await?)
}

/// The places of the entries made in a span of time: an entry is never earlier than the one before it, so that each end
/// is found by halving, in as many reads of one entry as the log's length has binary digits.
async fn span_of(
    reader: &mut dyn Reader,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<Range<u64>, StoreError> {
    let size = reader.head().await?.frontier.size();
    let first = match from {
        Some(from) => place_of(reader, from, size).await?,
        None => 0,
    };
    let end = match to {
        Some(to) => place_of(reader, to, size).await?,
        None => size,
    };
    Ok(first..end.max(first))
}

async fn place_of(reader: &mut dyn Reader, at: Timestamp, size: u64) -> Result<u64, StoreError> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low.midpoint(high);
        let page = PageRequest { after: Some(middle.saturating_add(1)), limit: 1 };
        let entries = reader.entries(&AuditFilter::default(), page).await?.items;
        let stored = entries.first().filter(|stored| stored.entry.seq == middle);
        let stored = stored.ok_or_else(|| StoreError::corrupt("the log has a gap"))?;
        if stored.entry.at < at { low = middle.saturating_add(1) } else { high = middle }
    }
    Ok(low)
}
