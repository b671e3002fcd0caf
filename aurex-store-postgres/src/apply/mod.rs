//! Writing one sealed change: the log's entry and every row, as one statement.
//!
//! A message to the server and back is what costs here, so a change is one statement whatever its length
//! (`change.sql`; `document.sql` for what a till does all day), fed with one array of rows a table ([`batch`]).
//!
//! To issue a bill costs these round trips, whatever the bill's length:
//!
//! | | |
//! |---|---|
//! | the opening message | `BEGIN`, the tenant, the head's lock, the head, the workspace |
//! | what is known for the bill | pieces, lots, customer, rates, accounts, series, and what is kept under the idempotency key: one statement |
//! | the change | this statement |
//! | `COMMIT` | the deferred guards, and the disk |

mod batch;
mod layout;

use aurex_core::audit::{Appended, Column as _, Erased, Head, Opening, Sealed, Value};
use aurex_core::store::{Fact, KEY_LIFETIME_SECONDS, KeptKey, Receipt, StoreError};
use aurex_core::tenancy::{TenantId, Workspace};
use aurex_core::time::Timestamp;

use self::batch::Batch;
use crate::held::Held;

/// What a till's documents touch beside the log; they have a statement of their own.
const DOCUMENTS: &[&str] = &[
    "audit_opening",
    "idempotency_key",
    "journal_entry",
    "posting",
    "series",
    "item",
    "stock_movement",
    "invoice",
    "invoice_line",
    "receipt",
    "settlement",
    "invoice_parties",
];

/// What a statement answers.
struct Written {
    heads: i64,
    keys: i64,
}

/// Appends `sealed` to the log and writes its rows, all in the transaction of `held`.
pub(crate) async fn apply(
    held: &mut Held<'_>,
    head: &mut Head,
    tenant: TenantId,
    now: Timestamp,
    sealed: &Sealed,
) -> Result<Receipt, StoreError> {
    let erased = sealed.erased()?;
    let appended = head.append(tenant, now, sealed)?;
    let mut rows = Batch::rows_of(tenant, sealed)?;
    put_openings(&mut rows, &appended)?;
    if let Some(key) = sealed.key() {
        put_key(&mut rows, key)?;
    }
    let dead = now.plus_seconds(-KEY_LIFETIME_SECONDS).micros();
    let frontier = head.frontier.to_bytes();
    let [epoch, observed, seq] = [number(head.epoch)?, number(head.observed)?, number(appended.entry.seq)?];
    let entry = &appended.entry;
    let written = if rows.are_only_of(DOCUMENTS) {
        #[rustfmt::skip]
        let document = sqlx::query_file_as!(
            Written,
            "src/apply/document.sql",
            tenant.uuid(),
            frontier, head.last_at.micros(), epoch, observed,
            seq, appended.bytes, appended.leaf.as_bytes().as_slice(), entry.at.micros(),
            entry.actor.id, entry.action, entry.subject_id, entry.outcome.code(),
            rows.of("audit_opening") as _,
            rows.of("idempotency_key") as _, dead,
            rows.of("journal_entry") as _, rows.of("posting") as _, rows.of("series") as _,
            rows.of("item") as _, rows.of("stock_movement") as _, rows.of("invoice") as _,
            rows.of("invoice_line") as _, rows.of("receipt") as _, rows.of("settlement") as _,
            rows.of("invoice_parties") as _,
        );
        held.optional(document).await?
    } else {
        #[rustfmt::skip]
        let change = sqlx::query_file_as!(
            Written,
            "src/apply/change.sql",
            tenant.uuid(),
            frontier, head.last_at.micros(), epoch, observed,
            seq, appended.bytes, appended.leaf.as_bytes().as_slice(), entry.at.micros(),
            entry.actor.id, entry.action, entry.subject_id, entry.outcome.code(),
            rows.of("audit_opening") as _,
            rows.of("idempotency_key") as _, dead,
            rows.of("journal_entry") as _, rows.of("posting") as _, rows.of("series") as _,
            rows.of("item") as _, rows.of("stock_movement") as _, rows.of("invoice") as _,
            rows.of("invoice_line") as _, rows.of("receipt") as _, rows.of("settlement") as _,
            rows.of("invoice_parties") as _,
            rows.of("workspace") as _, rows.of("member") as _, rows.of("credential") as _,
            rows.of("session") as _, rows.of("api_token") as _, rows.of("business") as _, rows.of("rate") as _,
            rows.of("party") as _, rows.of("account") as _, rows.of("lot") as _,
            rows.of("custom_role") as _, rows.of("second_factor") as _, rows.of("pin") as _, rows.of("till") as _,
            rows.of("link") as _, rows.of("approval") as _, rows.of("mail") as _,
            rows.of("bill_note") as _, rows.of("bill_note_line") as _, rows.of("refund") as _,
            rows.of("metal_voucher") as _, rows.of("metal_voucher_line") as _, rows.of("payment") as _,
            rows.of("booking") as _, rows.of("advance") as _,
            rows.of("journal_voucher") as _,
        );
        held.optional(change).await?
    };
    let Some(written) = written.filter(|written| written.heads == 1) else {
        return Err(StoreError::corrupt("the log has no head"));
    };
    if written.keys == 0 && sealed.key().is_some() {
        return Err(StoreError::Duplicate { table: "idempotency_key" });
    }
    if !erased.is_empty() {
        erase(held, tenant, erased).await?;
    }
    Ok(Receipt { tenant, seq: entry.seq, at: entry.at, leaf: appended.leaf })
}

/// Empties what an erasure lists. A statement of its own: the guard looks for the erasure's entry, which the statement
/// that appends it does not see.
async fn erase(held: &mut Held<'_>, tenant: TenantId, erased: &[Erased]) -> Result<(), StoreError> {
    let entries = erased.iter().map(|place| number(place.entry)).collect::<Result<Vec<_>, _>>()?;
    let slots: Vec<i64> = erased.iter().map(|place| i64::from(place.slot)).collect();
    let emptied = sqlx::query!(
        "UPDATE aurex.audit_opening AS opening SET salt = NULL, content = NULL
         FROM unnest($2::bigint[], $3::bigint[]) AS place (seq, slot)
         WHERE opening.tenant_id = $1 AND opening.seq = place.seq AND opening.slot = place.slot
             AND opening.content IS NOT NULL",
        tenant.uuid(),
        &entries,
        &slots
    );
    if usize::try_from(held.execute(emptied).await?) == Ok(erased.len()) {
        return Ok(());
    }
    Err(StoreError::corrupt("nothing to erase in that place"))
}

/// The workspace as `sealed` leaves it, if it puts one.
pub(crate) fn workspace_after(sealed: &Sealed) -> Option<Workspace> {
    let put = |fact: &Fact| if let Fact::Workspace(put) = fact { Some((**put).clone()) } else { None };
    sealed.facts().filter_map(put).last()
}

fn put_openings(rows: &mut Batch, appended: &Appended) -> Result<(), StoreError> {
    for Opening { slot, name, salt, content } in &appended.openings {
        let row = [
            ("seq", appended.entry.seq.to_value()),
            ("slot", slot.to_value()),
            ("name", Value::Text(name.clone())),
            ("salt", salt.to_value()),
            ("content", Value::Bytes(content.clone())),
        ];
        rows.add("audit_opening", row.into_iter())?;
    }
    Ok(())
}

fn put_key(rows: &mut Batch, key: &KeptKey) -> Result<(), StoreError> {
    let row = [
        ("holder", Value::Id(key.lookup.holder.uuid())),
        ("action", Value::Text(key.lookup.action.to_owned())),
        ("key", Value::Text(key.lookup.key.clone())),
        ("fields", Value::Bytes(fields(&key.fields).to_bytes())),
        ("resource", Value::Text(key.resource.clone())),
        ("at", key.at.to_value()),
    ];
    rows.add("idempotency_key", row.into_iter())
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
    use aurex_core::store::{TABLES, TableKind};

    use super::DOCUMENTS;
    use super::layout::layout_of;

    const ALL: &str = include_str!("change.sql");
    const OF_DOCUMENTS: &str = include_str!("document.sql");

    /// The part that writes a table, up to its closing parenthesis.
    fn part<'a>(sql: &'a str, table: &str) -> Option<&'a str> {
        let (_, part) = sql.split_once(&format!("INSERT INTO aurex.{table}\n"))?;
        part.split_once("\n)").map(|(part, _)| part)
    }

    /// A row whose table had no part would be in the log and nowhere else.
    #[test]
    fn every_field_of_every_table_of_facts_is_written() {
        let this = include_str!("mod.rs");
        for table in TABLES.iter().filter(|table| !table.fields.is_empty()) {
            let name = table.name;
            let part = part(ALL, name).unwrap_or_else(|| panic!("{name} is not written"));
            assert!(part.contains(&format!("::aurex.{name}[]) AS put WHERE put.tenant_id = $1")), "{name}");
            let layout = layout_of(name).unwrap();
            for (column, _) in layout.columns.iter().skip(layout.replaced_by.unwrap_or(usize::MAX)) {
                assert!(part.contains(&format!("{column} = excluded.{column}")), "{name}.{column} stays");
            }
            assert_eq!(part.contains("ON CONFLICT"), table.kind == TableKind::State, "{name}");
            let sent = this.matches(&format!("rows.of(\"{name}\") as _")).count();
            assert_eq!(sent, if DOCUMENTS.contains(&name) { 2 } else { 1 }, "{name}");
            let read = include_str!("../reads/facts.rs");
            assert!(read.contains(&format!("\"{name}\" =>")), "{name} is not read");
        }
    }

    #[test]
    fn documents_are_written_as_every_change_is() {
        let parts = |sql: &'static str| sql.split_once("WITH ").unwrap().1.rsplit_once("\n)\n").unwrap().0;
        assert!(parts(ALL).starts_with(&format!("{}\n),", parts(OF_DOCUMENTS))));
        for table in DOCUMENTS {
            assert!(
                part(OF_DOCUMENTS, table).is_some()
                    || OF_DOCUMENTS.contains(&format!("INTO aurex.{table} AS"))
            );
        }
    }
}
