//! What is published of the log: keys, checkpoints, cosignatures, printed links. Tiles are made again of the leaves.

use super::ArchiveError;
use super::form::Records;
use crate::audit::tree::Hash;
use crate::service::Road;
use crate::service::transparency::{LEAVES_AT_ONCE, tiles_up_to};
use crate::store::{Advance, Cell, Cosignature, NewCheckpoint, Store, StoreError};
use crate::tenancy::{Scope, TenantId};
use crate::time::Timestamp;

/// How many rows are asked for at once.
const PAGE: u16 = 200;

pub(super) const LOG_KEYS: &str = "log_key";
pub(super) const CHECKPOINTS: &str = "checkpoint";
pub(super) const COSIGNATURES: &str = "cosignature";
pub(super) const LINKS: &str = "printed_link";

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

fn int(n: u64) -> Cell {
    Cell::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Writes what is published of the first `entries` entries.
pub(super) async fn write(
    store: &dyn Store,
    tenant: TenantId,
    entries: u64,
    records: &mut Records<'_>,
) -> Result<(), ArchiveError> {
    records.begin(LOG_KEYS, &names(&["key"]))?;
    for key in store.log_keys(tenant).await? {
        records.row(vec![Cell::Text(key)])?;
    }
    records.end()?;
    records.begin(CHECKPOINTS, &names(&["size", "root", "note", "at"]))?;
    let mut from = 0;
    loop {
        let page = store.checkpoints(tenant, from, PAGE).await?;
        let Some(last) = page.last().map(|last| last.size) else { break };
        for stored in page.into_iter().filter(|stored| stored.size <= entries) {
            let root = Cell::Bytes(stored.root.as_bytes().to_vec());
            records.row(vec![
                int(stored.size),
                root,
                Cell::Text(stored.note),
                Cell::Int(stored.at.micros()),
            ])?;
        }
        from = last.saturating_add(1);
    }
    records.end()?;
    records.begin(COSIGNATURES, &names(&["size", "signer", "line", "at"]))?;
    let mut from = 0;
    loop {
        let page = store.checkpoints(tenant, from, PAGE).await?;
        let Some(last) = page.last().map(|last| last.size) else { break };
        for stored in page.iter().filter(|stored| stored.size <= entries) {
            let mut of = store.cosignatures(tenant, stored.size).await?;
            of.sort_by(|one, other| one.signer.cmp(&other.signer));
            for Cosignature { size, signer, line, at } in of {
                let (signer, line) = (Cell::Text(signer), Cell::Text(line));
                records.row(vec![int(size), signer, line, Cell::Int(at.micros())])?;
            }
        }
        from = last.saturating_add(1);
    }
    records.end()?;
    records.begin(LINKS, &names(&["id", "seq"]))?;
    let mut after = None;
    loop {
        let page = store.links(tenant, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        for (id, seq) in page.into_iter().filter(|(_, seq)| *seq < entries) {
            records.row(vec![Cell::Bytes(id.to_vec()), int(seq)])?;
        }
    }
    records.end()
}

pub(super) fn malformed() -> ArchiveError {
    ArchiveError::Damaged("a row of what is published")
}

fn number(cell: Option<&Cell>) -> Result<u64, ArchiveError> {
    cell.and_then(Cell::int).and_then(|n| u64::try_from(n).ok()).ok_or_else(malformed)
}

pub(super) fn words(cell: Option<&Cell>) -> Result<String, ArchiveError> {
    cell.and_then(Cell::text).map(str::to_owned).ok_or_else(malformed)
}

fn bytes<const N: usize>(cell: Option<&Cell>) -> Result<[u8; N], ArchiveError> {
    cell.and_then(Cell::bytes).and_then(|bytes| bytes.try_into().ok()).ok_or_else(malformed)
}

fn time(cell: Option<&Cell>) -> Result<Timestamp, ArchiveError> {
    cell.and_then(Cell::int).map(Timestamp::from_micros).ok_or_else(malformed)
}

/// The size and root of a checkpoint's row.
pub(super) fn root_of(row: &[Cell]) -> Result<(u64, Hash), ArchiveError> {
    Ok((number(row.first())?, Hash::from_bytes(bytes(row.get(1))?)))
}

/// One row of what is published.
pub(super) enum Published {
    LogKey(String),
    Checkpoint((u64, Hash), NewCheckpoint),
    Cosignature(Cosignature),
    Link([u8; 16], u64),
}

/// Whether a part is one of what is published.
pub(super) fn is_of(part: &str) -> bool {
    [LOG_KEYS, CHECKPOINTS, COSIGNATURES, LINKS].contains(&part)
}

/// Reads a row of a part.
pub(super) fn read(part: &str, row: &[Cell]) -> Result<Published, ArchiveError> {
    Ok(match part {
        LOG_KEYS => Published::LogKey(words(row.first())?),
        CHECKPOINTS => Published::Checkpoint(
            root_of(row)?,
            NewCheckpoint { note: words(row.get(2))?, at: time(row.get(3))? },
        ),
        COSIGNATURES => Published::Cosignature(Cosignature {
            size: number(row.first())?,
            signer: words(row.get(1))?,
            line: words(row.get(2))?,
            at: time(row.get(3))?,
        }),
        LINKS => Published::Link(bytes(row.first())?, number(row.get(1))?),
        _ => return Err(ArchiveError::Damaged("a part that there is not")),
    })
}

/// Publishes the `nth` row of a part anew. What is there already stays, so that it can be gone on with.
pub(super) async fn restore(
    road: &Road,
    scope: &Scope,
    (part, nth): (&str, u64),
    row: &[Cell],
) -> Result<(), ArchiveError> {
    let (store, tenant) = (&*road.store, scope.tenant());
    match read(part, row)? {
        // Of since when a key is says nothing but their order, which is kept so.
        Published::LogKey(key) => store.keep_log_keys(tenant, &[key], nth).await?,
        Published::Checkpoint(of, checkpoint) => publish_anew(road, scope, of, checkpoint).await?,
        Published::Cosignature(cosignature) => store.cosign(tenant, &cosignature).await?,
        Published::Link(id, seq) => store.keep_link(tenant, id, seq).await?,
    }
    Ok(())
}

/// Steps from the edge to a checkpoint's size, and keeps the checkpoint with the last.
async fn publish_anew(
    road: &Road,
    scope: &Scope,
    (size, root): (u64, Hash),
    checkpoint: NewCheckpoint,
) -> Result<(), ArchiveError> {
    let tenant = scope.tenant();
    loop {
        let edge = road.store.edge(tenant).await?;
        let from = edge.frontier.size();
        if from >= size {
            return Ok(());
        }
        let to = size.min(from.saturating_add(LEAVES_AT_ONCE));
        let (tiles, frontier) = tiles_up_to(road, scope, &edge, to).await.map_err(StoreError::failed)?;
        let is_last = to == size;
        if is_last && frontier.root() != root {
            return Err(ArchiveError::Changed { part: CHECKPOINTS.to_owned() });
        }
        let checkpoint = is_last.then(|| checkpoint.clone());
        road.store.advance(tenant, &Advance { from, frontier, tiles, checkpoint }).await?;
    }
}
