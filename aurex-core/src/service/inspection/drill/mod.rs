//! A drill: a copy of each workspace is altered in every way we know, and each alteration must be found and named.
//!
//! An alteration is drawn from a seed, made in a transaction of the copy with everything a forger could bring in line,
//! looked for as `audit reconcile` looks, and undone. What counts is that the finding names the workspace and the entry or
//! the row and field that was altered. Kept outside of the copies, as an owner or a witness keeps them, are a few roots of
//! each log: without these no rewriting that is consistent in itself can be told from the truth.
//!
//! What no drill can show: entries that somebody with all the store's rights appends, in order and with their rows, before
//! the next root leaves the machine. Such entries are the log.

mod bench;
mod dice;
mod entries;
mod forgeries;
mod history;
mod published;
mod rows;

use std::collections::BTreeMap;

use self::bench::Bench;
use self::dice::Dice;
pub use self::published::PublishedCopy;
use crate::audit::check::{Finding, Findings, Place};
use crate::store::{Scratch, Store, StoreError};
use crate::tenancy::TenantId;

crate::codes! {
    /// The ways of altering a store that are drilled.
    pub enum Alteration {
        /// A bit of an entry's bytes.
        EntryBytes = "entry.bytes",
        /// A bit of an entry's leaf.
        EntryLeaf = "entry.leaf",
        /// A column that repeats what an entry's bytes say.
        EntryColumn = "entry.column",
        /// An entry deleted.
        EntryRemoved = "entry.removed",
        /// Two entries in each other's place.
        EntriesReordered = "entry.reordered",
        /// The last entries deleted.
        TailCut = "log.cut",
        /// The last entries deleted and the head set back.
        TailCutWithHead = "log.cut_with_head",
        /// An entry added behind the last.
        EntryAppended = "entry.appended",
        /// An entry added that tells of a row what is not so, and the head moved on.
        EntryInvented = "entry.invented",
        /// An entry put between two, everything behind it rewritten, leaves and head computed anew.
        EntryInserted = "entry.inserted",
        /// Who did it rewritten, leaves and head computed anew.
        EntryRewritten = "entry.rewritten",
        /// What was done rewritten, in the entry and in the table, commitment, leaves and head computed anew.
        BodyRewritten = "entry.body_rewritten",
        /// Log, head and tables set back to what they were some entries ago.
        RolledBack = "store.rolled_back",
        /// An entry of one workspace exchanged with one of another.
        EntriesSwapped = "entry.swapped",
        /// The salt, content or name of what opens a commitment.
        OpeningAltered = "opening.altered",
        /// What opens a commitment deleted.
        OpeningRemoved = "opening.removed",
        /// A personal field erased without an entry.
        OpeningErased = "opening.erased",
        /// Something added that opens nothing.
        OpeningAdded = "opening.added",
        /// The head's tree or time.
        HeadAltered = "head.altered",
        /// A field of a row of facts or sums.
        RowAltered = "row.altered",
        /// A row deleted.
        RowRemoved = "row.removed",
        /// A row added.
        RowAdded = "row.added",
        /// A row's key.
        RowRekeyed = "row.rekeyed",
        /// A row of one workspace exchanged with one of another.
        RowsSwapped = "row.swapped",
        /// A bit of a tile's hashes, or of its root.
        TileAltered = "tile.altered",
        /// A tile deleted.
        TileRemoved = "tile.removed",
        /// A tile computed anew, over another entry.
        TileForged = "tile.forged",
        /// A stored checkpoint's note or root.
        CheckpointAltered = "checkpoint.altered",
        /// A stored checkpoint deleted.
        CheckpointRemoved = "checkpoint.removed",
        /// A checkpoint put in the place of one of the same size.
        CheckpointForged = "checkpoint.forged",
        /// How far the log is published.
        EdgeAltered = "edge.altered",
    }
}

impl Alteration {
    /// Whether it alters what was published, and not the log or its tables.
    const fn is_of_the_published(self) -> bool {
        matches!(
            self,
            Self::TileAltered
                | Self::TileRemoved
                | Self::TileForged
                | Self::CheckpointAltered
                | Self::CheckpointRemoved
                | Self::CheckpointForged
                | Self::EdgeAltered
        )
    }
}

/// What a drill does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrillPlan {
    /// How many alterations.
    pub alterations: u64,
    /// Where chance comes from. The same seed on the same rows alters the same.
    pub seed: u64,
}

/// A workspace's copies.
pub struct Copied {
    /// Whose.
    pub tenant: TenantId,
    /// Of its rows.
    pub scratch: Box<dyn Scratch>,
    /// Of what was published of its log; taken before the rows.
    pub published: PublishedCopy,
}

impl std::fmt::Debug for Copied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Copied").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// How an alteration must be named: whose, where, and in which field if that can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Whose.
    pub tenant: TenantId,
    /// Where.
    pub place: Place,
    /// Which field; empty where it is all of it.
    pub field: String,
}

impl Mark {
    fn entry(bench: &Bench, seq: u64, field: &str) -> Self {
        Self { tenant: bench.tenant, place: Place::Entry(seq), field: field.to_owned() }
    }

    fn is_named_by(&self, finding: &Finding) -> bool {
        finding.tenant == self.tenant
            && finding.place.covers(&self.place)
            && (self.field.is_empty() || finding.field == self.field)
    }
}

/// How often something was made, and found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Made.
    pub made: u64,
    /// Found, and named right.
    pub found: u64,
}

/// An alteration that was not found, or named wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Which one of the drill, from 0.
    pub number: u64,
    /// What was altered.
    pub alteration: Alteration,
    /// How it should have been named.
    pub marks: Vec<Mark>,
    /// What was found instead: the first of it.
    pub found: Vec<Finding>,
}

/// What came of a drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillResult {
    /// The seed.
    pub seed: u64,
    /// All of it.
    pub total: Tally,
    /// By kind. A kind that these workspaces gave no occasion for is not there.
    pub by_kind: BTreeMap<&'static str, Tally>,
    /// By table, for alterations of rows.
    pub by_table: BTreeMap<&'static str, Tally>,
    /// What was missed: the first 100.
    pub missed: Vec<Missed>,
}

impl DrillResult {
    /// Whether everything was found. A drill that altered nothing shows nothing.
    pub fn passes(&self) -> bool {
        self.total.made > 0 && self.total.made == self.total.found
    }
}

/// Why there was no drill, or no end to it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrillError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The copy was not sound to begin with: what a drill finds then says nothing. Reconcile first.
    #[error("the workspace is not as its log tells, before anything was altered")]
    NotSound(Box<Findings>),
    /// An alteration could not be undone.
    #[error("the copy is not what it was before the drill")]
    NotUndone,
    /// There is nothing to alter.
    #[error("there is no workspace with a log to alter")]
    Nothing,
}

/// Drills on copies of workspaces, at best two or more: some alterations go from one to another.
///
/// Every alteration costs a check of the workspace from its first entry on, and as much memory as
/// [`reconcile`](super::reconcile) takes. `store` is asked once more, for the tiles that the copies' entries make full.
///
/// # Errors
/// [`DrillError`]. That something was missed is no error, and stands in the result.
pub async fn drill(
    store: &dyn Store,
    copies: Vec<Copied>,
    plan: DrillPlan,
    tell: &mut (dyn FnMut(u64) + Send),
) -> Result<DrillResult, DrillError> {
    let mut dice = Dice::of(plan.seed);
    let mut benches = Vec::new();
    for copied in copies {
        let bench = Bench::of(store, copied, &mut dice).await?;
        let bench = bench.map_err(|findings| DrillError::NotSound(Box::new(findings)))?;
        if bench.size() > 0 {
            benches.push(bench);
        }
    }
    let mut result = DrillResult {
        seed: plan.seed,
        total: Tally::default(),
        by_kind: BTreeMap::new(),
        by_table: BTreeMap::new(),
        missed: Vec::new(),
    };
    let mut kinds = Alteration::ALL.iter().copied().cycle();
    // A kind that finds nothing to alter is passed over. When none does, there is nothing.
    let mut idle = 0_usize;
    while result.total.made < plan.alterations {
        let Some(kind) = kinds.next().filter(|_| idle < 4 * Alteration::ALL.len() && !benches.is_empty())
        else {
            break;
        };
        if one(&mut benches, kind, &mut dice, &mut result).await? {
            idle = 0;
            tell(result.total.made);
        } else {
            idle += 1;
        }
    }
    if result.total.made == 0 && plan.alterations > 0 {
        return Err(DrillError::Nothing);
    }
    for bench in &mut benches {
        if bench.look().await?.count() > 0 {
            return Err(DrillError::NotUndone);
        }
    }
    for bench in benches {
        bench.scratch.close().await;
    }
    Ok(result)
}

/// Makes one alteration, looks for it, and undoes it. False where there was no occasion for it.
async fn one(
    benches: &mut [Bench],
    kind: Alteration,
    dice: &mut Dice,
    result: &mut DrillResult,
) -> Result<bool, StoreError> {
    let at = dice.place(benches.len());
    let mut hands: Vec<&mut Bench> = Vec::new();
    // The one that is drawn, and the one behind it for what goes from one to another.
    let second = (at + 1) % benches.len().max(1);
    let takes_two = matches!(kind, Alteration::EntriesSwapped | Alteration::RowsSwapped);
    for (number, bench) in benches.iter_mut().enumerate() {
        if number == at || (takes_two && number == second) {
            hands.push(bench);
        }
    }
    for bench in &mut hands {
        bench.scratch.begin().await?;
    }
    let published: Vec<PublishedCopy> = if kind.is_of_the_published() {
        hands.iter().map(|bench| bench.published.clone()).collect()
    } else {
        Vec::new()
    };
    let marks = made(&mut hands, kind, dice).await?;
    let mut findings = Vec::new();
    if marks.is_some() {
        for bench in &mut hands {
            findings.extend(bench.look().await?.kept().iter().cloned());
        }
    }
    for bench in &mut hands {
        bench.scratch.undo().await?;
    }
    for (bench, published) in hands.iter_mut().zip(published) {
        bench.published = published;
    }
    let Some(marks) = marks else { return Ok(false) };
    let is_found = marks.iter().all(|mark| findings.iter().any(|finding| mark.is_named_by(finding)));
    let tables = marks.iter().find_map(|mark| match mark.place {
        Place::Row { table, .. } => Some(table),
        _ => None,
    });
    let tallies = [
        Some(&mut result.total),
        Some(result.by_kind.entry(kind.code()).or_default()),
        tables.map(|table| result.by_table.entry(table).or_default()),
    ];
    for tally in tallies.into_iter().flatten() {
        tally.made += 1;
        tally.found += u64::from(is_found);
    }
    if !is_found && result.missed.len() < 100 {
        findings.truncate(10);
        let number = result.total.made - 1;
        result.missed.push(Missed { number, alteration: kind, marks, found: findings });
    }
    Ok(true)
}

/// Makes one alteration; how it must be named, or nothing where there was no occasion.
async fn made(
    hands: &mut [&mut Bench],
    kind: Alteration,
    dice: &mut Dice,
) -> Result<Option<Vec<Mark>>, StoreError> {
    if let [first, second] = hands {
        return match kind {
            Alteration::EntriesSwapped => entries::swapped(first, second, dice).await.map(Some),
            Alteration::RowsSwapped => rows::swapped(first, second, dice).await,
            _ => Ok(None),
        };
    }
    let [bench] = hands else { return Ok(None) };
    let mark = match kind {
        Alteration::EntryBytes => Some(entries::bytes(bench, dice).await?),
        Alteration::EntryLeaf => Some(entries::leaf(bench, dice).await?),
        Alteration::EntryColumn => entries::column(bench, dice).await?,
        Alteration::EntryRemoved => entries::removed(bench, dice).await?,
        Alteration::EntriesReordered => entries::reordered(bench, dice).await?,
        Alteration::TailCut => history::cut(bench, dice, false).await?,
        Alteration::TailCutWithHead => history::cut(bench, dice, true).await?,
        Alteration::EntryAppended => forgeries::appended(bench, dice).await?,
        Alteration::EntryInvented => forgeries::invented(bench, dice).await?,
        Alteration::EntryInserted => forgeries::inserted(bench, dice).await?,
        Alteration::EntryRewritten => forgeries::rewritten(bench, dice).await?,
        Alteration::BodyRewritten => forgeries::body_rewritten(bench, dice).await?,
        Alteration::RolledBack => history::rolled_back(bench, dice).await?,
        Alteration::OpeningAltered => entries::opening_altered(bench, dice).await?,
        Alteration::OpeningRemoved => entries::opening_removed(bench, dice).await?,
        Alteration::OpeningErased => entries::opening_erased(bench, dice).await?,
        Alteration::OpeningAdded => entries::opening_added(bench, dice).await?,
        Alteration::HeadAltered => entries::head(bench, dice).await?,
        Alteration::RowAltered => rows::altered(bench, dice).await?,
        Alteration::RowRemoved => rows::removed(bench, dice).await?,
        Alteration::RowAdded => rows::added(bench, dice).await?,
        Alteration::RowRekeyed => rows::rekeyed(bench, dice).await?,
        Alteration::TileAltered => published::tile_altered(bench, dice),
        Alteration::TileRemoved => published::tile_removed(bench, dice),
        Alteration::TileForged => published::tile_forged(bench, dice),
        Alteration::CheckpointAltered => published::checkpoint_altered(bench, dice),
        Alteration::CheckpointRemoved => published::checkpoint_removed(bench, dice),
        Alteration::CheckpointForged => published::checkpoint_forged(bench, dice),
        Alteration::EdgeAltered => published::edge_altered(bench, dice),
        Alteration::EntriesSwapped | Alteration::RowsSwapped => None,
    };
    Ok(mark.map(|mark| vec![mark]))
}
