//! Entries forged with care: bytes, leaves, columns and the head are what they would be, had it been so.

use super::Mark;
use super::bench::{Bench, decoded, forged, number, opening_row};
use super::dice::Dice;
use crate::audit::check::{Place, shown};
use crate::audit::{Class, Commitment, Entry, Opening, Value};
use crate::service::inspection::reconcile::opened;
use crate::service::inspection::walk::Pages;
use crate::store::{Cell, RawRow, Read, Table, TableKind, key_columns, table_of};
use crate::tenancy::TenantId;

/// Behind the last entry, and the head does not know.
pub(super) async fn appended(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let seq = bench.size();
    let (like, row) = (bench.entry(seq - 1).await?, bench.openings(seq - 1).await?);
    let Some(body) = row.first() else { return Ok(None) };
    let (entry, opening) = idle_entry(&decoded(&like)?, seq, dice);
    let (new, _) = forged(&like, &entry);
    bench.scratch.put_row("audit_entry", &new).await?;
    bench.scratch.put_row("audit_opening", &opening_row(body, seq, &opening)).await?;
    Ok(Some(Mark::entry(bench, seq, "seq")))
}

/// An entry that writes nothing, by whoever made `like`.
fn idle_entry(like: &Entry, seq: u64, dice: &mut Dice) -> (Entry, Opening) {
    let nothing = Value::List(vec![Value::List(Vec::new()), Value::List(Vec::new())]);
    let opening =
        Opening { slot: 0, name: "body".to_owned(), salt: dice.bytes(), content: nothing.to_bytes() };
    let body = Commitment { name: opening.name.clone(), hash: opening.hash() };
    (Entry { seq, body, personal: Vec::new(), ..like.clone() }, opening)
}

/// Between two entries; everything behind it moves on by one.
pub(super) async fn inserted(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let Some(at) = bench.late_entry(dice) else { return Ok(None) };
    let mut leaves = bench.leaves.clone();
    let mut last_at = Cell::Null;
    for seq in (at..bench.size()).rev() {
        let (row, openings) = (bench.entry(seq).await?, bench.openings(seq).await?);
        bench.remove_entry(seq).await?;
        let (new, leaf) = forged(&row, &Entry { seq: seq + 1, ..decoded(&row)? });
        if let Some(kept) = usize::try_from(seq).ok().and_then(|seq| leaves.get_mut(seq)) {
            *kept = leaf;
        }
        if last_at == Cell::Null {
            last_at = new.get("at").clone();
        }
        bench.scratch.put_row("audit_entry", &new).await?;
        for opening in openings {
            bench.scratch.put_row("audit_opening", &opening.with("seq", number(seq + 1))).await?;
        }
    }
    let like = bench.entry(at - 1).await?;
    let Some(body) = bench.openings(at - 1).await?.into_iter().next() else { return Ok(None) };
    let (entry, opening) = idle_entry(&decoded(&like)?, at, dice);
    let (new, leaf) = forged(&like, &entry);
    bench.scratch.put_row("audit_entry", &new).await?;
    bench.scratch.put_row("audit_opening", &opening_row(&body, at, &opening)).await?;
    leaves.insert(usize::try_from(at).unwrap_or(usize::MAX).min(leaves.len()), leaf);
    bench.set_head(&leaves, &last_at).await?;
    Ok(Some(Mark::entry(bench, at, "")))
}

/// Somebody else did it.
pub(super) async fn rewritten(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let seq = bench.any_entry(dice);
    let row = bench.entry(seq).await?;
    let mut entry = decoded(&row)?;
    let Some(Cell::Text(actor)) = dice.altered(&Cell::Text(entry.actor.id.clone())) else { return Ok(None) };
    entry.actor.id = actor;
    in_place(bench, &row, &entry).await?;
    Ok(Some(Mark::entry(bench, seq, "")))
}

/// Puts a forged entry in the place of the true one, and brings leaf and head in line.
async fn in_place(bench: &mut Bench, row: &RawRow, entry: &Entry) -> Read<()> {
    let (new, leaf) = forged(row, entry);
    bench.replace("audit_entry", row, &new).await?;
    let mut leaves = bench.leaves.clone();
    if let Some(kept) = usize::try_from(entry.seq).ok().and_then(|seq| leaves.get_mut(seq)) {
        *kept = leaf;
    }
    let last_at = bench.head().await?.get("last_at").clone();
    bench.set_head(&leaves, &last_at).await
}

/// One value of what an entry wrote, changed.
struct Twist {
    openings: Vec<Opening>,
    table: &'static Table,
    key: String,
    field: &'static str,
    value: Value,
}

/// Changes one plain value in a body, of a table that `fits`. The body's commitment opens all the same.
fn twisted(openings: Vec<Opening>, fits: impl Fn(&Table) -> bool, dice: &mut Dice) -> Option<Twist> {
    let mut openings = openings;
    let body = openings.iter_mut().find(|opening| opening.slot == 0)?;
    let Value::List(mut parts) = Value::from_bytes(&body.content).ok()? else { return None };
    let Some(Value::List(puts)) = parts.first_mut() else { return None };
    let at = dice.place(puts.len());
    let Some(Value::List(put)) = puts.get_mut(at) else { return None };
    let Some(Value::Text(name)) = put.first() else { return None };
    let table = table_of(name).filter(|table| fits(table))?;
    let Some(Value::List(fields)) = put.get_mut(2) else { return None };
    let valued = |tag: u8| {
        fields.iter().find_map(|field| match field {
            Value::List(pair) if pair.first() == Some(&Value::Int(i64::from(tag))) => pair.get(1),
            _ => None,
        })
    };
    let keys = table.fields.iter().filter(|field| field.class == Class::Key);
    let key: Vec<Cell> = keys.map(|field| valued(field.tag).map_or(Cell::Null, Cell::of)).collect();
    let plain: Vec<_> = table.fields.iter().filter(|field| field.class == Class::Plain).collect();
    let field = dice.one(&plain)?;
    let old = valued(field.tag)?.clone();
    let value = match &old {
        Value::Int(_) | Value::Text(_) => dice.altered(&Cell::of(&old))?.meant().into_iter().next()?,
        Value::Bool(yes) => Value::Bool(!yes),
        _ => return None,
    };
    for pair in fields.iter_mut() {
        if let Value::List(pair) = pair
            && pair.first() == Some(&Value::Int(i64::from(field.tag)))
            && let Some(kept) = pair.get_mut(1)
        {
            *kept = value.clone();
        }
    }
    body.content = Value::List(parts).to_bytes();
    body.salt = dice.bytes();
    Some(Twist { key: shown(&key), openings, table, field: field.name, value })
}

fn with_body(entry: Entry, openings: &[Opening]) -> Entry {
    let body = openings.iter().find(|opening| opening.slot == 0);
    let body = body.map(|body| Commitment { name: body.name.clone(), hash: body.hash() });
    Entry { body: body.unwrap_or_else(|| entry.body.clone()), ..entry }
}

fn row_mark(tenant: TenantId, twist: &Twist) -> Mark {
    let place = Place::Row { table: twist.table.name, key: twist.key.clone() };
    Mark { tenant, place, field: twist.field.to_owned() }
}

/// How often an entry is drawn that lends itself to it.
const DRAWS: u32 = 20;

/// A new entry that says again what an old one said, but for one value. The table stays as it is.
pub(super) async fn invented(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    for _ in 0..DRAWS {
        let old = bench.any_entry(dice);
        let rows = bench.openings(old).await?;
        let Some(twist) = twisted(opened(&rows), |table| !table.fields.is_empty(), dice) else { continue };
        let Some(like) = rows.first() else { continue };
        let (seq, source) = (bench.size(), bench.entry(old).await?);
        let head_at = bench.head().await?.get("last_at").clone();
        let at = crate::time::Timestamp::from_micros(head_at.int().unwrap_or(0));
        let entry = with_body(Entry { seq, at, ..decoded(&source)? }, &twist.openings);
        let (new, leaf) = forged(&source, &entry);
        bench.scratch.put_row("audit_entry", &new).await?;
        for opening in &twist.openings {
            bench.scratch.put_row("audit_opening", &opening_row(like, seq, opening)).await?;
        }
        let mut leaves = bench.leaves.clone();
        leaves.push(leaf);
        bench.set_head(&leaves, &head_at).await?;
        return Ok(Some(row_mark(bench.tenant, &twist)));
    }
    Ok(None)
}

/// Something else was written: in the entry, and in the table, so that both agree. Rows that are written once only, and
/// that no sum depends on.
pub(super) async fn body_rewritten(bench: &mut Bench, dice: &mut Dice) -> Read<Option<Mark>> {
    let is_alone = |table: &Table| {
        let summed = matches!(table.name, "posting" | "stock_movement" | "settlement");
        table.kind == TableKind::AppendOnly && !summed
    };
    for _ in 0..DRAWS {
        let seq = bench.any_entry(dice);
        let rows = bench.openings(seq).await?;
        let Some(twist) = twisted(opened(&rows), is_alone, dice) else { continue };
        let Some(kept) = found(bench, twist.table.name, &twist.key).await? else { continue };
        // A date that is none cannot be put everywhere.
        let (old, new) = (kept.get(twist.field), Cell::of(&twist.value));
        if matches!(old, Cell::Date(_)) {
            continue;
        }
        let new =
            if let (Cell::Int(_), Cell::Bool(yes)) = (old, &new) { Cell::Int(i64::from(*yes)) } else { new };
        bench.replace(twist.table.name, &kept, &kept.clone().with(twist.field, new)).await?;
        let row = bench.entry(seq).await?;
        for (stored, opening) in rows.iter().filter_map(|row| {
            let of =
                twist.openings.iter().find(|opening| row.get("slot").int() == Some(i64::from(opening.slot)));
            Some((row, of?))
        }) {
            bench.replace("audit_opening", stored, &opening_row(stored, seq, opening)).await?;
        }
        in_place(bench, &row, &with_body(decoded(&row)?, &twist.openings)).await?;
        return Ok(Some(Mark::entry(bench, seq, "")));
    }
    Ok(None)
}

/// The row of a table with this key.
async fn found(bench: &mut Bench, table: &'static str, key: &str) -> Read<Option<RawRow>> {
    let columns = key_columns(table).unwrap_or_default();
    let mut pages = Pages::of(table);
    while let Some(row) = pages.next(&mut *bench.scratch).await? {
        if shown(&row.key(&columns)) == key {
            return Ok(Some(row));
        }
    }
    Ok(None)
}
