//! Entries and what opens them, altered without bringing anything else in line.

use super::Mark;
use super::bench::{Bench, number};
use super::dice::Dice;
use crate::audit::check::Place;
use crate::store::{Cell, RawRow, Read};

pub(super) async fn bytes(bench: &mut Bench, dice: &mut Dice) -> Read<Mark> {
    flipped(bench, dice, "bytes").await
}

pub(super) async fn leaf(bench: &mut Bench, dice: &mut Dice) -> Read<Mark> {
    flipped(bench, dice, "leaf").await
}

async fn flipped(bench: &mut Bench, dice: &mut Dice, column: &str) -> Read<Mark> {
    let seq = bench.any_entry(dice);
    let row = bench.entry(seq).await?;
    let bytes = dice.flipped(row.get(column).bytes().unwrap_or(&[]));
    bench.replace("audit_entry", &row, &row.clone().with(column, Cell::Bytes(bytes))).await?;
    Ok(Mark::entry(bench, seq, column))
}

pub(super) async fn column(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let seq = bench.any_entry(dice);
    let row = bench.entry(seq).await?;
    let Some(column) = dice.one(&["at", "actor_id", "action", "subject_id", "outcome"]) else {
        return Ok(None);
    };
    // The store takes three words for an outcome, and none that the dice would make up.
    let other =
        || Cell::Text(if row.get("outcome").text() == Some("seen") { "done" } else { "seen" }.to_owned());
    let altered = if *column == "outcome" { Some(other()) } else { dice.altered(row.get(column)) };
    let Some(cell) = altered else { return Ok(None) };
    bench.replace("audit_entry", &row, &row.clone().with(column, cell)).await?;
    Ok(Some(Mark::entry(bench, seq, column)))
}

/// Not the last: that is the tail's.
pub(super) async fn removed(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some(most) = bench.size().checked_sub(1).filter(|most| *most > 0) else { return Ok(None) };
    let seq = dice.below(most);
    bench.remove_entry(seq).await?;
    Ok(Some(Mark::entry(bench, seq, "seq")))
}

pub(super) async fn reordered(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let (one, other) = (bench.any_entry(dice), bench.any_entry(dice));
    if one == other {
        return Ok(None);
    }
    let (first, second) = (taken(bench, one).await?, taken(bench, other).await?);
    put(bench, one, second).await?;
    put(bench, other, first).await?;
    Ok(Some(Mark::entry(bench, one, "seq")))
}

/// An entry of each for one of the other, each with what opens it.
pub(super) async fn swapped(first: &mut Bench, second: &mut Bench, dice: &mut Dice) -> Read<Vec<Mark>> {
    let (one, other) = (first.any_entry(dice), second.any_entry(dice));
    let (ours, theirs) = (taken(first, one).await?, taken(second, other).await?);
    put(first, one, theirs).await?;
    put(second, other, ours).await?;
    Ok(vec![Mark::entry(first, one, "tenant"), Mark::entry(second, other, "tenant")])
}

type Taken = (RawRow, Vec<RawRow>);

async fn taken(bench: &mut Bench, seq: u64) -> Read<Taken> {
    let taken = (bench.entry(seq).await?, bench.openings(seq).await?);
    bench.remove_entry(seq).await?;
    Ok(taken)
}

/// Puts an entry into a place of this log; nothing of it is rewritten but whose row it is.
async fn put(bench: &mut Bench, seq: u64, (entry, openings): Taken) -> Read<()> {
    let entry = tenanted(bench, entry).with("seq", number(seq));
    bench.scratch.put_row("audit_entry", &entry).await?;
    for opening in openings {
        let opening = tenanted(bench, opening).with("seq", number(seq));
        bench.scratch.put_row("audit_opening", &opening).await?;
    }
    Ok(())
}

/// The row as one of this workspace's, in the store's own type of ids.
pub(super) fn tenanted(bench: &Bench, row: RawRow) -> RawRow {
    let tenant = match row.get("tenant_id") {
        Cell::Bytes(_) => Cell::Bytes(bench.tenant.uuid().as_bytes().to_vec()),
        _ => Cell::Id(bench.tenant.uuid()),
    };
    row.with("tenant_id", tenant)
}

async fn any_opening(bench: &mut Bench, dice: &mut Dice) -> Read<Option<(u64, RawRow)>> {
    let seq = bench.any_entry(dice);
    let openings = bench.openings(seq).await?;
    Ok(dice.one(&openings).map(|opening| (seq, opening.clone())))
}

fn name_of(opening: &RawRow) -> String {
    opening.get("name").text().unwrap_or_default().to_owned()
}

pub(super) async fn opening_altered(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some((seq, opening)) = any_opening(bench, dice).await? else { return Ok(None) };
    let Some(column) = dice.one(&["salt", "content", "name"]) else { return Ok(None) };
    let Some(cell) = dice.altered(opening.get(column)) else { return Ok(None) };
    bench.replace("audit_opening", &opening, &opening.clone().with(column, cell)).await?;
    Ok(Some(Mark::entry(bench, seq, &name_of(&opening))))
}

pub(super) async fn opening_removed(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some((seq, opening)) = any_opening(bench, dice).await? else { return Ok(None) };
    bench.remove("audit_opening", &opening).await?;
    Ok(Some(Mark::entry(bench, seq, &name_of(&opening))))
}

pub(super) async fn opening_erased(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some((seq, opening)) = any_opening(bench, dice).await? else { return Ok(None) };
    if *opening.get("content") == Cell::Null {
        return Ok(None);
    }
    let erased = opening.clone().with("salt", Cell::Null).with("content", Cell::Null);
    bench.replace("audit_opening", &opening, &erased).await?;
    Ok(Some(Mark::entry(bench, seq, &name_of(&opening))))
}

pub(super) async fn opening_added(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some((seq, opening)) = any_opening(bench, dice).await? else { return Ok(None) };
    let slot = i64::try_from(1_000 + dice.below(1_000)).unwrap_or(1_000);
    bench.scratch.put_row("audit_opening", &opening.clone().with("slot", Cell::Int(slot))).await?;
    Ok(Some(Mark::entry(bench, seq, &name_of(&opening))))
}

pub(super) async fn head(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let head = bench.head().await?;
    let Some(column) = dice.one(&["frontier", "last_at"]) else { return Ok(None) };
    let Some(cell) = dice.altered(head.get(column)) else { return Ok(None) };
    bench.replace("head", &head, &head.clone().with(column, cell)).await?;
    Ok(Some(Mark { tenant: bench.tenant, place: Place::Head, field: (*column).to_owned() }))
}
