//! Less of the log than there was.

use super::Mark;
use super::bench::Bench;
use super::dice::Dice;
use crate::audit::Body;
use crate::audit::Value;
use crate::audit::check::{Part, Told};
use crate::audit::tree::Hash;
use crate::service::inspection::ROWS_AT_ONCE;
use crate::service::inspection::reconcile::opened;
use crate::service::inspection::walk::{Met, Pages, walk_log};
use crate::store::{Cell, RawRow, Read, TABLES, TableKind};

/// The last entries deleted; with the head set back to those that stay, or not.
pub(super) async fn cut(bench: &mut Bench, dice: &mut Dice, with_head: bool) -> Read<Option<Mark>> {
    let Some(left) = shortened(bench, dice).await? else { return Ok(None) };
    if with_head {
        set_back(bench, left).await?;
    }
    Ok(Some(Mark::entry(bench, bench.size() - 1, "seq")))
}

/// Deletes up to eight entries from the end; answers how many stay. One at least.
async fn shortened(bench: &mut Bench, dice: &mut Dice) -> Read<Option<u64>> {
    let size = bench.size();
    let most = size.saturating_sub(1).min(8);
    if most == 0 {
        return Ok(None);
    }
    let left = size - 1 - dice.below(most);
    for seq in left..size {
        bench.remove_entry(seq).await?;
    }
    Ok(Some(left))
}

async fn set_back(bench: &mut Bench, left: u64) -> Read<()> {
    let last_at = bench.entry(left - 1).await?.get("at").clone();
    let leaves: Vec<Hash> = bench.leaves.iter().copied().take(usize::try_from(left).unwrap_or(0)).collect();
    bench.set_head(&leaves, &last_at).await
}

/// Log, head and tables as they were some entries ago, as somebody puts back an older copy of the store. Nothing in the
/// copy disagrees with anything else in it.
pub(super) async fn rolled_back(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some(left) = shortened(bench, dice).await? else { return Ok(None) };
    set_back(bench, left).await?;
    let mut told = Told::new(Part::ALL, ROWS_AT_ONCE);
    let tell = &mut |_| {};
    let taken = walk_log(
        &mut *bench.scratch,
        |met| match met {
            Met::Entry(_, openings) => {
                Body::from_openings(&opened(openings)).map_or(Ok(()), |body| told.take(body))
            }
            Met::Stray(..) => Ok(()),
        },
        tell,
    );
    if taken.await?.is_err() {
        return Ok(None);
    }
    let rebuilt = |kind| matches!(kind, TableKind::State | TableKind::AppendOnly | TableKind::Derived);
    for table in TABLES.iter().filter(|table| rebuilt(table.kind)) {
        let mut changed: Vec<(RawRow, Option<RawRow>)> = Vec::new();
        let mut pages = Pages::of(table.name);
        while let Some(row) = pages.next(&mut *bench.scratch).await? {
            let Some(differing) = told.differing(table, &row) else {
                changed.push((row, None));
                continue;
            };
            let mut old = row.clone();
            for (column, value) in differing {
                // What a secret was nobody reads from a fingerprint: who has the older copy has it.
                let Some(value) = value else { return Ok(None) };
                let cell = kept_as(row.get(column), row.get("tenant_id"), &value);
                old = old.with(column, cell);
            }
            if old != row {
                changed.push((row, Some(old)));
            }
        }
        for (row, old) in changed {
            bench.remove(table.name, &row).await?;
            if let Some(old) = old {
                bench.scratch.put_row(table.name, &old).await?;
            }
        }
    }
    Ok(Some(Mark::entry(bench, bench.size() - 1, "seq")))
}

/// A value as this store keeps it: as the cell that is there, or, for a store without types for ids and truth, as its
/// tenant's id shows.
fn kept_as(there: &Cell, tenant: &Cell, value: &Value) -> Cell {
    let is_plain = matches!(tenant, Cell::Bytes(_));
    match (there, Cell::of(value)) {
        (Cell::Date(_), Cell::Text(date)) => Cell::Date(date),
        (_, Cell::Id(id)) if is_plain => Cell::Bytes(id.as_bytes().to_vec()),
        (_, Cell::Bool(yes)) if is_plain => Cell::Int(i64::from(yes)),
        (_, cell) => cell,
    }
}
