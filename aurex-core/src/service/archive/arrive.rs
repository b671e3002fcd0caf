//! A workspace arrives: seen to, put where nobody sees it, proved, and then there.

use std::io::Read;

use super::ArchiveError;
use super::form::{Contents, Header, Reading, Record, Vouchers};
use super::published::{self, root_of};
use super::write::digest_of;
use crate::audit::check::KnownRoot;
use crate::audit::checkpoint::{Checkpoint, Origin};
use crate::audit::note::SignedNote;
use crate::audit::tree::Frontier;
use crate::identity::actions::{ArriveWorkspace, LeaveWorkspace};
use crate::identity::keys::{CheckpointKeys, KeyRing};
use crate::rbac::Action as _;
use crate::service::Road;
use crate::service::inspection::{Progress, ROWS_AT_ONCE, check_log, reconcile};
use crate::service::transparency::{LEAVES_AT_ONCE, keys_of_log};
use crate::store::{
    Arrival, AuditFilter, Cell, MailOutcome, PageRequest, RawRow, Reader, StoreError, StoredEntry,
    arriving_tables,
};
use crate::tenancy::Scope;

/// How many rows are put at once.
const AT_ONCE: usize = 200;

/// How many bytes of rows are held at once, however few they are.
const BYTES_AT_ONCE: usize = 4 << 20;

/// No archive has so many parts.
const AT_MOST_PARTS: usize = 1000;

/// How long after it was noted a mail is due that is settled in the same breath.
const A_DAY_SECONDS: i64 = 86_400;

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// What the archive holds.
    pub contents: Contents,
    /// Whether the workspace was there already, just so, and was only gone on with.
    pub was_there: bool,
    /// Whether its log says already that it has arrived: then nothing was done, and nothing is to be stated.
    pub is_stated: bool,
}

/// Reads a whole archive and sees that it holds what it says; keeps nothing of it but the roots of its checkpoints. Behind
/// this an archive is damaged no more, and may still be untrue.
///
/// # Errors
/// [`ArchiveError`].
pub fn check_archive(input: &mut (dyn Read + Send)) -> Result<(Contents, Vec<KnownRoot>), ArchiveError> {
    let mut reading = Reading::new(input);
    let header = reading.header()?;
    let mut roots = vec![KnownRoot { size: header.entries, root: header.root }];
    let (mut order, mut part, mut end) = (Vec::new(), String::new(), None);
    let (mut named, mut published) = (Vec::new(), Vouchers::default());
    let (mut slug, mut last) = (None, None);
    while let Some(record) = reading.next()? {
        match record {
            Record::Header(_) => return Err(ArchiveError::Damaged("two headers")),
            Record::Part { name, columns } => {
                if order.len() > AT_MOST_PARTS {
                    return Err(ArchiveError::Damaged("more parts than any version knows"));
                }
                order.push(name.clone());
                (part, named) = (name, columns);
            }
            // Malformed is found before anything is put, not when the workspace is there.
            Record::Row(row) if published::is_of(&part) && published::read(&part, &row).is_err() => {
                return Err(published::malformed());
            }
            Record::Row(row) if part == published::CHECKPOINTS => {
                let (size, root) = root_of(&row)?;
                roots.push(KnownRoot { size, root });
                published.checkpoints.push((size, root, published::words(row.get(2))?));
            }
            Record::Row(row) if part == published::LOG_KEYS => {
                published.keys.push(published::words(row.first())?);
            }
            Record::Row(row) if part == "workspace" => slug = cell_of(&row, &named, "slug"),
            Record::Row(row) if part == "audit_entry" => last = cell_of(&row, &named, "action"),
            Record::Row(_) | Record::PartEnd { .. } => {}
            Record::End { parts, sha256 } => end = Some((parts, sha256)),
        }
    }
    // What the header says beside its log's root is what is trusted before anything is proved.
    let left = last.as_deref() == Some(LeaveWorkspace::CODE);
    if slug.as_deref() != Some(header.slug.as_str()) || left != header.left {
        return Err(ArchiveError::Damaged("a header that its log does not tell"));
    }
    let parts_there =
        [published::LOG_KEYS, published::CHECKPOINTS, published::COSIGNATURES, published::LINKS];
    if !order.iter().map(String::as_str).eq(arriving_tables().chain(parts_there)) {
        return Err(ArchiveError::Damaged("other parts than this version knows, or in another order"));
    }
    let (parts, sha256) = end.ok_or(ArchiveError::Damaged("it is cut off"))?;
    Ok((Contents { header, parts, sha256, published }, roots))
}

fn cell_of(row: &[Cell], named: &[String], column: &str) -> Option<String> {
    let at = named.iter().position(|name| name == column)?;
    row.get(at).and_then(Cell::text).map(str::to_owned)
}

impl Contents {
    /// Sees that every checkpoint was signed by keys of the ring, as the log that it names and as its row says, and that the
    /// log was known by no others. Answers how many entries the greatest covers: what is behind it nobody has signed.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`].
    pub fn is_signed_by(&self, ring: &KeyRing) -> Result<u64, ArchiveError> {
        let mut signed = 0;
        let mut origin: Option<Origin> = None;
        for (size, root, note) in &self.published.checkpoints {
            let unsigned = ArchiveError::Damaged("a checkpoint that these keys have not signed");
            let Ok(note) = note.parse::<SignedNote>() else { return Err(unsigned) };
            let Ok(of) = Checkpoint::from_text(note.text()) else { return Err(unsigned) };
            let Ok(keys) = CheckpointKeys::for_log(ring, &of.origin) else { return Err(unsigned) };
            let is_signed = Checkpoint::open(&note, &keys.verifier_keys()).is_ok();
            let is_one_log = origin.as_ref().is_none_or(|before| *before == of.origin);
            if !is_signed || !is_one_log || (of.size, of.root) != (*size, *root) {
                return Err(unsigned);
            }
            signed = signed.max(*size);
            origin = Some(of.origin);
        }
        let known = origin.map_or_else(|| Ok(Vec::new()), |origin| keys_of_log(ring, &origin));
        let known = known.map_err(|_| ArchiveError::Damaged("a log that cannot be named"))?;
        if self.published.keys.iter().all(|key| known.contains(key)) {
            Ok(signed)
        } else {
            Err(ArchiveError::Damaged("a key of the log that is none of these"))
        }
    }
}

impl Header {
    /// Sees that a ring has all keys that the archive names.
    ///
    /// # Errors
    /// [`ArchiveError::Keys`].
    pub fn is_known_to(&self, ring: &KeyRing) -> Result<(), ArchiveError> {
        if self.keys.is_empty() {
            return Err(ArchiveError::Damaged("it names no keys"));
        }
        let ours = ring.check_rows();
        let unknown: Vec<&str> =
            self.keys.iter().filter(|key| !ours.contains(key)).map(|(id, _)| id.as_str()).collect();
        if unknown.is_empty() { Ok(()) } else { Err(ArchiveError::Keys(unknown.join(", "))) }
    }
}

/// Takes a workspace in that [`check_archive`] has seen, in a second reading of the same archive. With `is_a_try` everything
/// is done but the last step, and nothing is left.
///
/// Where the workspace is there already with the archive's very log, it was interrupted behind that step: then it only
/// goes on. Where its log goes on behind the archive's with the arrival, nothing is left to do.
///
/// # Errors
/// [`ArchiveError`]; nothing of the workspace is left then.
pub async fn arrive(
    road: &Road,
    scope: &Scope,
    (contents, roots): (&Contents, &[KnownRoot]),
    input: &mut (dyn Read + Send),
    is_a_try: bool,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<Arrived, ArchiveError> {
    let mut reading = Reading::new(input);
    if reading.header()? != contents.header {
        return Err(ArchiveError::Damaged("it is not the archive that was looked at"));
    }
    if contents.header.tenant != scope.tenant() {
        return Err(ArchiveError::OtherTenant);
    }
    let found = how_it_is_there(road, scope, &contents.header).await?;
    let (was_there, is_stated) = (found != There::Not, found == There::Stated);
    if !was_there {
        let mut arrival = road.store.arrival(scope, &contents.header.slug).await?;
        match fill(&mut *arrival, contents, roots, &mut reading, tell).await {
            Err(error) => {
                arrival.abandon().await;
                return Err(error);
            }
            Ok(()) if is_a_try => arrival.abandon().await,
            Ok(()) => arrival.finish().await?,
        }
    }
    // Once its arrival is stated, all of this is done, and its mails are its own.
    if !is_a_try && !is_stated {
        settle_mails(road, scope).await?;
        let (mut part, mut nth) = (String::new(), 0_u64);
        while let Some(record) = reading.next()? {
            match record {
                Record::Part { name, .. } => (part, nth) = (name, 0),
                Record::Row(row) if !arriving_tables().any(|table| table == part) => {
                    published::restore(road, scope, (&part, nth), &row).await?;
                    nth = nth.saturating_add(1);
                }
                _ => {}
            }
        }
    }
    Ok(Arrived { contents: contents.clone(), was_there, is_stated })
}

/// How much of an archive's workspace is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum There {
    Not,
    /// Its log is the archive's, to the last entry.
    Unstated,
    /// Its log begins with all of the archive's and goes on with the arrival: between that and closing it where it was,
    /// somebody was interrupted.
    Stated,
}

async fn how_it_is_there(road: &Road, scope: &Scope, header: &Header) -> Result<There, ArchiveError> {
    match road.store.door(&header.slug).await? {
        Some(door) if door.tenant == scope.tenant() => {}
        Some(_) => return Err(StoreError::SlugTaken.into()),
        None => return Ok(There::Not),
    }
    let mut reader = road.store.reader(scope).await?;
    let head = reader.head().await?.frontier;
    if (head.size(), head.root()) == (header.entries, header.root) {
        return Ok(There::Unstated);
    }
    if has_arrived(&mut *reader, header).await? {
        Ok(There::Stated)
    } else {
        Err(StoreError::SlugTaken.into())
    }
}

/// Whether the entry behind the archive's last is an arrival, and all before it are the archive's.
async fn has_arrived(reader: &mut dyn Reader, header: &Header) -> Result<bool, StoreError> {
    let behind = PageRequest { after: Some(header.entries.saturating_add(1)), limit: 1 };
    let found = reader.entries(&AuditFilter::default(), behind).await?.items;
    let is_arrival = |found: &StoredEntry| {
        found.entry.seq == header.entries && found.entry.action == ArriveWorkspace::CODE
    };
    if !found.first().is_some_and(is_arrival) {
        return Ok(false);
    }
    let mut tree = Frontier::default();
    while tree.size() < header.entries {
        let to = header.entries.min(tree.size().saturating_add(LEAVES_AT_ONCE));
        let leaves = reader.leaves(tree.size(), to).await?;
        if leaves.is_empty() {
            return Ok(false);
        }
        for leaf in leaves {
            tree.append(leaf);
        }
    }
    Ok(tree.root() == header.root)
}

/// Puts the rows, up to the last table's, and proves them.
async fn fill(
    arrival: &mut dyn Arrival,
    contents: &Contents,
    roots: &[KnownRoot],
    reading: &mut Reading<'_>,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), ArchiveError> {
    let last = arriving_tables().last();
    let (mut table, mut names, mut rows) = ("", std::sync::Arc::<[String]>::from([]), Vec::new());
    let (mut read, mut held) = (0_u64, 0_usize);
    while let Some(record) = reading.next()? {
        match record {
            Record::Part { name, columns } => {
                table = arriving_tables().find(|of| *of == name).ok_or(ArchiveError::Unknown)?;
                (names, read) = (columns.into(), 0);
            }
            Record::Row(cells) => {
                if cells.len() != names.len() {
                    return Err(ArchiveError::Damaged("a row of another width"));
                }
                held = cells.iter().fold(held, |held, cell| held.saturating_add(cell.length()));
                rows.push(RawRow::new(names.clone(), cells));
                read = read.saturating_add(1);
                if rows.len() >= AT_ONCE || held >= BYTES_AT_ONCE {
                    held = 0;
                    arrival.put_rows(table, &std::mem::take(&mut rows)).await?;
                    if read.is_multiple_of(10_000) {
                        tell(Progress { of: table, read });
                    }
                }
            }
            Record::PartEnd { .. } => {
                arrival.put_rows(table, &std::mem::take(&mut rows)).await?;
                if Some(table) == last {
                    return prove(arrival, contents, roots, tell).await;
                }
            }
            Record::Header(_) | Record::End { .. } => return Err(ArchiveError::Damaged("it ends too soon")),
        }
    }
    Err(ArchiveError::Damaged("it ends too soon"))
}

/// The log is the one whose roots were signed, the tables are what it tells, and every table reads as it was sent.
async fn prove(
    arrival: &mut dyn Arrival,
    contents: &Contents,
    roots: &[KnownRoot],
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), ArchiveError> {
    for table in arriving_tables() {
        let sent = contents.parts.iter().find(|part| part.name == table);
        let sent = sent.ok_or(ArchiveError::Damaged("a table is missing"))?;
        if digest_of(arrival, table).await? != (sent.rows, sent.sha256) {
            return Err(ArchiveError::Changed { part: table.to_owned() });
        }
    }
    let verdict = check_log(arrival, contents.header.tenant, roots, tell).await?;
    ArchiveError::none_of(&verdict.findings)?;
    let reconciled = reconcile(arrival, contents.header.tenant, ROWS_AT_ONCE, tell).await?;
    ArchiveError::none_of(&reconciled.findings)
}

/// Notes every mail as sent: its sender was the store that it left. Who starts here would else find mails that nobody noted.
async fn settle_mails(road: &Road, scope: &Scope) -> Result<(), ArchiveError> {
    let (now, tenant) = (road.clock.now(), scope.tenant());
    let mut page = PageRequest::first(200);
    loop {
        // One connection at a time: a store of a single one must not wait for itself.
        let mut reader = road.store.reader(scope).await?;
        let mails = reader.mails(page).await?;
        drop(reader);
        let ids: Vec<_> = mails.items.iter().map(|mail| mail.id).collect();
        road.store.note_mails(tenant, &ids, now.plus_seconds(A_DAY_SECONDS)).await?;
        for id in ids {
            road.store.settle_mail(tenant, id, MailOutcome::Settled(now)).await?;
        }
        match mails.next {
            Some(after) => page = PageRequest { after: Some(after), limit: 200 },
            None => return Ok(()),
        }
    }
}
