//! A step of publishing, and the beat while nothing is new.
//!
//! A step goes on from the edge: it reads the leaves since, at most [`LEAVES_AT_ONCE`], fills tiles and appends to the
//! edge. A long log is caught up with in as many steps, so that none reads much, and each is kept whatever becomes of the
//! next. The step that reaches the head signs it, but only when the edge that it made from the entries' own leaves is the
//! head's: what is signed is what the entries say, and not what a row says about them. A head that is behind the edge, or
//! another than the leaves lead to, is somebody's tampering or a store put back from a backup. It is not signed, and not
//! repaired.

use super::super::Road;
use super::bring::edge_tiles;
use super::signer::{LogSigner, LogsKeys, SignerError};
use crate::audit::note::SignedNote;
use crate::audit::tile::{Tile, Tiler, WIDTH};
use crate::audit::tree::Hash;
use crate::store::{Advance, FullTile, LogEdge, NewCheckpoint, Reader, StoreError, StoredCheckpoint};
use crate::tenancy::{Job, Purpose, RequestFacts, Scope, TenantId};
use crate::time::Timestamp;

/// How many leaves a step reads: half a megabyte, 64 tiles.
pub const LEAVES_AT_ONCE: u64 = 64 * WIDTH as u64;

/// The publisher's purpose. It does nothing that needs a permit: it reads, and signs.
#[derive(Debug)]
pub struct Publishing;

impl Purpose for Publishing {
    const NAME: &'static str = "publisher";
    const ACTIONS: &'static [&'static str] = &[];
}

/// What a step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// There was nothing new.
    Nothing,
    /// Tiles; the head is further on. Take the next step.
    Tiles,
    /// A checkpoint of the head.
    Checkpoint(StoredCheckpoint),
    /// Another publisher was first.
    Overtaken,
}

/// Why a log is not published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// It cannot be named or signed.
    #[error("the log cannot be named")]
    Signer(#[from] SignerError),
    /// The log has fewer entries than were published.
    #[error(
        "the log has {now} entries, and {published} were published: it was cut off, or put back from a backup"
    )]
    Shrunk {
        /// Entries that the published tiles are of.
        published: u64,
        /// Entries that there are.
        now: u64,
    },
    /// The entries do not lead to the head.
    #[error("the log's head is not what its entries up to number {size} lead to: one of them was altered")]
    Altered {
        /// How many entries.
        size: u64,
    },
    /// The stored tiles do not fit one another.
    #[error("the stored tiles do not make an edge of {size} entries")]
    Tiles {
        /// How many entries they should be of.
        size: u64,
    },
}

/// Takes a step of publishing a tenant's log. See the module's own words.
///
/// # Errors
/// [`PublishError`]; nothing is published then.
pub async fn publish(
    road: &Road,
    job: &Job<Publishing>,
    signer: &LogSigner,
    tenant: TenantId,
) -> Result<Published, PublishError> {
    let edge = road.store.edge(tenant).await?;
    let last = road.store.last_checkpoint(tenant).await?;
    let from = edge.frontier.size();
    // One connection at a time: the edge's tiles are read before the snapshot is opened, the leaves after it.
    let above = edge_tiles(road, tenant, from).await?;
    let mut reader = road.store.reader(&job.scope(tenant, RequestFacts::default())).await?;
    let head = reader.head().await?.frontier;
    if head.size() < from {
        return Err(PublishError::Shrunk { published: from, now: head.size() });
    }
    if head.size() == from && last.as_ref().is_some_and(|last| last.size == from) {
        let same = head == edge.frontier;
        return if same { Ok(Published::Nothing) } else { Err(PublishError::Altered { size: from }) };
    }
    let to = head.size().min(from.saturating_add(LEAVES_AT_ONCE));
    let first = first_leaf(&mut *reader).await?;
    let (tiles, frontier) = grow(&mut *reader, &edge, above, to).await?;
    drop(reader);
    let (Some(first), true) = (first, frontier.size() == head.size()) else {
        let step = Advance { from, frontier, tiles, checkpoint: None };
        let made = to > from && road.store.advance(tenant, &step).await?;
        return Ok(if made { Published::Tiles } else { Published::Overtaken });
    };
    if frontier != head {
        return Err(PublishError::Altered { size: to });
    }
    let keys = signer.of_log(&first, last.as_ref())?;
    let root = frontier.root();
    let (note, at) = (sign(road, tenant, &keys, to, root).await?, road.clock.now());
    let checkpoint = Some(NewCheckpoint { note: note.clone(), at });
    let made = road.store.advance(tenant, &Advance { from, frontier, tiles, checkpoint }).await?;
    let new = StoredCheckpoint { size: to, root, note, at };
    Ok(if made { Published::Checkpoint(new) } else { Published::Overtaken })
}

async fn first_leaf(reader: &mut dyn Reader) -> Result<Option<Hash>, StoreError> {
    Ok(reader.leaves(0, 1).await?.first().copied())
}

/// The tiles that fill between an edge and `to`, and the edge there, of the leaves that the store holds.
///
/// # Errors
/// [`PublishError`].
pub(in crate::service) async fn tiles_up_to(
    road: &Road,
    scope: &Scope,
    edge: &LogEdge,
    to: u64,
) -> Result<(Vec<FullTile>, crate::audit::tree::Frontier), PublishError> {
    let above = edge_tiles(road, scope.tenant(), edge.frontier.size()).await?;
    let mut reader = road.store.reader(scope).await?;
    grow(&mut *reader, edge, above, to).await
}

/// The tiles that fill up to `to`, and the edge there.
async fn grow(
    reader: &mut dyn Reader,
    edge: &LogEdge,
    above: Vec<Tile>,
    to: u64,
) -> Result<(Vec<FullTile>, crate::audit::tree::Frontier), PublishError> {
    let from = edge.frontier.size();
    let width = u64::from(WIDTH);
    let open = from % width;
    let leaves = reader.leaves(from - open, to).await?;
    let (before, new) =
        leaves.split_at_checked(usize::try_from(open).unwrap_or(usize::MAX)).unwrap_or((&[], &[]));
    if u64::try_from(new.len()) != Ok(to - from) {
        return Err(PublishError::Altered { size: to });
    }
    let mut tiles = above;
    tiles.extend(super::bring::partial_tile(0, from / width, before.to_vec()));
    let mut tiler = Tiler::resumed(from, &tiles).ok_or(PublishError::Tiles { size: from })?;
    let mut frontier = edge.frontier.clone();
    let mut filled = Vec::new();
    for leaf in new {
        frontier.append(*leaf);
        filled.extend(tiler.push(*leaf));
    }
    let filled = filled.into_iter().map(|tile| FullTile {
        level: tile.level(),
        index: tile.index(),
        root: tile.root(),
        hashes: tile.to_bytes(),
    });
    Ok((filled.collect(), frontier))
}

/// Signs, and keeps the keys' public halves first.
async fn sign(
    road: &Road,
    tenant: TenantId,
    keys: &LogsKeys,
    size: u64,
    root: Hash,
) -> Result<String, PublishError> {
    let known = road.store.log_keys(tenant).await?;
    let active = keys.active();
    let [signs, _] = &active;
    if !active.iter().all(|key| known.contains(key)) {
        road.store.keep_log_keys(tenant, &active, size).await?;
    }
    Ok(keys.sign(size, root, known.is_empty() || known.contains(signs)).to_string())
}

/// Confirms the last checkpoint when that was not done for `every` seconds, so that a log that stands still can be told
/// from one whose end is withheld. Answers whether it was due and done.
///
/// # Errors
/// [`PublishError`].
pub async fn confirm(
    road: &Road,
    job: &Job<Publishing>,
    signer: &LogSigner,
    tenant: TenantId,
    every: u32,
) -> Result<bool, PublishError> {
    let now = road.clock.now();
    let edge = road.store.edge(tenant).await?;
    let due = |at: Timestamp| now.seconds_since(at) >= i64::from(every);
    let Some(last) = road.store.last_checkpoint(tenant).await?.filter(|_| edge.at.is_some_and(due)) else {
        return Ok(false);
    };
    let mut reader = road.store.reader(&job.scope(tenant, RequestFacts::default())).await?;
    let head = reader.head().await?.frontier;
    let first = first_leaf(&mut *reader).await?;
    drop(reader);
    // Only of a log that is still what was signed; anything else is `publish`'s to find.
    let (Some(first), true) = (first, head.size() == last.size && head.root() == last.root) else {
        return Ok(false);
    };
    let keys = signer.of_log(&first, Some(&last))?;
    let Ok(note) = last.note.parse::<SignedNote>() else {
        return Err(PublishError::Altered { size: last.size });
    };
    let known = road.store.log_keys(tenant).await?;
    let active = keys.active();
    if !active.iter().all(|key| known.contains(key)) {
        road.store.keep_log_keys(tenant, &active, last.size).await?;
    }
    let seconds = u64::try_from(now.seconds_since(Timestamp::from_micros(0))).unwrap_or(0);
    Ok(road.store.beat(tenant, last.size, now, &keys.beat(&note, seconds)).await?)
}
