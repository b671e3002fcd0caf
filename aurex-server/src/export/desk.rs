//! The desk: who may have an export now, and the work itself, one export at a time.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aurex_core::service::archive::{ArchiveError, ArchiveReady, finish_workspace_export, write_archive};
use aurex_core::service::transparency::{LogSigner, sign_export};
use aurex_core::service::{
    ExportReady, ExportSpan, Exporting, Road, ServiceError, export_entries, finish_export, log_evidence,
};
use aurex_core::tenancy::{ExportId, Job, RequestFacts, Scope, TenantId};
use aurex_core::time::{Timestamp, Zone};
use tokio::sync::Notify;

use super::bundle::{Bundle, BundleError};
use super::form::{ExportForm, Printer};
use super::spool::{Order, Progress, Spool, SpoolError, Spooled};
use crate::api::hex;
use crate::ops::age::Recipient;
use crate::ops::age::stream::Sealing;
use crate::ops::background::chain;
use crate::ops::machine::OsEntropy;

/// How many entries are read at once: a snapshot of some milliseconds.
const AT_ONCE: u16 = 200;
/// After how many of these the progress is kept.
const STEPS_BETWEEN: u32 = 25;
/// How many exports one workspace has at a time.
const KEPT_OF_ONE: usize = 10;
/// How often what is waiting is looked for, and what is old is swept, without being woken.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// No export can be ordered now: one is being written, or there are many already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an export of this workspace is being written already, or ten of its last day are kept")]
pub struct NoRoom;

/// Why one step failed.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("the archive cannot be sealed")]
    Sealing(#[from] std::io::Error),
    #[error("the work broke off")]
    Broken,
}

/// Where exports are ordered, made and fetched. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    spool: Spool,
    /// Who is just ordering: an order is written into the log before it is spooled.
    ordering: Mutex<BTreeSet<String>>,
    wake: Notify,
}

/// Room for one order, until it is dropped.
#[derive(Debug)]
pub struct Place {
    desk: Desk,
    tenant: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.desk.0.ordering.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.tenant);
    }
}

impl Place {
    /// Takes the order of what the log has just been told.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn order(self, span: ExportSpan, printer: &Printer) -> Result<Progress, SpoolError> {
        let progress = Progress::of(Order {
            id: span.id.to_string(),
            tenant: self.tenant.clone(),
            workspace: printer.workspace.clone(),
            zone: printer.zone.name().to_owned(),
            form: printer.form.as_str().to_owned(),
            entries: span.entries,
            asked_at: span.asked_at.micros(),
            recipients: Vec::new(),
        });
        self.desk.0.spool.keep(&progress)?;
        self.desk.0.wake.notify_one();
        Ok(progress)
    }
}

impl Place {
    /// Takes the order of an archive of the whole workspace, which two people have agreed on.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn order_archive(self, of: ArchiveOrder) -> Result<Progress, SpoolError> {
        let progress = Progress::of(Order {
            id: of.id.to_string(),
            tenant: self.tenant.clone(),
            workspace: of.workspace,
            zone: Zone::INDIA.name().to_owned(),
            form: Progress::ARCHIVE.to_owned(),
            entries: 0..0,
            asked_at: of.asked_at.micros(),
            recipients: of.recipients,
        });
        self.desk.0.spool.keep(&progress)?;
        self.desk.0.wake.notify_one();
        Ok(progress)
    }
}

/// An archive to be written.
#[derive(Debug)]
pub struct ArchiveOrder {
    /// The export: the approval's own number.
    pub id: ExportId,
    /// The workspace's name in paths.
    pub workspace: String,
    /// Whom it is sealed to.
    pub recipients: Vec<String>,
    /// When it was approved.
    pub asked_at: Timestamp,
}

impl Desk {
    /// A desk with its spool in a folder.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(Arc::new(Inner { spool: Spool::new(folder), ordering: Mutex::default(), wake: Notify::new() }))
    }

    /// Room for an order of this tenant's.
    ///
    /// # Errors
    /// [`NoRoom`] while one is being written, or when ten are kept; a [`SpoolError`] inside.
    pub fn place(&self, tenant: TenantId) -> Result<Result<Place, NoRoom>, SpoolError> {
        let tenant = tenant.to_string();
        if !self.0.ordering.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone()) {
            return Ok(Err(NoRoom));
        }
        let place = Place { desk: self.clone(), tenant };
        let theirs: Vec<Progress> = self.of(&place.tenant)?;
        let has_room = theirs.len() < KEPT_OF_ONE && !theirs.iter().any(Progress::is_open);
        Ok(if has_room { Ok(place) } else { Err(NoRoom) })
    }

    fn of(&self, tenant: &str) -> Result<Vec<Progress>, SpoolError> {
        Ok(self.0.spool.all()?.into_iter().filter(|progress| progress.order.tenant == tenant).collect())
    }

    /// A tenant's exports, oldest first.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn exports(&self, tenant: TenantId) -> Result<Vec<Progress>, SpoolError> {
        self.of(&tenant.to_string())
    }

    /// One of a tenant's exports.
    ///
    /// # Errors
    /// [`SpoolError::Io`], [`SpoolError::Unreadable`].
    pub fn export(&self, tenant: TenantId, id: ExportId) -> Result<Option<Spooled>, SpoolError> {
        self.0.spool.find(tenant, id)
    }

    /// Works until `stop` is notified. What is not done then goes on after the next start.
    pub async fn run(self, road: Road, job: Job<Exporting>, signer: LogSigner, stop: Arc<Notify>) {
        let stopped = stop.notified();
        tokio::pin!(stopped);
        loop {
            tokio::select! {
                () = &mut stopped => return,
                _ = self.work(&road, &job, &signer) => {}
            }
            tokio::select! {
                () = &mut stopped => return,
                () = self.0.wake.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Sweeps, and writes down and signs whatever was ordered. Returns how many exports it finished.
    pub async fn work(&self, road: &Road, job: &Job<Exporting>, signer: &LogSigner) -> usize {
        if let Err(error) = self.0.spool.sweep(road.clock.now()) {
            tracing::warn!(error = %chain(&error), "old exports could not be swept");
        }
        let open = match self.0.spool.all() {
            Ok(all) => all.into_iter().filter(Progress::is_open),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "exports could not be looked for");
                return 0;
            }
        };
        let mut finished = 0;
        for progress in open {
            let id = progress.order.id.clone();
            match self.write(road, (job, signer), progress).await {
                Ok(()) => finished += 1,
                Err(error) => tracing::warn!(error = %chain(&error), export = id, "an export waits"),
            }
        }
        finished
    }

    async fn write(
        &self,
        road: &Road,
        (job, signer): (&Job<Exporting>, &LogSigner),
        mut progress: Progress,
    ) -> Result<(), WorkError> {
        if progress.is_archive() {
            return self.archive(road, (job, signer), progress).await;
        }
        let known = || {
            let tenant = uuid::Uuid::parse_str(progress.order.tenant.strip_prefix("wsp_")?).ok()?;
            let zone = progress.order.zone.parse().ok()?;
            Some((
                TenantId::from_directory_row(tenant),
                progress.order.id.parse().ok()?,
                progress.form()?,
                zone,
            ))
        };
        let Some((tenant, id, form, zone)) = known() else {
            return self.fail(progress, "this server does not know what was ordered");
        };
        let printer = Printer { form, workspace: progress.order.workspace.clone(), zone };
        let facts = RequestFacts { request_id: progress.order.id.clone(), ..RequestFacts::default() };
        let scope = job.scope(tenant, facts);
        if form == ExportForm::Bundle {
            return self.bundle((road, signer), &scope, id, progress).await;
        }
        let mut file = self.0.spool.resume(&mut progress)?;
        if progress.bytes == 0 {
            let mut head = Vec::new();
            printer.head(&mut head);
            file = put(file, &mut progress, head).await?;
        }
        let (mut steps, end) = (0_u32, progress.order.entries.end);
        while progress.next < end {
            let views = export_entries(road, &scope, progress.next, end, AT_ONCE).await?;
            let read = u64::try_from(views.len()).unwrap_or(0);
            let mut lines = Vec::new();
            for view in views {
                printer.entry(view, &mut lines);
            }
            file = put(file, &mut progress, lines).await?;
            progress.next = progress.next.saturating_add(read);
            if progress.bytes > Spool::MOST_BYTES {
                return self.fail(progress, "it is too large: order it in parts, by time");
            }
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(STEPS_BETWEEN) {
                self.0.spool.keep(&progress)?;
            }
        }
        drop(file);
        self.finish((road, signer), &scope, id, progress).await
    }

    /// The whole workspace, sealed while it is written: what lies in the spool opens for its recipients alone. Interrupted, it
    /// is begun anew.
    async fn archive(
        &self,
        road: &Road,
        (job, signer): (&Job<Exporting>, &LogSigner),
        mut progress: Progress,
    ) -> Result<(), WorkError> {
        let known = || {
            let tenant = uuid::Uuid::parse_str(progress.order.tenant.strip_prefix("wsp_")?).ok()?;
            let to = progress
                .order
                .recipients
                .iter()
                .map(|to| to.parse().ok())
                .collect::<Option<Vec<Recipient>>>();
            Some((TenantId::from_directory_row(tenant), progress.order.id.parse().ok()?, to?))
        };
        let Some((tenant, id, to)) = known() else {
            return self.fail(progress, "this server does not know what was ordered");
        };
        let facts = RequestFacts { request_id: progress.order.id.clone(), ..RequestFacts::default() };
        let scope = job.scope(tenant, facts);
        let file = self.0.spool.anew(&mut progress)?;
        let mut sealing = Sealing::begin(Bounded { file: BufWriter::new(file), bytes: 0 }, &to, &OsEntropy)?;
        let mut reader = road.store.reader(&scope).await.map_err(ServiceError::from)?;
        let keys = &road.secrets.key_checks;
        let written = write_archive(&mut *reader, &*road.store, keys, &mut sealing, &mut |_| {}).await?;
        drop(reader);
        progress.bytes = sealing.finish()?.bytes;
        progress.order.entries = 0..written.header.entries;
        progress.next = written.header.entries;
        self.finish((road, signer), &scope, id, progress).await
    }

    /// A bundle's files as they come. What completes one is known to the writer alone: interrupted, it is begun anew.
    async fn bundle(
        &self,
        (road, signer): (&Road, &LogSigner),
        scope: &Scope,
        id: ExportId,
        progress: Progress,
    ) -> Result<(), WorkError> {
        let Some(evidence) = log_evidence(road, scope).await? else {
            return self.fail(progress, "nothing was published of this log yet: order it again in a minute");
        };
        let mut progress = Progress::of(Order { entries: 0..evidence.size, ..progress.order });
        let mut file = self.0.spool.resume(&mut progress)?;
        let mut bundle = Bundle::of(&progress.order);
        while progress.next < evidence.size {
            let views = export_entries(road, scope, progress.next, evidence.size, AT_ONCE).await?;
            let mut bytes = Vec::new();
            for view in views {
                bundle.entry(&view, &mut bytes)?;
                progress.next = progress.next.saturating_add(1);
            }
            file = put(file, &mut progress, bytes).await?;
            if progress.bytes > Spool::MOST_BYTES {
                return self.fail(progress, "it is too large: the operator can write it from the shell");
            }
        }
        let mut bytes = Vec::new();
        bundle.finish(&evidence, &mut bytes)?;
        drop(put(file, &mut progress, bytes).await?);
        self.finish((road, signer), scope, id, progress).await
    }

    /// Says in the log what a whole file came to, and offers it.
    async fn finish(
        &self,
        (road, signer): (&Road, &LogSigner),
        scope: &Scope,
        id: ExportId,
        mut progress: Progress,
    ) -> Result<(), WorkError> {
        let (spool, whole) = (self.0.spool.clone(), progress.clone());
        let digest = tokio::task::spawn_blocking(move || spool.digest(&whole));
        let sha256 = digest.await.map_err(|_| WorkError::Broken)??;
        progress.sha256 = Some(hex(&sha256));
        self.0.spool.keep(&progress)?;
        let ready = ExportReady {
            id,
            format: progress.order.form.clone(),
            entries: progress.order.entries.clone(),
            bytes: progress.bytes,
            sha256,
        };
        let note = sign_export(road, scope, signer, &progress.file_name(), &ready).await?;
        progress.note = Some(note.to_string());
        if progress.is_archive() {
            let ExportReady { id, entries, bytes, sha256, .. } = ready;
            let ready = ArchiveReady { id, entries: entries.end, bytes, sha256 };
            finish_workspace_export(road, scope, ready).await?;
        } else {
            finish_export(road, scope, ready).await?;
        }
        progress.is_ready = true;
        Ok(self.0.spool.keep(&progress)?)
    }

    fn fail(&self, mut progress: Progress, why: &str) -> Result<(), WorkError> {
        progress.failed = Some(why.to_owned());
        Ok(self.0.spool.keep(&progress)?)
    }
}

/// A file that is not longer than any may be, and knows how long it is.
struct Bounded {
    file: BufWriter<File>,
    bytes: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes > Spool::MOST_BYTES {
            return Err(std::io::Error::other(SpoolError::TooLarge));
        }
        let written = self.file.write(bytes)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(written).unwrap_or(0));
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Appends to the file, on a thread that may wait for the disk.
async fn put(mut file: File, progress: &mut Progress, bytes: Vec<u8>) -> Result<File, WorkError> {
    let length = u64::try_from(bytes.len()).unwrap_or(0);
    let written = tokio::task::spawn_blocking(move || file.write_all(&bytes).map(|()| file));
    let file = written.await.map_err(|_| WorkError::Broken)?.map_err(SpoolError::from)?;
    progress.bytes = progress.bytes.saturating_add(length);
    Ok(file)
}
