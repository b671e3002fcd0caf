//! The edit log of the books: each voucher's changes, who, when, old and new.
//!
//! Rule 3(1) of the Companies (Accounts) Rules, 2014 asks of a company's accounting software "an edit log of each change
//! made in books of account along with the date when such changes were made"; its auditors report on it by rule 11(g) of
//! the Companies (Audit and Auditors) Rules, 2014. One row is one field of one row of the books.

use aurex_core::audit::{Body, BodyPut, Value};
use aurex_core::service::AuditEntryView;
use aurex_core::store::field_name;
use aurex_core::time::Zone;

use super::csv;
use crate::api::shown;

const COLUMNS: [&str; 17] = [
    "Entry",
    "Date and time",
    "Time (UTC)",
    "User ID",
    "User",
    "Role",
    "IP address",
    "Action",
    "Voucher type",
    "Voucher number",
    "Voucher date",
    "Voucher ID",
    "Change",
    "Field",
    "Old value",
    "New value",
    "Entry hash",
];

/// The books of account: the tables, and what an auditor calls a row of each.
const BOOKS: [(&str, &str); 13] = [
    ("invoice", "Bill"),
    ("invoice_line", "Bill line"),
    ("invoice_parties", "Bill parties"),
    ("receipt", "Receipt"),
    ("settlement", "Settlement"),
    ("bill_note", "Credit or debit note"),
    ("bill_note_line", "Note line"),
    ("refund", "Refund"),
    ("booking", "Booking"),
    ("advance", "Receipt voucher"),
    ("journal_entry", "Journal"),
    ("posting", "Posting"),
    ("account", "Ledger account"),
];

pub(super) fn head(out: &mut Vec<u8>) {
    csv::record(out, COLUMNS);
}

pub(super) fn rows(view: &AuditEntryView, zone: Zone, out: &mut Vec<u8>) {
    let Ok(body) = Body::from_openings(&view.stored.openings) else { return };
    // A line of a bill is known by the bill's number, which stands in the row beside it.
    let numbered = body.puts.iter().find_map(|put| value_of(put, "number"));
    for put in &body.puts {
        if let Some((_, voucher)) = BOOKS.iter().find(|(table, _)| *table == put.table) {
            changed(put, voucher, numbered.as_deref(), view, zone, out);
        }
    }
}

fn changed(
    put: &BodyPut,
    voucher: &str,
    numbered: Option<&str>,
    view: &AuditEntryView,
    zone: Zone,
    out: &mut Vec<u8>,
) {
    let entry = &view.stored.entry;
    let (seq, utc, local) = (entry.seq.to_string(), entry.at.to_string(), zone.written(entry.at));
    let leaf = view.stored.leaf.to_string();
    let number = value_of(put, "number").or_else(|| numbered.map(str::to_owned)).unwrap_or_default();
    let date = ["business_date", "effective", "date"].into_iter().find_map(|name| value_of(put, name));
    let id = ["id", "invoice", "receipt", "note", "entry"].into_iter().find_map(|name| value_of(put, name));
    let tags = put.fields.iter().chain(&put.before).map(|(tag, _)| *tag);
    let mut changed: Vec<u8> = tags.filter(|tag| put.is_new || before(put, *tag).is_some()).collect();
    changed.sort_unstable();
    changed.dedup();
    for tag in changed {
        let old = before(put, tag).map(written).unwrap_or_default();
        let new = put.fields.iter().find(|(of, _)| *of == tag).map(|(_, value)| written(value));
        csv::record(
            out,
            [
                seq.as_str(),
                &local,
                &utc,
                &entry.actor.id,
                view.actor_name.as_deref().unwrap_or_default(),
                &entry.actor.role,
                view.ip.as_deref().unwrap_or_default(),
                &entry.action,
                voucher,
                &number,
                date.as_deref().unwrap_or_default(),
                id.as_deref().unwrap_or_default(),
                if put.is_new { "created" } else { "altered" },
                field_name(&put.table, tag).unwrap_or("?"),
                &old,
                new.as_deref().unwrap_or_default(),
                &leaf,
            ],
        );
    }
}

fn before(put: &BodyPut, tag: u8) -> Option<&Value> {
    put.before.iter().find(|(of, _)| *of == tag).map(|(_, value)| value)
}

fn value_of(put: &BodyPut, name: &str) -> Option<String> {
    let mut fields = put.fields.iter().filter(|(tag, _)| field_name(&put.table, *tag) == Some(name));
    fields.next().map(|(_, value)| written(value))
}

/// A value as a cell: text as it is, an amount in its currency, everything else as JSON has it.
fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Money(money) => money.to_string(),
        value => match shown(value) {
            serde_json::Value::String(text) => text,
            json => json.to_string(),
        },
    }
}
