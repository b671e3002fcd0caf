//! Rows of facts and sums, altered behind the log's back.

use super::Mark;
use super::bench::Bench;
use super::dice::Dice;
use super::entries::tenanted;
use crate::audit::check::{Place, shown};
use crate::store::{Cell, RawRow, Read, key_columns};

fn any_row(bench: &mut Bench, dice: &mut Dice) -> Option<(&'static str, RawRow)> {
    if bench.deck.is_empty() {
        bench.deck.extend(bench.samples.keys().copied());
    }
    let drawn = dice.place(bench.deck.len());
    let table = (drawn < bench.deck.len()).then(|| bench.deck.swap_remove(drawn))?;
    Some((table, dice.one(bench.samples.get(table)?)?.clone()))
}

fn mark(bench: &Bench, table: &'static str, row: &RawRow, field: &str) -> Mark {
    let key = shown(&row.key(&key_columns(table).unwrap_or_default()));
    Mark { tenant: bench.tenant, place: Place::Row { table, key }, field: field.to_owned() }
}

pub(super) async fn altered(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some((table, row)) = any_row(bench, dice) else { return Ok(None) };
    let keys = key_columns(table).unwrap_or_default();
    let columns: Vec<String> = row
        .columns()
        .map(|(name, _)| name.to_owned())
        .filter(|name| name != "tenant_id" && !keys.contains(&name.as_str()))
        .collect();
    let Some(column) = dice.one(&columns) else { return Ok(None) };
    let cell = match row.get(column) {
        // Of nothing only another row knows the type.
        Cell::Null => {
            let rows = bench.samples.get(table).into_iter().flatten();
            rows.map(|row| row.get(column)).find(|cell| **cell != Cell::Null).cloned()
        }
        _ if dice.below(8) == 0 => Some(Cell::Null),
        cell => dice.altered(cell),
    };
    let Some(cell) = cell else { return Ok(None) };
    bench.replace(table, &row, &row.clone().with(column, cell)).await?;
    Ok(Some(mark(bench, table, &row, column)))
}

pub(super) async fn removed(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some((table, row)) = any_row(bench, dice) else { return Ok(None) };
    bench.remove(table, &row).await?;
    Ok(Some(mark(bench, table, &row, "")))
}

/// The row under another key; nothing for a table that has one row a workspace, or where that key is taken.
async fn elsewhere(
    bench: &mut Bench,
    table: &'static str,
    row: &RawRow,
    dice: &mut Dice,
) -> Read<Option<RawRow>> {
    let keys = key_columns(table).unwrap_or_default();
    let Some(column) = dice.one(&keys) else { return Ok(None) };
    let Some(cell) = dice.altered(row.get(column)) else { return Ok(None) };
    let new = row.clone().with(column, cell);
    // Removing tells whether it was there; whoever calls undoes everything.
    let taken = bench.scratch.remove_row(table, &new.key(&keys)).await?;
    Ok((taken == 0).then_some(new))
}

pub(super) async fn added(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some((table, row)) = any_row(bench, dice) else { return Ok(None) };
    let Some(new) = elsewhere(bench, table, &row, dice).await? else { return Ok(None) };
    bench.scratch.put_row(table, &new).await?;
    Ok(Some(mark(bench, table, &new, "")))
}

pub(super) async fn rekeyed(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some((table, row)) = any_row(bench, dice) else { return Ok(None) };
    let Some(new) = elsewhere(bench, table, &row, dice).await? else { return Ok(None) };
    bench.replace(table, &row, &new).await?;
    Ok(Some(mark(bench, table, &row, "")))
}

pub(super) async fn swapped(
    first: &mut Bench,
    second: &mut Bench,
    dice: &mut Dice,
) -> Read<Option<Vec<Mark>>> {
    let Some((table, ours)) = any_row(first, dice) else { return Ok(None) };
    let Some(theirs) = second.samples.get(table).and_then(|rows| dice.one(rows)).cloned() else {
        return Ok(None);
    };
    let keys = key_columns(table).unwrap_or_default();
    if ours.key(&keys) == theirs.key(&keys) {
        return Ok(None);
    }
    let (taken, given) = (tenanted(first, theirs.clone()), tenanted(second, ours.clone()));
    first.replace(table, &ours, &taken).await?;
    second.replace(table, &theirs, &given).await?;
    Ok(Some(vec![
        mark(first, table, &ours, ""),
        mark(first, table, &theirs, ""),
        mark(second, table, &theirs, ""),
        mark(second, table, &ours, ""),
    ]))
}
