//! A workspace, written out of a snapshot of its store.

use std::io::Write;

use sha2::{Digest as _, Sha256};

use super::ArchiveError;
use super::form::{Header, PartDigest, Records, row_record};
use super::published;
use crate::identity::actions::LeaveWorkspace;
use crate::rbac::Action as _;
use crate::service::inspection::{Pages, Progress};
use crate::store::{
    AuditFilter, Cell, InspectReads, PageRequest, RawRow, Reader, Store, StoreError, arriving_tables,
};

/// After how many rows the progress is told.
const TOLD_EVERY: u64 = 10_000;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it says of itself.
    pub header: Header,
    /// Its parts.
    pub parts: Vec<PartDigest>,
    /// The SHA-256 of all its records but the last.
    pub sha256: [u8; 32],
    /// How long it is.
    pub bytes: u64,
}

/// Columns that are a store's own and travel nowhere.
fn travels(column: &str) -> bool {
    !matches!(column, "tenant_id" | "applying" | "tx")
}

/// A row's columns in the order of their names, which no store chooses.
pub(super) fn columns_of(row: &RawRow) -> Vec<String> {
    let mut columns: Vec<String> =
        row.columns().map(|(name, _)| name.to_owned()).filter(|name| travels(name)).collect();
    columns.sort_unstable();
    columns
}

fn cells_of(row: &RawRow, columns: &[String]) -> Vec<Cell> {
    columns.iter().map(|column| row.get(column).clone().plain()).collect()
}

/// Writes the workspace of a snapshot: the rows page by page, and what is published of its log up to there. In memory is
/// one page, whatever the workspace's size.
///
/// `keys` are the names and check values of the deployment's keys ([`KeyRing::check_rows`]), for whoever takes the archive
/// in to see that it has them.
///
/// [`KeyRing::check_rows`]: crate::identity::keys::KeyRing::check_rows
///
/// # Errors
/// [`ArchiveError::Io`], [`ArchiveError::Store`].
pub async fn write_archive<R: Reader + ?Sized>(
    reader: &mut R,
    store: &dyn Store,
    keys: &[(String, Vec<u8>)],
    out: &mut (dyn Write + Send),
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<Written, ArchiveError> {
    let tenant = reader.tenant();
    let head = reader.head().await?.frontier;
    let last = reader.entries(&AuditFilter::default(), PageRequest::first(1)).await?.items;
    let header = Header {
        tenant,
        slug: reader.workspace().await?.slug,
        entries: head.size(),
        root: head.root(),
        left: last.first().is_some_and(|last| last.entry.action == LeaveWorkspace::CODE),
        keys: keys.to_vec(),
    };
    let mut records = Records::new(out);
    records.header(header.clone())?;
    for table in arriving_tables() {
        let mut pages = Pages::of(table);
        let mut next = pages.next(reader).await?;
        let columns = next.as_ref().map(columns_of).unwrap_or_default();
        records.begin(table, &columns)?;
        let mut read = 0_u64;
        while let Some(row) = next {
            // A store of files also shows rows in a tenant's file that say they are another's: none of them travels.
            if !row.is_of(tenant) {
                return Err(StoreError::corrupt("a row of another tenant").into());
            }
            records.row(cells_of(&row, &columns))?;
            read = read.saturating_add(1);
            if read.is_multiple_of(TOLD_EVERY) {
                tell(Progress { of: table, read });
            }
            next = pages.next(reader).await?;
        }
        records.end()?;
    }
    published::write(store, tenant, header.entries, &mut records).await?;
    let (parts, sha256, bytes) = records.finish()?;
    Ok(Written { header, parts, sha256, bytes })
}

/// What a table's rows come to when they are read back.
pub(super) async fn digest_of<R: InspectReads + Send + ?Sized>(
    reader: &mut R,
    table: &'static str,
) -> Result<(u64, [u8; 32]), ArchiveError> {
    let (mut pages, mut hash, mut rows) = (Pages::of(table), Sha256::new(), 0_u64);
    let mut columns = None;
    while let Some(row) = pages.next(reader).await? {
        let columns = columns.get_or_insert_with(|| columns_of(&row));
        hash.update(row_record(cells_of(&row, columns)));
        rows = rows.saturating_add(1);
    }
    Ok((rows, hash.finalize().into()))
}
