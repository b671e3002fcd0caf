//! Writing one sealed change: the log's entry and every row, as one message.
//!
//! A statement is not what costs here, a hop to the connection's thread and back is (about 15 µs); so a change is one
//! message of many statements, each fed with all rows of its table as one JSON array ([`batch`], `change.sql`).
//! Statements of tables that the change does not touch are left out ([`message`]).
//!
//! To issue a bill costs these hops, whatever its length: `BEGIN IMMEDIATE`, the head, the idempotency key, what is
//! known for the bill, the change, `COMMIT`: six, of which the last alone waits for the disk.

mod batch;
mod message;

use aurex_core::audit::{Appended, Column as _, Erased, Head, Opening, Sealed, Value};
use aurex_core::store::{KEY_LIFETIME_SECONDS, KeptKey, Receipt, StoreError};
use aurex_core::tenancy::TenantId;
use aurex_core::time::Timestamp;
use sqlx::{Execute as _, SqlStr};
use uuid::Uuid;

use self::batch::{Batch, Object};
use crate::held::Held;

/// Appends `sealed` to the log and writes its rows, all in the transaction of `held`. With `stays_open`, the tables
/// stay open for what an embedder writes beside it, until [`close`].
pub(crate) async fn apply(
    held: &mut Held<'_>,
    head: &mut Head,
    tenant: TenantId,
    now: Timestamp,
    sealed: &Sealed,
    stays_open: bool,
) -> Result<Receipt, StoreError> {
    let erased = sealed.erased()?;
    let appended = head.append(tenant, now, sealed)?;
    let mut rows = Batch::rows_of(sealed)?;
    put_openings(&mut rows, &appended);
    if let Some(key) = sealed.key() {
        put_key(&mut rows, key, now);
    }
    let id = tenant.uuid();
    let frontier = head.frontier.to_bytes();
    let last_at = head.last_at.micros();
    let [epoch, observed, seq] = [number(head.epoch)?, number(head.observed)?, number(appended.entry.seq)?];
    let Appended { entry, leaf, bytes, .. } = appended;
    let (at, leaf_bytes) = (entry.at.micros(), leaf.as_bytes().to_vec());
    let change = message::message(
        id,
        &rows,
        |change| {
            let change = change.bind(frontier).bind(last_at).bind(epoch).bind(observed).bind(id);
            let change = change.bind(id).bind(seq).bind(bytes).bind(leaf_bytes).bind(at);
            change.bind(entry.actor.id).bind(entry.action).bind(entry.subject_id).bind(entry.outcome.code())
        },
        |change| change.bind(i64::from(stays_open || !erased.is_empty())).bind(id),
    );
    held.execute(change).await?;
    if !erased.is_empty() {
        erase(held, id, erased).await?;
        if !stays_open {
            close(held, tenant).await?;
        }
    }
    Ok(Receipt { tenant, seq: entry.seq, at: entry.at, leaf })
}

/// The whole of `change.sql`, as the build has checked it against the schema.
fn whole() -> SqlStr {
    let facts = Batch::default();
    let (id, n, bytes, text) = (Uuid::nil(), 0_i64, Vec::<u8>::new(), "");
    // A line a statement of the file, in its order.
    #[rustfmt::skip]
    let change = sqlx::query_file!(
        "src/apply/change.sql",
        bytes, n, n, n, id,
        id, n, bytes, bytes, n, text, text, text, text,
        facts.of("audit_opening"), id,
        facts.of("idempotency_key"), id,
        facts.of("idempotency_key"), id,
        facts.of("workspace"), id,
        facts.of("custom_role"), id,
        facts.of("member"), id,
        facts.of("credential"), id,
        facts.of("second_factor"), id,
        facts.of("pin"), id,
        facts.of("till"), id,
        facts.of("session"), id,
        facts.of("api_token"), id,
        facts.of("link"), id,
        facts.of("approval"), id,
        facts.of("mail"), id,
        facts.of("business"), id,
        facts.of("rate"), id,
        facts.of("party"), id,
        facts.of("account"), id,
        facts.of("journal_entry"), id,
        facts.of("posting"), id,
        facts.of("series"), id,
        facts.of("item"), id,
        facts.of("lot"), id,
        facts.of("stock_movement"), id,
        facts.of("invoice"), id,
        facts.of("invoice_line"), id,
        facts.of("invoice_parties"), id,
        facts.of("receipt"), id,
        facts.of("settlement"), id,
        facts.of("bill_note"), id,
        facts.of("bill_note_line"), id,
        facts.of("refund"), id,
        facts.of("metal_voucher"), id,
        facts.of("metal_voucher_line"), id,
        facts.of("payment"), id,
        facts.of("booking"), id,
        facts.of("advance"), id,
        facts.of("journal_voucher"), id,
        facts.of("posting"), id,
        facts.of("stock_movement"), id, id,
        facts.of("settlement"), id,
        n, id,
    );
    change.sql()
}

/// Empties what an erasure lists, while its entry is being appended. Not in the message of the change, which every bill
/// sends: an erasure is rare.
async fn erase(held: &mut Held<'_>, id: Uuid, erased: &[Erased]) -> Result<(), StoreError> {
    let places: Vec<_> = erased.iter().map(|place| format!("[{},{}]", place.entry, place.slot)).collect();
    let places = format!("[{}]", places.join(","));
    let emptied = sqlx::query!(
        "UPDATE audit_opening SET salt = NULL, content = NULL
         WHERE tenant_id = ? AND content IS NOT NULL
             AND (seq, slot) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
        id,
        places
    );
    let emptied = held.execute(emptied).await?;
    if usize::try_from(emptied) == Ok(erased.len()) {
        return Ok(());
    }
    held.spoil();
    Err(StoreError::corrupt("nothing to erase in that place"))
}

/// Closes the tables that [`apply`] left open.
pub(crate) async fn close(held: &mut Held<'_>, tenant: TenantId) -> Result<(), StoreError> {
    let id = tenant.uuid();
    let closed = held
        .execute(sqlx::query!("UPDATE head SET applying = 0 WHERE tenant_id = ? AND applying = 1", id))
        .await?;
    if closed == 1 {
        return Ok(());
    }
    held.spoil();
    Err(StoreError::Spoiled)
}

fn put_openings(rows: &mut Batch, appended: &Appended) {
    for Opening { slot, name, salt, content } in &appended.openings {
        let mut row = Object::default();
        row.put("seq", &appended.entry.seq.to_value());
        row.put("slot", &slot.to_value());
        row.put("name", &Value::Text(name.clone()));
        row.put("salt", &salt.to_value());
        row.put("content", &Value::Bytes(content.clone()));
        rows.add("audit_opening", row);
    }
}

/// The key, and which one of the same name has had its time.
fn put_key(rows: &mut Batch, key: &KeptKey, now: Timestamp) {
    let mut row = Object::default();
    row.put("holder", &Value::Id(key.lookup.holder.uuid()));
    row.put("action", &Value::Text(key.lookup.action.to_owned()));
    row.put("key", &Value::Text(key.lookup.key.clone()));
    row.put("fields", &fields(&key.fields));
    row.put("resource", &Value::Text(key.resource.clone()));
    row.put("at", &key.at.to_value());
    row.put("dead", &now.plus_seconds(-KEY_LIFETIME_SECONDS).to_value());
    rows.add("idempotency_key", row);
}

/// A key's fields as one nested value.
fn fields(fields: &[(String, [u8; 16])]) -> Value {
    let field = |(pointer, hmac): &(String, [u8; 16])| Value::List(vec![pointer.to_value(), hmac.to_value()]);
    Value::List(fields.iter().map(field).collect())
}

fn number(n: u64) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::corrupt("a counter is out of range"))
}

#[cfg(test)]
mod tests {
    use aurex_core::store::TABLES;

    /// A row whose table had no statement would be in the log and nowhere else.
    #[test]
    fn every_field_of_every_table_of_facts_is_written() {
        let sql = include_str!("change.sql");
        for table in TABLES.iter().filter(|table| !table.fields.is_empty()) {
            let head = format!("INSERT INTO {} (", table.name);
            let statement = sql.split(';').find(|statement| statement.contains(&head));
            let statement = statement.unwrap_or_else(|| panic!("{} is not written", table.name));
            for field in table.fields {
                assert!(
                    statement.contains(&format!("fact ->> '{}'", field.name)),
                    "{}.{} is not written",
                    table.name,
                    field.name
                );
            }
            let this = include_str!("mod.rs");
            assert!(this.contains(&format!("facts.of(\"{}\")", table.name)), "{} is not sent", table.name);
            let read = include_str!("../reads/facts.rs");
            assert!(read.contains(&format!("\"{}\" =>", table.name)), "{} is not read", table.name);
        }
    }
}
